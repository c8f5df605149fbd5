"""Means and mean squares of columns, right to the last digits and fast on large arrays.

Columns have shape ``(..., rows, columns)``; what is found keeps the axis of the rows with length
1. Both libraries are served, in any memory order, and torch can differentiate.

Accuracy. A mean comes in two parts, so that deviations from it are right although the mean itself
has no digits left for them. numpy adds float32 numbers and their squares in float64. Everything
else (float64, torch) is centred twice, and squared only after dividing by a power of two of its
own size. The formula E[x^2] - E[x]^2 appears nowhere: in float32 it goes negative at mean 1e4
(Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).

Speed. Work is done in pieces that stay in the processor's cache; where a column is cut or which
columns share a piece depends on shape and memory order, never on values. Arrays that were just
made are worked on in place, except where torch records a gradient.
"""

import math
from collections.abc import Callable

import numpy as np

from normlib.arrays import Array, cast, is_tensor, namespace
from normlib.in_place import centre_and_divide, divide, has_gradient, short_buffer, subtract

PIECE = 2**18  # numbers that are worked on together; the threads of torch share four times as many
LINE = 2**12  # columns side by side that are not worth taking apart


def mean_in_two_parts(x: Array) -> tuple[Array, Array]:
    """Mean of each column in two parts, the rounded mean and what rounding left out.

    ``(x - high) - low`` are the deviations. The mean of a constant column is its constant
    exactly, and the second part is zero.

    Args:
        x: floating-point columns, shape ``(..., rows, columns)``, at least one row.

    Returns:
        ``high`` and ``low``, each of shape ``(..., 1, columns)`` and of the dtype of x.
    """
    high, low = _in_pieces(x, _mean)
    return high, low


def mean_square(x: Array, eps: float) -> tuple[Array, Array]:
    """Mean of squares, and ``sqrt(mean of squares + eps)``, without overflow on the way.

    Args:
        x: deviations, or any columns, shape ``(..., rows, columns)``.
        eps: added under the root, at least 0.

    Returns:
        Two arrays of shape ``(..., 1, columns)``. The first becomes infinite or zero where it
        leaves the range of the dtype, the second does not.
    """
    square, root = _in_pieces(x, lambda columns: _mean_square(columns, eps))
    return square, root


def moments_of(x: Array, eps: float) -> tuple[Array, Array, Array, Array]:
    """Mean in two parts, biased variance, and ``sqrt(variance + eps)``.

    What `mean_in_two_parts` and `mean_square` of the deviations say, found in one go, so that
    the deviations are never kept.
    """
    high, low, variance, root = _in_pieces(x, lambda columns: _moments(columns, eps))
    return high, low, variance, root


def mean_and_size(x: Array) -> tuple[Array, Array, Array]:
    """Mean in two parts, and the largest deviation from it, right to a factor of 2."""
    high, low, size = _in_pieces(x, _mean_and_size)
    return high, low, size


def average(x: Array) -> Array:
    """Mean of each column, rounded once: shape ``(..., 1, columns)``."""
    return _in_pieces(x, lambda columns: (_average(columns),))[0]


def square_root(x: Array) -> Array:
    """The root; a root of zero counts as constant, where its slope would be infinite."""
    xp, zero = namespace(x), x == 0
    return xp.where(zero, xp.zeros_like(x), xp.sqrt(xp.where(zero, xp.ones_like(x), x)))


def _in_pieces(x: Array, find: Callable[[Array], tuple[Array, ...]]) -> tuple[Array, ...]:
    """What ``find`` says of every column, asked piece by piece.

    A small array is brought into one order first: of its order in memory no bit depends.
    """
    xp, columns = namespace(x), x.shape[-1]
    x = _laid(x) if math.prod(x.shape) <= PIECE else x
    width = columns if has_gradient(x) else _width(x)
    with short_buffer():
        if width >= columns:
            return find(x)
        found = [find(x[..., i : i + width]) for i in range(0, columns, width)]
    return tuple(xp.concatenate(parts, -1) for parts in zip(*found, strict=True))


def _laid(x: Array) -> Array:
    """Columns laid along memory, where numpy adds in pairs."""
    by_column = x.swapaxes(-2, -1)
    laid = by_column.contiguous() if is_tensor(x) else np.ascontiguousarray(by_column)
    return laid.swapaxes(-2, -1)


