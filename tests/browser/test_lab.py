"""The page "Training lab" in Chromium: live, steered by keys, found again after a reload."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driver import open_app, settle, watched_page

LONG = "/lab?lab_steps=2000&lab_depth=1&lab_depth_other=1"


def cell_of_steps(page: Page) -> Locator:
    return page.get_by_role("table").locator("tbody td").nth(1)


def steps(page: Page) -> int:
    return int(cell_of_steps(page).inner_text())


def stood(page: Page) -> int:
    """Steps made, once a pause has come through."""
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=30_000)
    settle(page)
    return steps(page)


def test_a_training_is_watched_steered_by_keys_and_survives_other_pages_and_a_reload(page: Page):
    open_app(page, f"{LONG}&seed=11")
    page.get_by_role("button", name="Train").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible(timeout=30_000)
    page.wait_for_function(
        "() => { const cell = document.querySelectorAll('tbody td')[1];"
        " return cell && 0 < +cell.textContent && +cell.textContent < 2000; }"
    )
    page.keyboard.press("p")
    before = stood(page)
    page.keyboard.press("n")
    expect(cell_of_steps(page)).to_have_text(str(before + 1))
    page.get_by_test_id("stSidebar").get_by_role("link", name="Surface").click()
    settle(page)
    page.get_by_test_id("stSidebar").get_by_role("link", name="Training lab").click()
    assert stood(page) == before + 1
    page.wait_for_timeout(1500)
    page.reload()
    assert stood(page) == before + 1
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.get_by_text("an example that came with the app")).to_be_visible()


def test_two_sessions_with_one_link_do_not_disturb_each_other(page: Page, browser: Browser, server):
    with watched_page(browser, server) as other:
        for one in (page, other):
            open_app(one, f"{LONG}&seed=12")
            one.get_by_role("button", name="One step").click()
        assert (stood(page), stood(other)) == (1, 1)
        page.get_by_role("button", name="One step").click()
        expect(cell_of_steps(page)).to_have_text("2")
        assert (stood(page), stood(other)) == (2, 1)
        other.get_by_role("button", name="Cancel").click()
        settle(other)
        assert stood(page) == 2


def test_a_preset_moves_controls_numbers_and_link(page: Page):
    open_app(page, "/lab?lang=zh")
    page.get_by_role("button", name="每批只有两张").click()
    settle(page)
    expect(page).to_have_url(re.compile("lab_batch=2&.*lab_steps=600|lab_steps=600.*lab_batch=2"))
    expect(page.get_by_role("table")).to_contain_text("39.7%")
    expect(page.get_by_role("table")).to_contain_text("91.1%")
