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

import sys
from dataclasses import dataclass, fields
from functools import reduce
from numbers import Integral
from typing import Any

import numpy as np

from normlib.arrays import Array, at_least_float32, is_tensor, namespace
from normlib.conventions import Convention, chosen, momentum_of, setting_error
from normlib.errors import NormError
from normlib.normalize import standardize
from normlib.operation import Given
from normlib.partition import Partition


@dataclass(frozen=True, eq=False)
class Running:
    """What is remembered; every array of shape ``(channels,)`` and a copy of what was given.

    A numpy record cannot be written to. Tensors cannot be locked; they are detached, and no
    function here writes to them.

    Attributes:
        mean, variance: the running statistics, float32 or wider; half precision is widened.
        count, batches: values and batches seen so far, whole numbers; one number for all channels
            is spread.

    Raises:
        NormError: for an array of another shape.
    """

    mean: Array
    variance: Array
    count: Array
    batches: Array

    def __post_init__(self) -> None:
        mean = _own(self.mean)
        whole = namespace(mean).zeros_like(mean, dtype=namespace(mean).int64)
        owned = (mean, _own(self.variance), whole + self.count, whole + self.batches)
        for name, value in zip(("mean", "variance", "count", "batches"), owned, strict=True):
            if mean.ndim != 1 or value.shape != mean.shape:
                raise _shape_error(name, value, mean)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)


def start(channels: int, *, dtype: Any = np.float64) -> Running:
    """A record that has seen nothing: mean 0, variance 1, count and batches 0.

    Args:
        channels: how many, from 1 up.
        dtype: of numpy or torch, which also decides what the record is made of. Half precision
            becomes float32; a wider batch widens the record.

    Raises:
        NormError: for a number of channels that is not a whole number from 1 up.
    """
    if not isinstance(channels, Integral) or channels < 1:
        raise setting_error("channels", channels, "a whole number from 1 up")
    xp = sys.modules["torch"] if type(dtype).__module__ == "torch" else np
    return Running(xp.zeros(channels, dtype=dtype), xp.ones(channels, dtype=dtype), 0, 0)


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
            convention ``cumulative``.) A momentum that looks like the other side's, from 0.5 up
            where it weighs the new batch or below 0.5 where it weighs the old record, warns once.
        nan: what happens to a channel whose batch mean or variance is not finite.
            ``propagate``: it enters the record, as in torch; ``raise``: a `NormError` counts such
            channels; ``omit``: the channel keeps its old record, count and batches included.
        single: what happens to a batch with one value per channel, whose variance says nothing.
            ``error``: a `NormError`, as in torch; ``zero``: its variance is taken as 0, also
            where n / (n - 1) is undefined. ``pooled`` needs no policy: 0 is exact there.

    Raises:
        NormError: for an unknown setting, another shape or library than the record's, and where
            the policies say so.

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
    record, batch = _alike(record, Running(mean, variance, count, 1))
    seen = _seen(batch, nan)
    if rule.weighs == "count":
        return _choose(seen, merge(record, batch), record)
    if single == "error" and (batch.count == 1).any():
        raise NormError("running_single", bad=int((batch.count == 1).sum()), channels=len(seen))
    with np.errstate(over="ignore", invalid="ignore"):
        return _choose(seen, _moved(record, batch, rule, momentum), record)


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


def merge(first: Running, *others: Running) -> Running:
    """The pooled record of all values that the given pooled records have seen.

    With counts a and b, n = a + b and d = mean_b - mean_a:

    ``mean = mean_a + d * b / n``
    ``variance = variance_a * a / n + variance_b * b / n + d^2 * a * b / n^2``

    Exact but for rounding, in any order and grouping; a record that has seen nothing changes
    nothing. Records of other conventions hold weighted averages, for which this means nothing.
    Chan, Golub and LeVeque 1983, doi:10.1080/00031305.1983.10483115.

    Raises:
        NormError: for records of different numbers of channels or libraries.
    """
    return reduce(_merged, others, first)


