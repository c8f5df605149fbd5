"""Smooth or not in the browser: links, sliders, keys, phones and screen readers."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui import state
from tests.browser.driver import check_on_a_phone, open_app, settle

TOPICS = state.FIELDS["smooth"].choices


def test_a_slider_moves_the_number_and_the_link(page: Page):
    open_app(page, "/smooth?step_share=0.99")
    expect(page.get_by_text("Converges, jumping across.")).to_be_visible()
    slider = page.get_by_role("slider", name="Learning rate, in units of 2 / λ")
    for _ in range(2):
        slider.press("ArrowRight")
    settle(page)
    expect(page.get_by_text("Diverges.", exact=True)).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("−1.02")
    expect(page).to_have_url(re.compile("step_share=1.01"))


def test_a_link_leads_to_a_setting_of_a_topic(page: Page):
    open_app(page, "/smooth?smooth=linear&dataset=digits&scaling=centred&lang=zh&step_share=0.5")
    row = page.get_by_role("row", name=re.compile("中心化"))
    expect(row).to_contain_text("24")
    page.get_by_role("radio", name="葡萄酒").press("Enter")
    settle(page)
    expect(page).not_to_have_url(re.compile("dataset="))
    expect(page).to_have_url(re.compile("scaling=centred"))


@pytest.mark.parametrize("topic", TOPICS[1:])
def test_no_topic_scrolls_sideways_on_a_phone_or_troubles_a_screen_reader(
    browser: Browser, server: str, topic: str
):
    check_on_a_phone(browser, server, f"/smooth?smooth={topic}&lang=zh")
