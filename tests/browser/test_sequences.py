"""The page Sequences in a browser: a part answers its own slider, the link, keys alone."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)

EDITED = "/sequences?sequences=edit&edit_step=17"


def counts(page: Page) -> list[str]:
    return page.get_by_role("row").nth(3).get_by_role("cell").all_inner_texts()[1:]


def test_a_slider_moves_the_counts_and_the_link(page: Page):
    open_app(page, EDITED)
    assert counts(page) == ["17", "1", "1", "0"]
    page.locator(".st-key-edit_step input[type=range]").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("edit_step=18"))
    assert counts(page) == ["18", "1", "0", "0"]
    page.reload()
    settle(page)
    assert counts(page) == ["18", "1", "0", "0"]


def test_a_cell_reached_by_keys_tells_its_window_and_enters_the_link(page: Page):
    open_app(page, "/sequences?sequence_norm=cumulative_layer&frames=6")
    view = page.get_by_test_id("tensor-view")
    view.focus()
    for _ in range(3):
        view.press("ArrowRight")
    expect(page.get_by_test_id("tensor-line")).to_contain_text("every earlier step")
    view.press("Enter")
    settle(page)
    expect(page).to_have_url(re.compile("cell="))


def test_a_topic_is_chosen_by_keys_alone(page: Page):
    open_app(page, "/sequences")
    page.get_by_role("radio", name="Which groups?").press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page)
    expect(page).to_have_url(re.compile("sequences=time"))
    expect(page.get_by_text("Training utterances at this step")).to_be_visible()


def test_no_topic_scrolls_sideways_on_a_phone(phone_page: Page):
    for topic in ("time", "edit", "padding", "depth"):
        open_app(phone_page, f"/sequences?sequences={topic}")
        assert not scrolls_sideways(phone_page), topic


def test_axe_finds_nothing_serious_in_the_topics_with_charts(browser: Browser, server: str):
    look = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        for topic in ("time", "edit"):
            open_app(page, f"/sequences?sequences={topic}&lang=zh")
            assert not serious_violations(page)
