"""Gradients of the operations, written out by hand and in the open.

Every function has the form ``(grad, y, stats) -> gradient of x``. Here x are columns of shape
``(..., rows, columns)``, y what the operation made of them, ``stats`` what its ``fit`` found, and
``grad`` the gradient of some loss with respect to y. All of x, y, grad and the answer have one
shape. Eps does not appear: it is inside the scale or the matrix that the forward pass has used.

Two sentences cover them all. What the statistics take away from the input, they take away from
the gradient too: its mean, and its part along the output. And what divided the input divides
the gradient. The same lines serve numpy and torch.
"""

from collections.abc import Callable, Mapping

from normlib.arrays import Array, namespace
from normlib.moments import average
from normlib.operation import Stats
from normlib.whiten import Whitening


def standardize(grad: Array, y: Array, stats: Stats) -> Array:
    """``(grad - mean(grad) - y mean(grad y)) / s`` with ``s = sqrt(variance + eps)``.

    From ``y = (x - mean) / s``: ``dy = (dx - mean(dx)) / s - y ds / s``, and
    ``ds = mean((x - mean) dx) / s = mean(y dx)``. Summing ``grad dy`` and sorting by dx gives the
    three terms: direct, through the mean, through the variance.

    A column without spread, at eps = 0, was divided by 1: its gradient is ``grad - mean(grad)``.

    Args:
        grad: gradient of the loss by y, shape ``(..., rows, columns)``.
        y: the answer of the forward pass, of the same shape.
        stats: with ``scale`` s, shape ``(..., 1, columns)``.

    Returns:
        Gradient by x, of the same shape, in units of grad divided by those of s.

    Source: Ioffe and Szegedy 2015, arXiv:1502.03167.
    """
    return (grad - average(grad) - y * average(grad * y)) / stats.scale


def rms(grad: Array, y: Array, stats: Stats) -> Array:
    """``(grad - y mean(grad y)) / s`` with ``s = sqrt(mean_square + eps)``.

    From ``y = x / s``: ``dy = dx / s - y ds / s`` and ``ds = mean(x dx) / s = mean(y dx)``; as for
    `standardize`, without the term through the mean. A column of zeros, at eps = 0, was divided
    by 1: its gradient is ``grad``. Arguments and shapes as for `standardize`.

    Source: Zhang and Sennrich 2019, arXiv:1910.07467.
    """
    return (grad - y * average(grad * y)) / stats.scale


def pca(grad: Array, y: Array, stats: Stats | Whitening) -> Array:
    """``center((grad - y H) W)``; H weighs ``F = grad^T y / rows`` by differences of eigenvalues.

    With axes v_i and eigenvalues l_i of the covariance, a change E of it, seen along the axes,
    gives ``dl_i = E_ii`` and ``dv_i = sum over j != i of v_j E_ij / (l_i - l_j)``. Put into
    ``y_i = x v_i / sqrt(l_i)``, this leads to ``H_ii = F_ii`` and
    ``H_ij = (l_i F_ji - l_j F_ij) / (l_i - l_j)``.

    Axes of equal eigenvalues are free to turn and have no derivative: there (differences up to
    columns x machine epsilon of the largest) ``1 / (l_i - l_j)`` counts as 0. Just beside a tie the
    gradient is right and huge; `zca` knows no such places. A direction without spread gets the
    gradient zero.

    Args:
        grad, y: shape ``(..., rows, columns)``, as for `standardize`.
        stats: with ``matrix`` W, shape ``(..., columns, columns)``: ``y = centred @ W^T``.

    Returns:
        Gradient by x, of the same shape.

    Source: Ionescu, Vantzos and Sminchisescu 2015, arXiv:1509.07838; Huang et al. 2018,
    arXiv:1804.08450.
    """
    xp, matrix = namespace(y), stats.matrix
    square = (matrix * matrix).sum(-1)
    spread = square > 0
    values = xp.where(spread, 1 / xp.where(spread, square, xp.ones_like(square)), 0 * square)
    first, second = values[..., :, None], values[..., None, :]
    noise = values.shape[-1] * xp.finfo(values.dtype).eps * xp.amax(first, -2, keepdims=True)
    tied = abs(first - second) <= noise
    moment = _cross_moment(grad, y)
    mixed = first * moment.mT - second * moment
    mixed = xp.where(tied, 0 * mixed, mixed / xp.where(tied, xp.ones_like(mixed), first - second))
    return _through(grad, y, matrix, mixed + _diagonal(moment))


