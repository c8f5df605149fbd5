"""The judge of the taught road: torch's own kernels, and published formulas in plain torch."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from normlib.errors import NormError
from normlib.layers.autocast import uncast
from normlib.layers.oracles import KERNELS, ORACLES
from normlib.spec import Spec
from normlib.trace import Trace, check_input, known_parameters

__all__ = ["ORACLES", "VERSION", "answer", "largest_difference", "oracle"]

Parameters = Mapping[str, Tensor]
VERSION = torch.__version__


def oracle(
    spec: Spec, x: Tensor, parameters: Parameters | None = None, training: bool = True
) -> Tensor:
    """What torch computes for the spec.

    Args:
        spec: method and shape; the mistaken knob ``by_variance`` is not torch's and is ignored.
        x: floating-point tensor of ``spec.sizes``.
        parameters: by name; gamma and beta of shapes ``spec.parameter_shapes``.
        training: whether statistics are those of the batch, or the running ones among the
            parameters, where that makes a difference.

    Returns:
        A tensor of the shape and dtype of ``x``. In training torch's own kernels work in that
        dtype; everything else is computed in float64 and rounded once.

    Raises:
        NormError: as ``trace``, for a wrong shape, dtype or parameter; and for arrays of numpy.
    """
    _check(spec, x, parameters or {})
    first = ("n", "c") if "n" in spec.axes else ("o", "i")
    usual = [*first, *(axis for axis in spec.axes if axis not in first)]
    there = [spec.axes.index(axis) for axis in usual]
    given = {name: _usual(spec, name, _in_dtype(spec, name, value, x), usual)
             for name, value in (parameters or {}).items()}  # fmt: skip
    name, moved = spec.entry.oracle, x.permute(there)
    if not (training and name in KERNELS):
        moved, given = moved.double(), {key: _double(value) for key, value in given.items()}
    with uncast(x):
        y = ORACLES[name](spec, moved, given, training).to(x.dtype)
    return y.permute([usual.index(axis) for axis in spec.axes])


def answer(trace: Trace) -> np.ndarray:
    """What torch computes for a trace of a numpy array: its mode, its parameters, its dtype."""

    def tensor(array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.array(array))  # a copy: torch wants writable memory

    given = {name: tensor(value) for name, value in trace.parameters.items()}
    with torch.inference_mode():
        y = oracle(trace.spec, tensor(trace.steps[0].array), given, trace.training)
    return np.asarray(y.numpy())


def largest_difference(trace: Trace) -> float:
    """``max |y - torch's y|`` for a trace of a numpy array, in the dtype of the array."""
    return float(np.abs(answer(trace) - trace.output).max())


def _check(spec: Spec, x: Tensor, parameters: Parameters) -> None:
    for value in (x, *parameters.values()):
        if not isinstance(value, Tensor):
            raise NormError("tensor", type=type(value).__name__)
    check_input(spec, x)
    known_parameters(spec, x, parameters)


def _in_dtype(spec: Spec, name: str, value: Tensor, x: Tensor) -> Tensor:
    """Whole numbers that stand for real ones in the dtype of x; others as they are."""
    parameter = (spec.parameters(training=False) | spec.parameters())[name]
    return value if parameter.below or value.is_floating_point() else value.to(x.dtype)


def _usual(spec: Spec, name: str, value: Tensor, usual: list[str]) -> Tensor:
    """A parameter with its axes in the usual order; one without axes of the layout as it is."""
    known = {**spec.parameters(training=False), **spec.parameters()}
    axes = spec.axes_of(known[name]) if name in known else ()
    flat = axes == ("pooled",)
    if flat:  # one number for each row of the matrix
        axes = tuple(axis for axis in spec.axes if axis != usual[0])
        value = value.reshape([spec.sizes[spec.axes.index(axis)] for axis in axes])
    if not set(axes) <= set(usual) or len(set(axes)) < len(axes):
        return value
    value = value.permute([axes.index(axis) for axis in usual if axis in axes])
    return value.reshape(-1) if flat else value


def _double(value: Tensor) -> Tensor:
    return value.double() if value.is_floating_point() else value
