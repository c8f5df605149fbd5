"""The workbench in a browser: link, typing, keyboard, slider, reach."""

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.ui import state
from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)

LINK = "/workbench?c=8&groups=4&compose=n+k&operation=rms&bench=code"


def test_a_link_restores_the_composition_and_a_slider_moves_picture_and_link(page: Page):
    open_app(page, LINK)
    assert page.url.endswith(LINK)
    expect(page.get_by_role("textbox", name="Keep apart")).to_have_value("n k")
    expect(page.get_by_test_id("stAlert")).to_contain_text("New, as far as")
    view = page.get_by_test_id("tensor-view")
    before = view.get_attribute("data-scene")
    page.get_by_role("slider", name="C, channels").press("ArrowRight")
    settle(page)
    assert "c=9" in page.url
    assert view.get_attribute("data-scene") != before
    expect(page.get_by_test_id("stCode")).to_contain_text("n (g k) h w -> (g h w) (n k)")
    page.get_by_role("radio", name="PyTorch").press("Enter")
    settle(page)
    expect(page.get_by_test_id("stCode")).to_contain_text("import torch")
    assert "library=PyTorch" in page.url


def test_typing_and_enter_answer_and_what_does_not_fit_is_said(page: Page):
    open_app(page, "/workbench")
    field, alert = page.get_by_role("textbox", name="Keep apart"), page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("Published.")
    field.press("ControlOrMeta+a")
    page.keyboard.type("n b p")
    page.keyboard.press("Enter")
    settle(page)
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("“b” at position 3")
    expect(page.get_by_test_id("tensor-view")).to_have_count(0)
    field.press("ControlOrMeta+a")
    page.keyboard.type("n c h w -> (h w) (n c)")
    page.keyboard.press("Enter")
    settle(page)
    expect(alert).to_contain_text("Instance norm")
    assert "compose=n+c+h+w" in page.url
    page.keyboard.press("Tab")  # focus has stayed in the field
    view = page.get_by_test_id("tensor-view")
    view.focus()
    view.press("ArrowRight")
    expect(page.get_by_test_id("tensor-line")).to_contain_text("16 entries")


def test_an_example_leads_on_to_the_method_that_it_is(page: Page):
    open_app(page, "/workbench?compose=t")
    page.get_by_role("radio", name="RMS and a threshold").press("Enter")
    settle(page)
    page.get_by_role("link", name="Open Filter response norm").first.click()
    settle(page)
    assert "/groups?" in page.url
    assert "method=filter_response" in page.url


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_beside_the_code(browser: Browser, server, scheme, language):
    look = {"color_scheme": scheme, "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        open_app(page, f"/workbench?lang={language}&bench=code&step=normalize&compose=h")
        assert not serious_violations(page)


def test_a_phone_shows_the_workbench_without_sideways_scroll(phone_page: Page):
    for link in (LINK, "/workbench?lang=zh&operation=zca&compose=n+%2F+g&step=whitening"):
        open_app(phone_page, link)
        assert not scrolls_sideways(phone_page)
