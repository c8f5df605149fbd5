"""Equal or not, in a browser: deep link, slider, keyboard."""

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

LINK = "/equal?method=instance&c=4&other=group&other_groups=4&learned=true"


def test_a_link_restores_the_pair_and_a_slider_moves_verdict_and_link(page: Page):
    open_app(page, LINK)
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("Equal.")
    assert page.url.endswith(LINK)
    page.get_by_role("slider", name="C, channels").press("ArrowRight")
    settle(page)  # four groups do not divide five channels: the method's own count does
    expect(alert).to_contain_text("Equal.")
    assert "c=5" in page.url
    page.get_by_role("slider", name="C, channels").press("ArrowRight")
    settle(page)
    expect(alert).to_contain_text("Different.")
    expect(page.get_by_test_id("tensor-view")).to_have_count(3)
    page.reload()
    settle(page)
    expect(alert).to_contain_text("Different.")


def test_a_confusion_is_asked_guessed_and_answered_by_keyboard(page: Page):
    open_app(page, "/equal")
    page.get_by_role("radio", name="One group / layer norm").press("Enter")
    settle(page)
    assert "confusion=one_group" in page.url
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    page.get_by_role("radio", name="Equal, with a catch").press("Enter")
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Equal.")
    page.get_by_role("switch", name="Learn gamma and beta").press("Space")
    settle(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("Different.")
    assert "learned=true" in page.url
    view = page.get_by_test_id("tensor-view").last
    view.focus()
    view.press("ArrowRight")
    expect(page.get_by_test_id("tensor-line").last).to_contain_text("|y₁ − y₂| = |")
    page.get_by_role("radio", name="Tokens / instance norm").press("Enter")
    settle(page)  # another question, and no guess yet
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert "guess" not in page.url


def test_a_locked_entry_is_locked_in_both_partitions(page: Page):
    open_app(page, "/equal")
    first, second = (page.get_by_test_id("tensor-view").nth(place) for place in (0, 1))
    first.focus()
    first.press("ArrowRight")
    first.press("Enter")
    settle(page)
    locked = first.get_attribute("data-locked")
    assert locked != "-1"
    expect(second).to_have_attribute("data-locked", locked)
    assert "cell=" in page.url


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_confusion(browser: Browser, server, scheme, language):
    look = {"color_scheme": scheme, "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        open_app(page, f"/equal?lang={language}&confusion=folding&guess=equal")
        assert not serious_violations(page)


def test_a_phone_shows_a_confusion_without_sideways_scroll(phone_page: Page):
    open_app(phone_page, "/equal?confusion=samples_as_channels&guess=equal&learned=true")
    expect(phone_page.get_by_test_id("tensor-view")).to_have_count(3)
    assert not scrolls_sideways(phone_page)


def test_what_a_slider_stops_from_fitting_gives_way_in_the_link_too(page: Page):
    open_app(page, "/equal?method=group&groups=3&c=6")
    page.get_by_role("slider", name="C, channels").press("ArrowLeft")
    settle(page)
    assert page.url.endswith("/equal?method=group&c=5&groups=5")
    page.reload()
    settle(page)
    expect(page.get_by_text("The link says")).to_have_count(0)
