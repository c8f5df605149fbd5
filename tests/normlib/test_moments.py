"""Means and mean squares: right at every size, in every memory order, piece by piece or whole."""

import math
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest
import torch

from normlib import moments
from normlib.in_place import centre_and_divide
from normlib.moments import average, mean_in_two_parts, mean_square, moments_of
from tests.normlib.cases import KINDS, as_kind, plain

FLOAT32 = ("numpy float32", "torch float32")
WIDE = (*FLOAT32, "numpy float64", "torch float64")
MEMORY = {
    "rows outermost": lambda x: x,
    "columns outermost": lambda x: x.swapaxes(-2, -1).copy().swapaxes(-2, -1),
    "every other row": lambda x: np.repeat(x, 2, -2)[..., ::2, :],
    "every other column": lambda x: np.repeat(x, 2, -1)[..., ::2],
}


def standardized(x, eps=1e-5):
    high, low, _, root = moments_of(x, eps)
    return plain(centre_and_divide(x, (high, low), root))


def textbook(x, eps=1e-5):
    """Mean, variance and standardized columns in extended precision."""
    wide = plain(x).astype(np.longdouble)
    mean = wide.mean(-2, keepdims=True)
    variance = ((wide - mean) ** 2).mean(-2, keepdims=True)
    return mean, variance, (wide - mean) / np.sqrt(variance + np.longdouble(eps))


def noise(rows, columns=3, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, columns))


@pytest.mark.parametrize("order", MEMORY)
@pytest.mark.parametrize("rows", [2, 3, 129, 4099, 100_000])
@pytest.mark.parametrize("mean", [0.0, 1.0, -1e2, 1e4, 1e6, -1_234_567.0, 1e7])
@pytest.mark.parametrize("kind", FLOAT32)
def test_float32_columns_of_any_mean_are_standardized_to_2e6(kind, mean, rows, order):
    x = MEMORY[order](noise(rows).astype(np.float32) + np.float32(mean))
    x = x if kind.startswith("numpy") else torch.from_numpy(x)
    assert np.abs(standardized(x) - textbook(x)[2]).max() < 2e-6


@pytest.mark.parametrize("kind", FLOAT32)
def test_sorted_columns_and_one_outlier_are_standardized_to_2e6(kind):
    rising = np.linspace(1e6 - 4, 1e6 + 4, 100_000)
    outlier = np.where(np.arange(100_000) == 0, 1e7, noise(100_000)[:, 0])
    x = np.stack([rising, rising[::-1], outlier, outlier[::-1]], -1)
    expected = textbook(as_kind(kind, x))[2]
    error = np.abs(standardized(as_kind(kind, x)) - expected) / np.maximum(1, np.abs(expected))
    assert error.max() < 2e-6


@pytest.mark.parametrize("kind", WIDE)
def test_both_parts_of_a_mean_together_are_right_beyond_the_dtype(kind):
    x = as_kind(kind, noise(1000) + 1000 * np.arange(3))
    spacing = 6e-8 if "32" in kind else 1.1e-16
    high, low = (plain(part)[0] for part in mean_in_two_parts(x))
    for column, *parts in zip(plain(x).T, high, low, strict=True):
        exact = sum(map(Fraction, column)) / len(column)
        assert abs(sum(map(Fraction, parts)) - exact) < spacing
        assert abs(parts[0] - exact) <= 2 * spacing * max(1, abs(exact))


@pytest.mark.parametrize("order", ["rows outermost", "columns outermost"])
@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e6 + 0.3, -65504.0, 1e30, 1e-40])
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 1000, 300_007])
@pytest.mark.parametrize("kind", WIDE)
def test_a_constant_column_is_its_own_mean_and_has_no_spread(kind, rows, value, order):
    x = np.stack([np.full(rows, value), noise(rows, 1)[:, 0]], -1)
    x = MEMORY[order](as_kind("numpy " + kind.split()[1], x))
    x = x if kind.startswith("numpy") else torch.from_numpy(x)
    high, low, variance, root = (plain(found)[0, 0] for found in moments_of(x, 0.0))
    assert (high, low, variance, root) == (plain(x)[0, 0], 0, 0, 0)
    assert np.array_equal(standardized(x)[:, 0], np.zeros(rows))
    assert plain(average(x))[0, 0] == pytest.approx(high, 1e-6)


@pytest.mark.parametrize("eps", [0.0, 1e-5])
@pytest.mark.parametrize("magnitude", [1e-30, 1e-18, 1e-3, 1e18, 1e30])
@pytest.mark.parametrize("kind", FLOAT32)
def test_float32_from_1e30_down_to_its_inverse_is_right_to_1e6(kind, magnitude, eps):
    x = as_kind(kind, (noise(1000) + 2) * magnitude)
    _, _, standard = textbook(x, eps)
    assert np.abs(standardized(x, eps) - standard).max() < 1e-6 * np.abs(standard).max()
    root = plain(mean_square(x, eps)[1])
    exact = np.sqrt((plain(x) ** 2).mean(0, keepdims=True) + eps)
    np.testing.assert_allclose(root, exact, 1e-6)


