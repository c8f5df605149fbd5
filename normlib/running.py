"""Running statistics: what batch norm remembers of the batches, by named conventions.

A record holds one mean and one variance per channel. Every new batch moves it, and frameworks
disagree on how. With m the momentum, n the number of values per channel in the batch:

``new``      record = (1 - m) * record + m * batch         m weighs the new batch
``old``      record = m * record + (1 - m) * batch         m weighs the old record
``batches``  record = mean of all batches so far, each with the same weight
``count``    record = mean and variance of all values so far, as if they were one batch

They also disagree on the variance that goes into the record: the biased one, divided by n, or
the unbiased one, divided by n - 1, which is n / (n - 1) times as large. The table
`conventions.CONVENTIONS` lists who does what. Functions are pure: a record goes in, a new record
comes out.
"""

import numpy as np

from normlib.arrays import Array, at_least_float32, is_tensor, namespace
from normlib.conventions import Convention, chosen, momentum_of, weight_of_batch
from normlib.errors import NormError
from normlib.inputs import check_floating, plain
from normlib.normalize import standardize
from normlib.operation import Given
from normlib.partition import Partition
from normlib.record import Running, alike, as_dtype, choose, merge, start

__all__ = ["Running", "merge", "observe", "start", "update"]


def update(
    record: Running,
    mean: Array,
    variance: Array,
    count: Array,
    *,
    convention: str,
    momentum: float | None = None,
    nan: str = "propagate",
    single: str = "error",
) -> Running:
    """Move a record by the statistics of one batch.

    ``new = (1 - w) * old + w * batch`` for mean and variance alike, where w is m (``new``),
    1 - m (``old``) or 1 / (batches + 1) (``batches``), and ``batch`` holds the variance times
    n / (n - 1) where the convention stores the unbiased one. ``pooled`` merges as `merge` does.
    A batch without values changes nothing, in every convention.

    Args:
        record: what was known before; it stays as it is.
        mean, variance: of the batch, shape ``(channels,)``, the variance biased. The answer has
            the wider precision of record and batch.
        count: values per channel in the batch, one number or shape ``(channels,)``.
        convention: a key of `CONVENTIONS`.
        momentum: from 0 to 1, None for that of the convention. (torch's ``momentum=None`` is the
            convention ``cumulative``.) A momentum that looks like the other side's, above 0.5
            where it weighs the new batch or below 0.5 where it weighs the old record, warns once.
        nan: what happens to a channel whose batch mean or variance is not finite.
            ``propagate``: it enters the record, as in torch; ``raise``: a `NormError` counts such
            channels; ``omit``: the channel keeps its old record, count and batches included.
        single: what happens to a batch with one value per channel, whose variance says nothing.
            ``error``: a `NormError`, as in torch; ``zero``: its variance is taken as 0, also
            where n / (n - 1) is undefined. ``pooled`` needs no policy: 0 is exact there.

    Raises:
        NormError: for an unknown setting, another shape or library than the record's, what holds
            no such numbers, and where the policies say so.

    Example:
        Four values of mean 2.5 have biased variance 5/4 and unbiased variance 5/3.

        >>> settings = {"mean": np.array([2.5]), "variance": np.array([1.25]), "count": 4}
        >>> for convention in ("torch", "d2l", "onnx", "pooled"):
        ...     record = update(start(1), **settings, convention=convention)
        ...     print(convention, record.mean.round(4), record.variance.round(4))
        torch [0.25] [1.0667]
        d2l [0.25] [1.025]
        onnx [0.25] [1.025]
        pooled [2.5] [1.25]
    """
    rule = chosen(convention, nan, single)
    momentum = momentum_of(rule, momentum)
    record, batch = alike(record, Running(mean, variance, count, 1))
    seen = _seen(batch, nan)
    if rule.weighs != "count" and single == "error" and (batch.count == 1).any():
        raise NormError("running_single", bad=int((batch.count == 1).sum()), channels=len(seen))
    with np.errstate(over="ignore", invalid="ignore"):
        return choose(seen, moved(record, batch, rule, momentum), record)


