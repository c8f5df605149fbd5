"""The gradient mode taken for the training mode: four cases, in numpy, in torch and as shown."""

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

from normlib.grad_mode import CODE, CONVENTION, four_cases, layer
from normlib.layers import grad_mode
from normlib.stream import Source, feed, follow

SOURCE = Source(seed=5)
SIZE = 3
X = SOURCE.batch(9, SIZE)


def record(batches):
    return follow(feed(SOURCE, SIZE, 9), CONVENTION).records[batches]


CASES = {(case.training, case.gradients): case for case in four_cases(record(4), X)}


def test_the_layer_uses_the_batch_in_training_and_the_record_at_prediction():
    before = record(4)
    y, after = layer(before, X, training=True)
    assert np.allclose(y.mean((0, 2, 3)), 0, atol=1e-12)
    assert np.allclose(after.mean, 0.9 * before.mean + 0.1 * X.mean((0, 2, 3)), rtol=1e-12)
    assert np.allclose(after.variance, 0.9 * before.variance + 0.1 * X.var((0, 2, 3)), rtol=1e-12)
    y, after = layer(before, X, training=False)
    mean, scale = before.mean.reshape(3, 1, 1), np.sqrt(before.variance + 1e-5).reshape(3, 1, 1)
    assert np.allclose(y, (X - mean) / scale, rtol=1e-12)
    assert after is before


def test_two_of_four_cases_are_right():
    for (training, gradients), case in CASES.items():
        assert case.right == (training == gradients)
        assert (case.difference == 0) == case.right
        assert (case.moved == case.should_move) == case.right


def test_training_without_gradients_uses_the_record_and_leaves_it():
    case = CASES[True, False]
    outputs = [layer(record(4), X, training=mode)[0] for mode in (True, False)]
    assert case.difference == np.abs(outputs[0] - outputs[1]).max() > 0.1
    assert case.moved == 0
    assert case.should_move == pytest.approx(
        0.1 * np.abs(X.mean((0, 2, 3)) - record(4).mean).max(), rel=1e-9
    )


def test_prediction_with_gradients_uses_the_batch_and_moves_the_record():
    case = CASES[False, True]
    assert case.difference == CASES[True, False].difference
    assert case.moved == CASES[True, True].moved > 0
    assert case.should_move == 0


@pytest.mark.parametrize("batches", [0, 4])
def test_torch_does_the_same_in_all_four_cases(batches):
    cases = four_cases(record(batches), X)
    assert grad_mode.largest_difference(cases, record(batches), X) < 1e-12
    ran = grad_mode.four_cases(record(batches), X)
    assert [(c.training, c.gradients, c.right) for c in ran] == [
        (c.training, c.gradients, c.right) for c in cases
    ]


def test_with_gradients_on_a_prediction_depends_on_who_else_is_in_the_batch():
    kept = (torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64))
    batch, fewer = torch.from_numpy(X), torch.from_numpy(X[:2])
    with torch.enable_grad():
        whole, part = (grad_mode.by_grad_mode(x, *kept)[0][0] for x in (batch, fewer))
    assert not torch.allclose(whole, part)
    with torch.no_grad():
        whole, part = (grad_mode.by_grad_mode(x, *kept)[0][0] for x in (batch, fewer))
    assert torch.equal(whole, part)


def test_reentrant_checkpointing_runs_the_first_pass_without_gradients():
    seen = []

    def part(x):
        seen.append(torch.is_grad_enabled())
        return 2 * x

    x = torch.ones(1, requires_grad=True)
    checkpoint(part, x, use_reentrant=True).backward()
    assert seen == [False, True]


@pytest.mark.parametrize("gradients", [True, False])
def test_the_code_that_is_shown_is_the_code_that_runs(gradients):
    scope: dict[str, object] = {"torch": torch}
    exec(CODE, scope)
    x = torch.from_numpy(X)
    mean, variance = (torch.full((3,), value, dtype=torch.float64) for value in (0.3, 1.7))
    with torch.set_grad_enabled(gradients):
        expected = grad_mode.by_grad_mode(x, mean, variance)
        wide = (value.reshape(1, 3, 1, 1) for value in (mean, variance))
        shown = scope["batch_norm"](x, *wide)
    for ours, theirs in zip(shown, expected, strict=True):
        assert torch.allclose(ours.squeeze(), theirs.squeeze(), rtol=1e-12)
