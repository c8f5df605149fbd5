"""Whitening: the covariance reached, the form of each matrix, and data without spread."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import torch

from normlib import whiten

SOLVERS = {
    "pca": whiten.pca,
    "zca": whiten.zca,
    "cholesky": whiten.cholesky,
    "newton": lambda c: whiten.newton(c, 60),
}
EXACT = ("pca", "zca", "cholesky")
NEWTON_LENGTHS = (1, 2, 5, 60, 400)
FLAT = {  # data with directions of no spread, and the rank that is left
    "one row": ((1, 4), 0),
    "two rows": ((2, 5), 1),
    "fewer rows than features": ((8, 32), 7),
    "one row too few": ((32, 32), 31),
    "a repeated feature": ((40, 6), 5),
    "a sum of features": ((40, 6), 5),
    "a constant feature": ((40, 6), 5),
    "constant": ((9, 3), 0),
}


def rows_with(condition, d, seed, *, rows=None):
    """Centred rows whose covariance has eigenvalues from 1 down to 1 / condition."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows or 4 * d, d))
    left = np.linalg.svd(x - x.mean(0), full_matrices=False)[0]
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return left * np.sqrt(len(x)) * np.logspace(0, -np.log10(condition) / 2, d) @ turn.T


def matrix_with(condition, d, seed):
    """A covariance with eigenvalues over the given range, of any size."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    c = rng.uniform(0.01, 100) * (turn * np.logspace(0, -np.log10(condition), d)) @ turn.T
    return (c + c.T) / 2


def flat(case, seed):
    (n, d), _ = FLAT[case]
    x = np.random.default_rng(seed).normal(size=(n, d)) * 3
    if case == "a repeated feature":
        x[:, 4] = x[:, 1]
    if case == "a sum of features":
        x[:, 3] = x[:, 0] - 2 * x[:, 1]
    if case == "a constant feature":
        x[:, 2] = 7.25
    if case == "constant":
        x[:] = x[0]
    return twice_centred(x)


def twice_centred(x):
    x = x - x.mean(-2, keepdims=True)
    return x - x.mean(-2, keepdims=True)


def residual(matrix, c):
    return np.linalg.norm(matrix @ c @ matrix.T - np.eye(len(c)))


def spread_left(y):
    """Eigenvalues of the covariance of y, and how far each is from 0 or 1, whichever is nearer."""
    values = np.linalg.eigvalsh(y.T @ y / len(y))
    return values, np.minimum(abs(values), abs(values - 1)).max()


# The covariance


@pytest.mark.parametrize("eps", [0.0, 1e-5, 0.5])
@pytest.mark.parametrize("shape", [(7, 3), (2, 50, 5), (2, 3, 4, 6)])
def test_the_covariance_is_that_of_numpy_with_eps_on_the_diagonal(shape, eps):
    x = twice_centred(np.random.default_rng(0).normal(size=shape))
    c = whiten.covariance(x, eps)
    assert c.shape == (*shape[:-2], shape[-1], shape[-1])
    for index in np.ndindex(shape[:-2]):
        expected = np.cov(x[index], rowvar=False, bias=True) + eps * np.eye(shape[-1])
        np.testing.assert_allclose(c[index], expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("library", [np.asarray, torch.from_numpy])
def test_the_covariance_is_symmetric_to_the_last_bit(library):
    x = twice_centred(np.random.default_rng(1).normal(size=(3, 501, 37)).astype(np.float32))
    c = whiten.covariance(library(x), 1e-5)
    assert (c == c.mT).all()


@pytest.mark.parametrize("library", [np.asarray, torch.from_numpy])
def test_float32_covariances_hold_entries_from_1e_minus_18_to_3e18(library):
    sizes = np.array([1e-18, 1e-15, 1.0, 1e15, 3e18])  # 64 squares of 3e18 would overflow
    x = (twice_centred(np.random.default_rng(2).normal(size=(64, 5))) * sizes).astype(np.float32)
    c = np.asarray(whiten.covariance(library(x), 0.0))
    columns = [[Fraction(float(value)) for value in column] for column in x.T]
    for i, j in np.ndindex(5, 5):
        exact = float(sum(a * b for a, b in zip(columns[i], columns[j], strict=True)) / 64)
        assert abs(c[i, j] - exact) < 1e-6 * sizes[i] * sizes[j]
    assert c.dtype == np.float32


@pytest.mark.parametrize("size", [1e-15, 1e15])
@pytest.mark.parametrize("library", [np.asarray, torch.from_numpy])
@pytest.mark.parametrize("solver", SOLVERS)
def test_float32_data_of_any_such_size_becomes_white(solver, library, size):
    x = (rows_with(30, 4, 3) * size).astype(np.float32)
    y = x @ np.asarray(SOLVERS[solver](whiten.covariance(library(x), 0.0)).matrix).T
    assert np.abs(y.T @ y / len(y) - np.eye(4)).max() < 2e-5


# The covariance that is reached


@pytest.mark.parametrize("condition", [1e0, 1e2, 1e4, 1e6])
@pytest.mark.parametrize("d", [2, 8, 32])
@pytest.mark.parametrize("solver", EXACT)
def test_white_data_have_unit_covariance_to_1e_minus_8(solver, d, condition):
    for seed in range(6):
        x = rows_with(condition, d, seed)
        y = x @ SOLVERS[solver](whiten.covariance(x, 0.0)).matrix.mT
        assert np.abs(y.T @ y / len(y) - np.eye(d)).max() < 1e-8


@pytest.mark.parametrize("condition", [1e2, 1e8, 1e10, 1e12])
@pytest.mark.parametrize("d", [2, 8, 32])
@pytest.mark.parametrize("solver", EXACT)
def test_refined_whitening_reaches_it_for_data_of_condition_1e6(solver, d, condition):
    """The covariance has the condition of the data squared: 1e12 is 1e6 of the data."""
    plain = []
    for seed in range(6):
        x = rows_with(condition, d, seed)
        found = SOLVERS[solver](whiten.covariance(x, 0.0))
        plain.append(np.abs(np.cov(x @ found.matrix.T, rowvar=False, bias=True) - np.eye(d)).max())
        refined = whiten.refine(found, x, 0.0)
        y = x @ refined.matrix.T
        assert np.abs(y.T @ y / len(y) - np.eye(d)).max() < 1e-9
        assert np.abs(refined.matrix - found.matrix).max() < 1e-3 * np.abs(found.matrix).max()
        assert refined.named == found.named
    assert condition < 1e12 or max(plain) > 1e-8  # without refinement it is lost


@pytest.mark.parametrize("solver", EXACT)
def test_refined_whitening_counts_eps_in(solver):
    x, eps = rows_with(1e8, 8, 4), 1e-6
    refined = whiten.refine(SOLVERS[solver](whiten.covariance(x, eps)), x, eps).matrix
    assert residual(refined, x.T @ x / len(x) + eps * np.eye(8)) < 1e-9


@pytest.mark.parametrize("eps", [1e-3, 1.0])
@pytest.mark.parametrize("solver", SOLVERS)
def test_with_eps_the_matrix_whitens_covariance_plus_eps(solver, eps):
    x = rows_with(1e3, 6, 5)
    matrix = SOLVERS[solver](whiten.covariance(x, eps)).matrix
    assert residual(matrix, np.cov(x, rowvar=False, bias=True) + eps * np.eye(6)) < 1e-11


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_stack_of_matrices_is_whitened_one_by_one(solver):
    x = twice_centred(np.random.default_rng(6).normal(size=(2, 3, 20, 4)))
    x[1, 2, :, 3] = 0  # one of them is singular
    together = SOLVERS[solver](whiten.covariance(x, 0.0))
    for index in np.ndindex(2, 3):
        alone = SOLVERS[solver](whiten.covariance(x[index], 0.0))
        np.testing.assert_allclose(together.matrix[index], alone.matrix, rtol=1e-9, atol=1e-10)
        for name, value in alone.named:
            np.testing.assert_allclose(together[name][index], value, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("solver", SOLVERS)
def test_numpy_and_torch_agree_and_keep_the_dtype(solver, dtype):
    x = twice_centred(np.random.default_rng(7).normal(size=(2, 40, 5))).astype(dtype)
    ours = SOLVERS[solver](whiten.covariance(x, 1e-3))
    theirs = SOLVERS[solver](whiten.covariance(torch.from_numpy(x), 1e-3))
    for here, there in ((ours.matrix, theirs.matrix), *zip(
        dict(ours.named).values(), dict(theirs.named).values(), strict=True
    )):  # fmt: skip
        assert here.dtype == dtype
        assert isinstance(there, torch.Tensor)
        np.testing.assert_allclose(here, there, rtol=0, atol=100 * np.finfo(dtype).eps)


# What each matrix is


@pytest.mark.parametrize("seed", range(4))
def test_pca_axes_are_those_of_torch_in_falling_order(seed):
    c = matrix_with(1e3, 5, seed)
    found = whiten.pca(c)
    values = torch.linalg.eigvalsh(torch.from_numpy(c)).numpy()[::-1]
    np.testing.assert_allclose(found["eigenvalues"], values, rtol=1e-11)
    np.testing.assert_allclose(found["axes"] @ found["axes"].T, np.eye(5), atol=1e-14)
    np.testing.assert_allclose(
        found["axes"].T * found["eigenvalues"] @ found["axes"], c, atol=1e-13 * values[0]
    )
    np.testing.assert_allclose(found.matrix * np.sqrt(values)[:, None], found["axes"], atol=1e-11)


def test_pca_of_known_axes_is_the_closed_form():
    """(3, 4) / 5 with variance 9 and (4, -3) / 5 with variance 4."""
    axes = np.array([[0.6, 0.8], [0.8, -0.6]])
    c = 9 * np.outer(axes[0], axes[0]) + 4 * np.outer(axes[1], axes[1])
    found = whiten.pca(c)
    np.testing.assert_allclose(found["eigenvalues"], [9, 4], rtol=1e-14)
    np.testing.assert_allclose(found["axes"], axes, atol=1e-15)
    np.testing.assert_allclose(found.matrix, axes / [[3], [2]], atol=1e-15)


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_component_of_every_axis_is_positive(seed):
    axes = whiten.pca(matrix_with(100, 6, seed))["axes"]
    assert (axes[range(6), abs(axes).argmax(-1)] > 0).all()


def test_of_equally_large_components_the_first_is_positive():
    """Rounding must not decide the sign: two features of one variance have axes (1, ±1)."""
    for rho in (0.3, -0.3, 1 / 3, 0.7, -0.9):
        for wobble in (0.0, 1e-15, -1e-15):
            axes = whiten.pca(np.array([[1 + wobble, rho], [rho, 1 - wobble]]))["axes"]
            expected = np.array([[1, np.sign(rho)], [1, -np.sign(rho)]]) / np.sqrt(2)
            np.testing.assert_allclose(axes, expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_zca_is_the_symmetric_inverse_root(seed):
    c = matrix_with(1e4, 6, seed)
    found = whiten.zca(c)
    assert (found.matrix == found.matrix.T).all()
    assert (np.linalg.eigvalsh(found.matrix) > 0).all()
    inverse = torch.linalg.inv(torch.from_numpy(c)).numpy()
    np.testing.assert_allclose(found.matrix @ found.matrix, inverse, rtol=0,
                               atol=1e-10 * np.abs(inverse).max())  # fmt: skip


def test_zca_of_two_features_is_the_closed_form():
    """sqrt of [[a, b], [b, a]] has (sqrt(a + b) ± sqrt(a - b)) / 2 on and off the diagonal."""
    plus, minus = 1 / np.sqrt(5 + 3), 1 / np.sqrt(5 - 3)
    expected = np.array([[plus + minus, plus - minus], [plus - minus, plus + minus]]) / 2
    np.testing.assert_allclose(
        whiten.zca(np.array([[5.0, 3.0], [3.0, 5.0]])).matrix, expected, atol=1e-15
    )


@pytest.mark.parametrize("other", ["pca", "cholesky"])
def test_zca_changes_the_data_least(other):
    x = rows_with(50, 5, 8)
    c = whiten.covariance(x, 0.0)
    moved = {name: ((x @ SOLVERS[name](c).matrix.T - x) ** 2).mean() for name in ("zca", other)}
    assert moved["zca"] < moved[other] - 1e-3


@pytest.mark.parametrize("seed", range(4))
def test_the_cholesky_factor_is_that_of_torch(seed):
    c = matrix_with(1e5, 7, seed)
    found = whiten.cholesky(c)
    lower = torch.linalg.cholesky(torch.from_numpy(c))
    np.testing.assert_allclose(found["lower factor"], lower, atol=1e-10 * np.sqrt(np.trace(c)))
    inverse = torch.linalg.solve_triangular(lower, torch.eye(7, dtype=lower.dtype), upper=False)
    np.testing.assert_allclose(found.matrix, inverse, rtol=0, atol=1e-9 * abs(inverse).max())
    assert (np.triu(found.matrix, 1) == 0).all()
    assert (np.triu(found["lower factor"], 1) == 0).all()


def test_cholesky_standardizes_the_first_feature_and_regresses_the_others():
    x = rows_with(100, 4, 9)
    y = x @ whiten.cholesky(whiten.covariance(x, 0.0)).matrix.T
    np.testing.assert_allclose(y[:, 0], x[:, 0] / x[:, 0].std(), atol=1e-12)
    for j in range(1, 4):
        rest = x[:, j] - x[:, :j] @ np.linalg.lstsq(x[:, :j], x[:, j])[0]
        np.testing.assert_allclose(y[:, j], rest / rest.std(), atol=1e-10)


# Newton's iteration


def published(c, iterations):
    """Huang et al. 2019, algorithm 1, as printed."""
    trace = np.trace(c)
    p = np.eye(len(c))
    for _ in range(iterations):
        p = (3 * p - p @ p @ p @ (c / trace)) / 2
    return p / np.sqrt(trace)


@pytest.mark.parametrize("condition", [1e1, 1e3, 1e5])
@pytest.mark.parametrize("d", [1, 2, 8, 32])
@pytest.mark.parametrize("iterations", [0, 1, 3, 5])
def test_few_newton_steps_are_those_of_the_paper(iterations, d, condition):
    for seed in range(3):
        c = matrix_with(condition, d, seed)
        expected = published(c, iterations)
        found = whiten.newton(c, iterations)
        np.testing.assert_allclose(found.matrix, expected, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found["trace"], [[np.trace(c)]], rtol=1e-14)
        np.testing.assert_allclose(found["residual"], [[residual(expected, c)]], rtol=1e-11)


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
def test_the_printed_iteration_ends_in_nan_where_ours_is_white():
    c = matrix_with(1e3, 8, 0)
    assert np.isnan(published(c, 60)).any()
    assert residual(whiten.newton(c, 60).matrix, c) < 1e-11


@pytest.mark.parametrize("condition", [1e1, 1e2, 1e3, 1e4, 1e5])
@pytest.mark.parametrize("d", [2, 8, 32])
def test_every_newton_step_brings_the_covariance_closer_to_white(d, condition):
    """Down to 1e-11, where rounding takes over; the way back up is never gone."""
    for seed in range(3):
        c = matrix_with(condition, d, seed)
        left = [residual(whiten.newton(c, steps).matrix, c) for steps in range(1, 61)]
        for before, after in pairwise(left):
            assert after < before or max(before, after) <= 1e-11
        assert left[-1] <= 1e-11


@pytest.mark.parametrize("condition", [1e1, 1e3, 1e5])
def test_many_newton_steps_end_at_zca(condition):
    c = matrix_with(condition, 8, 1)
    limit = whiten.zca(c).matrix
    for steps in (60, 1000):
        np.testing.assert_allclose(
            whiten.newton(c, steps).matrix, limit, rtol=0, atol=1e-10 * np.abs(limit).max()
        )


# Directions without spread


@pytest.mark.parametrize("library", [np.asarray, torch.from_numpy])
@pytest.mark.parametrize("solver", EXACT)
@pytest.mark.parametrize("case", FLAT)
def test_a_direction_without_spread_is_answered_with_zero(case, solver, library):
    _, rank = FLAT[case]
    for seed in range(5):
        x = flat(case, seed)
        given = library(x)
        found = SOLVERS[solver](whiten.covariance(given, 0.0))
        assert abs(found.matrix).max() < 1e3
        for matrix in (found.matrix, whiten.refine(found, given, 0.0).matrix):
            values, off = spread_left(x @ np.asarray(matrix).T)
            assert (values > 0.5).sum() == rank
            assert off < 1e-9


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("iterations", NEWTON_LENGTHS)
@pytest.mark.parametrize("case", FLAT)
def test_newton_stays_finite_without_spread(case, iterations, dtype):
    for seed in range(5):
        x = twice_centred(flat(case, seed).astype(dtype))
        found = whiten.newton(whiten.covariance(x, 0.0), iterations)
        assert np.isfinite(found.matrix).all()
        assert np.isfinite(found["residual"]).all()
        values, off = spread_left(x @ found.matrix.T)
        assert (values < 1 + 1e-3).all()
        assert iterations < 60 or off < (1e-5 if dtype == np.float64 else 0.1)


@pytest.mark.parametrize("case", [case for case in FLAT if FLAT[case][1]])
def test_few_newton_steps_are_those_of_the_paper_without_spread_too(case):
    c = whiten.covariance(flat(case, 0), 0.0)
    np.testing.assert_allclose(whiten.newton(c, 5).matrix, published(c, 5), rtol=0, atol=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_constant_feature_gives_zero_and_leaves_the_others_alone(solver):
    x = flat("a constant feature", 0)
    others = [0, 1, 3, 4, 5]
    y = x @ SOLVERS[solver](whiten.covariance(x, 0.0)).matrix.T
    alone = x[:, others] @ SOLVERS[solver](whiten.covariance(x[:, others], 0.0)).matrix.T
    flat_column = 5 if solver == "pca" else 2  # the last axis has the smallest eigenvalue
    assert abs(y[:, flat_column]).max() < (1e-14 if solver in ("pca", "zca") else 1e-300)
    np.testing.assert_allclose(np.delete(y, flat_column, 1), alone, atol=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
def test_constant_data_give_zero_exactly_with_and_without_eps(solver):
    for eps in (0.0, 1e-5):
        found = SOLVERS[solver](whiten.covariance(np.zeros((4, 3)), eps))
        assert np.isfinite(found.matrix).all()
        np.testing.assert_array_equal(np.zeros((4, 3)) @ found.matrix.T, np.zeros((4, 3)))


def test_a_feature_explained_by_those_before_it_has_a_zero_column_in_the_factor():
    x = flat("a sum of features", 0)
    c = whiten.covariance(x, 0.0)
    found = whiten.cholesky(c)
    assert (found.matrix[3] == 0).all()
    assert (found["lower factor"][:, 3] == 0).all()
    np.testing.assert_allclose(found["lower factor"] @ found["lower factor"].T, c, atol=1e-13)


@pytest.mark.parametrize("case", ["fewer rows than features", "a repeated feature"])
def test_eigenvalues_without_spread_are_told_as_zero(case):
    (_, d), rank = FLAT[case]
    values = whiten.pca(whiten.covariance(flat(case, 0), 0.0))["eigenvalues"]
    assert (values[:rank] > 1e-6).all()
    assert (values[rank:] == np.zeros(d - rank)).all()


@pytest.mark.parametrize("library", [np.asarray, torch.from_numpy])
@pytest.mark.parametrize("solver", SOLVERS)
def test_nan_in_one_matrix_of_a_stack_stays_there(solver, library):
    x = np.random.default_rng(11).normal(size=(3, 20, 4))
    x[1, 2, 3] = np.nan
    found = SOLVERS[solver](whiten.covariance(library(twice_centred(x)), 0.0))
    broken = np.isnan(np.asarray(found.matrix)).any((-2, -1))
    np.testing.assert_array_equal(broken, [False, True, False])


# Records and gradients


def test_a_record_is_read_by_name():
    found = whiten.zca(matrix_with(10, 3, 0))
    assert [name for name, _ in found.named] == ["eigenvalues", "axes"]
    assert "axes" in found
    assert "trace" not in found
    np.testing.assert_array_equal(found["axes"], dict(found.named)["axes"])
    assert found["eigenvalues"].shape == (3,)


@pytest.mark.parametrize("solver", SOLVERS)
def test_torch_differentiates_through_the_matrix(solver):
    steps = SOLVERS[solver] if solver in EXACT else lambda c: whiten.newton(c, 5)

    def white(x):
        centred = x - x.mean(-2, keepdim=True)
        return centred @ steps(whiten.covariance(centred, 1e-3)).matrix.mT

    x = torch.from_numpy(np.random.default_rng(10).normal(size=(2, 7, 3))).requires_grad_()
    assert torch.autograd.gradcheck(white, (x,))


@pytest.mark.parametrize("solver", ["cholesky", "newton"])
def test_gradients_stay_finite_without_spread(solver):
    for case in FLAT:
        x = torch.from_numpy(flat(case, 0)).requires_grad_()
        y = x @ SOLVERS[solver](whiten.covariance(x, 0.0)).matrix.mT
        (y**3).sum().backward()
        assert x.grad.isfinite().all(), case
