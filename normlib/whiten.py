"""Whitening: not only mean 0 and variance 1, but no correlation between the features either.

Here the columns of the matrix are features, kept together: ``centred`` has shape
``(..., rows, features)`` and its mean is already taken away. From the covariance C every function
finds a matrix W with ``W C W^T = I``; then ``y = centred @ W^T`` is white. W is unique only up to
a rotation, so there are several:

- `pca` turns the data onto its principal axes,
- `zca` turns them back and so stays closest to the input,
- `cholesky` explains each feature by those before it,
- `newton` approaches the answer of `zca` by matrix products alone.

Policy: a direction without spread (a constant feature, a feature that is a sum of others, or any
direction beyond the row count) has no scale to divide by. Its answer is zero and never NaN.
The same lines serve numpy and torch.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from normlib.arrays import Array, cast, constant, double, namespace


@dataclass(frozen=True)
class Whitening:
    """A whitening matrix and the numbers it was made of.

    Attributes:
        matrix: W of shape ``(..., features, features)``; used as ``centred @ matrix.mT``.
        named: what is taught on the way, in order: name and value.
    """

    matrix: Array
    named: tuple[tuple[str, Array], ...]

    def __getitem__(self, name: str) -> Array:
        return dict(self.named)[name]

    def __contains__(self, name: object) -> bool:
        return name in dict(self.named)


def covariance(centred: Array, eps: float) -> Array:
    """Biased covariance of features plus ``eps`` on the diagonal, exactly symmetric.

    Each feature is first divided by a power of two of its own size, so no product overflows or
    vanishes.

    Args:
        centred: shape ``(..., rows, features)``, mean zero down the rows.
        eps: added to every variance, in squared units of the entries.

    Returns:
        Shape ``(..., features, features)``: ``centred^T centred / rows + eps I``.
    """
    unit = power_of_two(namespace(centred).amax(abs(centred), -2, keepdims=True))
    return cast(gram(centred / unit, unit, eps), centred)


def gram(scaled: Array, unit: Array | None, eps: float) -> Array:
    """As `covariance` but in float64, of features already divided by ``unit``.

    The products are added in the precision of the rows; unit has shape ``(..., 1, features)``,
    None for 1.
    """
    if scaled.ndim > 2:  # numpy adds the products of stacked matrices one after the other
        scaled = double(scaled)
    product = double(scaled.mT @ scaled) / scaled.shape[-2]
    if unit is not None:
        product = product * double(unit).mT * double(unit)
    return product / 2 + product.mT / 2 + eps * _identity(product)


def power_of_two(size: Array) -> Array:
    """A power of two just above each size, 1 for zero: dividing by it is exact."""
    xp = namespace(size)
    _, exponent = xp.frexp(constant(size))
    return xp.ldexp(xp.ones_like(size), exponent)


def pca(covariance: Array) -> Whitening:
    """PCA whitening ``W = L^(-1/2) V``: onto the principal axes, each divided by its deviation.

    Eigenvalues fall. Of an axis and its negative, the one whose largest component (the first of
    them, should several be within 1e-3 of it) is positive is taken. Even so, an axis may turn
    around, and two axes may change places, from one batch to the next: nothing holds them.

    Args:
        covariance: symmetric, shape ``(..., features, features)``.

    Returns:
        Matrix and "eigenvalues" ``(..., features)``, zero where there is no spread (at most
        features x machine epsilon of the largest), and "axes" ``(..., features, features)``,
        one axis in each row.

    Source: Huang, Yang, Lang and Deng 2018, arXiv:1804.08450.
    """
    eigenvalues, axes = _spectrum(covariance)
    matrix = _inverse_root(eigenvalues)[..., None] * axes
    return Whitening(matrix, (("eigenvalues", eigenvalues), ("axes", axes)))


def zca(covariance: Array) -> Whitening:
    """ZCA whitening ``W = V^T L^(-1/2) V``: PCA whitening, rotated back.

    W is the symmetric inverse root of the covariance. Among all whitenings it changes the input
    least, in the mean of squares, and it does not depend on the sign or order of the axes.

    Args:
        covariance: symmetric, shape ``(..., features, features)``.

    Returns:
        Matrix, "eigenvalues" and "axes" as in `pca`.

    Source: Huang, Yang, Lang and Deng 2018, arXiv:1804.08450; Kessy, Lewin and Strimmer 2018,
    arXiv:1512.00809, for the property of changing least.
    """
    eigenvalues, axes = _spectrum(covariance)
    matrix = axes.mT @ (_inverse_root(eigenvalues)[..., None] * axes)
    matrix = matrix / 2 + matrix.mT / 2
    return Whitening(matrix, (("eigenvalues", eigenvalues), ("axes", axes)))


def cholesky(covariance: Array) -> Whitening:
    """Cholesky whitening ``W = L^-1`` with ``C = L L^T``, L lower triangular.

    The first feature is standardized; of each later one, what those before it do not explain.
    A feature that they explain completely is answered with zero, and its column of L is zero.

    Args:
        covariance: symmetric, shape ``(..., features, features)``.

    Returns:
        Matrix (lower triangular) and "lower factor" L ``(..., features, features)``.

    Source: Siarohin, Sangineto and Sebe 2018, arXiv:1806.00420.
    """
    xp = namespace(covariance)
    variance = xp.diagonal(covariance, 0, -2, -1)
    deviation = xp.sqrt(xp.where(variance > 0, variance, xp.ones_like(variance)))
    correlation = covariance / deviation[..., None] / deviation[..., None, :]
    lower, inverse = _factor(correlation)
    least = xp.finfo(variance.dtype).eps ** 0.5
    if not bool((xp.diagonal(lower, 0, -2, -1) ** 2 > least).all()):
        lower, inverse = _eliminate(correlation)
    named = (("lower factor", lower * deviation[..., None]),)
    return Whitening(inverse / deviation[..., None, :], named)


def _factor(correlation: Array) -> tuple[Array, Array]:
    """L and its inverse by LAPACK; zeros where it finds no L."""
    xp = namespace(correlation)
    try:
        lower = xp.linalg.cholesky(correlation)
        return lower, xp.tril(xp.linalg.inv(lower))
    except (np.linalg.LinAlgError, RuntimeError):  # torch's own error is a RuntimeError
        return 0 * correlation, 0 * correlation


def _eliminate(correlation: Array) -> tuple[Array, Array]:
    """L and its inverse, row by row; zero for what the features before explain completely.

    Gauss on [correlation, identity]: a pivot is the variance that is left of the next feature,
    and beside it stands the combination of features that has this variance.
    """
    xp, features = namespace(correlation), correlation.shape[-1]
    rounding = 4 * features * xp.finfo(correlation.dtype).eps
    left = xp.concatenate([correlation, _identity(correlation) + 0 * correlation], -1)
    rows = []
    for j in range(features):
        pivot, weights = left[..., 0, j, None], left[..., 0, features:]
        noise = rounding * (weights * weights).sum(-1)[..., None]
        inverse = _inverse_root(xp.where(pivot > noise, pivot, xp.zeros_like(pivot)))
        rows.append(left[..., 0, :] * inverse)
        left = left[..., 1:, :] - rows[-1][..., j + 1 : features, None] * rows[-1][..., None, :]
    both = xp.stack(rows, -2)
    return xp.tril(both[..., :features].mT), both[..., features:]


def newton(covariance: Array, iterations: int) -> Whitening:
    """Whitening by Newton's iteration (IterNorm): towards `zca` without eigenvalues.

    With ``N = C / trace`` and ``P = I``, repeat ``P <- (3 P - P^3 N) / 2``; then
    ``W = P / sqrt(trace)``. As printed, rounding errors grow until P is NaN, by 60 iterations at
    the latest. Here the same P is carried beside ``Y = P N``, which keeps the errors bounded:
    ``H = (3 I - P Y) / 2; Y <- Y H; P <- H P``. A direction without spread is stretched by 3/2
    each time; so a step is not taken if it would carry ``P Y`` further from I, or the square of
    P's norm above features / machine epsilon, where only rounding is left to stretch.

    Args:
        covariance: symmetric, shape ``(..., features, features)``.
        iterations: 0 or more; 5 in the paper. More bring `zca`, fewer leave small directions small.

    Returns:
        Matrix, "trace" and "residual", both ``(..., 1, 1)``: the Frobenius norm of
        ``W C W^T - I``.

    Source: Huang, Zhou, Zhu, Liu and Shao 2019, arXiv:1904.03441, algorithm 1; the stable form
    Higham 2008, Functions of Matrices, chapter 6, doi:10.1137/1.9780898717778.
    """
    xp = namespace(covariance)
    identity = _identity(covariance)
    trace = xp.diagonal(covariance, 0, -2, -1).sum(-1)[..., None, None]
    size = xp.where(trace == 0, xp.ones_like(trace), trace)
    root, inverse = covariance / size, identity + xp.zeros_like(covariance)
    gap = identity - inverse @ root
    epsilon = xp.finfo(covariance.dtype).eps
    most = math.sqrt(covariance.shape[-1] / epsilon)
    for _ in range(iterations):
        half = identity + gap / 2
        next_root, next_inverse = root @ half, half @ inverse
        next_gap = identity - next_inverse @ next_root
        no_further = _norm(next_gap) <= (1 + 4 * epsilon) * _norm(gap)
        taken = no_further & (_norm(next_inverse) <= most)
        root = xp.where(taken, next_root, root)
        inverse = xp.where(taken, next_inverse, inverse)
        gap = xp.where(taken, next_gap, gap)
    matrix = xp.where(trace == 0, xp.zeros_like(inverse), inverse / xp.sqrt(size))
    residual = _norm(matrix @ covariance @ matrix.mT - identity)
    return Whitening(matrix, (("trace", trace), ("residual", residual)))


def refine(whitening: Whitening, centred: Array, eps: float) -> Whitening:
    """The same whitening, corrected by the rows themselves.

    A covariance holds the square of what the rows hold, so half of their digits are lost for
    directions of small spread. Two steps ``W <- W + (I - W C W^T) W / 2``, each with the
    covariance of the whitened rows instead of C, bring them back: the error of W C W^T falls from
    machine epsilon x condition number of C to about machine epsilon x its square root.
    A triangular W stays triangular. For `pca`, `zca` and `cholesky`; it would carry `newton` past
    the iterations asked for.

    Args:
        whitening: found from ``covariance(centred, eps)``.
        centred: shape ``(..., rows, features)``.
        eps: the same as before.
    """
    xp = namespace(centred)
    matrix, identity = whitening.matrix, _identity(whitening.matrix)
    for _ in range(2):
        reached = covariance(centred @ matrix.mT, 0.0) + eps * (matrix @ matrix.mT)
        gap = identity - reached
        half = xp.tril(gap) - gap * identity / 2 if "lower factor" in whitening else gap / 2
        matrix = matrix + half @ matrix
    return replace(whitening, matrix=matrix)


def _spectrum(covariance: Array) -> tuple[Array, Array]:
    """Falling eigenvalues, zero where only rounding is left, and the axes, one in each row."""
    xp = namespace(covariance)
    # LAPACK gives up on NaN, and with it all other matrices of the stack.
    usable = xp.isfinite(covariance).all(-1).all(-1)[..., None, None]
    values, vectors = xp.linalg.eigh(xp.where(usable, covariance, _identity(covariance)))
    values, axes = xp.flip(values, (-1,)), xp.flip(vectors.mT, (-2,))
    noise = values.shape[-1] * xp.finfo(values.dtype).eps * values[..., :1]
    values = xp.where(values > noise, values, xp.zeros_like(values))
    values = xp.where(usable[..., 0], values, xp.full_like(values, math.nan))
    length = abs(axes)
    large = xp.where(length > 0.999 * xp.amax(length, -1, keepdims=True), length, 0 * length)
    first = (xp.cumsum(large, -1) == large) & (large > 0)
    negative = (xp.where(first, axes, 0 * axes)).sum(-1)[..., None] < 0
    return values, xp.where(negative, -axes, axes)


def _inverse_root(values: Array) -> Array:
    """``1 / sqrt(value)``, and zero where the value is zero."""
    xp = namespace(values)
    root = xp.sqrt(xp.where(values == 0, xp.ones_like(values), values))
    return xp.where(values == 0, xp.zeros_like(values), 1 / root)


def _identity(like: Array) -> Array:
    return namespace(like).eye(like.shape[-1], dtype=like.dtype, device=like.device)


def _norm(x: Array) -> Array:
    """Frobenius norm of each matrix, shape ``(..., 1, 1)``."""
    return namespace(x).sqrt((x * x).sum((-2, -1))[..., None, None])