@pytest.mark.parametrize("magnitude", [1e-300, 1e-160, 1.0, 1e160, 1e300])
@pytest.mark.parametrize("kind", ["numpy float64", "torch float64"])
def test_float64_is_right_where_squares_leave_its_range(kind, magnitude):
    x = as_kind(kind, (noise(1000) + 2) * magnitude)
    np.testing.assert_allclose(standardized(x, 0.0), textbook(x, 0.0)[2], 1e-11, 1e-13)
    exact = math.hypot(*(plain(x)[:, 1] / magnitude)) / math.sqrt(1000) * magnitude
    assert plain(mean_square(x, 0.0)[1])[0, 1] == pytest.approx(exact, rel=1e-14)


@pytest.mark.parametrize("kind", WIDE)
def test_a_variance_out_of_range_is_infinite_and_its_root_is_not(kind):
    largest = {"float32": 1e30, "float64": 1e300}[kind.split()[1]]
    x = as_kind(kind, np.array([[largest, 1 / largest], [-largest, -1 / largest]]))
    variance, root = (plain(found)[0] for found in moments_of(x, 0.0)[2:])
    assert variance.tolist() == [math.inf, 0.0]
    np.testing.assert_allclose(root, [largest, 1 / largest], 1e-6)


@pytest.mark.parametrize("order", MEMORY)
@pytest.mark.parametrize("shape", [(40, 6), (3, 40, 6), (2, 3, 7, 5), (1, 1), (300, 1), (1, 300)])
@pytest.mark.parametrize("kind", WIDE)
def test_pieces_and_memory_order_change_the_last_digit_at_most(kind, shape, order, monkeypatch):
    x = np.random.default_rng(3).normal(size=shape) + 100
    whole = [plain(found) for found in (*moments_of(x, 0.1), *mean_square(x, 0.1))]
    x = MEMORY[order](as_kind("numpy " + kind.split()[1], x))
    x = x if kind.startswith("numpy") else torch.from_numpy(x)
    limits = {"PIECE": 8, "LINE": 2}
    for name, value in limits.items():
        monkeypatch.setattr(moments, name, value)
    cut = (*moments_of(x, 0.1), *mean_square(x, 0.1))
    high, low, *rest = (plain(found) for found in cut)
    assert all(found.shape == whole[0].shape and found.dtype == x.dtype for found in cut)
    # an entry of 100 is off by 4e-6 in float32, so that the second part differs
    digits = 4e-6 if "32" in kind else 1e-14
    np.testing.assert_allclose(high + low, whole[0] + whole[1], 1e-1 * digits)
    for found, expected in zip(rest, whole[2:], strict=True):
        np.testing.assert_allclose(found, expected, digits, digits)


@pytest.mark.parametrize("order", MEMORY)
@pytest.mark.parametrize("shape", [(40, 6), (3, 100, 6), (300, 7)])
@pytest.mark.parametrize("kind", WIDE)
def test_the_memory_order_of_a_small_array_changes_no_bit(kind, shape, order):
    x = as_kind("numpy " + kind.split()[1], np.random.default_rng(3).normal(size=shape) + 1 / 3)
    turned = MEMORY[order](x)
    if kind.startswith("torch"):
        x, turned = torch.from_numpy(x), torch.from_numpy(turned)
    for found in (lambda x: moments_of(x, 0.1), lambda x: mean_square(x, 0.1), mean_in_two_parts):
        for one, other in zip(found(x), found(turned), strict=True):
            assert np.array_equal(plain(one), plain(other))
    assert np.array_equal(plain(average(x)), plain(average(turned)))


@pytest.mark.parametrize("kind", WIDE)
def test_other_columns_do_not_change_a_single_bit(kind):
    x = noise(1000, 700)
    changed = np.where(np.arange(700) % 3, x, x * 1e12 + 5)
    before, after = (moments_of(as_kind(kind, array), 1e-5) for array in (x, changed))
    for one, other in zip(before, after, strict=True):
        same = plain(one) == plain(other)
        assert same[:, np.arange(700) % 3 > 0].all()
        assert not same[:, ::3].all()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("kind", WIDE)
def test_what_is_not_finite_stays_in_its_column(kind, value):
    x = noise(50)
    clean = standardized(as_kind(kind, x))
    x[7, 1] = value
    with np.errstate(invalid="ignore"):
        found = standardized(as_kind(kind, x))
    assert np.isnan(found[:, 1]).all()
    assert np.array_equal(found[:, [0, 2]], clean[:, [0, 2]])


