"""The page Whitening in a browser: a slider moves numbers and link, keys alone, phone, axe."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)

TOPICS = ("cloud", "newton", "flips", "few", "patches")


def test_a_slider_moves_the_table_and_the_link_and_a_reload_keeps_both(page: Page):
    open_app(page, "/whitening?correlation=0.5&whitener=pca&cloud=gauss3")
    cells = page.locator("table").first.get_by_role("row").nth(3).get_by_role("cell")
    before = cells.all_inner_texts()
    page.get_by_role("slider", name="Correlation").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("correlation=0.51"))
    moved = cells.all_inner_texts()
    assert moved[0] == before[0] == "PCA"
    assert moved[2] != before[2]
    page.reload()
    settle(page)
    assert cells.all_inner_texts() == moved


def test_keys_alone_lead_to_another_question(page: Page):
    open_app(page, "/whitening")
    page.get_by_role("radio", name="Which whitening?").press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page)
    expect(page).to_have_url(re.compile("whitening=newton"))
    expect(page.get_by_text("After T = 5")).to_be_visible()


def test_no_topic_scrolls_sideways_on_a_phone(phone_page: Page):
    for topic in TOPICS:
        open_app(phone_page, f"/whitening?whitening={topic}")
        assert not scrolls_sideways(phone_page), topic


def test_axe_finds_nothing_serious_in_the_dark(browser: Browser, server: str):
    look = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        for topic in ("cloud", "patches"):
            open_app(page, f"/whitening?whitening={topic}&lang=zh&cloud=colours")
            assert serious_violations(page) == []