def observe(
    record: Running,
    x: Array,
    *,
    channel_axis: int = 1,
    convention: str,
    momentum: float | None = None,
    nan: str = "propagate",
    single: str = "error",
) -> Running:
    """Move a record by the statistics of an array, detached from any gradient.

    All axes but the channel axis are pooled, as in batch norm. Half precision is computed in
    float32. Settings are those of `update`; ``nan`` looks at the statistics of a channel, so one
    NaN speaks for its whole channel and for no other (an infinite value makes both NaN).

    Args:
        record: what was known before.
        x: numpy array or torch tensor, floating point, of any number of axes; it may be empty.
        channel_axis: which axis numbers the channels; negative counts from the end.

    Raises:
        NormError: as `update`; also for an axis that x does not have, and for an x that is no
            array of floating-point numbers.

    Example:
        Pooled over unequal batches, the record is that of the whole data set.

        >>> x = np.random.default_rng(0).normal(5, 2, size=(10, 3))
        >>> record = start(3)
        >>> for batch in (x[:1], x[1:3], x[3:3], x[3:]):
        ...     record = observe(record, batch, convention="pooled")
        >>> bool(np.allclose(record.mean, x.mean(0), rtol=1e-12))
        True
        >>> bool(np.allclose(record.variance, x.var(0), rtol=1e-12))
        True
        >>> record.count.tolist(), record.batches.tolist()
        ([10, 10, 10], [3, 3, 3])
    """
    columns = _columns(x, channel_axis)
    count = columns.shape[0]
    if count:
        with np.errstate(over="ignore", invalid="ignore"):
            stats = standardize(columns, Given(eps=0.0))
        mean, variance = stats["mean"][0], stats["variance"][0]
    else:
        mean = variance = columns.sum(0)
    return update(
        record, mean, variance, count,
        convention=convention, momentum=momentum, nan=nan, single=single,
    )  # fmt: skip


def moved(record: Running, batch: Running, rule: Convention, momentum: float) -> Running:
    """The record after a batch that is known to fit it: no policy, no warning, see `update`."""
    if rule.weighs == "count":
        return merge(record, batch)
    fresh = share(record, batch, rule, momentum)
    return Running(
        (1 - fresh) * record.mean + fresh * batch.mean,
        (1 - fresh) * record.variance + fresh * stored_variance(batch, rule),
        record.count + batch.count,
        record.batches + batch.batches,
    )


def share(record: Running, batch: Running, rule: Convention, momentum: float) -> Array:
    """The weight w of the batch in the new mean, ``(1 - w) * record + w * batch``, by channel."""
    xp, chosen_weight = namespace(record.mean), weight_of_batch(rule, momentum)
    if chosen_weight is not None:
        return xp.full_like(record.mean, chosen_weight)
    field = "count" if rule.weighs == "count" else "batches"
    old, new = (as_dtype(getattr(r, field), record.mean.dtype) for r in (record, batch))
    return new / (old + new)


def stored_variance(batch: Running, rule: Convention) -> Array:
    """The variance that enters the record: biased or unbiased, 0 for a single value."""
    xp = namespace(batch.mean)
    n = as_dtype(batch.count, batch.mean.dtype)
    factor = n / xp.clip(n - 1, 1, None) if rule.unbiased else xp.ones_like(n)
    return batch.variance * xp.where(n == 1, xp.zeros_like(n), factor)


def _seen(batch: Running, nan: str) -> Array:
    """Which channels enter the record: those with values, less those that ``nan`` omits."""
    xp = namespace(batch.mean)
    seen = batch.count > 0
    finite = xp.isfinite(batch.mean) & xp.isfinite(batch.variance)
    if nan == "raise" and (seen & ~finite).any():
        raise NormError("running_nan", bad=int((seen & ~finite).sum()), channels=len(seen))
    return seen & finite if nan == "omit" else seen


def _columns(x: Array, channel_axis: int) -> Array:
    """An array as a matrix of shape ``(values per channel, channels)``, float32 or wider."""
    check_floating(x, "running_dtype")
    x, shape = x.detach() if is_tensor(x) else x, tuple(x.shape)
    if not shape:
        raise NormError("running_no_axes", shape=shape)
    axis = plain(channel_axis)
    if type(axis) is not int or not -len(shape) <= axis < len(shape):
        raise NormError("running_axis", axis=channel_axis, shape=shape, first=-len(shape),
                        last=len(shape) - 1)  # fmt: skip
    names = [f"n{axis}" for axis in range(len(shape))]
    names[axis] = "c"
    return Partition(tuple(names), shape, ("c",)).split(at_least_float32(x))
