"""The page Weights and gradients: every topic opens in every setting and says what is true."""

import re
from itertools import product
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from normlib import network, on_gradients, on_weights
from pages.ui import gradients, state, text
from tests.pages.test_pages import open_page, texts
from tests.pages.test_sequences import cells

TOPICS = state.FIELDS["gradients"].choices


def opened(topic: str, **query: str) -> AppTest:
    app = open_page("gradients", gradients=topic, **query)
    assert not app.exception
    assert not app.warning
    return app


def test_there_is_a_topic_for_every_choice_of_the_link():
    assert tuple(gradients.TOPICS) == TOPICS


@pytest.mark.parametrize(("topic", "language"), list(product(TOPICS, state.LANGUAGES)))
def test_a_topic_says_what_stands_before_and_after_it(topic: str, language: str):
    app = opened(topic, lang=language)
    parts = text.page(language, "gradients").split("\n---\n")
    at = 1 + 2 * TOPICS.index(topic)
    assert all(part.strip() in texts(app) for part in (parts[0], *parts[at : at + 2]))


@pytest.mark.parametrize(("method", "layer"), list(product(on_weights.METHODS_OF_WEIGHTS,
                                                           network.LAYERS)))  # fmt: skip
def test_the_table_of_a_weight_holds_both_looks_and_both_accuracies(method: str, layer: str):
    app = opened("weights", weight_method=method, of_layer=layer, net="plain")
    found = on_weights.change(network.shipped("plain"), layer, method)
    rows = cells(app)
    assert rows[0][1:] == [f"{one.singular[0]:.3g}" for one in (found.before, found.after)]
    assert rows[-1][1:] == [f"**{100 * share:.1f}\u00a0%**" for share in found.accuracy]
    if method == "centered_weight" and layer == "second":
        assert rows[2][2] == "∞"


def test_a_round_is_told_with_its_numbers():
    app = opened("power", of_layer="third", rounds="20", seed="4")
    found = on_weights.rounds(network.shipped("normalized")["third"], seed=4)
    shown = texts(app)
    for number in (f"{found.estimate[19]:.4f}", f"{found.singular[0]:.4f}",
                   f"{found.angle[20]:.1f}°", f"round **{found.near()}**"):  # fmt: skip
        assert number in shown


def test_an_estimate_that_stays_away_is_said_to():
    assert not on_weights.rounds(network.shipped("normalized")["first"], seed=99).near()
    assert "does **not** come" in texts(opened("power", seed="99"))
    assert "does **not** come" not in texts(opened("power", seed="0"))


def test_scaling_leaves_the_normalized_output_and_moves_the_other():
    rows = cells(opened("scale", factor="100.0", layer_eps="0.0"))
    assert rows[0][1] == "0"
    assert float(rows[0][2]) > 100
    assert rows[3][1] == "1"
    assert rows[4][1] == "0"
    assert rows[5][1] == rows[7][1] != rows[6][1]
    assert rows[5][2] != rows[7][2]


def test_the_third_layer_is_said_to_have_no_norm_behind_it():
    said = text.labels("en")["gradients.no_norm_follows"]
    assert [info.value for info in opened("scale", of_layer="third").info] == [said]
    assert not opened("scale", of_layer="second").info


@pytest.mark.parametrize("method", on_gradients.METHODS_OF_GRADIENTS)
def test_the_table_of_gradients_holds_every_layer(method: str):
    app = opened("norms", gradient_method=method, net="plain", moment="early")
    weights = network.shipped("plain", "early")
    found = on_gradients.compared(network.of_batch(weights), weights, method, {})
    rows = cells(app)
    assert rows[2][1:] == [f"{found.layers[layer].after:.3g}" for layer in network.LAYERS]
    before, after = (f"{value:.3g}" for value in found.totals)
    assert f"{before} → **{after}**" in texts(app)


def test_a_limit_of_the_link_is_used():
    app = opened("norms", max_norm="0.5")
    assert app.number_input(key="max_norm").value == 0.5
    assert "1.76 → **0.5**" in texts(app)


@pytest.mark.parametrize("step", range(6))
def test_muon_is_told_step_by_step(step: int):
    app = opened("whitening", muon_step=str(step), of_layer="third")
    grad = network.of_batch(network.shipped("normalized", "start"))["third"]
    found = on_gradients.whitened(grad)[step]
    assert f"**{found.max():.3g}**" in texts(app)
    assert f"**{on_gradients.in_band(found)}** of them" in texts(app)


@pytest.mark.parametrize(("topic", "field"), [("power", "rounds"), ("whitening", "muon_step")])
def test_both_ends_of_every_slider_work(topic: str, field: str):
    for end in state.FIELDS[field].ends:
        app = opened(topic, **{field: str(end)})
        assert app.slider(key=field).value == end
        assert app.button(key="back").disabled == (end == state.FIELDS[field].ends[0])


def test_the_method_can_be_seen_step_by_step():
    app = opened("norms", gradient_method="lars")
    found = [parse_qs(link.proto.query_string) for link in app.get("page_link")]
    assert [query["method"] for query in found if query.get("method")] == [["lars"]]


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_the_lead_tells_the_network_as_it_is(language: str):
    lead = text.page(language, "gradients").split("\n---\n")[0].replace(",", "")
    facts = (network.NUM_TRAINING, network.MOMENTS["trained"], len(network.digits("held out")[1]))
    for number in (*facts, *network.LAYERS["first"], network.LAYERS["third"][0]):
        assert re.search(rf"\b{number}\b", lead), number


@pytest.mark.parametrize(("method", "knob"), [
    ("clip_global", "max_norm"), ("clip_adaptive", "clipping"), ("lars", "trust"),
    ("lars", "decay"),
])  # fmt: skip
def test_both_ends_of_every_setting_work(method: str, knob: str):
    for end in (0.0, 1000.0):
        app = opened("norms", gradient_method=method, **{knob: str(end)})
        assert app.number_input(key=knob).value == end
