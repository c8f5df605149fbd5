"""The page "Surface" in Chromium: cameras that turn together, keys, and the link."""

import re

from playwright.sync_api import Page, expect

from tests.browser.driver import open_app, settle

EYES = """() => [...document.querySelectorAll(".js-plotly-plot")].map((chart) => {
    const { x, y, z } = chart._fullLayout.scene._scene.getCamera().eye;
    return [x, y, z].map((value) => value.toFixed(3)).join();
})"""
DRAWN = """() => [...document.querySelectorAll(".js-plotly-plot")].filter(
    (chart) => chart._fullLayout?.scene?._scene?.getCamera).length === 2"""


def eyes(page: Page) -> list[str]:
    page.wait_for_function(DRAWN)
    return page.evaluate(EYES)


def test_charts_turn_together_by_pointer_and_by_key_and_stay_so_when_drawn_anew(page: Page):
    page.set_viewport_size({"width": 1280, "height": 1200})
    open_app(page, "/surface?surface=relief")
    before = eyes(page)
    assert before[0] == before[1]
    page.wait_for_timeout(700)  # until the charts are watched
    box = page.locator(".js-plotly-plot").first.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 10, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    turned = eyes(page)
    assert turned[0] == turned[1] != before[0]
    page.get_by_role("radio", name="Linear").click()
    settle(page)
    page.wait_for_timeout(700)
    assert eyes(page) == turned
    page.get_by_role("slider", name="Look from, degrees").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("camera=50"))
    page.wait_for_timeout(700)
    after = eyes(page)
    assert after[0] == after[1] != turned[0]


def test_a_link_restores_the_picture_and_a_slider_answers_at_once(page: Page):
    open_app(page, "/surface?surface_depth=6&surface_statistics=both&lang=zh")
    expect(page.get_by_role("table")).to_contain_text("255")
    expect(page.get_by_text("悬崖")).to_be_visible()
    page.get_by_role("slider", name="隐藏层数").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("surface_depth=7"))
    expect(page.get_by_role("button", name="计算这组图")).to_be_visible()
    expect(page.get_by_text("应用自带的例子")).to_be_visible()
