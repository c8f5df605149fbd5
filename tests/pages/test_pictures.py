"""The page On pictures: every topic opens in every setting and says what is true there."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from normlib import looks
from normlib.filter_bank import NAMES
from normlib.pictures import PICTURES
from pages.ui import state, text
from pages.ui.pictures import shared
from tests.pages.test_pages import open_page, texts

TOPICS = state.FIELDS["pictures"].choices
EN = text.labels("en")


def opened(topic: str, **query: str) -> AppTest:
    app = open_page("pictures", pictures=topic, **query)
    assert not app.exception
    assert not app.warning
    return app


def cells(app: AppTest, at: int = 0) -> list[list[str]]:
    """The rows of a table, without its head."""
    found = [element.value for element in app.markdown if element.value.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in found[at].splitlines()[2:]]  # fmt: skip


def images(app: AppTest) -> list[tuple[str, str]]:
    """Caption and alternative text of every picture."""
    return [(one.caption, one.alt) for found in app.get("image") for one in found.proto.imgs]


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_topic_says_what_stands_before_and_after_it(topic: str, language: str):
    app = opened(topic, lang=language)
    parts = text.page(language, "pictures").split("\n---\n")
    at = 1 + 2 * TOPICS.index(topic)
    assert all(part.strip() in texts(app) for part in (parts[0], *parts[at : at + 2]))
    assert len(images(app)) >= 3
    assert all(caption and alt for caption, alt in images(app))


@pytest.mark.parametrize("method", looks.COMPARED)
def test_all_six_norms_are_compared_whichever_is_shown(method: str):
    app = opened("pixels", picture_norm=method, picture_groups="3", picture="palace")
    rows = {row[0]: row[1:] for row in cells(app)}
    assert [row.removesuffix(" (3)") for row in rows] == [
        EN[f"picture_norm.{key}.name"] for key in looks.COMPARED
    ]
    assert rows["Instance"] == rows["Group (3)"] == ["0.00", "0.00", "0.00"]
    assert all(cell.startswith("**") for cell in rows["Batch"])
    assert rows["Layer"][:2] == ["0.00", "0.00"]
    assert rows["Layer"][2].startswith("**")
    taken = 2 * (method == "positional")
    assert len(images(app)) == 6 + taken + len(looks.COMPARED)
    assert EN[f"pictures.look.{method}"] in images(app)[5][1]


def test_a_change_that_is_none_is_not_counted():
    app = opened("pixels", contrast="1.0", light="0.5", cast="0.0")
    assert {(row[1], row[3]) for row in cells(app)} == {("–", "–")}
    assert {row[2] == "–" for row in cells(app)} == {False}


def test_the_largest_difference_is_told_and_eps_is_what_is_left_of_it():
    said = [next(line for line in texts(opened("pixels", eps=eps)).splitlines() if "0.4200" in line)
            for eps in ("1e-12", "0.001")]  # fmt: skip
    left = [float(line.split("**")[3]) for line in said]
    assert left[0] < 1e-4
    assert left[1] > 0.05


@pytest.mark.parametrize(("method", "groups"), [("group", "1"), ("group", "12"), ("batch", "1")])
def test_the_maps_are_shown_before_and_after_with_their_balance(method: str, groups: str):
    app = opened("filters", picture_norm=method, map_groups=groups)
    assert len(images(app)) == 2 + 2 * len(NAMES)
    (within, after_within), (between, after_between) = (map(float, row[1:]) for row in cells(app))
    assert (within == after_within) == (groups == "1" and method == "group")
    assert (between == after_between) == (method == "batch")
    if groups == "12":
        assert after_within < 1.2


@pytest.mark.parametrize("swapped", state.FIELDS["swapped"].choices)
def test_statistics_change_places(swapped: str):
    app = opened("swap", swapped=swapped, picture="palace", companion="dahlia")
    rows = [[cell.split(" → ") for cell in row[1:]] for row in cells(app)]
    first, second = {"pictures": (0, 3), "red_green": (0, 1), "red_blue": (0, 2),
                     "green_blue": (1, 2)}[swapped]  # fmt: skip
    for statistic in (0, 1):
        start, end = rows[first][statistic], rows[second][statistic]
        assert float(start[1]) == pytest.approx(float(end[0]), abs=2e-3)
        assert float(end[1]) == pytest.approx(float(start[0]), abs=2e-3)
    assert len(images(app)) == (4 if swapped == "pictures" else 2)


@pytest.mark.parametrize("strength", ["0.0", "1.0"])
def test_the_strength_leads_from_content_to_style(strength: str):
    app = opened("style", strength=strength, picture="palace", companion="retina")
    mean, std = (cell.split(" → ") for cell in cells(app)[0][1:])
    if strength == "0.0":
        assert mean[0] == mean[1]
        assert std[0] == std[1]
    else:
        assert float(mean[1]) == pytest.approx(0.818, abs=2e-3)
    content, result, style = map(float, cells(app, 1)[0])
    assert abs(result - content) < 0.2 * content
    assert (content == result) == (strength == "0.0")
    assert style > 0


@pytest.mark.parametrize("topic", TOPICS)
def test_a_picture_may_be_its_own_companion(topic: str):
    shown = images(opened(topic, picture="cat", companion="cat"))
    assert len(shown) == {"pixels": 12, "filters": 26, "swap": 4, "style": 3}[topic]


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_named_and_described(name: str):
    shown = images(opened("style", picture=name, companion="cat"))
    assert EN[f"picture.{name}.seen"] == shown[0][1]
    assert EN[f"picture.{name}.name"] in shown[0][0]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_link_to_a_picture_of_ones_own_asks_for_it_and_shows_another(topic: str):
    app = open_page("pictures", pictures=topic, picture="upload")
    assert not app.exception
    assert app.info[0].value == EN["pictures.no_file"]
    assert len(images(app)) >= 2


@pytest.mark.parametrize(("topic", "field"), [
    ("pixels", "contrast"), ("pixels", "light"), ("pixels", "cast"), ("style", "strength"),
])  # fmt: skip
def test_both_ends_of_every_slider_work(topic: str, field: str):
    for end in state.FIELDS[field].ends:
        assert opened(topic, **{field: str(end)}).slider(key=field).value == end


@pytest.mark.parametrize("topic", TOPICS)
def test_author_and_licence_of_the_shown_pictures_are_told(topic: str):
    said = "\n".join(caption.value for caption in opened(topic, picture="dahlia").caption)
    assert "vultilion, CC BY 2.0" in said
    assert "Louis Durrant, CC BY-SA 4.0" in said


def test_a_ratio_with_something_flat_has_no_figures():
    assert [shared.number(value, 2) for value in (1.234, 9999.0)] == ["1.23", "9999.00"]
    assert {shared.number(value, 2) for value in (float("nan"), float("inf"), 1e7)} == {"–"}
