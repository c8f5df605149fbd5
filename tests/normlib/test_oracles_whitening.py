"""Judges of whitening, by what whitening promises and by printed polynomials."""

import pytest
import torch
import torch.nn.functional as F

from tests.normlib.oracle_cases import AFFINE, EPS, GIVEN, SIZES, X, ask, close, normal, wide

WHITE = ("pca_whitening", "zca_whitening", "cholesky_whitening", "iterative_whitening", "coloring")


def rows(x):
    """(n c ...) -> (rows, c)"""
    return x.movedim(1, -1).reshape(-1, x.shape[1])


def mixed(seed=3):
    """Correlated channels, deviations from 1/2 to 2."""
    x = F.batch_norm(normal(*SIZES, seed=seed + 1), None, None, training=True)
    mix = torch.eye(6, dtype=torch.float64) + 0.2 * torch.tanh(normal(6, 6, seed=seed))
    return torch.einsum("dc,nchw->ndhw", mix, x) + wide(normal(6, seed=seed), x)


def covariance(x):
    return torch.cov(rows(x).T, correction=0)


@pytest.mark.parametrize("name", WHITE)
def test_whitening_leaves_no_correlation(name):
    y = ask(name, mixed(), eps=1e-9, iterations=12)
    close(covariance(y), torch.eye(6).double(), 1e-5)
    close(rows(y).mean(0), torch.zeros(6).double(), 1e-8)


def matrix_of(name, eps=EPS, **knobs):
    """The whitening matrix, found from its answer."""
    x = rows(mixed())
    y = rows(ask(name, mixed(), eps=eps, **knobs))
    return torch.linalg.lstsq(x - x.mean(0), y).solution.T


def test_matrices_of_whitening_have_the_shapes_that_name_them():
    sigma = covariance(mixed()) + EPS * torch.eye(6)
    pca, zca, lower = (matrix_of(f"{name}_whitening") for name in ("pca", "zca", "cholesky"))
    for w in (pca, zca, lower):
        close(w @ sigma @ w.T, torch.eye(6).double(), 1e-8)
    close(zca, zca.T, 1e-9)
    close(lower, lower.tril(), 1e-9)
    assert (lower.diagonal() > 0).all()
    lengths = pca.norm(dim=1)  # 1 / deviation along each axis
    assert (lengths.diff() > 0).all()
    close(lengths**-2, torch.linalg.eigvalsh(sigma).flip(0), 1e-8)
    assert all(axis[axis.abs().argmax()] > 0 for axis in pca)


def test_newton_whitening_is_its_printed_polynomial_and_tends_to_zca():
    sigma = covariance(mixed()) + EPS * torch.eye(6)
    part, one = sigma / sigma.trace(), torch.eye(6).double()
    first = (3 * one - part) / 2
    close(matrix_of("iterative_whitening", iterations=1), first / sigma.trace().sqrt(), 1e-9)
    second = (3 * first - torch.linalg.matrix_power(first, 3) @ part) / 2
    close(matrix_of("iterative_whitening", iterations=2), second / sigma.trace().sqrt(), 1e-9)
    zca = ask("zca_whitening", mixed(), GIVEN)
    close(ask("iterative_whitening", mixed(), GIVEN, iterations=12), zca, 1e-6)


@pytest.mark.parametrize("name", WHITE)
def test_stored_whitening_is_a_linear_map_and_repeats_its_batch(name):
    x, learned = mixed(), {"beta": AFFINE[1]} if name == "coloring" else GIVEN
    matrix = matrix_of(name, iterations=4)
    stored = {"running_mean": rows(x).mean(0), "running_matrix": matrix}
    again = ask(name, x, learned | stored, training=False)
    close(again, ask(name, x, learned, iterations=4), 1e-8)
    own = {"running_mean": normal(6), "running_matrix": normal(6, 6)}
    expected = F.linear(rows(X) - normal(6), normal(6, 6))
    close(rows(ask(name, X, own, training=False)), expected)


def test_group_whitening_leaves_no_correlation_between_the_groups_of_a_sample():
    for training in (True, False):
        y = ask("group_whitening", X, groups=3, eps=1e-10, training=training)
        for sample in y:
            close(torch.cov(sample.reshape(3, -1), correction=0), torch.eye(3).double(), 1e-5)
    single = ask("group_whitening", X, GIVEN, groups=1)
    whole = F.layer_norm(X, SIZES[1:], eps=EPS)
    close(single, whole * wide(AFFINE[0], X) + wide(AFFINE[1], X))
    per_sample = [ask("zca_whitening", sample[None], GIVEN) for sample in X]
    close(ask("group_whitening", X, GIVEN, groups=6), torch.cat(per_sample), 1e-8)


def test_coloring_gives_the_correlation_of_its_weight():
    weight = normal(6, 6, seed=8)
    y = ask("coloring", mixed(), {"weight": weight, "beta": AFFINE[1]}, eps=1e-10)
    close(covariance(y), weight @ weight.T, 1e-5)
    close(rows(y).mean(0), AFFINE[1], 1e-9)
    close(ask("coloring", mixed()), ask("cholesky_whitening", mixed()))
