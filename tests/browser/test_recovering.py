"""The page Recover in a browser: stepping, stopping and reloading a descent, painting, phone."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)

DESCENT = "/recovering?recovering=descent&learner=linear&goal=mixed"
TOPICS = ("fit", "descent", "class", "map", "style")


def numbers(page: Page) -> list[str]:
    """Steps taken, loss, and the least loss."""
    rows = page.locator("table").first.get_by_role("row").all()[1:]
    return [row.get_by_role("cell").last.inner_text() for row in rows]


def test_keys_step_and_play_a_descent_and_it_survives_stop_and_reload(page: Page):
    open_app(page, f"{DESCENT}&descended=4")
    page.keyboard.press("n")
    settle(page)
    expect(page).to_have_url(re.compile("descended=5"))
    page.keyboard.press("p")
    expect(page).to_have_url(re.compile("descended=(6|7|8|9|10|12)"))
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    settle(page)
    said = numbers(page)
    page.reload()
    settle(page)
    assert numbers(page) == said


def test_a_learning_rate_moves_the_loss_and_the_link(page: Page):
    open_app(page, f"{DESCENT}&descended=30")
    before = numbers(page)
    page.get_by_role("slider", name="Learning rate").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("recovery_rate=0.55"))
    assert numbers(page)[1] != before[1]


def test_a_map_is_painted_by_typing_and_a_slip_is_explained(page: Page):
    open_app(page, "/recovering?recovering=map")
    field = page.get_by_role("textbox", name="The map")
    field.fill("3" * 64)
    field.press("Control+Enter")
    settle(page)
    expect(page).to_have_url(re.compile("painted=3{64}"))
    field.fill("7")
    field.press("Control+Enter")
    settle(page)
    expect(page.get_by_text("is no tint")).to_be_visible()


def test_no_topic_scrolls_sideways_on_a_phone(phone_page: Page):
    for topic in TOPICS:
        open_app(phone_page, f"/recovering?recovering={topic}")
        assert not scrolls_sideways(phone_page), topic


def test_axe_finds_nothing_serious_in_the_dark(browser: Browser, server: str):
    look = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        for topic in ("descent", "map"):
            open_app(page, f"/recovering?recovering={topic}&lang=zh")
            assert serious_violations(page) == []
