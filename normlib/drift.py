"""Which statistics meet the data: cold ones, those of training, and those of drifted data."""

from dataclasses import dataclass

import numpy as np

from normlib.record import Running, start
from normlib.spec import Spec
from normlib.stream import Source, feed, follow
from normlib.trace import apply

REPAIRS = 32  # batches from which the statistics are recomputed
TESTED = 10_000  # number of the batch that is normalized: none that trains or repairs
SAMPLES = 32  # in that batch, and in those that repair


@dataclass(frozen=True)
class Outcome:
    """One batch, normalized by some statistics.

    Attributes:
        key: ``own`` (those of the batch itself, as in training), ``cold`` (a record that has
            seen nothing), ``trained`` (the record of training) or ``repaired`` (recomputed).
        output: all outputs, ``(values, channels)``.
        mean, std: of the outputs, ``(channels,)``.
    """

    key: str
    output: np.ndarray
    mean: np.ndarray
    std: np.ndarray


def meet(trained: Running, source: Source) -> tuple[Outcome, ...]:
    """Normalize one batch of a source in four ways, without gamma and beta, eps = 1e-5.

    ``repaired`` takes the pooled statistics of other batches of the same source, as in AdaBN (Li
    et al. 2016, arXiv:1603.04779) and PreciseBN (Wu and Johnson 2021, arXiv:2105.07576).

    Args:
        trained: the record after training.
        source: where the batch comes from; drifted or not.

    Example:
        A cold record, mean 0 and variance 1, leaves the numbers as they are.

        >>> source = Source()
        >>> own, cold, _, _ = meet(start(3), source)
        >>> x = source.batch(TESTED, SAMPLES)
        >>> bool(np.allclose(cold.mean, x.mean((0, 2, 3)), atol=1e-4))
        True
        >>> bool(np.allclose(own.mean, 0)), bool(np.allclose(own.std, 1, atol=1e-4))
        (True, True)
    """
    x = source.batch(TESTED, SAMPLES)
    all_values = feed(source, SAMPLES * REPAIRS, 1)  # pooled over batches is over their values
    repaired = follow(all_values, "pooled").records[-1]
    records = {"own": None, "cold": start(x.shape[1]), "trained": trained, "repaired": repaired}
    return tuple(_outcome(key, normalized(x, record)) for key, record in records.items())


def normalized(x: np.ndarray, record: Running | None) -> np.ndarray:
    """Batch norm of ``(n, c, h, w)``: by a record as at prediction, by x itself without one."""
    spec = Spec("batch", x.shape)
    if record is None:
        return np.asarray(apply(spec, x, training=True))
    known = {"running_mean": record.mean, "running_variance": record.variance}
    return np.asarray(apply(spec, x, known, training=False))


def _outcome(key: str, y: np.ndarray) -> Outcome:
    values = np.moveaxis(y, 1, -1).reshape(-1, y.shape[1])
    return Outcome(key, values, values.mean(0), values.std(0))


def reach(source: Source, shift: float, stretch: float, channel: int) -> tuple[float, float]:
    """Between which values nearly all outputs lie, for every drift up to the given one.

    Two standard deviations around the means that drifts up to ``shift`` can bring, for records
    that have seen nothing and for such that know the source.
    """
    ends = shift + 2 * stretch
    mean, std = source.mean[channel], source.std[channel]
    return min(mean - ends * std, -ends), max(mean + ends * std, ends)
