"""What a layer does to an input, step by step: the `Trace` of the taught road."""

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from normlib.errors import NormError
from normlib.layers.norm import Norm
from normlib.spec import Spec
from normlib.trace import Trace, trace

KNOWN = ("Norm", "BatchNorm*d", "SyncBatchNorm", "InstanceNorm*d", "LayerNorm", "RMSNorm",
         "GroupNorm", "LocalResponseNorm")  # fmt: skip
LAST = {2: "nc", 3: "ntc", 4: "nhwc", 5: "ndhwc"}  # layouts with the channels at the end
MOST_AXES = 5
Table = dict[str, Tensor]


class Asked(NamedTuple):
    """What a module is asked in the words of the table."""

    spec: Spec
    parameters: Mapping[str, Tensor]
    training: bool


def explain(module: torch.nn.Module, x: Tensor, **conditions: Tensor) -> Trace:
    """All steps from the input to the answer that the module would give now.

    Parameters and running statistics are read, never moved; ``module.training`` decides which
    statistics count. An input that the table cannot name axis by axis is reshaped first: without
    a batch axis it becomes a batch of one, and the axes in front of ``normalized_shape``, where
    they are more than the table knows, are flattened into one.

    Args:
        module: a `Norm`, a named layer of this library, or the layer of torch: batch, instance,
            layer, group, RMS or local response norm.
        x: what the module would be called with.
        conditions: further arguments of the call, for a `Norm`.

    Returns:
        A trace of numpy arrays, on which no gradient is recorded; bfloat16 as float32.

    Raises:
        NormError: an unknown module, or an input that does not fit.

    Example:
        >>> layer = torch.nn.BatchNorm1d(3).eval()
        >>> found = explain(layer, torch.ones(2, 3))
        >>> found.names[:2], found.training, found["reshape"].pattern
        (('input', 'reshape'), False, 'n c -> n c')
    """
    if not isinstance(x, Tensor):
        raise NormError("tensor", type=type(x).__name__)
    asked = _ask(module, x, conditions)
    arrays = {name: _array(value) for name, value in asked.parameters.items()}
    return trace(asked.spec, _array(x).reshape(asked.spec.sizes), arrays, training=asked.training)


def _ask(module: torch.nn.Module, x: Tensor, conditions: Mapping[str, Tensor]) -> Asked:
    if isinstance(module, Norm):
        return _of_norm(module, x, conditions)
    if conditions:
        raise NormError("no_conditions", layer=type(module).__name__, name=next(iter(conditions)))
    shape = tuple(x.shape)
    if isinstance(module, _InstanceNorm):
        return _of_instance_norm(module, shape)
    if isinstance(module, _BatchNorm):
        training = module.training or module.running_mean is None
        spec = Spec("batch", shape, knobs={"eps": module.eps})
        return Asked(spec, _affine(module) | _running(module), training)
    if isinstance(module, torch.nn.GroupNorm):
        knobs = {"groups": module.num_groups, "eps": module.eps}
        return Asked(Spec("group", shape, knobs=knobs), _affine(module), module.training)
    if isinstance(module, torch.nn.LayerNorm):
        spec = _over_last("layer", module, shape, module.eps)
        return Asked(spec, _shaped(spec, _affine(module)), module.training)
    if isinstance(module, torch.nn.RMSNorm):
        eps = torch.finfo(x.dtype).eps if module.eps is None else module.eps
        spec = _over_last("rms", module, shape, eps)
        return Asked(spec, _shaped(spec, _affine(module)), module.training)
    if isinstance(module, torch.nn.LocalResponseNorm):
        knobs = {"size": module.size, "alpha": module.alpha, "power": module.beta, "k": module.k}
        return Asked(Spec("local_response", shape, knobs=knobs), {}, module.training)
    raise NormError("not_explained", type=type(module).__name__, known=", ".join(KNOWN))


def _of_norm(module: Norm, x: Tensor, conditions: Mapping[str, Tensor]) -> Asked:
    module.check(conditions)
    settled = module.spec.method == "act" and bool(module.num_batches_tracked)
    training = module.training and not settled
    return Asked(module.spec_for(x), module.given() | dict(conditions), training)


def _of_instance_norm(module: _InstanceNorm, shape: tuple[int, ...]) -> Asked:
    """With its running statistics, which it keeps per channel, it is batch norm at prediction."""
    alone = len(shape) == module._get_no_batch_dim()  # type: ignore[no-untyped-call]
    sizes = (1, *shape) if alone else shape
    if module.training or not module.track_running_stats:
        spec = Spec("instance", sizes, knobs={"eps": module.eps})
        return Asked(spec, _affine(module), True)
    spec = Spec("batch", sizes, knobs={"eps": module.eps})
    return Asked(spec, _affine(module) | _running(module), False)


def _over_last(
    method: str, module: torch.nn.LayerNorm | torch.nn.RMSNorm, shape: tuple[int, ...], eps: float
) -> Spec:
    """Statistics over the last axes: of each sample, or of each position with channels last."""
    normalized, knobs = tuple(module.normalized_shape), {"eps": eps}
    in_front, last = shape[: -len(normalized)], shape[-len(normalized) :]
    if last != normalized:
        raise NormError("module_shape", type=type(module).__name__, normalized=normalized,
                        shape=shape)  # fmt: skip
    if len(last) == 1 and 1 < len(in_front) < MOST_AXES:
        return Spec(f"{method}_position", shape, LAST[len(shape)], knobs)
    last = (prod(last),) if len(last) >= MOST_AXES else last
    return Spec(method, (prod(in_front), *last), knobs=knobs)


def _shaped(spec: Spec, given: Table) -> Table:
    """The same numbers in the shapes that the spec knows."""
    return {name: value.reshape(spec.parameter_shapes[name]) for name, value in given.items()}


def _affine(module: Any) -> Table:
    """Weight and bias under the names of the table."""
    named = (("gamma", "weight"), ("beta", "bias"))
    found = {key: getattr(module, name, None) for key, name in named}
    return {key: value for key, value in found.items() if value is not None}


def _running(module: Any) -> Table:
    if module.running_mean is None:
        return {}
    return {"running_mean": module.running_mean, "running_variance": module.running_var}


def _array(value: Tensor) -> np.ndarray:
    value = value.detach().cpu()
    return (value.float() if value.dtype == torch.bfloat16 else value).numpy()
