"""Santurkar's figure in a browser: keys alone, the link, files to take away, phones, axe."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui.santurkar import TOPICS
from tests.browser.driver import check_on_a_phone, open_app, settle


def test_a_slider_moves_the_numbers_and_the_link(page: Page):
    open_app(page, "/santurkar?santurkar=weights&hidden_factor=2.83&lang=zh")
    expect(page.get_by_role("table")).to_contain_text(re.compile(r"×\s0\.125"))
    page.locator(".st-key-hidden_factor input[type=range]").press("ArrowRight")
    expect(page.get_by_role("table")).to_contain_text(re.compile(r"×\s0\.0625"))
    settle(page)
    expect(page).to_have_url(re.compile("hidden_factor=4"))
    page.reload()
    settle(page)
    expect(page.get_by_role("table")).to_contain_text(re.compile(r"×\s0\.0625"))


def test_numbers_come_as_a_file_that_holds_the_records(page: Page):
    open_app(page, "/santurkar")
    with page.expect_download() as download:
        page.get_by_role("button", name="Numbers (CSV)").click()
    assert download.value.suggested_filename == "santurkar.csv"
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("method,seed,step,loss,")
    assert len(lines) == 1 + 4 * 5 * 25


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_fits_a_phone_and_axe_finds_nothing_serious(
    browser: Browser, server: str, topic: str
):
    check_on_a_phone(browser, server, f"/santurkar?santurkar={topic}&lang=zh")
