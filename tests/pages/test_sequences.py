"""The page Sequences: every topic opens in every setting and says what is true there."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from normlib import influence, timeline
from normlib.recordings import abreast
from pages.ui import sequences, state, text
from tests.pages.test_pages import open_page, texts

TOPICS = state.FIELDS["sequences"].choices


def opened(topic: str, **query: str) -> AppTest:
    app = open_page("sequences", sequences=topic, **query)
    assert not app.exception
    return app


def cells(app: AppTest) -> list[list[str]]:
    """The rows of the first table, without its head."""
    table = next(element.value for element in app.markdown if element.value.startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")]
            for line in table.splitlines()[2:]]  # fmt: skip


def test_there_is_a_topic_for_every_choice_of_the_link():
    assert tuple(sequences.TOPICS) == TOPICS


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_topic_says_what_stands_before_and_after_it(topic: str, language: str):
    app = opened(topic, lang=language)
    assert not app.warning
    parts = text.page(language, "sequences").split("\n---\n")
    at = 1 + 2 * TOPICS.index(topic)
    assert all(part.strip() in texts(app) for part in (parts[0], *parts[at : at + 2]))


@pytest.mark.parametrize("method", influence.COMPARED)
def test_the_groups_of_each_of_the_four_are_counted(method: str):
    app = opened("norms", sequence_norm=method, utterances="3", frames="5", cell="2,4,3")
    sizes = {"recurrent_batch": (60, 3), "layer_position": (15, 12), "layer": (3, 60),
             "cumulative_layer": (15, "12 to 60")}  # fmt: skip
    assert [metric.value for metric in app.metric[:2]] == [str(size) for size in sizes[method]]
    assert text.labels("en")["groups.locked"] in texts(app)


def test_a_step_with_two_utterances_blows_up_and_a_trusted_one_does_not():
    app = opened("time", time_step="21")
    assert [metric.value for metric in app.metric] == ["2", "0.5213", "0.3122", "13.57"]
    assert float(opened("time", time_step="21", least="3").metric[3].value) < 2


@pytest.mark.parametrize("beyond", timeline.BEYOND)
def test_a_step_that_training_never_saw(beyond: str):
    app = opened("time", time_step="28", beyond=beyond)
    if beyond == "fail":
        assert [warning.value for warning in app.warning] == [
            text.labels("en")["errors.unseen_step"].format(step=28, known=23)
        ]
        assert not app.metric
    else:
        assert app.metric[0].value == "0"
        assert not app.warning


def test_the_table_counts_what_an_edit_reaches():
    app = opened("edit", edit_step="5", edit_by="-2")
    assert [row[1:] for row in cells(app)] == [
        ["0", "1", "0", "3"], ["0", "1", "0", "0"], ["5", "1", "13", "0"], ["0", "1", "13", "0"]
    ]  # fmt: skip
    everything = cells(opened("edit", edit_step="5", edit_all="true"))
    assert everything[1][1:] == ["0", "0", "0", "0"]


@pytest.mark.parametrize("masked", ["true", "false"])
def test_padding_alone_matters_only_without_a_mask(masked: str):
    moved = [row[1] != "0" for row in cells(opened("padding", others="0", masked=masked))]
    assert moved == [masked == "false", False, masked == "false", False, False]


def test_others_matter_to_batch_norm_alone():
    moved = [row[1] != "0" for row in cells(opened("padding", others="4"))]
    assert moved == [True, True, False, False, False]


@pytest.mark.parametrize(("network", "rows"), [("blocks", 3), ("recurrent", 2)])
def test_scale_is_told_for_every_variant(network: str, rows: int):
    app = opened("depth", network=network, depth="48", gain="2")
    found = cells(app)
    assert len(found) == rows
    assert float(found[0][1]) > 1e6
    assert float(found[-1][1]) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("topic", "field"), [
    ("norms", "utterances"), ("norms", "frames"), ("time", "time_step"), ("time", "feature"),
    ("time", "least"), ("edit", "edit_step"), ("edit", "edit_by"), ("padding", "others"),
    ("padding", "extra"), ("depth", "depth"),
])  # fmt: skip
def test_both_ends_of_every_slider_work(topic: str, field: str):
    for end in state.FIELDS[field].ends:
        app = opened(
            topic, **{field: state.FIELDS[field].write(type(state.FIELDS[field].default)(end))}
        )
        assert not app.warning
        assert app.slider(key=field).value == end


def test_sliders_end_where_the_data_ends():
    assert state.FIELDS["frames"].ends == (1, abreast().shape[2])
    assert state.FIELDS["edit_step"].ends == (0, abreast().shape[2] - 1)
    assert state.FIELDS["utterances"].ends == (1, len(abreast()))
