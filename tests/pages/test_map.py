"""The map on the home page: every subject of the lesson is one click away, and each link holds."""

import pytest
from streamlit.testing.v1 import AppTest

from normlib import METHODS
from pages.ui import state
from pages.ui.map import MAP
from tests.browser.server import PAGES
from tests.pages.test_pages import open_page

PLACES = [place for subjects in MAP.values() for place in subjects.values()]


@pytest.mark.parametrize(("page", "query"), PLACES, ids=str)
def test_a_place_on_the_map_opens_as_its_link_says(page: str, query: dict[str, state.Value]):
    link = {key: state.FIELDS[key].write(value) for key, value in query.items()}
    app: AppTest = open_page(page, **link)
    assert not app.exception
    refused = [warning for warning in app.warning if warning.icon in ("", ":material/info:")]
    assert not refused
    kept = app.session_state["_state"]
    assert {key: kept[key] for key in query} == dict(query)


def test_every_page_is_on_the_map():
    assert {page for page, _ in PLACES} == set(PAGES) - {"home"}


def test_every_place_on_the_map_is_another():
    assert len({(page, tuple(query.items())) for page, query in PLACES}) == len(PLACES)


def test_the_whole_lesson_on_changed_steps_is_on_the_map():
    named = {str(value) for _, query in PLACES for value in query.values()} & set(METHODS)
    assert {"instance", "group", "rms", "layer"} <= named
    topics = {(page, *query.values()) for page, query in PLACES}
    assert {
        ("pictures", "swap"),  # cross norm
        ("whitening",), ("whitening", "newton"), ("whitening", "flips"), ("whitening", "few"),
        ("recovering", "linear"), ("recovering", "mlp"), ("recovering", "class"),
        ("recovering", "map"), ("pictures", "style"),
        ("gradients",), ("gradients", "power"), ("gradients", "norms"),
        ("gradients", "whitening"), ("choosing",),
    } <= topics  # fmt: skip