def _merged(a: Running, b: Running) -> Running:
    a, b = _alike(a, b)
    xp = namespace(a.mean)
    total = a.count + b.count
    with np.errstate(over="ignore", invalid="ignore"):
        n = _cast(xp.clip(total, 1, None), a.mean.dtype)
        share_a, share_b = (_cast(r.count, n.dtype) / n for r in (a, b))
        gap = b.mean - a.mean
        spread = (gap * share_a) * (gap * share_b)  # gap * gap could overflow
        variance = a.variance * share_a + b.variance * share_b + spread
        both = Running(a.mean + gap * share_b, variance, total, a.batches + b.batches)
    return _choose(b.count == 0, a, _choose(a.count == 0, b, both))


def _moved(record: Running, batch: Running, rule: Convention, momentum: float) -> Running:
    """The record after ``(1 - w) * record + w * batch``."""
    fresh = momentum if rule.weighs == "new" else 1 - momentum
    if rule.weighs == "batches":
        fresh = 1 / _cast(record.batches + 1, record.mean.dtype)
    return Running(
        (1 - fresh) * record.mean + fresh * batch.mean,
        (1 - fresh) * record.variance + fresh * _stored_variance(batch, rule),
        record.count + batch.count,
        record.batches + batch.batches,
    )


def _stored_variance(batch: Running, rule: Convention) -> Array:
    """The variance that enters the record: biased or unbiased, 0 for a single value."""
    xp = namespace(batch.mean)
    n = _cast(batch.count, batch.mean.dtype)
    factor = n / xp.clip(n - 1, 1, None) if rule.unbiased else xp.ones_like(n)
    return batch.variance * xp.where(n == 1, xp.zeros_like(n), factor)


def _alike(a: Running, b: Running) -> tuple[Running, Running]:
    """Both records in the wider precision of the two; `NormError` where they do not fit."""
    kept, given = ("torch" if is_tensor(r.mean) else "numpy" for r in (a, b))
    if kept != given:
        raise NormError("running_library", kept=kept, given=given)
    if b.mean.shape != a.mean.shape:
        raise _shape_error("mean", b.mean, a.mean)
    wider = namespace(a.mean).result_type(a.mean, b.mean)
    a, b = (
        Running(_cast(r.mean, wider), _cast(r.variance, wider), r.count, r.batches) for r in (a, b)
    )
    return a, b


def _choose(where: Array, a: Running, b: Running) -> Running:
    """Channel by channel, a where ``where`` holds and b elsewhere."""
    xp = namespace(a.mean)
    return Running(*(xp.where(where, getattr(a, f.name), getattr(b, f.name)) for f in fields(a)))


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
    if not (is_tensor(x) or isinstance(x, np.ndarray)):
        raise NormError("library", type=type(x).__name__)
    x = x.detach() if is_tensor(x) else x
    real = x.is_floating_point() if is_tensor(x) else np.issubdtype(x.dtype, np.floating)
    if not real:
        fix = "x.float()" if is_tensor(x) else "x.astype(np.float32)"
        raise NormError("dtype", method="batch", dtype=str(x.dtype), fix=fix)
    if not -x.ndim <= channel_axis < x.ndim:
        allowed = f"a whole number from {-x.ndim} to {x.ndim - 1}"
        raise setting_error("channel_axis", channel_axis, allowed)
    names = [f"n{axis}" for axis in range(x.ndim)]
    names[channel_axis] = "c"
    return Partition(tuple(names), tuple(x.shape), ("c",)).split(at_least_float32(x))


def _cast(x: Array, dtype: Any) -> Array:
    return x.to(dtype) if is_tensor(x) else x.astype(dtype)


def _own(x: Array) -> Array:
    """A detached copy, float32 or wider."""
    if is_tensor(x):
        return at_least_float32(x.detach()).clone()
    return np.array(at_least_float32(np.asarray(x)))


def _shape_error(name: str, value: Array, mean: Array) -> NormError:
    expected = f"({len(mean)},)" if mean.ndim == 1 else "(channels,)"
    return NormError("running_shape", name=name, shape=tuple(value.shape), expected=expected)
