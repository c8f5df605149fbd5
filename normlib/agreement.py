"""Whether two answers to one question agree: how far apart they are, and how far they may be."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Agreement:
    """The comparison of an answer with that of a judge.

    Attributes:
        difference: largest distance of two entries, over those where both are finite.
        tolerance: the largest distance that rounding may explain, see `tolerance`.
        broken: entries where the judge has NaN or infinity and the answer a number.
        missing: entries where the answer is not finite and differs from the judge's.
    """

    difference: float
    tolerance: float
    broken: int = 0
    missing: int = 0

    @property
    def holds(self) -> bool:
        """Whether all entries are finite in both, or the same, and within the tolerance."""
        return not (self.broken or self.missing) and self.difference <= self.tolerance


def tolerance(y: np.ndarray, x: np.ndarray) -> float:
    """``sqrt(machine epsilon) * max |y|``: two roads may part in the lower half of the digits.

    1.5e-8 of the largest output in float64, 3.5e-4 in float32. An answer of nothing but zeros has
    no scale of its own and takes that of the input.

    Example:
        >>> y = np.array([2.0, -4.0], np.float32)
        >>> tolerance(y, y) == 4 * float(np.sqrt(np.finfo(np.float32).eps))
        True
    """
    return float(np.sqrt(np.finfo(y.dtype).eps)) * (_largest(y) or _largest(x))


def compare(y: np.ndarray, judge: np.ndarray, x: np.ndarray) -> Agreement:
    """Compare an answer with the judge's, both of the shape of the input ``x``."""
    ours, theirs = np.isfinite(y), np.isfinite(judge)
    both = ours & theirs
    distance = np.abs(y[both] - judge[both])
    same = (y == judge) | (np.isnan(y) & np.isnan(judge))
    return Agreement(
        float(distance.max(initial=0.0)),
        tolerance(y, x),
        int((ours & ~theirs).sum()),
        int((~ours & ~same).sum()),
    )


def _largest(x: np.ndarray) -> float:
    finite = np.abs(x[np.isfinite(x)])
    return float(finite.max(initial=0.0))
