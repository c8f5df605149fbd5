"""The quadratic of a linear model, seen in the plane of its steepest and its flattest direction."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib.landscape.linear import descend, steps_needed
from normlib.landscape.records import Conditioning

REACH, SIZE = 1.3, 41  # half the side of the picture, and its grid
MANY = 1e4  # condition numbers above are large


@dataclass(frozen=True, eq=False)
class Valley:
    """Loss and path of gradient descent in the plane of two eigenvectors of the Hessian.

    The start lies at (1, 1), so one distance from the minimum in both directions.

    Attributes:
        flat: coordinates along the eigenvector of the smallest eigenvalue, ``(points,)``.
        steep: along that of the largest, ``(points,)``.
        loss: above the minimum, in units of that at the start, ``(steep, flat)``.
        path: flat and steep coordinate of every step, ``(steps + 1, 2)``.
    """

    flat: np.ndarray
    steep: np.ndarray
    loss: np.ndarray
    path: np.ndarray


def valley(found: Conditioning, share: float, steps: int) -> Valley:
    """The plane of a linear model, and descent in it.

    Args:
        found: its quadratic.
        share: learning rate in units of ``2 / lambda_max``.
        steps: how many.
    """
    ends = found.eigenvalues[[-1, 0]]
    line = np.linspace(-REACH, REACH, SIZE)
    loss = (ends[0] * line[None, :] ** 2 + ends[1] * line[:, None] ** 2) / ends.sum()
    return Valley(line, line, loss, descend(ends, np.ones(2), share * found.limit, steps))


@dataclass(frozen=True)
class Outcome:
    """How one scaling of the features fares at some share of its own limit.

    Attributes:
        condition: largest over smallest eigenvalue.
        limit: ``2 / lambda_max``.
        steps: until a hundredth of the initial excess loss is left; None where never, or later
            than can be counted.
        steep: what a step multiplies the distance along the steepest direction by.
        flat: what it takes off the distance along the flattest one, as a share.
    """

    condition: float
    limit: float
    steps: int | None
    steep: float
    flat: float

    def done(self, steps: int) -> float:
        """Share of the way along the flattest direction that lies behind after some steps."""
        return float(1 - (1 - self.flat) ** steps)


def outcomes(found: Mapping[str, Conditioning], share: float) -> dict[str, Outcome]:
    """For every scaling, at the same share of the limit, which is another for each."""
    return {how: _outcome(one, share) for how, one in found.items()}


def _outcome(found: Conditioning, share: float) -> Outcome:
    rate = share * found.limit
    steps = steps_needed(found.eigenvalues, found.start, rate, found.precision)
    flat = 2 * share / found.condition
    return Outcome(found.condition, found.limit, steps, 1 - 2 * share, flat)


@dataclass(frozen=True)
class Gain:
    """What standardizing brings, and whether centring had brought most of it already.

    Attributes:
        condition: by what factor the condition number falls.
        limit: by what factor the allowed rate grows.
        centring: whether centred features need at most a fifth of the steps of raw ones and at
            most three times those of standardized ones, although their condition number is still
            over 10^4.
    """

    condition: float
    limit: float
    centring: bool


def gain(found: Mapping[str, Outcome]) -> Gain:
    """From ``raw`` to ``standardized``."""
    raw, centred, end = (found[how] for how in ("raw", "centred", "standardized"))
    few = (
        raw.steps is not None and centred.steps is not None and end.steps is not None
        and centred.steps <= min(raw.steps / 5, 3 * end.steps)
    )  # fmt: skip
    return Gain(raw.condition / end.condition, end.limit / raw.limit,
                few and centred.condition > MANY)  # fmt: skip