@pytest.mark.parametrize("kind", KINDS)
def test_the_input_is_never_changed(kind):
    x = as_kind(kind, noise(50))
    before = plain(x).copy()
    if kind.startswith("numpy"):
        x.flags.writeable = False
    high, low, _, root = moments_of(x, 0.1)
    mean_square(x, 0.1), mean_in_two_parts(x), average(x)
    for shifts, scale in (((high, low), root), ((), root), ((high,), None), ((), None)):
        y = centre_and_divide(x, shifts, scale, 2)
        assert y.dtype == x.dtype
    assert y is x
    assert np.array_equal(plain(x), before)


@pytest.mark.parametrize("kind", WIDE)
def test_shifts_go_in_order_and_the_scale_divides_as_often_as_asked(kind):
    x = as_kind(kind, noise(5) + 1e6)
    high, low, scale = (as_kind(kind, np.full((1, 3), v)) for v in (1e6, 0.25, 4.0))
    expected = (plain(x) - 1e6 - 0.25) / 16
    np.testing.assert_allclose(plain(centre_and_divide(x, (high, low), scale, 2)), expected, 1e-6)
    assert np.array_equal(plain(centre_and_divide(x, (), scale)), plain(x / 4))


def everything(x):
    high, low, variance, root = moments_of(x, 0.1)
    square, norm = mean_square(x, 0.2)
    y = centre_and_divide(x, (high, low), root)
    return (y**3).sum() + (variance * norm).sum() + (square * high).sum() + low.sum()


def everything_textbook(x):
    mean, variance = x.mean(-2, keepdim=True), x.var(-2, keepdim=True, correction=0)
    square = (x**2).mean(-2, keepdim=True)
    y = (x - mean) / (variance + 0.1).sqrt()
    return (y**3).sum() + (variance * (square + 0.2).sqrt()).sum() + (square * mean).sum()


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # torch's own, in jvp
@pytest.mark.parametrize("shape", [(7, 3), (2, 5, 4)])
def test_torch_differentiates_as_the_textbook_formulas(shape, monkeypatch):
    monkeypatch.setattr(moments, "PIECE", 4)
    x, along = (torch.from_numpy(np.random.default_rng(s).normal(size=shape)) + 2 for s in (0, 1))
    ours, theirs = (
        (
            torch.func.grad(f)(x),
            torch.func.hessian(f)(x),
            torch.func.vmap(torch.func.grad(f))(torch.stack([x, along])),
            torch.func.jvp(f, (x,), (along,))[1],
            torch.autograd.grad(f(leaf := x.clone().requires_grad_()), leaf)[0],
        )
        for f in (everything, everything_textbook)
    )
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-9, atol=1e-9)


def test_recording_a_gradient_changes_no_value():
    x = torch.from_numpy(noise(40, 6)).float()
    for plain_one, recorded in zip(moments_of(x, 0.1), moments_of(x.requires_grad_(), 0.1),
                                   strict=True):  # fmt: skip
        torch.testing.assert_close(recorded.detach(), plain_one, rtol=1e-6, atol=1e-6)
        assert recorded.requires_grad


def test_a_constant_column_has_a_finite_gradient_without_eps():
    x = torch.full((5, 2), 3.0, dtype=torch.float64, requires_grad=True)
    high, low, variance, root = moments_of(x, 0.0)
    (high + low + variance + root).sum().backward()
    torch.testing.assert_close(x.grad, torch.full_like(x, 0.2))


@pytest.mark.parametrize("order", ["rows outermost", "columns outermost"])
@pytest.mark.parametrize("shape", [(1_000_000, 4), (1000, 4000), (4_000_000, 1)])
def test_statistics_of_a_large_array_take_little_memory_and_the_answer_one_array(shape, order):
    x = MEMORY[order](np.random.default_rng(0).normal(size=shape).astype(np.float32))
    found, peak = traced(lambda: moments_of(x, 0.1))
    assert peak < 0.4 * x.nbytes
    high, low, _, root = found
    _, peak = traced(lambda: centre_and_divide(x, (high, low), root))
    assert peak < 1.1 * x.nbytes


def test_float64_columns_take_the_memory_of_a_piece():
    x = np.random.default_rng(0).normal(size=(4000, 1000)).T
    assert traced(lambda: moments_of(x, 0.1))[1] < 0.4 * x.nbytes


def traced(compute):
    tracemalloc.start()
    try:
        return compute(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_settings_of_numpy_are_put_back():
    settings = np.getbufsize(), np.geterr()
    moments_of(noise(50), 0.1)
    centre_and_divide(noise(50), (noise(1),))
    with pytest.raises(ValueError, match="broadcast"):
        centre_and_divide(noise(50), (noise(2),))
    assert (np.getbufsize(), np.geterr()) == settings
