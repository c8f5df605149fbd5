"""Gradient descent on a parabola, in closed form: where a learning rate is too large, and why.

``f(w) = curvature * w^2 / 2`` has gradient ``curvature * w``, so a step of gradient descent takes w
to ``(1 - rate * curvature) w``. With ``rate = share * 2 / curvature`` the factor is
``1 - 2 share``, whatever the curvature: below share 1 the steps shrink, above they grow.
"""

from dataclasses import dataclass

import numpy as np

START = 1.0  # where every descent begins; the minimum is at 0


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent on a parabola.

    Attributes:
        curvature: second derivative of the loss, lambda.
        share: learning rate in units of ``2 / curvature``.
        w: the path, ``(steps + 1,)``.
        loss: at each of its points, likewise.
    """

    curvature: float
    share: float
    w: np.ndarray
    loss: np.ndarray

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self.share * self.limit

    @property
    def limit(self) -> float:
        """``2 / curvature``: descents converge below and diverge above."""
        return 2 / self.curvature

    @property
    def factor(self) -> float:
        """What one step multiplies w by."""
        return 1 - 2 * self.share

    @property
    def manner(self) -> str:
        """How it goes: ``straight``, ``at_once``, ``across``, ``circles`` or ``diverges``."""
        if self.share < 0.5:
            return "straight"
        if self.share > 1:
            return "diverges"
        return {0.5: "at_once", 1.0: "circles"}.get(self.share, "across")


def descend(curvature: float, share: float, steps: int) -> Descent:
    """The descent from `START`: ``w_t = (1 - 2 share)^t``, and its loss.

    Args:
        curvature: above 0.
        share: learning rate in units of ``2 / curvature``.
        steps: how many.

    Example:
        >>> descend(4.0, 0.75, 3).w.tolist()
        [1.0, -0.5, 0.25, -0.125]
    """
    w = START * (1 - 2 * share) ** np.arange(steps + 1)
    return Descent(curvature, share, w, curvature * w**2 / 2)
