"""The record of running statistics: what is remembered of the batches, one number per channel."""

import sys
from dataclasses import dataclass, fields
from functools import reduce
from numbers import Integral
from typing import Any

import numpy as np

from normlib.arrays import Array, at_least_float32, is_tensor, namespace
from normlib.conventions import setting_error
from normlib.errors import NormError


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
                raise shape_error(name, value, mean)
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


def alike(a: Running, b: Running) -> tuple[Running, Running]:
    """Both records in the wider precision of the two; `NormError` where they do not fit."""
    kept, given = ("torch" if is_tensor(r.mean) else "numpy" for r in (a, b))
    if kept != given:
        raise NormError("running_library", kept=kept, given=given)
    if b.mean.shape != a.mean.shape:
        raise shape_error("mean", b.mean, a.mean)
    wider = namespace(a.mean).result_type(a.mean, b.mean)
    a, b = (
        Running(as_dtype(r.mean, wider), as_dtype(r.variance, wider), r.count, r.batches)
        for r in (a, b)
    )
    return a, b


def choose(where: Array, a: Running, b: Running) -> Running:
    """Channel by channel, a where ``where`` holds and b elsewhere."""
    xp = namespace(a.mean)
    return Running(*(xp.where(where, getattr(a, f.name), getattr(b, f.name)) for f in fields(a)))


def as_dtype(x: Array, dtype: Any) -> Array:
    """The numbers in another dtype of their own library."""
    return x.to(dtype) if is_tensor(x) else x.astype(dtype)


def shape_error(name: str, value: Array, mean: Array) -> NormError:
    """The error for an array that does not have one number per channel."""
    expected = f"({len(mean)},)" if mean.ndim == 1 else "(channels,)"
    return NormError("running_shape", name=name, shape=tuple(value.shape), expected=expected)


def _merged(a: Running, b: Running) -> Running:
    a, b = alike(a, b)
    xp = namespace(a.mean)
    total = a.count + b.count
    with np.errstate(over="ignore", invalid="ignore"):
        n = as_dtype(xp.clip(total, 1, None), a.mean.dtype)
        share_a, share_b = (as_dtype(r.count, n.dtype) / n for r in (a, b))
        gap = b.mean - a.mean
        spread = (gap * share_a) * (gap * share_b)  # gap * gap could overflow
        variance = a.variance * share_a + b.variance * share_b + spread
        both = Running(a.mean + gap * share_b, variance, total, a.batches + b.batches)
    return choose(b.count == 0, a, choose(a.count == 0, b, both))


def _own(x: Array) -> Array:
    """A detached copy, float32 or wider."""
    if is_tensor(x):
        return at_least_float32(x.detach()).clone()
    return np.array(at_least_float32(np.asarray(x)))
