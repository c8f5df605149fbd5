"""The record of running statistics: what is remembered of the batches, one number per channel."""

import sys
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

import numpy as np

from normlib.arrays import Array, at_least_float32, double, is_tensor, like, namespace
from normlib.errors import NormError
from normlib.inputs import REAL, kind_of, library_of, plain

MOST = 2**31 - 1  # channels


@dataclass(frozen=True, eq=False)
class Running:
    """What is remembered; every array of shape ``(channels,)`` and a copy of what was given.

    A numpy record cannot be written to. Tensors cannot be locked; they are detached, and no
    function here writes to them.

    Attributes:
        mean, variance: the running statistics, float32 or wider; half precision is widened, whole
            numbers become float64.
        count, batches: values and batches seen so far, whole numbers from 0; one number for all
            channels is spread.

    Raises:
        NormError: for an array of another shape or library than the mean, and for what holds no
            such numbers.
    """

    mean: Array
    variance: Array
    count: Array
    batches: Array

    def __post_init__(self) -> None:
        mean = _own("mean", self.mean)
        variance = _own("variance", self.variance)
        if is_tensor(variance) != is_tensor(mean):
            raise NormError("running_mixed", name="variance", given=library_of(variance),
                            kept=library_of(mean))  # fmt: skip
        counts = (_spread(name, getattr(self, name), mean) for name in ("count", "batches"))
        owned = (mean, variance, *counts)
        for name, value in zip(("mean", "variance", "count", "batches"), owned, strict=True):
            if mean.ndim != 1 or value.shape != mean.shape:
                raise shape_error(name, value, mean)
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)


def start(channels: int, *, dtype: Any = np.float64) -> Running:
    """A record that has seen nothing: mean 0, variance 1, count and batches 0.

    Args:
        channels: how many, from 1 to 2^31 - 1.
        dtype: of numpy or torch, which also decides what the record is made of. Half precision
            becomes float32; a wider batch widens the record.

    Raises:
        NormError: for a number of channels that is not a whole number in this range, and for a
            dtype that is not floating point.
    """
    known = plain(channels)
    if type(known) is not int or not 1 <= known <= MOST:
        raise NormError("running_start", channels=channels, limit=MOST)
    if not _is_floating(dtype):
        raise NormError("running_start_dtype", dtype=dtype)
    xp = sys.modules["torch"] if type(dtype).__module__ == "torch" else np
    return Running(xp.zeros(known, dtype=dtype), xp.ones(known, dtype=dtype), 0, 0)


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
    kept, given = library_of(a.mean), library_of(b.mean)
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
    kept, given = library_of(a.mean), library_of(b.mean)
    if kept != given:
        raise NormError("running_records", kept=kept, given=given)
    if a.mean.shape != b.mean.shape:
        raise NormError("running_channels", kept=len(a.mean), given=len(b.mean))
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


def _own(name: str, x: Any) -> Array:
    """A detached copy, float32 or wider."""
    x = x.detach() if is_tensor(x) else _as_array(name, x)
    if kind_of(x) not in REAL:
        raise NormError("running_holds", name=name, dtype=str(x.dtype))
    wide = at_least_float32(x) if kind_of(x) == "f" else double(x)
    return wide.clone() if is_tensor(wide) else np.array(wide)


def _spread(name: str, count: Any, mean: Array) -> Array:
    """Whole numbers from 0, one for each channel; of a tensor the signs are not looked at."""
    zero = namespace(mean).zeros_like(mean, dtype=namespace(mean).int64)
    if type(count) is int and 0 <= count < 2**63:
        return zero + count
    if not is_tensor(count):
        count = _as_array(name, count)
    elif not is_tensor(mean):
        count = count.detach().cpu().numpy()
    whole = kind_of(count) in "iu" and (is_tensor(count) or bool((count >= 0).all()))
    if not whole:
        raise NormError("running_count", name=name, value=count.tolist())
    if tuple(count.shape) not in ((), tuple(mean.shape)):
        raise shape_error(name, count, mean)
    if is_tensor(mean) and not is_tensor(count):
        count = like(count.astype(np.int64), mean)
    return zero + count


def _as_array(name: str, x: Any) -> np.ndarray:
    try:
        return np.asarray(x)
    except (RuntimeError, TypeError, ValueError):  # as lists of different lengths
        raise NormError("running_holds", name=name, dtype=type(x).__name__) from None


def _is_floating(dtype: Any) -> bool:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(dtype, torch.dtype):
        return bool(dtype.is_floating_point)
    try:
        return bool(np.dtype(dtype).kind == "f")
    except Exception:  # numpy raises many kinds here, all meaning the same
        return False
