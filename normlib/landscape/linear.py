"""The linear model, where standardizing the input is all it takes: numpy, and exact.

Least squares with a bias, ``f(w) = mean((X w - y)^2) / 2`` with a column of ones in X: a
quadratic with Hessian ``H = X' X / n``. Gradient descent converges exactly when
``rate < 2 / lambda_max``, and how long it takes follows from how far the eigenvalues lie apart;
the condition number is ``lambda_max / lambda_min``.
"""

from collections.abc import Mapping

import numpy as np

from normlib.landscape.records import Conditioning
from normlib.landscape.settings import SCALINGS, choice
from normlib.tasks import task

NEVER = 10**12  # steps: where even that many do not suffice


def scaled(x: np.ndarray, how: str) -> np.ndarray:
    """Features ``raw``, as they are; ``centred``, mean 0; or ``standardized``, variance 1 as well.

    A feature without spread becomes 0 in the last two.

    Args:
        x: ``(n, p)``.
    """
    choice("scaling", how, SCALINGS)
    if how == "raw":
        return x
    centred = x - x.mean(0)
    spread = centred.std(0)
    off = np.ptp(x, axis=0) == 0
    centred[:, off] = 0
    return np.asarray(centred if how == "centred" else centred / np.where(off, 1, spread))


def conditioning(
    name: str, how: str, *, share: float = 0.5, precision: float = 0.01
) -> Conditioning:
    """The quadratic of a linear model on a task, and how gradient descent fares on it.

    Targets are +1 for the first class and -1 for all others; weights start at 0. A direction in
    which the data does not vary at all has eigenvalue 0, plays no part and does not count.

    Args:
        name: of the task.
        how: one of ``raw``, ``centred``, ``standardized``.
        share: of the learning rate in ``2 / lambda_max``.
        precision: steps are counted until this share of the initial excess loss is left.
    """
    data = task(name)
    x = scaled(data.x, how)
    x = np.column_stack([x, np.ones(len(x))])
    y = np.where(data.y == 0, 1.0, -1.0)
    # Singular values of X: squaring X would lose half the digits of a bad condition.
    left, sizes, _ = np.linalg.svd(x / np.sqrt(len(x)), full_matrices=False)
    eigenvalues = sizes**2
    kept = sizes > len(x) * np.finfo(x.dtype).eps * sizes[0]  # what is below is a rounded zero
    eigenvalues = eigenvalues[kept]
    along = (left.T @ (y / np.sqrt(len(x))))[kept]
    start = -along / sizes[kept]  # from the minimum to 0, in the basis of the eigenvectors
    rate = share * 2 / eigenvalues[0]
    return Conditioning(
        name, how, eigenvalues, start, rate, precision,
        steps_needed(eigenvalues, start, rate, precision),
    )  # fmt: skip


def excess(eigenvalues: np.ndarray, start: np.ndarray, rate: float, step: int) -> float:
    """Loss above the minimum after some steps of gradient descent, in closed form.

    ``sum_i lambda_i u_i^2 (1 - rate lambda_i)^(2 step) / 2``, with u the start in the basis of the
    eigenvectors, seen from the minimum.
    """
    with np.errstate(over="ignore"):
        left = np.abs(1 - rate * eigenvalues) ** (2.0 * step)
        return float((eigenvalues * start**2 * left).sum() / 2)


def steps_needed(
    eigenvalues: np.ndarray, start: np.ndarray, rate: float, precision: float
) -> int | None:
    """After how many steps at most ``precision`` of the initial excess loss is left.

    Returns:
        None where gradient descent diverges, or would take over 10^12 steps.
    """
    target = precision * excess(eigenvalues, start, rate, 0)
    if rate * eigenvalues.max() >= 2:
        return None
    low, high = 0, 1
    while excess(eigenvalues, start, rate, high) > target:
        low, high = high, 2 * high
        if high > NEVER:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if excess(eigenvalues, start, rate, middle) > target:
            low = middle
        else:
            high = middle
    return high


def descend(eigenvalues: np.ndarray, start: np.ndarray, rate: float, steps: int) -> np.ndarray:
    """The path of gradient descent on a quadratic, in the basis of its eigenvectors.

    ``u_t = (1 - rate lambda)^t u_0``

    Args:
        eigenvalues, start: ``(directions,)``.
        rate: of learning; from 2 / lambda_max on the path leads away.
        steps: how many.

    Returns:
        ``(steps + 1, directions)``.
    """
    factors = (1 - rate * eigenvalues)[None, :] ** np.arange(steps + 1)[:, None]
    return np.asarray(factors * start)


def comparison(name: str) -> Mapping[str, Conditioning]:
    """`conditioning` of a task for all three scalings."""
    return {how: conditioning(name, how) for how in SCALINGS}
