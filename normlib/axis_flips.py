"""Principal axes from batch to batch: nothing holds their order and their sign."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib import whiten
from normlib.data import SEED_LIMIT

BATCHES = 24
ROWS = (8, 16, 32, 64, 128, 256)  # rows in a batch
SIGN_RULES = ("largest", "first")  # which component of an axis is to be positive
PROBE = (1.2, 0.4)  # the row that is in every batch


@dataclass(frozen=True)
class Flips:
    """Whitening, batch after batch of the same source.

    Attributes:
        axes: principal axes of length 1, one in each row: (batches, 2, 2).
        landed: by whitening, where the row that is in every batch lands: (batches, 2).
        swapped: whether axis 1 of a batch lies nearer to axis 2 of the batch before than to its
            axis 1: (batches,), False for the first.
        turned: whether an axis points against the one that it lies nearest to in the batch
            before: (batches, 2), False for the first.
    """

    axes: np.ndarray
    landed: Mapping[str, np.ndarray]
    swapped: np.ndarray
    turned: np.ndarray

    def scatter(self, kind: str) -> float:
        """Root mean square distance of the landing places from their mean."""
        places = self.landed[kind]
        return float(np.sqrt(((places - places.mean(0)) ** 2).sum(1).mean()))


def flips(
    ratio: float, angle: float, rows: int, *, sign: str = "largest", seed: int = 0,
    batches: int = BATCHES,
) -> Flips:  # fmt: skip
    """Batches of normal rows, and the axes of each.

    Args:
        ratio: variance of the source along its first axis over that along its second, 1 or more.
        angle: degrees from feature 1 to the first axis of the source.
        rows: in each batch, the one that is in every batch included.
        sign: of an axis and its negative the one whose largest (as `whiten.pca` has it) or whose
            first component is positive. Every such rule breaks somewhere: an axis that keeps
            turning comes back, after half a turn, as its own negative.
        seed: decides all batches.
        batches: how many.
    """
    rng = np.random.RandomState(seed % SEED_LIMIT)
    a = np.radians(angle)
    source = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    noise = rng.normal(size=(batches, ROWS[-1], 2))[:, :rows]
    x = noise * np.sqrt([ratio, 1.0]) @ source
    x[:, 0] = PROBE
    centred = x - x.mean(1, keepdims=True)
    covariance = whiten.covariance(centred, 0.0)
    by_axes = whiten.pca(covariance)
    axes = by_axes["axes"]
    signs = np.ones((batches, 2)) if sign == "largest" else np.where(axes[..., 0] < 0, -1.0, 1.0)
    axes = axes * signs[..., None]
    matrices = {
        "pca": by_axes.matrix * signs[..., None],
        "zca": whiten.zca(covariance).matrix,
        "cholesky": whiten.cholesky(covariance).matrix,
    }
    landed = {kind: (matrix @ centred[:, 0, :, None])[..., 0] for kind, matrix in matrices.items()}
    return Flips(axes, landed, *_changes(axes))


def _changes(axes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which axes have swapped and which have turned since the batch before."""
    cosines = axes[1:] @ axes[:-1].swapaxes(1, 2)  # of axis i now and axis j before
    swapped = abs(cosines[:, 0, 1]) > abs(cosines[:, 0, 0])
    now = np.arange(2)
    nearest = np.where(swapped[:, None], 1 - now, now)
    against = np.take_along_axis(cosines, nearest[..., None], 2)[..., 0] < 0
    first = np.zeros((1, 2), bool)
    return np.append(False, swapped), np.concatenate([first, against])
