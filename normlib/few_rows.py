"""Whitening from few rows: directions without spread or with too little, and the repair."""

from dataclasses import dataclass

import numpy as np

from normlib import whiten
from normlib.data import SEED_LIMIT
from normlib.shrinkage import shrink

FEATURES = 8
LEAST, MOST = 2, 20  # rows
NEIGHBOURS = 0.7  # correlation of features side by side


@dataclass(frozen=True)
class Repair:
    """ZCA whitening learned from a few rows, by one amount of shrinkage.

    Attributes:
        amount: of `shrinkage.shrink`.
        eigenvalues: that the whitening divides by, falling; 0 where there is no spread.
        own: covariance of the rows that it was learned from, after whitening.
        fresh: covariance of new rows of the same source, after whitening; exact: ``W C W^T`` with
            the covariance C of the source.
    """

    amount: float
    eigenvalues: np.ndarray
    own: np.ndarray
    fresh: np.ndarray

    @property
    def rank(self) -> int:
        """Directions with spread; the others are answered with zero."""
        return int((self.eigenvalues > 0).sum())

    @property
    def condition(self) -> float:
        """Largest eigenvalue over the smallest; infinite where one is 0."""
        least = float(self.eigenvalues[-1])
        return float(self.eigenvalues[0]) / least if least > 0 else float("inf")

    @property
    def deviation(self) -> float:
        """Largest absolute entry of ``own - I``."""
        return float(np.abs(self.own - np.eye(FEATURES)).max())

    @property
    def largest(self) -> float:
        """Variance of new rows in the direction in which it is largest; 1 would be white."""
        return float(np.linalg.eigvalsh(self.fresh)[-1])

    @property
    def smallest(self) -> float:
        """Variance of new rows in the direction in which it is smallest; 0 is a lost direction."""
        return float(max(np.linalg.eigvalsh(self.fresh)[0], 0.0))


def source() -> np.ndarray:
    """Covariance of the source: 0.7 to the power of how far two features are apart, (8, 8)."""
    apart = np.abs(np.subtract.outer(range(FEATURES), range(FEATURES)))
    return np.asarray(NEIGHBOURS**apart)


def spectrum() -> np.ndarray:
    """Eigenvalues of the source, falling, shape (8,)."""
    return np.asarray(np.linalg.eigvalsh(source())[::-1])


def draw(rows: int, seed: int) -> np.ndarray:
    """The first of 20 seeded normal rows of the source, shape (rows, 8)."""
    rng = np.random.RandomState(seed % SEED_LIMIT)
    return np.asarray(rng.normal(size=(MOST, FEATURES))[:rows] @ np.linalg.cholesky(source()).T)


def repair(rows: np.ndarray, amount: float) -> Repair:
    """ZCA whitening of rows, shape (n, 8), with their covariance shrunk by ``amount``."""
    centred = rows - rows.mean(0)
    sample = whiten.covariance(centred, 0.0)
    found = whiten.zca(shrink(sample, amount))
    own, fresh = (found.matrix @ c @ found.matrix.T for c in (sample, source()))
    return Repair(amount, found["eigenvalues"], own, fresh)


@dataclass(frozen=True)
class Sweep:
    """The variance of new rows, in the direction in which it is largest, over the row count.

    Attributes:
        rows: 2, 3, ... 20.
        plain, shrunk: without and with shrinkage, shape (rows,).
    """

    rows: np.ndarray
    plain: np.ndarray
    shrunk: np.ndarray


def sweep(amount: float, seed: int) -> Sweep:
    """Whitening from the first 2, 3, ... 20 rows of `draw`."""
    counts = np.arange(LEAST, MOST + 1)
    plain, shrunk = (
        np.array([repair(draw(int(n), seed), a).largest for n in counts]) for a in (0.0, amount)
    )
    return Sweep(counts, plain, shrunk)
