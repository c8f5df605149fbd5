"""A stream of batches: where they come from, and what batch norm remembers of them.

Training shows a layer one batch after another. Every batch has statistics of its own; the record
of `running` follows them; behind both stand the true ones, which only the source knows.
"""

from dataclasses import dataclass, replace

import numpy as np

from normlib.conventions import CONVENTIONS, checked_momentum
from normlib.normalize import standardize
from normlib.operation import Given
from normlib.record import Running, start
from normlib.running import moved, share, stored_variance

SPACE = (2, 2)  # height and width: a batch of one sample still has 4 values per channel


@dataclass(frozen=True)
class Source:
    """Where batches come from: independent normal numbers, each channel with its own two.

    Attributes:
        mean, std: the true mean and standard deviation of each channel.
        seed: from 0 up, below 2**32; it decides all numbers, together with a batch's own number.
    """

    mean: tuple[float, ...] = (3.0, -1.0, 0.0)
    std: tuple[float, ...] = (2.0, 0.5, 1.0)
    seed: int = 0

    @property
    def variance(self) -> tuple[float, ...]:
        """The true variance of each channel."""
        return tuple(std**2 for std in self.std)

    def drifted(self, shift: float, stretch: float = 1.0) -> "Source":
        """The source after a drift: means moved by ``shift`` standard deviations, std stretched.

        The same batches in other light: x becomes ``mean + shift * std + stretch * (x - mean)``.
        """
        mean = tuple(m + shift * s for m, s in zip(self.mean, self.std, strict=True))
        return replace(self, mean=mean, std=tuple(s * stretch for s in self.std))

    def batch(self, number: int, size: int) -> np.ndarray:
        """Batch ``number`` (from 0 up) of ``size`` samples: float64, ``(size, channels, 2, 2)``.

        A larger batch of the same number begins with the samples of the smaller one.
        """
        shape = (size, len(self.mean), *SPACE)
        x = np.random.RandomState([self.seed, number]).normal(size=shape)
        mean, std = (np.reshape(values, (-1, 1, 1)) for values in (self.mean, self.std))
        return np.asarray(mean + std * x)


@dataclass(frozen=True)
class Fed:
    """What a stream of batches shows of itself.

    Attributes:
        source: where the batches come from.
        size, count: samples in every batch, and values per channel in it.
        mean, biased, unbiased: statistics of each batch, shape ``(steps, channels)``; the
            variance divided by count, and by count - 1.
    """

    source: Source
    size: int
    count: int
    mean: np.ndarray
    biased: np.ndarray
    unbiased: np.ndarray

    @property
    def factor(self) -> float:
        """What the unbiased variance is of the biased one: n / (n - 1) for n values."""
        return self.count / (self.count - 1)

    def batch(self, step: int) -> Running:
        """The statistics of batch ``step`` as `running` takes them, variance biased."""
        return Running(self.mean[step], self.biased[step], self.count, 1)


@dataclass(frozen=True)
class Path:
    """How a record moved, by one convention.

    Attributes:
        convention: its key.
        mean, variance: after 0, 1, 2, ... batches, shape ``(steps + 1, channels)``.
        records: the same as records of `running`.
    """

    convention: str
    mean: np.ndarray
    variance: np.ndarray
    records: tuple[Running, ...]


@dataclass(frozen=True)
class Move:
    """One step of one channel's record in numbers: ``new = keeps * old + takes * batch + extra``.

    ``extra`` is 0 but for the pooled variance, where it is what the distance of the two means
    adds. ``batch`` is the batch's mean, or the variance that the convention stores.
    """

    keeps: float
    takes: float
    old: float
    batch: float
    extra: float
    new: float


def feed(source: Source, size: int, steps: int) -> Fed:
    """Statistics of the batches 0 to ``steps - 1`` of a source, ``size`` samples in each."""
    batches = np.stack([source.batch(number, size) for number in range(steps)])
    columns = np.moveaxis(batches, 2, -1).reshape(steps, -1, len(source.mean))
    count = columns.shape[1]
    stats = standardize(columns, Given(eps=0.0))
    biased = stats["variance"][:, 0]
    return Fed(source, size, count, stats["mean"][:, 0], biased, biased * count / (count - 1))


def follow(fed: Fed, convention: str, momentum: float | None = None) -> Path:
    """The record after each batch.

    Args:
        fed: statistics of the batches.
        convention: a key of `CONVENTIONS`.
        momentum: from 0 to 1, None for that of the convention. It means what the convention
            says, even where it looks like the opposite one's; where the convention has none it
            is passed over.

    Raises:
        NormError: for a momentum outside 0 to 1.

    Example:
        The same number, 0.1, keeps almost everything or almost nothing.

        >>> fed = feed(Source(), size=8, steps=1)
        >>> for convention in ("torch", "keras"):
        ...     path = follow(fed, convention, 0.1)
        ...     print(convention, (path.mean[1] / fed.mean[0]).round(9))
        torch [0.1 0.1 0.1]
        keras [0.9 0.9 0.9]
    """
    rule = CONVENTIONS[convention]
    weight = checked_momentum(rule, None if rule.momentum is None else momentum)
    records = [start(len(fed.source.mean))]
    for step in range(len(fed.mean)):
        records.append(moved(records[-1], fed.batch(step), rule, weight))
    mean, variance = (
        np.stack([getattr(r, name) for r in records]) for name in ("mean", "variance")
    )
    return Path(convention, mean, variance, tuple(records))


def moves(fed: Fed, path: Path, momentum: float | None, step: int, channel: int) -> dict[str, Move]:
    """How batch ``step`` (from 0) moved the mean and the variance of a channel."""
    rule = CONVENTIONS[path.convention]
    weight = checked_momentum(rule, None if rule.momentum is None else momentum)
    batch, record = fed.batch(step), path.records[step]
    takes = float(share(record, batch, rule, weight)[channel])
    found = {}
    for name, values, seen in (
        ("mean", path.mean, batch.mean),
        ("variance", path.variance, stored_variance(batch, rule)),
    ):
        old, new = (float(values[at, channel]) for at in (step, step + 1))
        between = takes * (1 - takes) * float(batch.mean[channel] - record.mean[channel]) ** 2
        extra = between if rule.weighs == "count" and name == "variance" else 0.0
        found[name] = Move(1 - takes, takes, old, float(seen[channel]), extra, new)
    return found
