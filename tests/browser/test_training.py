"""Training and prediction in the browser: keys, sliders, play, and torch on demand."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui import state
from tests.browser.driver import check_on_a_phone, open_app, settle

TOPICS = state.FIELDS["training"].choices


def test_keys_feed_batches_and_the_link_follows(page: Page):
    open_app(page, "/training?fed=3&lang=zh&convention=d2l&momentum=0.3")
    expect(page.get_by_role("table")).to_contain_text("第 3 批")
    for key, step in (("n", 4), ("n", 5), ("b", 4)):
        page.keyboard.press(key)
        expect(page.get_by_role("table")).to_contain_text(f"第 {step} 批")
        settle(page)
    expect(page).to_have_url(re.compile("fed=4.*convention=d2l.*momentum=0.3"))
    page.reload()
    settle(page)
    expect(page.get_by_role("table")).to_contain_text("第 4 批")


def test_play_feeds_by_itself_until_the_last_batch(page: Page):
    open_app(page, "/training?fed=58")
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("Batch 60")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page).to_have_url(re.compile("fed=60"))


def test_a_slider_moves_the_number_and_the_link(page: Page):
    open_app(page, "/training?training=size&channel=1")
    slider = page.get_by_role("slider", name="Batch size, samples")
    slider.press("ArrowRight")
    expect(page.get_by_text("Batches of 8, 32 values")).to_be_visible()
    settle(page)
    expect(page).to_have_url(re.compile("batch_size=8"))


def test_torch_is_asked_on_demand_and_agrees(page: Page):
    open_app(page, "/training")
    page.get_by_role("button", name="Compare with PyTorch").click()
    expect(page.get_by_text("equal to torch.nn.BatchNorm2d at each of 60 steps")).to_be_visible(
        timeout=60_000
    )


@pytest.mark.parametrize("topic", TOPICS[1:])
def test_no_topic_scrolls_sideways_on_a_phone_or_troubles_a_screen_reader(
    browser: Browser, server: str, topic: str
):
    check_on_a_phone(browser, server, f"/training?training={topic}&lang=zh")