def zca(grad: Array, y: Array, stats: Stats | Whitening) -> Array:
    """``center((grad - y H) W)``; along the axes H is a weighted mean of F and its transpose.

    ``F = grad^T y / rows`` and ``s_i = sqrt(l_i)``, l_i the eigenvalues of the covariance. A
    change E of it, seen along the axes, changes W by ``-E_ij / (s_i s_j (s_i + s_j))``: divided
    differences of l^(-1/2), the form of Daleckii and Krein. Put into ``y = x W``, this leads to
    ``H_ij = (s_j F_ij + s_i F_ji) / (s_i + s_j)``, turned back from the axes. No eigenvalues are
    subtracted, so ties do no harm; one column alone gives `standardize`. A direction without
    spread gets the gradient zero.

    Arguments and shapes as for `pca`. Automatic differentiation goes through the axes instead,
    and they have no derivative at a tie:

    >>> import torch
    >>> from normlib import whiten
    >>> x = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]], requires_grad=True)
    >>> values, vectors = torch.linalg.eigh(x.mT @ x / 4)
    >>> y = x @ (vectors / values.sqrt()) @ vectors.mT
    >>> grad = torch.tensor([[1.0, 0], [0, 0], [0, 0], [0, 0]])
    >>> y.backward(grad)
    >>> bool(x.grad.isnan().any())
    True
    >>> white = whiten.zca(whiten.covariance(x.detach(), 0.0))
    >>> zca(grad, x.detach() @ white.matrix.mT, white).round(decimals=4).tolist()
    [[0.375, -0.125], [-0.375, -0.125], [-0.125, 0.125], [0.125, 0.125]]

    Source: Huang, Yang, Lang and Deng 2018, arXiv:1804.08450; the form of H from
    Ionescu, Vantzos and Sminchisescu 2015, arXiv:1509.07838.
    """
    xp = namespace(y)
    inverse, axes = xp.linalg.eigh(stats.matrix)  # 1 / s, and one axis in each column
    inverse = xp.where(inverse > 0, inverse, xp.zeros_like(inverse))
    first, second = inverse[..., :, None], inverse[..., None, :]
    both = xp.where(first + second > 0, first + second, xp.ones_like(first))
    moment = _cross_moment(grad @ axes, y @ axes)
    mixed = (first / both) * moment + (second / both) * moment.mT
    return _through(grad, y, stats.matrix, axes @ mixed @ axes.mT)


def cholesky(grad: Array, y: Array, stats: Stats | Whitening) -> Array:
    """``center((grad - y H) W)``; H is the lower triangle of ``grad^T y / rows``, mirrored.

    With ``C = L L^T`` and ``W = L^-1``, a change dC changes W by ``-P(W dC W^T) W``, where P keeps
    the lower triangle and half of the diagonal. A feature that others explain gets no gradient.
    Arguments and shapes as for `pca`; W is lower triangular.

    Source: Murray 2016, arXiv:1602.07527.
    """
    lower = namespace(y).tril(_cross_moment(grad, y))
    return _through(grad, y, stats.matrix, lower + lower.mT - _diagonal(lower))


BACKWARD: Mapping[str, Callable[[Array, Array, Stats], Array]] = {
    "standardize": standardize,
    "rms": rms,
    "pca": pca,
    "zca": zca,
    "cholesky": cholesky,
}


def _cross_moment(grad: Array, y: Array) -> Array:
    """F: how much each column of the gradient runs along each column of the output."""
    return grad.mT @ y / y.shape[-2]


def _through(grad: Array, y: Array, matrix: Array, mixed: Array) -> Array:
    """From white y to x: directly, through the covariance, and through the mean."""
    direct = (grad - y @ mixed) @ matrix
    return direct - average(direct)


def _diagonal(x: Array) -> Array:
    xp = namespace(x)
    return x * xp.eye(x.shape[-1], dtype=x.dtype, device=x.device)
