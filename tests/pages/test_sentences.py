"""What a step says is there in every language, and true of the method in its mode."""

import re

import pytest

from normlib import METHODS, Spec, Trace, data, parameters, trace
from normlib.summary import statistic_shapes
from pages.ui import recovery, sentences, state, text, words
from pages.ui.controls import Choice


def spec_of(method: str, **knobs: float) -> Spec:
    return Spec(method, (4, 6, 8) if METHODS[method].needs == "time" else (4, 6, 4, 5), knobs=knobs)


def traced(spec: Spec, training: bool = True) -> Trace:
    x = data.make("random", spec)
    return trace(spec, x, parameters.seeded(spec, x, training=training), training=training)


def said(method: str, step: str, training: bool = True, **knobs: float) -> str:
    return " ".join(sentences.of_step(traced(spec_of(method, **knobs), training), step))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("language", state.LANGUAGES)
def test_every_step_of_every_method_says_something(language, method, training, monkeypatch):
    monkeypatch.setattr(text, "language", lambda: language)
    for knob in ("affine", "by_variance", "between_channels"):
        for value in (False, True):
            if knob not in {known.name for known in METHODS[method].knobs}:
                continue
            found = traced(spec_of(method, **{knob: value}), training)
            for step in found.names:
                for sentence in sentences.of_step(found, step):
                    assert sentence
                    assert not re.search(r"[{}<>]", sentence.replace(found[step].pattern, ""))


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_only_disjoint_groups_are_called_columns(method: str, training: bool):
    spec = spec_of(method)
    if "reshape" in traced(spec, training).names:
        claims = "Each column is one group" in said(method, "reshape", training)
        assert claims == (words.structure(spec, training) == "disjoint")


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_what_is_stored_is_said_to_be_stored_and_nothing_else(method: str, training: bool):
    found = traced(spec_of(method), training)
    x = found.steps[0].array
    again = trace(found.spec, x**3 + 1, found.parameters, training=training)
    for name, value in found.stats.named:
        stored = "**stored**" in said(method, name, training)
        same = bool((value == again.stats[name]).all())
        assert stored == (same and name not in ("factor", "weight norm")), name


@pytest.mark.parametrize(
    ("method", "step", "words"),
    [
        ("batch", "mean", "One mean for each column (6 in all), over its rows (80)."),
        ("cumulative_layer", "mean", "(32 in all), over the column together with every earlier "
         "step, and no later one: 6 to 48 entries."),
        ("sync", "variance", "over the same entries as its mean (80)"),
        ("virtual", "mean", "20 to 40 entries"),
        ("switchable", "mean", "learned shares that add up to 1"),
        ("group_whitening", "covariance", "For each of the 4 matrices: how its 2 columns vary"),
        ("group_whitening", "reshape", "4 matrices, each 60 × 2"),
        ("iterative_whitening", "whitening", "near"),
        ("muon", "norm", "whole matrix"),
        ("centered_weight", "norm", "after its mean is taken away"),
        ("local_response", "mean square", "divided by the size of a whole window (5)"),
        ("dynamic_tanh", "reshape", "Every number is a column of its own"),
        ("scale_norm", "recover", "one number for the whole layer"),
        ("film", "recover", "come with each sample"),
    ],
)  # fmt: skip
def test_a_sentence_fits_the_method(method: str, step: str, words: str):
    assert words in said(method, step)


def test_where_prediction_hands_the_input_on_every_step_says_so():
    assert traced(spec_of("cross"), training=False).names == ("input", "reshape back")
    for step in ("input", "reshape back"):
        assert "In prediction" in said("cross", step, training=False)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_what_is_meant_to_undo_is_named_as_it_is(method: str, training: bool):
    spec = spec_of(method)
    x = data.make("random", spec)
    for kind in parameters.kinds(spec):
        sentence = text.t(f"recovery.{kind}.{recovery.variant(Choice(spec, x, training), kind)}")
        values = parameters.KINDS[kind](spec, x, training=training)
        for name in ("gamma", "beta"):
            if kind == "undo":
                offered = name in spec.parameter_shapes and bool(values[name].any())
                assert offered == (f"{name} =" in sentence.lower()), (name, sentence)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_a_method_with_statistics_has_their_shapes(method: str, training: bool):
    spec = spec_of(method)
    alone = words.structure(spec, training) == "alone"
    forgets = METHODS[method].forgets and not training
    assert bool(statistic_shapes(spec, training=training)) == (not alone and not forgets)
