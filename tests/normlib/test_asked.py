"""The code that learners see runs, gives the numbers on the page, and torch says what we quote."""

import inspect
import math

import pytest
import torch

from normlib.failures import FAILURES, reproduce
from normlib.layers.asked import ask

SETTINGS = [(key, value) for key, entry in FAILURES.items() for value in entry.dials[0].choices]


@pytest.mark.parametrize(("key", "value"), SETTINGS)
def test_the_code_gives_the_first_number_or_torch_says_what_is_quoted(key: str, value: float):
    found = reproduce(key, value, seed=1)
    done, repaired = next(iter(found.numbers.values()))
    answer = ask(found.setup + found.code)
    assert answer.error == found.error
    if not found.error:
        assert answer.value == pytest.approx(done, rel=1e-9, abs=1e-12)
    answer = ask(found.setup + found.repair)
    assert answer.error == ""
    assert answer.value == pytest.approx(repaired, rel=1e-6, abs=1e-12)


def test_whatever_is_refused_is_refused_by_torch_with_a_message():
    for key, value in SETTINGS:
        found = reproduce(key, value)
        assert (found.verdict == "refused") == bool(found.error)


@pytest.mark.parametrize("value", FAILURES["half"].dials[0].choices)
def test_layer_norm_of_torch_computes_half_precision_in_a_wider_one(value: float):
    found = reproduce("half", value)
    assert ask(found.setup + found.asked).value == pytest.approx(1, abs=2e-3)


def test_batch_norm_of_torch_gives_more_than_1_for_a_constant_million():
    found = reproduce("constant", 1000000.3)
    assert abs(ask(found.setup + found.asked).value) > 1


def test_torch_loses_digits_at_a_mean_of_ten_million():
    found = reproduce("large_mean", 1e7)
    answers = ask(found.setup + found.asked).value
    assert abs(answers["layer_norm, std"] - 1) > 0.01
    found = reproduce("large_mean", 1.0)
    assert ask(found.setup + found.asked).value["layer_norm, std"] == pytest.approx(1, abs=1e-4)


def test_defaults_of_torch_are_those_that_the_texts_name():
    layer = torch.nn.BatchNorm2d(3)
    assert (layer.eps, layer.momentum) == (1e-5, 0.1)
    assert (layer.running_mean == 0).all()
    assert (layer.running_var == 1).all()
    assert "drop_last" in inspect.signature(torch.utils.data.DataLoader).parameters


def test_predictions_in_training_mode_move_the_running_statistics():
    found = reproduce("eval", 4)
    moved = "\nfor x in batches:\n    layer(x)\nlayer.running_mean.abs().max().item()"
    assert ask(found.setup + moved).value > 0


def test_code_without_torch_is_numpy_and_its_errors_are_answers():
    assert ask("1 + 1").value == 2
    assert math.isnan(ask("float('nan')").value)
    assert ask("raise ValueError('no')\n0").error == "ValueError: no"
    assert str(ask("'x' * 2")) == "'xx'"
