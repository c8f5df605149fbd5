"""Whitening of image patches: what its filters look like, and what they make of the picture."""

from dataclasses import dataclass

import numpy as np

from normlib import whiten
from normlib.shrinkage import shrink

SIZE = 128  # pixels a side of the photo
SIDE = 8  # pixels of a patch; 64 of them are its features
MIDDLE = SIDE // 2 * SIDE + SIDE // 2  # the pixel just right and below of the middle
STRIDE = 2  # pixels from one patch to the next
SHRINKAGES = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
ZOOM, ZOOM_PHOTO = 6, 4  # pixels of a picture for each number
LINE = 1  # pixels between tiles
NEAR = 1  # pixels each way that count as near


@dataclass(frozen=True)
class Patches:
    """Whitening learned from the patches of one picture, each pixel of a patch a feature.

    Attributes:
        count: how many patches.
        eigenvalues: of their covariance, shrunk, falling: (64,).
        axes: principal axes as pictures, (64, 8, 8), by falling eigenvalue.
        filters: rows of the ZCA matrix as pictures, (64, 8, 8): filter i answers for pixel i.
        deviation: largest absolute entry of the whitened covariance - I.
        answer: of the filter for the pixel just right and below of the middle, at every place of
            the picture that holds the filter: (h - 7, w - 7).
    """

    count: int
    eigenvalues: np.ndarray
    axes: np.ndarray
    filters: np.ndarray
    deviation: float
    answer: np.ndarray

    @property
    def condition(self) -> float:
        """Largest eigenvalue over the smallest."""
        return float(self.eigenvalues[0] / self.eigenvalues[-1])


def patches(grey: np.ndarray, shrinkage: float) -> Patches:
    """Cut a picture into overlapping patches and whiten them.

    Args:
        grey: shape (h, w), at least 8 each way.
        shrinkage: amount of `shrinkage.shrink` for their covariance.
    """
    windows = np.lib.stride_tricks.sliding_window_view(grey, (SIDE, SIDE))
    rows = np.ascontiguousarray(windows[::STRIDE, ::STRIDE]).reshape(-1, SIDE * SIDE)
    mean = rows.mean(0)
    sample = whiten.covariance(rows - mean, 0.0)
    found = whiten.zca(shrink(sample, shrinkage))
    reached = found.matrix @ sample @ found.matrix.T
    axes, filters = (part.reshape(-1, SIDE, SIDE) for part in (found["axes"], found.matrix))
    answer = np.tensordot(windows - mean.reshape(SIDE, SIDE), filters[MIDDLE], 2)
    deviation = float(np.abs(reached - np.eye(SIDE * SIDE)).max())
    return Patches(len(rows), found["eigenvalues"], axes, filters, deviation, answer)


def locality(filters: np.ndarray) -> float:
    """Mean share of a filter's squared weights in the 3 x 3 pixels around its strongest one.

    9 / 64 for equal weights, away from the border.

    Args:
        filters: shape (count, 8, 8).
    """
    shares = []
    for one in filters:
        row, column = np.unravel_index(np.abs(one).argmax(), one.shape)
        near = one[max(row - NEAR, 0) : row + NEAR + 1, max(column - NEAR, 0) : column + NEAR + 1]
        shares.append((near**2).sum() / (one**2).sum())
    return float(np.mean(shares))


def tiles(pictures: np.ndarray, columns: int, zoom: int) -> np.ndarray:
    """Many small pictures as one: 0 is grey, each one's largest absolute value black or white.

    Args:
        pictures: shape (count, h, w).
        columns: tiles in a line.
        zoom: pixels for each number.

    Returns:
        uint8 of shape (height, width).
    """
    most = np.abs(pictures).max((1, 2), keepdims=True)
    scaled = pictures / np.where(most > 0, most, 1)
    large = np.kron(127.5 + 127.5 * scaled, np.ones((1, zoom, zoom)))
    framed = np.pad(large, ((0, 0), (0, LINE), (0, LINE)), constant_values=255)
    lines = [np.concatenate(list(framed[i : i + columns]), 1)
             for i in range(0, len(framed), columns)]  # fmt: skip
    return np.asarray(np.round(np.concatenate(lines)), np.uint8)


def grey(pixels: np.ndarray) -> np.ndarray:
    """The mean of red, green and blue: (h, w) from (h, w, 3)."""
    return np.asarray(pixels.astype(float).mean(2))


def shown(values: np.ndarray, zoom: int, deviations: float = 2.5) -> np.ndarray:
    """Numbers as grey levels: their mean in the middle, so many deviations to either end.

    Args:
        values: shape (h, w).
        zoom: pixels for each number, both ways.
        deviations: standard deviations from the mean to black, and to white.
    """
    scaled = (values - values.mean()) / (deviations * (values.std() or 1.0))
    levels = np.clip(127.5 + 127.5 * scaled, 0, 255)
    return np.asarray(np.kron(levels, np.ones((zoom, zoom))), np.uint8)
