"""Gradients by hand: equal to torch's own, and finite where torch's own are not."""

import numpy as np
import pytest
import torch

from normlib import backward, whiten
from normlib.operation import Stats

SHAPES = [(5, 1), (7, 3), (2, 9, 4), (2, 3, 12, 5)]
EPS = [0.0, 1e-5, 0.1]
WHITENINGS = ("pca", "zca", "cholesky")
HADAMARD = torch.tensor(
    [[1, 1, 1], [-1, 1, -1], [1, -1, -1], [-1, -1, 1]], dtype=torch.float64
)  # covariance: the unit matrix


def columns(shape, seed=0):
    x = np.random.default_rng(seed).normal(size=shape) * np.linspace(0.5, 2, shape[-1])
    return torch.from_numpy(x + 3 * x[..., :1] * x[..., -1:] + 1)


def gradient_like(y, seed=1):
    return torch.from_numpy(np.random.default_rng(seed).normal(size=tuple(y.shape)))


def centred(x):
    return x - x.mean(-2, keepdim=True)


def moment(x, eps):
    """Covariance, or uncentred second moment, as the textbook has it."""
    return x.mT @ x / x.shape[-2] + eps * torch.eye(x.shape[-1], dtype=x.dtype)


def by_eigenvectors(x, eps):
    """Centred x turned onto axes and divided, and the axes; signs as `whiten` chooses them."""
    values, vectors = torch.linalg.eigh(moment(centred(x), eps))
    values, vectors = values.flip(-1), vectors.flip(-1)
    largest = torch.take_along_dim(vectors, vectors.abs().argmax(-2, keepdim=True), -2)
    vectors = vectors * largest.detach().sign()
    return centred(x) @ vectors / values.sqrt()[..., None, :], vectors


TEXTBOOK = {
    "standardize": lambda x, eps: centred(x) / (x.var(-2, correction=0, keepdim=True) + eps).sqrt(),
    "rms": lambda x, eps: x / ((x**2).mean(-2, keepdim=True) + eps).sqrt(),
    "pca": lambda x, eps: by_eigenvectors(x, eps)[0],
    "zca": lambda x, eps: by_eigenvectors(x, eps)[0] @ by_eigenvectors(x, eps)[1].mT,
    "cholesky": lambda x, eps: (
        torch.linalg.solve_triangular(
            torch.linalg.cholesky(moment(centred(x), eps)), centred(x).mT, upper=False
        ).mT
    ),
}


def forward(key, x, eps):
    """Output of the operation and what its forward pass keeps, for numpy and torch."""
    if key == "rms":
        scale = ((x * x).mean(-2, keepdims=True) + eps) ** 0.5
        return x / scale, Stats((), (), scale)
    deviation = x - x.mean(-2, keepdims=True)
    if key == "standardize":
        scale = ((deviation**2).mean(-2, keepdims=True) + eps) ** 0.5
        scale = scale + 1.0 * (scale == 0)  # a column without spread is divided by 1
        return deviation / scale, Stats((), (), scale)
    kept = getattr(whiten, key)(whiten.covariance(deviation, eps))
    return deviation @ kept.matrix.mT, kept


def by_hand(key, x, grad, eps=0.0):
    return backward.BACKWARD[key](grad, *forward(key, x, eps))


def by_torch(key, x, grad, eps=0.0):
    x = x.clone().requires_grad_()
    TEXTBOOK[key](x, eps).backward(grad)
    return x.grad


def by_differences(key, x, grad, step=1e-5):
    """Central differences of the sum of grad times the output, one entry of x after another."""
    slopes = torch.zeros_like(x)
    for index in np.ndindex(tuple(x.shape)):
        shift = torch.zeros_like(x)
        shift[index] = step
        above, below = forward(key, x + shift, 0.0)[0], forward(key, x - shift, 0.0)[0]
        slopes[index] = (grad * (above - below)).sum() / (2 * step)
    return slopes