def _width(x: Array) -> int:
    """How many columns are worked on together: many, where they lie side by side in memory."""
    strides = x.stride() if is_tensor(x) else x.strides
    least = 1 if strides[-2] <= strides[-1] else LINE
    share = 4 * PIECE if is_tensor(x) else PIECE
    return int(max(least, share // max(1, math.prod(x.shape[:-1]))))


def _mean(x: Array) -> tuple[Array, Array]:
    return _mean_in_float64(x) if _adds_in_float64(x) else _centre(x)[:2]


def _mean_and_size(x: Array) -> tuple[Array, Array, Array]:
    if not _adds_in_float64(x):
        high, low, _, largest = _centre(x)
        return high, low, largest
    (high, low), (lowest, highest) = _mean_in_float64(x), _range(x)
    return high, low, np.maximum(highest - high, high - lowest)


def _moments(x: Array, eps: float) -> tuple[Array, Array, Array, Array]:
    if _adds_in_float64(x):
        high, low = _mean_in_float64(x)
        return high, low, *_square_in_float64(x, eps, high, low)
    high, low, deviation, largest = _centre(x)
    unit = _unit(largest, eps)
    return high, low, *_square_in_units(divide(deviation, unit), unit, eps)


def _mean_square(x: Array, eps: float) -> tuple[Array, Array]:
    if _adds_in_float64(x):
        return _square_in_float64(x, eps)
    lowest, highest = _range(x)
    unit = _unit(namespace(x).maximum(highest, -lowest), eps)
    return _square_in_units(x / unit, unit, eps)


def _mean_in_float64(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact for constants: the sum of equal float32 numbers does not round below 2**29 rows."""
    mean = x.mean(-2, keepdims=True, dtype=np.float64)
    high = mean.astype(x.dtype)
    return high, (mean - high).astype(x.dtype)


def _square_in_float64(x: np.ndarray, eps: float, *mean: np.ndarray) -> tuple[Array, Array]:
    """Of deviations from the two parts of a mean; squares of float32 numbers stay in range."""
    total, rows = np.zeros_like(x[..., :1, :], np.float64), x.shape[-2]
    run = max(1, PIECE * rows // max(1, x.size))
    for start in range(0, rows, run):
        deviation = centre_and_divide(x[..., start : start + run, :], mean)
        total += np.square(deviation, dtype=np.float64).sum(-2, keepdims=True)
    square = total / rows
    with np.errstate(over="ignore"):
        return square.astype(x.dtype), np.sqrt(square + eps).astype(x.dtype)


def _centre(x: Array) -> tuple[Array, Array, Array, Array]:
    """Mean in two parts, deviations, and a bound of their size that is right to a factor of 2.

    A mean lies between the smallest and the largest entry; holding it there makes it exact for
    constant columns, where a rounded sum is not. Any number near the mean may be subtracted
    first, so that for the gradient the first one is a constant.
    """
    xp, (lowest, highest) = namespace(x), _range(x)
    first = xp.clip(_average(_still(x)), lowest, highest)
    deviation = x - first
    rest = _average(deviation)
    high = first + rest
    largest = xp.maximum(highest - first, first - lowest)
    return high, rest - (high - first), subtract(deviation, rest), largest


def _average(x: Array) -> Array:
    if _adds_in_float64(x):
        return cast(x.mean(-2, keepdims=True, dtype=np.float64), x)
    return x.mean(-2, keepdims=True)


def _unit(largest: Array, eps: float) -> Array:
    """A power of two near the largest entry and sqrt(eps): dividing by it is exact."""
    xp = namespace(largest)
    _, exponent = xp.frexp(xp.clip(largest, math.sqrt(eps), None))
    return xp.ldexp(xp.ones_like(largest), exponent - 1)


def _square_in_units(x: Array, unit: Array, eps: float) -> tuple[Array, Array]:
    """Of columns in such units: no square overflows, and none vanishes that matters."""
    square = _average(x * x)
    root = unit * square_root(square + (math.sqrt(eps) / unit) ** 2)
    with np.errstate(over="ignore"):
        return square * unit * unit, root


def _range(x: Array) -> tuple[Array, Array]:
    """Smallest and largest entry of each column, constants for the gradient."""
    xp, still = namespace(x), _still(x)
    return xp.amin(still, -2, keepdims=True), xp.amax(still, -2, keepdims=True)


def _still(x: Array) -> Array:
    return x.detach() if is_tensor(x) else x


def _adds_in_float64(x: Array) -> bool:
    return not is_tensor(x) and x.dtype.itemsize < 8
