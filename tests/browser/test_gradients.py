"""The page Weights and gradients in a browser: a part answers its own widgets, keys alone."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)


def first_row(page: Page) -> list[str]:
    return page.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts()[1:]


def test_a_slider_moves_the_numbers_and_the_link(page: Page):
    open_app(page, "/gradients?gradients=scale&factor=50.0&layer_eps=0.0")
    before = first_row(page)
    page.locator(".st-key-factor input[type=range]").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("factor=100"))
    after = first_row(page)
    assert before[0] == after[0] == "0"
    assert float(after[1]) > float(before[1])
    page.reload()
    settle(page)
    assert first_row(page) == after


def test_rounds_go_on_by_keys_alone(page: Page):
    open_app(page, "/gradients?gradients=power&rounds=5")
    page.keyboard.press("n")
    settle(page)
    expect(page).to_have_url(re.compile("rounds=6"))
    expect(page.get_by_text(re.compile("Round 6:"))).to_be_visible()
    page.keyboard.press("b")
    settle(page)
    expect(page.get_by_text(re.compile("Round 5:"))).to_be_visible()


def test_no_topic_scrolls_sideways_on_a_phone(phone_page: Page):
    for topic in ("power", "scale", "norms", "whitening"):
        open_app(phone_page, f"/gradients?gradients={topic}")
        assert not scrolls_sideways(phone_page), topic


def test_axe_finds_nothing_serious_in_the_topics(browser: Browser, server: str):
    look = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        for topic in ("power", "scale", "norms", "whitening"):
            open_app(page, f"/gradients?gradients={topic}&lang=zh")
            assert not serious_violations(page), topic
