"""What scaling the hidden weights did, as a record without torch."""

from dataclasses import dataclass

import numpy as np

from normlib.landscape.settings import Net


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
