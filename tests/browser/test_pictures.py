"""The page On pictures in a browser: sliders, the link, a picture of one's own, keys, a phone."""

import io
import re

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.driver import (
    open_app,
    scrolls_sideways,
    serious_violations,
    settle,
    watched_page,
)


def survivors(page: Page, row: int) -> list[str]:
    return page.get_by_role("row").nth(row).get_by_role("cell").all_inner_texts()[1:]


def give(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    settle(page)


def test_a_slider_moves_pictures_numbers_and_the_link(page: Page):
    open_app(page, "/pictures?picture=palace&cast=0.0")
    assert survivors(page, 3)[2] == "–"
    copy = page.get_by_role("img", name="The same picture")
    before = copy.get_attribute("src")
    page.locator(".st-key-cast input[type=range]").press("ArrowRight")
    settle(page)
    expect(page).to_have_url(re.compile("cast=0.05"))
    assert survivors(page, 3)[2] == "0.00"
    assert copy.get_attribute("src") != before
    page.reload()
    settle(page)
    assert survivors(page, 3)[2] == "0.00"


def test_a_picture_of_ones_own_goes_along_and_a_bad_file_gets_a_sentence(page: Page):
    open_app(page, "/pictures?picture=upload")
    expect(page.get_by_test_id("stAlert")).to_contain_text("A link to this page does not carry")
    give(page, "broken.png", b"\x89PNG\r\n\x1a\n" + bytes(60))
    expect(page.get_by_test_id("stAlert")).to_contain_text("the file is broken")
    page.get_by_role("button", name="Remove broken.png").click()
    settle(page)
    stream = io.BytesIO()
    Image.linear_gradient("L").resize((80, 50)).save(stream, "PNG")
    give(page, "own.png", stream.getvalue())
    assert page.get_by_test_id("stAlert").count() == 0
    expect(page.get_by_role("img", name="Your own picture")).to_be_visible()
    page.get_by_role("radio", name="Style").click()
    settle(page)
    assert page.get_by_test_id("stAlert").count() == 0
    expect(page.get_by_role("img", name="Your own picture").first).to_be_visible()


def test_a_topic_is_chosen_by_keys_alone(page: Page):
    open_app(page, "/pictures")
    page.get_by_role("radio", name="Pixels").press("ArrowRight")
    page.keyboard.press("Enter")
    settle(page)
    expect(page).to_have_url(re.compile("pictures=filters"))
    expect(page.get_by_text("strongest map : weakest map")).to_be_visible()


def test_on_a_phone_pictures_stand_side_by_side_and_nothing_scrolls_sideways(phone_page: Page):
    for topic in ("pixels", "filters", "swap", "style"):
        open_app(phone_page, f"/pictures?pictures={topic}")
        main = phone_page.get_by_test_id("stMain")
        assert not scrolls_sideways(phone_page), topic
    boxes = [image.bounding_box() for image in main.get_by_role("img").all()[:3]]
    assert len({round(box["y"]) for box in boxes}) == len({round(box["width"]) for box in boxes})
    assert len({round(box["y"]) for box in boxes}) == 1


def test_axe_finds_nothing_serious_in_any_topic(browser: Browser, server: str):
    look = {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}}
    with watched_page(browser, server, **look) as page:
        for topic in ("pixels", "filters", "swap", "style"):
            open_app(page, f"/pictures?pictures={topic}&lang=zh")
            assert not serious_violations(page)
