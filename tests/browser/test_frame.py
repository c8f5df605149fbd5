"""The frame: first visit, deep links, languages, pages, phone, network, accessibility."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)
from tests.browser.server import PATHS

LINK = (
    "/steps?lang=zh&method=group&n=3&c=8&h=2&w=5&groups=4&seed=7&step=normalize&cell=1%2C2%2C1%2C4"
)


def test_the_first_page_teaches_without_a_click(page: Page):
    open_app(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Normalization, one cell at a time")
    expect(page.get_by_test_id("tensor-view")).to_have_attribute("data-settled", "true")
    page.get_by_role("link", name="Next: Groups").click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Which numbers share statistics?")


def test_a_link_restores_everything_in_a_fresh_session(page: Page):
    open_app(page, LINK)
    assert page.url.endswith(LINK)
    expect(page.get_by_role("heading", level=1)).to_have_text("四个步骤，一步一步来")
    expect(page.get_by_role("heading", level=3)).to_have_text("5 · 归一化")
    view = page.get_by_test_id("tensor-view")
    expect(view).to_have_attribute("data-locked", str((1 * 8 + 2) * 2 * 5 + 1 * 5 + 4))
    assert [slider.input_value() for slider in page.locator("input[type=range]").all()] == [
        "3", "8", "2", "5"
    ]  # fmt: skip
    expect(page.get_by_test_id("tensor-line")).to_contain_text("x[1, 2, 1, 4]")


def test_what_stops_fitting_when_a_slider_moves_gives_way_silently(page: Page):
    open_app(page, "/groups?method=group&groups=4&c=8")
    assert page.get_by_test_id("stAlert").count() == 0
    page.locator("input[type=range]").nth(1).press("ArrowRight")
    settle(page)
    assert "groups=3&c=9" in page.url or "c=9&groups=3" in page.url
    assert page.get_by_test_id("stAlert").count() == 0
    open_app(page, "/groups?method=group&groups=4&c=9")
    expect(page.get_by_test_id("stAlert")).to_contain_text("groups = 4")
    page.get_by_role("link", name="Next: Steps").click()
    settle(page)
    assert page.get_by_test_id("stAlert").count() == 0


def test_two_sessions_with_one_link_show_the_same_picture(page: Page, browser: Browser, server):
    with watched_page(browser, server, viewport={"width": 1280, "height": 800}) as other:
        open_app(page, LINK)
        open_app(other, LINK)
        ours, theirs = (one.get_by_test_id("tensor-view") for one in (page, other))
        assert ours.get_attribute("data-scene") == theirs.get_attribute("data-scene")


def test_a_cold_server_opens_a_deep_link_in_the_frame(
    browser: Browser, fresh_server: Callable[[], AbstractContextManager[str]]
):
    with fresh_server() as url, watched_page(browser, url) as page:
        open_app(page, LINK)
        expect(page.get_by_role("heading", level=1)).to_have_text("四个步骤，一步一步来")
        expect(page.get_by_role("link", name="上一页")).to_be_visible()
        menu = page.get_by_test_id("stSidebar")
        expect(menu.get_by_role("link", name="步骤")).to_be_visible()
        assert page.get_by_test_id("stDialog").count() == 0
        assert "method=group" in page.url
        assert "seed=7" in page.url


def test_what_is_set_goes_along_to_every_page_and_survives_a_reload(page: Page):
    open_app(page, "/groups?method=layer&seed=3")
    for name in ("Home", "Steps", "Groups"):
        page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
        settle(page)
        assert "method=layer" in page.url
        assert "seed=3" in page.url
    page.reload()
    settle(page)
    expect(page.get_by_role("link", name="Ba, Kiros and Hinton, 2016")).to_be_visible()


def test_changing_the_language_keeps_everything_else(page: Page):
    open_app(page, "/groups?method=instance&data=digits")
    page.get_by_role("radio", name="中文").click()
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("哪些数共用统计量？")
    slider = page.locator("input[type=range]").first
    slider.press("ArrowRight")
    settle(page)
    for part in ("lang=zh", "method=instance", "data=digits", "n=5"):
        assert part in page.url
    page.go_back()
    settle(page)
    assert slider.input_value() == "4"


def test_a_bad_link_is_answered_with_a_sentence_each(page: Page):
    open_app(page, "/groups?n=99&method=nothing")
    expect(page.get_by_test_id("stAlert")).to_have_count(2)
    expect(page.get_by_test_id("stAlert").first).to_contain_text("n = 99")
    expect(page.get_by_test_id("tensor-view")).to_be_visible()


@pytest.mark.parametrize("path", PATHS)
def test_a_phone_shows_the_page_without_sideways_scroll(phone_page: Page, path: str):
    open_app(phone_page, path)
    assert not scrolls_sideways(phone_page)
    views = phone_page.locator("[data-testid=tensor-view], [data-testid=tensor-small]")
    for view in [views.first.bounding_box()] if views.count() else []:
        assert view["x"] >= 0
        assert view["x"] + view["width"] <= 390


def test_a_tap_on_a_phone_locks_a_cell(phone_page: Page):
    open_app(phone_page, "/groups")
    canvas = phone_page.locator("canvas[data-panel=input]")
    canvas.scroll_into_view_if_needed()
    spot = canvas.evaluate("canvas => canvas.locate(100)")
    canvas.tap(position=spot)
    settle(phone_page)
    expect(phone_page.get_by_test_id("tensor-view")).to_have_attribute("data-locked", "100")
    assert "cell=1%2C0%2C1%2C0" in phone_page.url


def test_a_row_of_the_reference_page_opens_its_method_and_keeps_the_language(page: Page):
    open_app(page, "/methods?kind=windows&lang=zh")
    row = page.locator(".st-key-row_divisive")
    row.get_by_test_id("tensor-small").hover()
    row.get_by_role("link", name="步骤").press("Enter")
    expect(page).to_have_url(re.compile("/steps.*method=divisive"))
    settle(page)
    assert "lang=zh" in page.url
    expect(page.get_by_test_id("tensor-view")).to_be_visible()


# Colours do not depend on words: each language once, each scheme once.
@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_serious(browser: Browser, server: str, path, scheme, language):
    look = {"color_scheme": scheme, "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        open_app(page, f"{path}?lang={language}&method=group")
        assert not serious_violations(page)
