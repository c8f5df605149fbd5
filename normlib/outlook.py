"""A cloud as a flat picture: how it looks from one side, and the outline of its covariance."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

ELEVATION = 20.0  # degrees, from which three dimensions are looked at
ROUND = 73  # points of an outline, the last one the first


@dataclass(frozen=True)
class Outlook:
    """A direction to look from.

    Attributes:
        plane: shape (2, features): where each unit step of a feature goes, right and up.
    """

    plane: np.ndarray

    def flat(self, points: np.ndarray) -> np.ndarray:
        """Points, shape (..., features), on the plane: (..., 2)."""
        return np.asarray(points @ self.plane.T)

    def outline(self, covariance: np.ndarray, deviations: float = 1.0) -> np.ndarray:
        """The ellipse, or the shadow of the ellipsoid, of so many standard deviations: (73, 2).

        ``m + deviations * C^(1/2) u`` over all unit vectors u is the ellipsoid; its shadow is the
        ellipse of ``P C P^T``, the covariance of the flat points.
        """
        values, axes = np.linalg.eigh(self.plane @ covariance @ self.plane.T)
        angle = np.linspace(0, 2 * np.pi, ROUND)
        circle = np.stack([np.cos(angle), np.sin(angle)], 1)
        return np.asarray(deviations * circle * np.sqrt(np.maximum(values, 0)) @ axes.T)


def outlook(features: int, turn: float = 0.0) -> Outlook:
    """Two features as they are; three from above by 20 degrees, turned about the third.

    Args:
        features: 2 or 3.
        turn: degrees about the upright axis, for three features.
    """
    if features == 2:
        return Outlook(np.eye(2))
    a, e = np.radians(turn), np.radians(ELEVATION)
    right = [-np.sin(a), np.cos(a), 0]
    up = [-np.sin(e) * np.cos(a), -np.sin(e) * np.sin(a), np.cos(e)]
    return Outlook(np.array([right, up]))


def square(look: Outlook, clouds: Iterable[np.ndarray]) -> np.ndarray:
    """The least square, its sides in whole numbers, that holds all clouds: ((left, right), ...).

    Returns:
        Shape (2, 2): both ends of the horizontal and of the vertical axis, equally far apart.
    """
    flat = np.concatenate([look.flat(points) for points in clouds])
    low, high = np.floor(flat.min(0)), np.ceil(flat.max(0))
    side = (high - low).max()
    start = low - np.floor((side - (high - low)) / 2)
    return np.stack([start, start + side], 1)
