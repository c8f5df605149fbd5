"""The laws of normalization: what a shift, a scale, an order or another group changes."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from normlib import apply
from tests.normlib import cases
from tests.normlib.cases import KINDS, all_as, as_kind, plain, spec_of, specs

NO_EPS = {"eps": st.just(0.0), "by_variance": st.just(False)}
RIGHT = {"by_variance": st.just(False)}
METHODS = tuple(m for m in cases.STANDARDIZING + cases.ROOT_MEAN_SQUARE)
CENTRING = cases.STANDARDIZING
# Groups that are on their own also where something is learned from the statistics.
ALONE = tuple(m for m in cases.DISJOINT if m not in ("frozen", "dynamic_tanh", "adaptive_instance"))
methods = pytest.mark.parametrize("method", METHODS)


def spread_groups(spec, rng):
    """Numbers whose groups have no tiny spread, so that eps = 0 is well conditioned."""
    x = rng.normal(size=spec.sizes)
    matrix = spec.partition.split(x).copy()
    matrix[:] += np.linspace(-2, 2, len(matrix))[:, None] * (1 + np.arange(matrix.shape[1]))
    return spec.partition.merge(matrix)


def per_group(spec, rng, low, high):
    """One number per group, laid out on the tensor."""
    return rng.uniform(low, high, spec.partition.columns)[spec.partition.group_of_entry()]


@given(specs(METHODS, **NO_EPS), st.integers(0, 99))
def test_a_shift_of_a_group_changes_nothing_where_means_are_taken(spec, seed):
    rng = np.random.default_rng(seed)
    assume(spec.partition.rows > 1)
    x = spread_groups(spec, rng)
    shifted = apply(spec, x + per_group(spec, rng, 1, 3))
    if spec.method in CENTRING:
        np.testing.assert_allclose(shifted, apply(spec, x), 1e-11, 1e-11)
    else:
        assert np.abs(shifted - apply(spec, x)).max() > 1e-3


@given(specs(METHODS, **NO_EPS), st.integers(0, 99))
def test_a_positive_scale_of_a_group_changes_nothing_without_eps(spec, seed):
    rng = np.random.default_rng(seed)
    x = spread_groups(spec, rng)
    scaled = apply(spec, x * per_group(spec, rng, 1e-3, 1e3))
    np.testing.assert_allclose(scaled, apply(spec, x), 1e-11, 1e-11)


@given(specs(METHODS, **RIGHT), st.integers(0, 99))
def test_normalizing_twice_changes_nothing_beyond_eps(spec, seed):
    x = spread_groups(spec, np.random.default_rng(seed))
    once, eps = apply(spec, x), float(spec["eps"])
    columns = spec.partition.split(once)
    centred = columns - columns.mean(0) if spec.method in CENTRING else columns
    square = (centred**2).mean(0)
    divisor = np.where(square + eps > 0, np.sqrt(square + eps), 1.0)
    np.testing.assert_allclose(
        spec.partition.split(apply(spec, once)), columns / divisor, 1e-9, 1e-12
    )
    if eps == 0:
        np.testing.assert_allclose(apply(spec, once), once, 1e-11, 1e-11)


@given(specs(METHODS), st.integers(0, 99))
def test_permuting_inside_a_group_permutes_the_output_alike(spec, seed):
    rng = np.random.default_rng(seed)
    partition = spec.partition
    matrix = partition.split(spread_groups(spec, rng))
    order = np.argsort(rng.random(matrix.shape), axis=0)  # another order in every group
    permuted = apply(spec, partition.merge(np.take_along_axis(matrix, order, 0)))
    straight = partition.split(apply(spec, partition.merge(matrix)))
    expected = partition.merge(np.take_along_axis(straight, order, 0))
    np.testing.assert_allclose(permuted, expected, 1e-11, 1e-11)


@given(specs(ALONE), st.integers(0, 99), st.sampled_from(KINDS))
def test_changing_one_group_leaves_the_others_bit_identical(spec, seed, kind):
    rng = np.random.default_rng(seed)
    x = spread_groups(spec, rng)
    chosen = spec.partition.group_of_entry() == rng.integers(spec.partition.columns)
    changed = np.where(chosen, x * 0.7 + rng.normal(size=x.shape), x)
    parameters = cases.gamma_beta(spec)
    given_parameters = all_as(kind, parameters)
    before, after = (
        plain(apply(spec, as_kind(kind, array), given_parameters)) for array in (x, changed)
    )
    assert np.array_equal(before[~chosen], after[~chosen])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@methods
def test_what_is_not_finite_stays_inside_its_group(method, value):
    spec = spec_of(method, "nct" if method == "recurrent_batch" else "nchw")
    x, index = cases.values(spec), (1, 2, 3, 1)[: len(spec.sizes)]
    clean = apply(spec, x)
    x[index] = value
    with np.errstate(invalid="ignore"):
        found = [apply(spec, x), plain(apply(spec, as_kind("torch float64", x)))]
    inside = spec.partition.group_of_entry() == spec.partition.group_of_entry()[index]
    for y in found:
        np.testing.assert_allclose(y[~inside], clean[~inside], 1e-13, 1e-13)
        assert np.isnan(y[index])
        if math.isnan(value):
            assert np.isnan(y[inside]).all()
