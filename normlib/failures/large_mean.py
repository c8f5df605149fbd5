"""Variance at a large mean: three formulas in three widths, against the exact one."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from normlib.failures import snippets
from normlib.failures.record import Cell, Failure, Lines, Table
from normlib.moments import moments_of
from normlib.spec import Spec

WIDTHS = ("float16", "float32", "float64")
MEANS = 10 ** np.linspace(0, 7, 29)
FLOOR = 1e-9  # an error of 0 is drawn here
TOLERANCE = 0.01  # relative error from which a variance counts as wrong


def one_pass(x: np.ndarray) -> np.floating:
    """``E[x^2] - E[x]^2``: the difference of two large numbers, and few digits are left."""
    return _mean(x * x) - _mean(x) ** 2


def two_pass(x: np.ndarray) -> np.floating:
    """``E[(x - E[x])^2]``: right as long as the mean itself has digits left."""
    deviation = x - _mean(x)
    return _mean(deviation * deviation)


def twice_centred(x: np.ndarray) -> np.floating:
    """As `two_pass`, but what the rounded mean left over is taken out as well."""
    deviation = x - _mean(x)
    return two_pass(deviation)


FORMULAS: Mapping[str, Callable[[np.ndarray], np.floating]] = {
    "one_pass": one_pass,
    "two_pass": two_pass,
    "twice_centred": twice_centred,
}


def exact(x: np.ndarray) -> float:
    """Biased variance of the stored numbers, to the last digit; NaN where one is not finite."""
    if not np.isfinite(x).all():
        return math.nan
    wide = x.astype(np.float64)
    wide = wide - wide[0]  # exact: the numbers are close to each other
    mean = math.fsum(wide) / len(wide)
    return math.fsum((wide - mean) ** 2) / len(wide)


def large_mean(*, mean: float, values: float, seed: int) -> Failure:
    """Variance of ``values`` normal numbers moved up by ``mean``.

    Every formula adds and multiplies in the width of its numbers. Errors are relative to the exact
    variance of the numbers as that width stores them: what storing lost counts for no formula.
    Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115.
    """
    noise = np.random.RandomState(seed).normal(size=int(values))
    x = (mean + noise).astype(np.float32)
    wrong = float((x * x).mean() - x.mean() ** 2)
    error = abs(wrong - exact(x)) / exact(x)
    repaired = float(moments_of(x[:, None], 0.0)[2].item())
    settings = {"mean": f"{mean:g}", "values": int(values), "seed": seed}
    return Failure(
        verdict="holds" if error <= TOLERANCE else "negative" if wrong < 0 else "wrong",
        numbers={
            "variance": (wrong, repaired),
            "error": (error, abs(repaired - exact(x)) / exact(x)),
        },
        setup=snippets.LARGE_MEAN.format(**settings),
        code=snippets.LARGE_MEAN_CODE,
        repair=snippets.LARGE_MEAN_REPAIR,
        asked=snippets.LARGE_MEAN_TORCH.format(),
        drawings=(table(mean, noise), lines(mean, noise)),
        page="steps",
        query={**Spec("layer", (4, 6, 4, 4), seed=seed).to_query(),
               "data": "large_mean", "step": "variance"},
    )  # fmt: skip


def table(mean: float, noise: np.ndarray) -> Table:
    """Every formula in every width."""
    cells = []
    for width in WIDTHS:
        with np.errstate(over="ignore", invalid="ignore"):
            x = (mean + noise).astype(width)
            cells.append(tuple(_cell(find(x), exact(x)) for find in FORMULAS.values()))
    return Table(WIDTHS, tuple(FORMULAS), tuple(cells))


def lines(mean: float, noise: np.ndarray) -> Lines:
    """Relative error of every formula in float32, over the mean."""
    errors = np.empty((len(FORMULAS), len(MEANS)))
    for column, at in enumerate(MEANS):
        x = (at + noise).astype(np.float32)
        right = exact(x)
        for row, find in enumerate(FORMULAS.values()):
            errors[row, column] = abs(float(find(x)) - right) / right
    return Lines(MEANS, dict(zip(FORMULAS, errors, strict=True)), mean,
                 log_x=True, log_y=True, floor=FLOOR)  # fmt: skip


def _mean(x: np.ndarray) -> np.floating:
    found: np.floating = np.add.reduce(x, dtype=x.dtype) / x.dtype.type(len(x))
    return found


def _cell(value: np.floating, right: float) -> Cell:
    found = float(value)
    if not (math.isfinite(found) and math.isfinite(right)):
        return Cell(found, math.nan, "overflow")
    if right == 0:
        return Cell(found, math.nan, "equal")
    error = abs(found - right) / right
    state = "negative" if found < 0 else "wrong" if error > TOLERANCE else "fine"
    return Cell(found, error, state)
