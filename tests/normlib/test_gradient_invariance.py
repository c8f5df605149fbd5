"""Gradients against torch, and what they say about shifts and scalings against the forward pass."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from normlib import Spec, apply, data
from normlib.arrays import is_tensor
from normlib.compose import COMPOSABLE, compose
from normlib.gradient_invariance import ROUNDING, gradient, invariance
from normlib.operations import OPERATIONS
from normlib.situation import given_to
from tests.normlib.test_compose import random_spec

KEPT = {"c": (), "n": (), "h": (), "nk": (), "g": ("n",), "": ()}
SIZES = (6, 4, 3, 5)
SHIFT_BLIND = ("standardize", "center", "center_l2", "l1", "outside", "zca", "pca", "cholesky")


def spec_of(operation: str, apart: str, **knobs: float) -> Spec:
    method = compose(apart, operation, "identity", blocks=KEPT[apart])
    return Spec(method.key, SIZES, knobs=knobs)


@pytest.mark.parametrize("operation", COMPOSABLE)
@pytest.mark.parametrize("apart", KEPT)
def test_the_gradient_is_that_of_torch(operation, apart):
    spec = spec_of(operation, apart)
    x = data.make("random", spec)
    grad = np.random.default_rng(1).normal(size=spec.partition.split(x).shape)
    tensor = torch.tensor(x, requires_grad=True)
    matrix = spec.partition.split(tensor)
    matrix.retain_grad()
    found = OPERATIONS[operation]
    y = found.transform(matrix, found.fit(matrix, given_to(spec, found, {}, matrix)))
    assert is_tensor(y)
    y.backward(torch.tensor(grad))
    np.testing.assert_allclose(gradient(spec, x, grad), matrix.grad, atol=1e-9, rtol=1e-7)


@pytest.mark.parametrize("operation", COMPOSABLE)
@pytest.mark.parametrize("apart", KEPT)
def test_shares_are_those_of_torchs_gradient(operation, apart):
    spec = spec_of(operation, apart)
    x = data.make("random", spec)
    found = invariance(spec, x)
    upstream = np.random.RandomState(spec.seed + 2).normal(size=spec.partition.split(x).shape)
    tensor = torch.tensor(x, requires_grad=True)
    matrix = spec.partition.split(apply(spec, tensor))
    (matrix * torch.tensor(upstream)).sum().backward()
    grad = spec.partition.split(tensor.grad.numpy())
    share = float((abs(grad.sum(-2)) / abs(grad).sum(-2)).max())
    assert found.shift == pytest.approx(share, abs=1e-10, rel=1e-6)
    if not OPERATIONS[operation].mixes:  # at right angles to the output
        turned = grad * spec.partition.split(apply(spec, x))
        share = float((abs(turned.sum(-2)) / abs(turned).sum(-2)).max())
        assert found.scale == pytest.approx(share, abs=1e-10, rel=1e-5)


@pytest.mark.parametrize("operation", COMPOSABLE)
@pytest.mark.parametrize("apart", KEPT)
def test_what_the_gradient_does_not_see_changes_nothing_in_the_output(operation, apart):
    knobs = {} if operation == "center" else {"eps": 0.0}
    spec = spec_of(operation, apart, **knobs)
    x = data.make("random", spec)
    found = invariance(spec, x)
    assert found.sees_shift == (operation not in SHIFT_BLIND)
    assert found.sees_scale == (operation == "center")
    y = apply(spec, x)
    assert np.allclose(apply(spec, x + 0.7), y) == (not found.sees_shift)
    assert np.allclose(apply(spec, 1.3 * x), y) == (not found.sees_scale)


def test_eps_leaves_a_share_of_the_scaling_that_vanishes_without_it():
    x = data.make("random", spec_of("rms", "c"))
    found = [invariance(spec_of("standardize", "c", eps=eps), x) for eps in (0.1, 1e-3, 1e-5, 0.0)]
    shares = [one.scale for one in found]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 1e-3 > shares[2] > ROUNDING > shares[3]
    assert all(one.bare < ROUNDING for one in found)


def test_any_composition_on_any_data_gives_shares():
    for seed in range(150):
        spec = random_spec(seed)
        for kind in data.KINDS:
            found = invariance(spec, data.make(kind, spec))
            assert all(0 <= share <= 1 + 1e-9 for share in (found.shift, found.scale, found.bare))
            assert found.block == OPERATIONS[spec.entry.operation].mixes


def test_the_seed_decides_the_loss():
    spec = spec_of("rms", "c")
    x = data.make("random", spec)
    assert invariance(spec, x) == invariance(spec, x)
    assert invariance(spec, x) != invariance(replace(spec, seed=1), x)


def test_a_length_below_eps_is_divided_by_a_constant():
    spec = spec_of("l2", "c", eps=100.0)
    x = data.make("random", spec)
    grad = np.ones(spec.partition.split(x).shape)
    np.testing.assert_allclose(gradient(spec, x, grad), grad / 100)
