"""Break it in the browser: a link restores it, the slider moves number and link, torch answers."""

from playwright.sync_api import Page, expect

from tests.browser.driver import open_app, settle


def test_the_slider_moves_the_number_and_the_link_by_keyboard(page: Page):
    open_app(page, "/breaking?failure=half&dial=100.0")
    verdict = page.get_by_test_id("stAlert")
    expect(verdict).to_contain_text("infinite")
    page.get_by_role("slider", name="Spread of the numbers").press("ArrowLeft")
    settle(page)
    expect(verdict).to_contain_text("still fits")
    assert "dial=30.0" in page.url
    page.reload()
    settle(page)
    expect(verdict).to_contain_text("still fits")


def test_one_click_breaks_something_else_and_a_link_leads_on(page: Page):
    open_app(page, "/breaking?failure=divide&dial=3.0")
    page.get_by_role("radio", name="NHWC fed as NCHW").click()
    settle(page)
    expect(page.get_by_role("heading", level=3)).to_have_text("NHWC fed as NCHW")
    expect(page.get_by_test_id("tensor-view")).to_have_count(2)
    page.get_by_role("link", name="See the groups of batch norm").click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which numbers share statistics?")
    assert "failure=channels_last" in page.url


def test_torch_answers_when_it_is_asked(page: Page):
    open_app(page, "/breaking?failure=single")
    page.get_by_text("The whole code").click()
    settle(page)
    page.get_by_role("button", name="Run it now").click()
    expect(page.get_by_text("# ValueError: Expected more than 1 value")).to_be_visible(
        timeout=60_000
    )
