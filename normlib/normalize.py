"""The operations: what is done to each column, once its numbers are known.

Every operation is a pair: ``fit(columns, given) -> Stats`` reads the statistics of each column,
and ``transform(columns, stats)`` uses them. Columns have shape ``(..., rows, columns)``;
statistics run down the rows and keep that axis with length 1. The same lines serve numpy and
torch.

Accuracy. Deviations are taken twice (centre, then centre what is left) and squared only after
dividing by a power of two of their own size. So float32 columns of mean 1e6 and standard
deviation 1 come out right to 2e-6, constant columns give exactly zero, and inputs from 1e-30 to
1e30 neither overflow nor vanish. The formula E[x^2] - E[x]^2 appears nowhere: in float32 it goes
negative at mean 1e4 (Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115).
"""

import math
from dataclasses import replace

from normlib.arrays import Array, cast, double, namespace
from normlib.columns import larger, no_zero, norm_of
from normlib.moments import average, mean_in_two_parts, mean_square, moments_of, square_root
from normlib.operation import Given, Stats

ROOT_HALF_PI = math.sqrt(math.pi / 2)  # spread of normal numbers over their mean deviation


def standardize(x: Array, given: Given) -> Stats:
    """Mean and biased variance: ``(x - mean) / sqrt(variance + eps)``.

    A column without spread has no scale to divide by; with eps = 0 it is divided by 1, so its
    answer is zero and never NaN (the stated policy, also for columns of one row). Where the
    method pools columns, mean and variance are those of the whole window.
    """
    if given.pools:
        high, low, _, root = moments_of(x, 0.0)
        merged = given.pools[0].merge(double(high) + double(low), double(root) ** 2)
        return of_double(x, *merged, given.eps)
    high, low, variance, scale = moments_of(x, given.eps)
    return Stats((("mean", high), ("variance", variance)), (high, low), no_zero(scale))


def divide_by_variance(x: Array, given: Given) -> Stats:
    """The mistake of dividing by ``variance + eps``: columns keep standard deviation 1/sigma."""
    return replace(standardize(x, given), power=2)


def outside(x: Array, given: Given) -> Stats:
    """Eps outside the root: ``(x - mean) / (sqrt(variance) + eps)``.

    Viikki and Laurila 1998, doi:10.1016/S0167-6393(98)00033-8.
    """
    high, low, variance, root = moments_of(x, 0.0)
    scale = no_zero(root + given.eps)
    return Stats((("mean", high), ("variance", variance)), (high, low), scale)


def rms(x: Array, given: Given) -> Stats:
    """Root mean square without centring: ``x / sqrt(mean_square + eps)``.

    Zhang and Sennrich 2019, arXiv:1910.07467.
    """
    square, scale = mean_square(x, given.eps)
    return Stats((("mean square", square),), (), no_zero(scale))


def center(x: Array, given: Given) -> Stats:
    """Subtract the mean and nothing else; Salimans and Kingma 2016, arXiv:1602.07868."""
    high, low = mean_in_two_parts(x)
    return Stats((("mean", high),), (high, low))


def center_l2(x: Array, given: Given) -> Stats:
    """Centre, then divide by the Euclidean norm; Huang et al. 2017 (ICCV)."""
    high, low = mean_in_two_parts(x)
    norm = larger(norm_of((x - high) - low), given.eps)
    return Stats((("mean", high), ("norm", norm)), (high, low), no_zero(norm))


def l2(x: Array, given: Given) -> Stats:
    """Divide by the Euclidean norm, at least eps: ``x / max(norm, eps)``."""
    norm = larger(norm_of(x), given.eps)
    return Stats((("norm", norm),), (), no_zero(norm))


def l1(x: Array, given: Given) -> Stats:
    """Mean absolute deviation in place of the root: Wu et al. 2018, arXiv:1802.09769.

    ``(x - mean) / (sqrt(pi / 2) * mean |x - mean| + eps)``; the factor makes both scales agree
    for normal numbers.
    """
    high, low = mean_in_two_parts(x)
    deviation = average(abs((x - high) - low))
    scale = ROOT_HALF_PI * deviation + given.eps
    return Stats((("mean", high), ("mean deviation", deviation)), (high, low), no_zero(scale))


def by_fan_in(x: Array, given: Given) -> Stats:
    """Weights of mean 0 and variance 1/fan-in: Brock et al. 2021, arXiv:2101.08692.

    ``(x - mean) / sqrt(max(variance * rows, eps))``: rows is the number of inputs of an output.
    """
    high, low = mean_in_two_parts(x)
    variance, root = mean_square((x - high) - low, 0.0)
    scale = larger(root * math.sqrt(x.shape[-2]), math.sqrt(given.eps))
    return Stats((("mean", high), ("variance", variance)), (high, low), no_zero(scale))


def hyperbolic_tangent(x: Array, given: Given) -> Stats:
    """No statistics at all: ``tanh(alpha * x)``; Zhu et al. 2025, arXiv:2503.10622."""
    return Stats((), numbers={"alpha": given.parameters["alpha"]})


def tanh(x: Array, stats: Stats) -> Array:
    """The hyperbolic tangent of alpha times x."""
    return namespace(x).tanh(stats.numbers["alpha"] * x)


def of_double(x: Array, mean: Array, variance: Array, eps: float) -> Stats:
    """Statistics from a mean and a variance in float64; the mean is kept in two parts."""
    high = cast(mean, x)
    low = cast(mean - double(high), x)
    scale = cast(square_root(variance + eps), x)
    return Stats((("mean", high), ("variance", cast(variance, x))), (high, low), no_zero(scale))
