"""The fast road: torch's own kernels for the methods that torch has."""

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.layers import checked
from normlib.spec import Spec

Kernel = Callable[[Spec, Tensor, Tensor | None, Tensor | None], Tensor]


BATCH = ("batch", "sync", "precise")  # of one process, and of one part, these are one method


def suits(spec: Spec) -> bool:
    """Whether torch has the method as the spec asks for it.

    A column of one entry, and eps = 0, torch refuses or answers with NaN.
    """
    known = spec.method in BATCH or spec.method in KERNELS
    return (
        known
        and spec.eps > 0
        and not spec.settings.get("by_variance")
        and (spec.partition.rows > 1)
    )


def normalize(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    """Normalize without running statistics; a method of `KERNELS`.

    Half precision with parameters of another dtype is computed in float32 and rounded once.

    Args:
        spec: method and shape.
        x: floating point, of the shape of the spec.
        weight, bias: of the spec's ``parameter_shapes``; None for 1 and 0.
    """
    alike = all(value is None or value.dtype == x.dtype for value in (weight, bias))
    rounds = spec.method == "instance"  # its kernel rounds the statistics to the dtype of x
    wide = x.dtype if alike and not rounds else torch.promote_types(x.dtype, torch.float32)
    weight, bias = (None if value is None else value.to(wide) for value in (weight, bias))
    return KERNELS[spec.method](spec, x.to(wide), weight, bias).to(x.dtype)


def checked_normalize(
    spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None
) -> Tensor | None:
    """Layer and group norm by torch's kernel where it is right; None where it may not be."""
    if spec.method == "group":
        first = x.permute(_usual(spec))
        y = checked.group_norm(first, spec.groups, weight, bias, spec.eps)
        return None if y is None else y.permute(_back(spec))
    if spec.method not in ("layer", "layer_position"):
        return None
    from_place, to = ("n", 0) if spec.method == "layer" else ("c", -1)
    at = spec.axes.index(from_place)
    moved = x.movedim(at, to)
    sizes = moved.shape[1:] if to == 0 else moved.shape[-1:]
    y = checked.layer_norm(moved, sizes, weight, bias, spec.eps)
    return None if y is None else y.movedim(to, at)


def batch_norm(
    spec: Spec,
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Tensor | None,
    variance: Tensor | None,
    *,
    training: bool,
    momentum: float = 0.0,
) -> Tensor:
    """Batch norm; in training mean and variance, where given, move as torch moves them."""
    wide = torch.promote_types(x.dtype, torch.float32)
    weight, bias = (None if value is None else value.to(wide) for value in (weight, bias))
    if not training and mean is not None and variance is not None:
        mean, variance = mean.to(wide), variance.to(wide)
    if weight is None and x.dtype != wide and mean is not None:
        weight = torch.ones_like(mean)  # else the kernel wants the statistics in half precision
    first = x.permute(_usual(spec))
    y = F.batch_norm(first, mean, variance, weight, bias, training, momentum, spec.eps)
    return y.permute(_back(spec))


def _layer(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    at = spec.axes.index("n")
    samples = x.movedim(at, 0)
    return F.layer_norm(samples, samples.shape[1:], weight, bias, spec.eps).movedim(0, at)


def _layer_last(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    at = spec.axes.index("c")
    last = x.movedim(at, -1)
    return F.layer_norm(last, last.shape[-1:], weight, bias, spec.eps).movedim(-1, at)


def _rms(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    at = spec.axes.index("n")
    samples = x.movedim(at, 0)
    return F.rms_norm(samples, samples.shape[1:], weight, spec.eps).movedim(0, at)


def _rms_last(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    at = spec.axes.index("c")
    last = x.movedim(at, -1)
    return F.rms_norm(last, last.shape[-1:], weight, spec.eps).movedim(-1, at)


def _instance(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    first = x.permute(_usual(spec))
    return F.instance_norm(first, None, None, weight, bias, eps=spec.eps).permute(_back(spec))


def _group(spec: Spec, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    first = x.permute(_usual(spec))
    return F.group_norm(first, spec.groups, weight, bias, spec.eps).permute(_back(spec))


KERNELS: Mapping[str, Kernel] = {
    "layer": _layer,
    "layer_position": _layer_last,
    "instance": _instance,
    "group": _group,
    "rms": _rms,
    "rms_position": _rms_last,
}


def _usual(spec: Spec) -> list[int]:
    """Where n, c and then space stand in the layout."""
    usual = ["n", "c", *(axis for axis in spec.axes if axis not in "nc")]
    return [spec.axes.index(axis) for axis in usual]


def _back(spec: Spec) -> list[int]:
    usual = _usual(spec)
    return [usual.index(place) for place in range(len(usual))]
