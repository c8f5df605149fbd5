"""Learning rates in the browser: a link, long work, phones and screen readers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui import state
from tests.browser.driver import check_on_a_phone, open_app, settle

BUTTON = "Measure these settings"


def test_a_slider_leads_from_one_shipped_sweep_to_the_next_and_the_link_follows(page: Page):
    open_app(page, "/rates?hidden_layers=5")
    expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
    page.get_by_role("slider", name="Hidden layers").press("ArrowRight")
    settle(page)
    expect(page.get_by_role("button", name=BUTTON)).to_have_count(0)
    expect(page.get_by_text("Hidden layers: 6, of 100 units each")).to_be_visible()
    expect(page).to_have_url(re.compile("hidden_layers=6"))


def test_measuring_can_be_begun_and_cancelled_and_the_shipped_sweep_stays(page: Page):
    open_app(page, "/rates?hidden_layers=10&third=ghost")
    page.get_by_role("button", name=BUTTON).press("Enter")
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_disabled()
    expect(page.get_by_text("Not measured yet.")).to_be_visible()
    cancel.press("Enter")
    expect(cancel).to_have_count(0, timeout=30_000)
    expect(page.get_by_role("button", name=BUTTON)).to_be_enabled()
    settle(page)


@pytest.mark.parametrize("topic", state.FIELDS["rates"].choices)
def test_no_topic_scrolls_sideways_on_a_phone_or_troubles_a_screen_reader(
    browser: Browser, server: str, topic: str
):
    check_on_a_phone(browser, server, f"/rates?rates={topic}&lang=zh")
