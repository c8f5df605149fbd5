"""What scaling the hidden weights did, as a record without torch."""

from dataclasses import dataclass

import numpy as np

from normlib.landscape.settings import Net

FACTORS = (0.25, 0.35, 0.5, 0.71, 1.0, 1.41, 2.0, 2.83, 4.0)  # of the hidden weights
POWERS = {"loss": 0, "gradient": -1, "eigenvalue": -2}  # of the factor, where the scale is lost


@dataclass(frozen=True, eq=False)
class Rescaling:
    """Loss and slopes of a net whose hidden weights and biases are multiplied by a factor.

    Attributes:
        net: of the first seed.
        loss_kind: ``cross_entropy`` or ``squared``.
        seeds: of the initial weights, ``(seeds,)``.
        factors: ``(factors,)``, rising, 1 among them.
        loss: ``(seeds, factors)``.
        gradient: length of the gradient in the hidden weights and biases, likewise.
        eigenvalue: largest of the Hessian in these alone, likewise.
    """

    net: Net
    loss_kind: str
    seeds: tuple[int, ...]
    factors: np.ndarray
    loss: np.ndarray
    gradient: np.ndarray
    eigenvalue: np.ndarray

    def relative(self, name: str) -> np.ndarray:
        """Loss, gradient or eigenvalue over that of the net as it is, ``(seeds, factors)``."""
        values = np.asarray(getattr(self, name))
        return np.asarray(values / values[:, self.factors == 1])

    def at(self, name: str, factor: float) -> tuple[float, float]:
        """Median over seeds of a quantity at one of the factors, and of it over that at 1."""
        column = int(np.flatnonzero(self.factors == factor)[0])
        values, relative = getattr(self, name), self.relative(name)
        return float(np.median(values[:, column])), float(np.median(relative[:, column]))


def lost(name: str, factor: float | np.ndarray) -> float | np.ndarray:
    """What a factor does to loss, gradient and eigenvalue where the loss does not see the scale.

    ``L(a w) = L(w)``, so the gradient at ``a w`` is ``1 / a`` of that at ``w``, and the second
    derivative ``1 / a^2``.
    """
    return factor ** POWERS[name]
