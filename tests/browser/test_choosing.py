"""The page Which one to use in a browser: answers at once, by keys alone, kept in the link."""

import re

from playwright.sync_api import Page, expect

from tests.browser.driver import open_app, settle


def test_another_answer_changes_the_recommendation_and_the_link(page: Page):
    open_app(page, "/choosing")
    answer = page.get_by_role("heading", level=3)
    expect(answer).to_have_text("Use Batch norm")
    page.get_by_role("radio", name="16 and more").press("ArrowLeft")
    page.keyboard.press("Enter")
    settle(page)
    expect(answer).to_have_text("Use Group norm")
    expect(page).to_have_url(re.compile("per_device=few"))
    page.reload()
    settle(page)
    expect(answer).to_have_text("Use Group norm")


def test_a_link_opens_the_page_that_shows_the_method(page: Page):
    open_app(page, "/choosing?architecture=transformer&lang=zh")
    page.get_by_role("link", name="逐位置层归一化：步骤").click()
    settle(page)
    expect(page).to_have_url(re.compile("/steps.*method=layer_position"))
    assert "layout=nct" in page.url
    assert "lang=zh" in page.url
