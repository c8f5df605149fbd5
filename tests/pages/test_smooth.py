"""The page "Smooth or not": every topic, in numbers."""

from itertools import product

import pytest
from streamlit.testing.v1 import AppTest

from normlib.landscape import shipped
from normlib.landscape.slopes import closer, hold, steepest
from normlib.landscape.valley import outcomes
from pages.ui import state, text
from pages.ui.smooth.shared import number
from tests.pages.test_pages import open_page, texts

TOPICS = state.FIELDS["smooth"].choices


def open_topic(topic: str, **query: str) -> AppTest:
    app = open_page("smooth", smooth=topic, **query)
    assert not app.exception
    assert not app.warning
    return app


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_link_opens_every_topic_with_its_text_and_its_question(topic: str, language: str):
    shown = texts(open_topic(topic, lang=language))
    parts = text.page(language, "smooth").split("\n---\n")[1:]
    for at, (explained, question) in enumerate(text.pairs(parts)):
        for part in (explained, question):
            assert (part.strip() in shown) == (at == TOPICS.index(topic))


@pytest.mark.parametrize(
    ("share", "manner"),
    [("0.3", "straight"), ("0.5", "at_once"), ("0.99", "across"), ("1.0", "circles"),
     ("1.01", "diverges")],
)  # fmt: skip
def test_the_verdict_on_a_rate_is_the_true_one(share: str, manner: str):
    shown = texts(open_topic("quadratic", step_share=share, curvature="4.0"))
    labels = text.labels("en")
    for key in ("straight", "at_once", "across", "circles", "diverges"):
        assert (labels[f"smooth.manner.{key}"] in shown) == (key == manner)
    assert f"| limit 2 / λ | {0.5:g} |" in shown
    assert f"**{float(share) * 0.5:.4g}**" in shown


@pytest.mark.parametrize("name", state.FIELDS["line_of"].choices)
def test_the_inequality_shows_both_sides_of_the_chosen_line(name: str):
    shown = texts(open_topic("inequality", line_of=name, first_point="-0.25", second_point="0.7"))
    line = shipped.load("smooth_lines")[name]
    held = hold(line, -0.25, 0.7)
    for value in (held.chosen.change, held.chosen.ratio, held.lipschitz, held.beta, held.limit):
        assert number(value) in shown
    grows = "no L exists at all" in shown
    assert grows == closer(line).grows
    for other in shipped.load("smooth_lines").values():
        assert number(steepest(other).ratio, 3) in shown


def test_two_points_in_one_place_are_told_apart():
    shown = texts(open_topic("inequality", first_point="0.2", second_point="0.2"))
    assert text.labels("en")["smooth.one_point"] in shown


@pytest.mark.parametrize("share", ["0.5", "1.0", "1.2"])
@pytest.mark.parametrize("task", state.FIELDS["dataset"].choices)
def test_the_table_holds_every_scaling(task: str, share: str):
    shown = texts(open_topic("linear", dataset=task, step_share=share, scaling="centred"))
    for how, one in outcomes(shipped.load("smooth_linear")[task], float(share)).items():
        assert number(one.condition) in shown
        assert number(one.limit) in shown
        assert (
            one.steps is None
            or how == "raw"
            or str(one.steps) in shown.replace(",", "")
            or (one.steps >= 100_000)
        )
    assert (text.labels("en")["smooth.never"] in shown) == (float(share) >= 1)


def test_only_where_centring_saves_the_steps_is_it_said():
    said = "centring alone already does most of it"
    assert said in texts(open_topic("linear", dataset="digits"))
    assert said not in texts(open_topic("linear", dataset="wine"))


@pytest.mark.parametrize("norm", state.FIELDS["deep_norm"].choices)
@pytest.mark.parametrize("gain", state.FIELDS["init_gain"].choices)
def test_the_deep_net_opens_with_every_setting(norm: str, gain: float):
    app = open_topic("deep", deep_norm=norm, init_gain=str(gain))
    assert len(app.get("plotly_chart")) == 1
    assert "(**×64**)" in texts(app)
    assert "(**×1**)" in texts(app)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-0.8, "−0.8"),
        (1e-9, "1 · 10⁻⁹"),
        (4.89e8, "4.89 · 10⁸"),
        (1234.0, "1234"),
        (float("nan"), "–"),
        (float("inf"), "–"),
    ],
)
def test_numbers_are_written_as_one_reads_them(value: float, expected: str):
    assert number(value) == expected
