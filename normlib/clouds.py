"""Point clouds to whiten: seeded ones in two and three dimensions, and the colours of a photo."""

from collections.abc import Callable, Mapping

import numpy as np

from normlib.data import SEED_LIMIT

POINTS = 200  # in each cloud
DEVIATIONS = (1.6, 0.8, 0.5)  # of the correlated normal clouds, feature by feature
MEAN = (1.0, 0.5, 0.25)
FULL = 10.0  # the brightest red, green or blue: so a photo's deviations are near 1
NOISE = 0.12  # of the two moons


def gauss(correlation: float, seed: int) -> np.ndarray:
    """Two correlated normal features, shape (200, 2).

    Args:
        correlation: of the source, in [-1, 1]; that of the 200 points differs a little.
        seed: decides the points, modulo 2^32.
    """
    return _normal(np.array([[1, correlation], [correlation, 1]]), seed)


def gauss3(correlation: float, seed: int) -> np.ndarray:
    """Three normal features, each the neighbour's by ``correlation``, shape (200, 3).

    Features 1 and 3 correlate by its square, as in a chain: the matrix is never indefinite.
    """
    steps = np.abs(np.subtract.outer(range(3), range(3)))
    return _normal(float(correlation) ** steps, seed)


def moons(correlation: float, seed: int) -> np.ndarray:
    """Two half circles that reach into each other, 100 points each, shape (200, 2).

    No covariance tells them from an ellipse: whitening sees the first two moments only.
    ``correlation`` makes no difference.
    """
    rng = _rng(seed)
    angle = np.pi * rng.uniform(size=POINTS)
    x, y = np.cos(angle), np.sin(angle)
    second = np.arange(POINTS) >= POINTS // 2
    points = np.stack([np.where(second, 1 - x, x), np.where(second, 0.5 - y, y)], 1)
    return np.asarray(1.5 * (points + NOISE * rng.normal(size=points.shape)))


def colours(pixels: np.ndarray, seed: int) -> np.ndarray:
    """Red, green and blue of 200 pixels, shape (200, 3), from 0 to 10.

    Args:
        pixels: a picture, shape (h, w, 3), from 0 to 1.
        seed: decides which pixels.
    """
    flat = pixels.reshape(-1, 3)
    return FULL * np.asarray(flat[_rng(seed).randint(len(flat), size=POINTS)], float)


def painted(points: np.ndarray) -> list[str]:
    """The colour of each point of `colours`, as CSS writes it."""
    levels = np.round(255 * np.clip(points / FULL, 0, 1)).astype(int)
    return [f"rgb({red},{green},{blue})" for red, green, blue in levels.tolist()]


def _normal(correlation: np.ndarray, seed: int) -> np.ndarray:
    """Rows with a correlation matrix of the source, the deviations and the mean of above."""
    features = len(correlation)
    values, axes = np.linalg.eigh(correlation)
    root = axes * np.sqrt(np.maximum(values, 0)) @ axes.T  # works for +-1 too, as no Cholesky does
    rows = _rng(seed).normal(size=(POINTS, 3))[:, :features] @ root
    return np.asarray(rows * DEVIATIONS[:features] + MEAN[:features])


def _rng(seed: int) -> np.random.RandomState:
    return np.random.RandomState(seed % SEED_LIMIT)


CLOUDS: Mapping[str, Callable[[float, int], np.ndarray]] = {
    "gauss": gauss,
    "moons": moons,
    "gauss3": gauss3,
}
CORRELATED = ("gauss", "gauss3")  # those that the correlation decides
