"""Files and numbers of one's own: read, shown, or refused with one sentence."""

import io
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from normlib import upload
from tests.browser.driver import open_app, settle


def npy(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def give(page: Page, name: str, content: bytes) -> None:
    kind = "text/csv" if name.endswith("csv") else "application/octet-stream"
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": kind, "buffer": content}
    )
    expect(page.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    settle(page)


def test_an_uploaded_array_is_drawn_with_its_own_shape(page: Page):
    open_app(page, "/groups?data=upload")
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    give(page, "own.npy", npy(x))
    expect(page.get_by_text("(3, 4, 5)")).to_be_visible()
    expect(page.get_by_text("n c t -> (n t) c")).to_be_visible()
    page.get_by_test_id("stSidebar").get_by_role("link", name="Steps").click()
    settle(page)
    expect(page.get_by_text("(3, 4, 5)")).to_be_visible()  # it goes along


def test_a_large_upload_is_drawn_in_part_and_the_page_says_so(page: Page):
    open_app(page, "/groups?data=upload")
    give(page, "large.npy", npy(np.random.default_rng(0).normal(size=(2, 8, 20, 20)).astype("f4")))
    expect(page.get_by_text("3200 of 6400 entries are drawn", exact=False)).to_be_visible()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("bad.csv", b"1,2\n3,x", "Line 2, column 2: x is not a number."),
        ("ragged.csv", b"1,2\n3", "Line 2 has 1 numbers"),
        ("bomb.npy", npy(np.zeros((4, 4)))[:-8], "It may be damaged."),
        ("objects.npy", npy(np.array([[{}]], dtype=object)), "only plain real numbers are read"),
        ("long.csv", b"1,2\n" * (upload.LIMIT // 4 + 1), "up to 65536 can be read"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_the_page_lives(page: Page, name, content, sentence):
    open_app(page, "/groups?data=upload")
    give(page, name, content)
    expect(page.get_by_test_id("stAlert")).to_contain_text(sentence)
    page.get_by_role("button", name=f"Remove {name}").click()
    settle(page)
    expect(page.get_by_test_id("tensor-view")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "link"),
    [
        (
            "/groups?data=table&layout=nc&n=2&c=3&values=1,2,3,4,5,6",
            "values=1%2C2%2C7.5%2C4%2C5%2C6",
        ),
        ("/steps?recovery=own&c=3&gamma=1,2,3", "gamma=1%2C2%2C7.5"),
    ],
)
def test_a_number_written_into_a_table_goes_into_the_link(page: Page, path: str, link: str):
    open_app(page, path)
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.locator("canvas").first.wait_for()
    box = table.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 20, box["y"] + 55)
    page.keyboard.press("Enter")
    expect(page.locator("input.gdg-input")).to_be_focused()  # keys before that are lost
    page.keyboard.press("Control+A")
    page.keyboard.type("7.5", delay=40)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{link}**")
    settle(page)


def test_torch_is_asked_on_demand_and_agrees(page: Page):
    open_app(page, "/steps?method=group&cell=0,0,0,0")
    page.get_by_text("Does torch agree?").click()
    settle(page)
    page.get_by_role("button", name="Compare with PyTorch").click()
    expect(page.get_by_text("Agrees with torch")).to_be_visible(timeout=60000)
    settle(page)
    said = re.search(r"max \|difference\| = (\S+)\. ", page.get_by_text("Agrees").inner_text())
    assert said is not None
    assert float(said[1]) < 1e-12


def test_the_code_on_the_screen_gives_the_numbers_on_the_screen(page: Page):
    open_app(page, "/steps?method=group&groups=3&step=reshape+back&cell=1,2,1,1&digits=full")
    page.get_by_text("Show code").click()
    settle(page)
    source = page.get_by_test_id("stCode").locator("code").inner_text()
    namespace: dict[str, object] = {}
    exec(source, namespace)  # our own generated code
    line = page.get_by_test_id("tensor-line").inner_text().replace("−", "-")
    assert repr(float(namespace["y"][1, 2, 1, 1])) in line
