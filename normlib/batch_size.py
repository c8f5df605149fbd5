"""What a small batch costs: statistics that scatter, and a gap between training and prediction."""

from dataclasses import dataclass
from math import prod

import numpy as np

from normlib.normalize import standardize
from normlib.operation import Given, transform
from normlib.stream import SPACE, Source

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # samples in a batch
FIXED = 0  # number of the batch whose first sample is the fixed one


@dataclass(frozen=True)
class Scatter:
    """Statistics of many batches of one size after the other, and the outputs of one sample.

    Attributes:
        source: where the batches come from.
        sizes: samples in a batch.
        mean, variance: of each batch, the variance biased: ``(sizes, repeats, channels)``.
        gap: root mean square difference between the outputs of one fixed sample in training,
            normalized inside each of the batches, and at prediction by the true statistics:
            ``(sizes, channels)``.
    """

    source: Source
    sizes: tuple[int, ...]
    mean: np.ndarray
    variance: np.ndarray
    gap: np.ndarray

    @property
    def mean_spread(self) -> np.ndarray:
        """Standard deviation of the batch means about the true mean, ``(sizes, channels)``."""
        off = self.mean - np.array(self.source.mean)
        return np.asarray(np.sqrt((off**2).mean(1)))

    @property
    def variance_spread(self) -> np.ndarray:
        """Standard deviation of the batch variances about their own mean, ``(sizes, channels)``."""
        return np.asarray(self.variance.std(1, ddof=1))


def values_per_channel(size: int) -> int:
    """How many numbers of one channel a batch of a `Source` holds."""
    return size * prod(SPACE)


def expected(source: Source, size: int) -> dict[str, np.ndarray]:
    """What theory says of the statistics of a batch of m independent normal numbers.

    ``mean_spread = sigma / sqrt(m)``
    ``variance_mean = sigma^2 * (m - 1) / m`` of the biased variance
    ``variance_spread = sigma^2 * sqrt(2 * (m - 1)) / m`` of the biased variance

    Each of shape ``(channels,)``. The last follows from the chi-squared distribution of
    ``m * variance / sigma^2`` with m - 1 degrees of freedom, whose variance is 2 (m - 1).
    """
    m, std = values_per_channel(size), np.array(source.std)
    return {
        "mean_spread": std / np.sqrt(m),
        "variance_mean": std**2 * (m - 1) / m,
        "variance_spread": std**2 * np.sqrt(2 * (m - 1)) / m,
    }


def scatter(source: Source, repeats: int, sizes: tuple[int, ...] = SIZES) -> Scatter:
    """Draw ``repeats`` batches of every size, and put one fixed sample into each of them.

    The statistics are those of independent batches. For the gap the fixed sample takes the place
    of the first one in each batch, as in training, where a sample is part of its own statistics.

    Example:
        >>> found = scatter(Source(), repeats=20, sizes=(2, 256))
        >>> found.mean.shape, found.gap.shape
        ((2, 20, 3), (2, 3))
        >>> bool((found.gap[0] > 3 * found.gap[1]).all())
        True
    """
    sample = source.batch(FIXED, 1)
    given = Given(eps=0.0)
    means, variances, gaps = [], [], []
    for size in sizes:
        drawn = source.batch(FIXED + 1 + size, size * repeats)
        batches = drawn.reshape(repeats, size, *drawn.shape[1:])
        stats = standardize(_columns(batches), given)
        means.append(stats["mean"][:, 0])
        variances.append(stats["variance"][:, 0])
        batches[:, 0] = sample
        inside = _columns(batches)
        own = _columns(sample[None])[0]
        in_training = transform(inside, standardize(inside, given))[:, : len(own)]
        predicted = (own - np.array(source.mean)) / np.array(source.std)
        gaps.append(np.sqrt(((in_training - predicted) ** 2).mean((0, 1))))
    return Scatter(source, sizes, np.stack(means), np.stack(variances), np.stack(gaps))


def _columns(batches: np.ndarray) -> np.ndarray:
    """From ``(repeats, size, channels, h, w)`` to ``(repeats, size h w, channels)``."""
    return np.moveaxis(batches, 2, -1).reshape(len(batches), -1, batches.shape[2])