def test_every_gradient_has_a_textbook_expression_to_be_judged_by():
    assert set(backward.BACKWARD) == set(TEXTBOOK)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("eps", EPS)
@pytest.mark.parametrize("key", TEXTBOOK)
def test_the_gradient_is_that_of_torch_through_the_textbook_expression(key, eps, shape):
    for seed in range(4):
        x = columns(shape, seed)
        grad = gradient_like(x, seed + 10)
        torch.testing.assert_close(forward(key, x, eps)[0], TEXTBOOK[key](x, eps),
                                   rtol=1e-11, atol=1e-11)  # fmt: skip
        expected = by_torch(key, x, grad, eps)
        size = max(1.0, float(expected.abs().max()))
        torch.testing.assert_close(by_hand(key, x, grad, eps), expected, rtol=0, atol=1e-12 * size)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("eps", EPS)
@pytest.mark.parametrize("key", TEXTBOOK)
def test_numpy_and_torch_have_one_gradient(key, eps, shape):
    x = columns(shape)
    grad = gradient_like(x)
    ours = by_hand(key, x.numpy(), grad.numpy(), eps)
    assert isinstance(ours, np.ndarray)
    np.testing.assert_allclose(ours, by_hand(key, x, grad, eps), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("key", TEXTBOOK)
def test_the_gradient_keeps_shape_and_dtype(key, dtype):
    x = columns((2, 9, 4)).to(dtype)
    found = by_hand(key, x, gradient_like(x).to(dtype), 1e-3)
    assert (found.shape, found.dtype) == (x.shape, dtype)
    exact = by_hand(key, x.double(), gradient_like(x).to(dtype).double(), 1e-3)
    assert (found - exact).abs().max() < 1e-4 * exact.abs().max()


@pytest.mark.parametrize("eps", EPS)
@pytest.mark.parametrize("key", [key for key in TEXTBOOK if key != "rms"])
def test_what_ignores_the_mean_sends_no_gradient_to_the_mean(key, eps):
    x = columns((2, 11, 4))
    found = by_hand(key, x, gradient_like(x), eps)
    assert found.abs().max() > 0.05
    assert found.sum(-2).abs().max() < 1e-12


@pytest.mark.parametrize("key", ["standardize", "rms"])
def test_what_ignores_the_size_of_a_column_has_a_gradient_at_right_angles_to_the_output(key):
    x = columns((2, 11, 4))
    y, _ = forward(key, x, 0.0)
    found = by_hand(key, x, gradient_like(x))
    assert (found * y).sum(-2).abs().max() < 1e-12
    assert (by_hand(key, x, gradient_like(x), 0.1) * y).sum(-2).abs().max() > 1e-3


@pytest.mark.parametrize("key", WHITENINGS)
def test_whitening_ignores_the_size_of_all_features_together(key):
    x = columns((2, 11, 4))
    found = by_hand(key, x, gradient_like(x))
    assert (found * x).sum((-2, -1)).abs().max() < 1e-11


def test_whitening_ignores_every_turn_and_stretch_up_to_a_turn_of_the_output():
    """With ``grad = y A``, A symmetric, the loss is about trace(A cov(y)): it cannot change."""
    x = columns((11, 4))
    half = gradient_like(torch.zeros(4, 4))
    for key in WHITENINGS:
        y, _ = forward(key, x, 0.0)
        assert by_hand(key, x, y @ (half + half.mT)).abs().max() < 1e-11
        assert by_hand(key, x, y @ (half - half.mT)).abs().max() > 1e-2


@pytest.mark.parametrize("key", WHITENINGS)
def test_whitening_one_column_is_standardizing_it(key):
    x = columns((9, 1))
    grad = gradient_like(x)
    expected = by_hand("standardize", x, grad, 0.1)
    torch.testing.assert_close(by_hand(key, x, grad, 0.1), expected, rtol=1e-12, atol=1e-13)


# Equal eigenvalues


@pytest.mark.parametrize("key", ["zca", "cholesky"])
@pytest.mark.parametrize("width", [2, 3])
def test_the_gradient_at_equal_eigenvalues_is_that_of_finite_differences(width, key):
    x = 2 * HADAMARD[:, :width].repeat(2, 1)
    for seed in range(3):
        grad = gradient_like(x, seed)
        expected = by_differences(key, x, grad)
        torch.testing.assert_close(by_hand(key, x, grad), expected, rtol=0, atol=1e-9)


def test_the_gradient_of_zca_at_equal_eigenvalues_is_its_limit():
    grad, away = gradient_like(HADAMARD), gradient_like(HADAMARD, 2)
    at_the_tie = by_hand("zca", HADAMARD, grad)
    for distance in (1e-3, 1e-5, 1e-7, 1e-12):
        beside = by_hand("zca", HADAMARD + distance * away, grad)
        assert (beside - at_the_tie).abs().max() < 20 * distance + 1e-14


def test_the_gradient_of_zca_is_right_where_only_some_eigenvalues_are_equal():
    turn = torch.linalg.qr(gradient_like(torch.zeros(3, 3)))[0]
    x = HADAMARD.repeat(2, 1) * torch.tensor([1.0, 1, 3]) @ turn
    grad = gradient_like(x)
    expected = by_differences("zca", x, grad)
    torch.testing.assert_close(by_hand("zca", x, grad), expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("key", ["pca", "zca"])
def test_through_the_axes_torch_gives_nan_at_equal_eigenvalues_where_ours_is_finite(key):
    grad = gradient_like(HADAMARD)
    assert by_torch(key, HADAMARD, grad).isnan().any()
    found = by_hand(key, HADAMARD, grad)
    assert found.isfinite().all()
    assert found.abs().max() < 10


def test_the_gradient_of_pca_counts_the_turning_of_equal_axes_as_zero():
    """Of the change of the covariance only the stretch of each axis is left."""
    grad = gradient_like(HADAMARD)
    y, kept = forward("pca", HADAMARD, 0.0)
    direct = grad - y * (grad * y).mean(0)
    torch.testing.assert_close(
        by_hand("pca", HADAMARD, grad), centred(direct @ kept.matrix), rtol=0, atol=1e-14
    )


# Columns without spread


def test_a_column_without_spread_was_divided_by_1():
    x = torch.full((5, 2), 3.0, dtype=torch.float64)
    x[:, 1] = torch.arange(5)
    grad = gradient_like(x)
    found = by_hand("standardize", x, grad)
    torch.testing.assert_close(found[:, 0], centred(grad)[:, 0], rtol=0, atol=1e-15)
    torch.testing.assert_close(
        found[:, 1:], by_hand("standardize", x[:, 1:], grad[:, 1:]), rtol=0, atol=1e-15
    )


@pytest.mark.parametrize("key", WHITENINGS)
@pytest.mark.parametrize("shape", [(4, 6), (9, 4), (1, 3)])
def test_a_direction_without_spread_gets_the_gradient_zero(key, shape):
    x = centred(columns(shape))
    x[..., 1] = 2 * x[..., 0]
    x[..., 2] = 0
    grad = gradient_like(x)
    found = by_hand(key, x, grad)
    assert found.isfinite().all()
    assert found.abs().max() < 1e3
    spread = torch.linalg.svd(x)
    nowhere = spread.Vh[int((spread.S > 1e-9).sum()) :]
    if key != "cholesky":
        assert (found @ nowhere.mT).abs().max() < 1e-9
    assert found[:, 2].abs().max() < 1e-9


@pytest.mark.parametrize("key", WHITENINGS)
def test_features_with_spread_do_not_notice_a_constant_one(key):
    x = columns((11, 3))
    flat = torch.cat([x, torch.full((11, 1), 5.0, dtype=x.dtype)], -1)
    grad = gradient_like(flat)
    torch.testing.assert_close(
        by_hand(key, flat, grad)[:, :3], by_hand(key, x, grad[:, :3]), rtol=0, atol=1e-11
    )
