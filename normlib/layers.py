"""torch's own kernels for the methods that torch has: the judge of the taught road."""

from collections.abc import Callable, Mapping

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.spec import Spec
from normlib.trace import Trace

Parameters = Mapping[str, Tensor]
VERSION = torch.__version__


def oracle(spec: Spec, x: Tensor, parameters: Parameters | None = None) -> Tensor:
    """What torch computes for the spec: ``torch.nn.functional`` in training mode.

    Args:
        spec: method and shape; the mistaken knob ``by_variance`` is not torch's and is ignored.
        x: floating-point tensor of ``spec.sizes``.
        parameters: gamma and beta by name, shapes ``spec.parameter_shapes``.
    """
    usual = ["n", "c", *(axis for axis in spec.axes if axis not in ("n", "c"))]
    there = [spec.axes.index(axis) for axis in usual]
    per = [axis for axis in usual if axis in spec.parameter_axes]
    given = {
        name: value.permute([spec.parameter_axes.index(axis) for axis in per])
        for name, value in (parameters or {}).items()
    }
    y = ORACLES[spec.entry.oracle](spec, x.permute(there), given.get("gamma"), given.get("beta"))
    return y.permute([usual.index(axis) for axis in spec.axes])


def largest_difference(trace: Trace) -> float:
    """``max |y - torch's y|`` for a trace of a numpy array, in the dtype of the array."""

    def tensor(array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.array(array))  # a copy: torch wants writable memory

    given = {name: tensor(value) for name, value in trace.parameters.items()}
    with torch.inference_mode():
        answer = oracle(trace.spec, tensor(trace.steps[0].array), given).numpy()
    return float(np.abs(answer - trace.output).max())


def _batch_norm(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    return F.batch_norm(x, None, None, gamma, beta, training=True, eps=_eps(spec))


def _layer_norm(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    return F.layer_norm(x, x.shape[1:], gamma, beta, _eps(spec))


def _layer_norm_last(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    last = x.movedim(1, -1)
    return F.layer_norm(last, last.shape[-1:], gamma, beta, _eps(spec)).movedim(-1, 1)


def _instance_norm(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    return F.instance_norm(x, None, None, gamma, beta, eps=_eps(spec))


def _group_norm(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    return F.group_norm(x, spec.groups, gamma, beta, _eps(spec))


def _rms_norm(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    return F.rms_norm(x, x.shape[1:], gamma, _eps(spec))


def _rms_norm_last(spec: Spec, x: Tensor, gamma: Tensor | None, beta: Tensor | None) -> Tensor:
    last = x.movedim(1, -1)
    return F.rms_norm(last, last.shape[-1:], gamma, _eps(spec)).movedim(-1, 1)


def _eps(spec: Spec) -> float:
    return float(spec["eps"])


ORACLES: Mapping[str, Callable[[Spec, Tensor, Tensor | None, Tensor | None], Tensor]] = {
    "batch_norm": _batch_norm,
    "layer_norm": _layer_norm,
    "layer_norm_last": _layer_norm_last,
    "instance_norm": _instance_norm,
    "group_norm": _group_norm,
    "rms_norm": _rms_norm,
    "rms_norm_last": _rms_norm_last,
}
