"""The operations: what is done to each column, once its numbers are known.

Every operation is a pair: ``fit(columns, eps) -> Stats`` reads the statistics of each column, and
``transform(columns, stats)`` uses them. Columns have shape ``(..., rows, columns)``; statistics
run down the rows and keep that axis with length 1. The same lines serve numpy and torch.

Accuracy. Deviations are taken twice (centre, then centre what is left) and squared only after
dividing by a power of two of their own size. So float32 columns of mean 1e6 and standard
deviation 1 come out right to 2e-6, constant columns give exactly zero, and inputs from 1e-30 to
1e30 neither overflow nor vanish. The formula E[x^2] - E[x]^2 appears nowhere: in float32 it goes
negative at mean 1e4 (Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # a numpy array or a torch tensor


@dataclass(frozen=True)
class Stats:
    """What is known of each column, every array of shape ``(..., 1, columns)``.

    Attributes:
        named: the statistics that are taught, in order: name and value. A mean is rounded once
            to the working precision; a variance is the biased one (divided by the row count) and
            becomes infinite where it exceeds the floating-point range, while ``scale`` does not.
        shifts: subtracted one after the other; their exact sum is the mean.
        scale: divides last; the square root of variance plus eps for ``standardize``.
        power: how often ``scale`` divides; its square may lie outside the floating-point range.
    """

    named: tuple[tuple[str, Array], ...]
    shifts: tuple[Array, ...]
    scale: Array
    power: int = 1

    def __getitem__(self, name: str) -> Array:
        return dict(self.named)[name]

    def __contains__(self, name: object) -> bool:
        return name in dict(self.named)


@dataclass(frozen=True)
class Operation:
    """An operation on columns.

    Attributes:
        key: its name in code, links and formulas.
        statistics: names of what ``fit`` finds, in the order in which it is found.
        fit: ``(columns, eps) -> Stats``.
    """

    key: str
    statistics: tuple[str, ...]
    fit: Callable[[Array, float], Stats]


def transform(x: Array, stats: Stats) -> Array:
    """Apply statistics to columns: subtract every shift in order, divide by the scale."""
    for shift in stats.shifts:
        x = x - shift
    for _ in range(stats.power):
        x = x / stats.scale
    return x


def standardize(x: Array, eps: float) -> Stats:
    """Mean and biased variance: ``(x - mean) / sqrt(variance + eps)``.

    A column without spread has no scale to divide by; with eps = 0 it is divided by 1, so its
    answer is zero and never NaN (the stated policy, also for columns of one row).
    """
    high, low = _mean(x)
    variance, scale = _mean_square((x - high) - low, eps)
    return Stats((("mean", high), ("variance", variance)), (high, low), scale)


def divide_by_variance(x: Array, eps: float) -> Stats:
    """The mistake of dividing by ``variance + eps``: columns keep standard deviation 1/sigma."""
    return replace(standardize(x, eps), power=2)


def rms(x: Array, eps: float) -> Stats:
    """Root mean square without centring: ``x / sqrt(mean_square + eps)``.

    Zhang and Sennrich 2019, arXiv:1910.07467.
    """
    mean_square, scale = _mean_square(x, eps)
    return Stats((("mean square", mean_square),), (), scale)


OPERATIONS: Mapping[str, Operation] = {
    operation.key: operation
    for operation in (
        Operation("standardize", ("mean", "variance"), standardize),
        Operation("divide_by_variance", ("mean", "variance"), divide_by_variance),
        Operation("rms", ("mean square",), rms),
    )
}


def _mean(x: Array) -> tuple[Array, Array]:
    """Mean of each column in two parts, the rounded mean and what rounding left out.

    A mean lies between the smallest and the largest entry; holding it there makes it exact for
    constant columns, where a rounded sum is not.
    """
    xp = namespace(x)
    lowest, highest = xp.amin(x, -2, keepdims=True), xp.amax(x, -2, keepdims=True)
    first = xp.clip(_average(x), lowest, highest)
    rest = _average(x - first)
    mean = first + rest
    return mean, rest - (mean - first)


def _mean_square(deviation: Array, eps: float) -> tuple[Array, Array]:
    """Mean of squares, and ``sqrt(mean of squares + eps)``, without overflow on the way.

    Deviations are first divided by ``unit``, the power of two just above the largest of them and
    sqrt(eps): an exact division after which no square overflows and none that matters vanishes.
    """
    xp = namespace(deviation)
    largest = xp.amax(abs(deviation), -2, keepdims=True)
    unit = _power_of_two_above(xp.clip(largest, math.sqrt(eps), None))
    scaled = deviation / unit
    mean_square = _average(scaled * scaled)
    scale = unit * xp.sqrt(mean_square + (math.sqrt(eps) / unit) ** 2)
    with np.errstate(over="ignore"):
        return mean_square * unit * unit, xp.where(scale == 0, xp.ones_like(scale), scale)


def _average(x: Array) -> Array:
    """Sum over row count. numpy adds in pairs only along memory, so columns are laid along it."""
    if isinstance(x, np.ndarray):
        x = np.ascontiguousarray(x.swapaxes(-2, -1)).swapaxes(-2, -1)
    return x.mean(-2, keepdims=True)


def _power_of_two_above(x: Array) -> Array:
    xp = namespace(x)
    _, exponent = xp.frexp(x)
    return xp.ldexp(xp.ones_like(x), exponent)


def namespace(x: Array) -> ModuleType:
    """The module whose functions work on ``x``: numpy, or torch where x is a tensor."""
    if isinstance(x, np.ndarray):
        return np
    import sys

    return sys.modules[type(x).__module__.partition(".")[0]]
