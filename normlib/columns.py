"""Small arithmetic on columns that several operations share.

Columns have shape ``(..., rows, columns)``; what is found keeps the axis of the rows with length 1.
The same lines serve numpy and torch.
"""

import math

from normlib.arrays import Array, namespace
from normlib.moments import mean_square


def norm_of(x: Array) -> Array:
    """Euclidean norm of each column."""
    return mean_square(x, 0.0)[1] * math.sqrt(x.shape[-2])


def larger(x: Array, least: float) -> Array:
    """``x`` where it is larger, ``least`` elsewhere."""
    return namespace(x).clip(x, least, None)


def no_zero(scale: Array) -> Array:
    """The scale where it can divide, 1 where it is zero."""
    xp = namespace(scale)
    return xp.where(scale == 0, xp.ones_like(scale), scale)


def unit(x: Array) -> Array:
    """Columns divided by their norm; zero stays zero."""
    return x / no_zero(norm_of(x))


def softmax(x: Array) -> Array:
    """Shares that add up to 1."""
    xp = namespace(x)
    raised = xp.exp(x - xp.amax(x))
    return raised / raised.sum()
