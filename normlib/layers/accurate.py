"""The accurate road of layers: the shared arithmetic of ``normlib.trace`` on tensors."""

from collections.abc import Mapping

import torch
from torch import Tensor

from normlib.layers import checked
from normlib.layers.autocast import as_torch_takes, uncast
from normlib.layers.autograd import TorchSpec
from normlib.operation import Stats, Value
from normlib.spec import Spec
from normlib.trace import Step, steps

Buffers = Mapping[str, Tensor | None]


def run(
    spec: Spec, x: Tensor, parameters: Mapping[str, Tensor], training: bool
) -> tuple[Tensor, Stats]:
    """Answer and statistics."""
    y, stats = x, Stats(())
    with uncast(x):
        for found in steps(spec, x, parameters, training=training, keep=False):
            if isinstance(found, Step):
                y = found.array
            elif isinstance(found, Stats):
                stats = found
    return y, stats


def fits(x: Tensor, values: int, *by_channel: Tensor | None) -> bool:
    """Whether there is something to normalize; where not, torch's kernel says what is wrong.

    Args:
        x: shape (n, c, ...).
        values: that share a mean and a variance; any number but 1 where those are not of x.
        by_channel: parameters and buffers of a channel each; None where there are none.
    """
    lengths = [tuple(value.shape) for value in by_channel if value is not None]
    return x.numel() > 0 and values != 1 and all(length == x.shape[1:2] for length in lengths)


def last_axes(
    method: str, x: Tensor, rows: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor:
    """Layer or RMS norm (``layer``, ``rms``) over the last axes, ``rows`` numbers in all."""
    x = as_torch_takes(x)
    flat = x.reshape(-1, rows)
    given = _given(weight, bias, (rows,))
    if method == "layer":
        known = checked.layer_norm(flat, (rows,), given.get("gamma"), given.get("beta"), eps)
        if known is not None:
            return known.reshape(x.shape)
    spec = TorchSpec(method, tuple(flat.shape), "nc", {"eps": eps})
    return run(spec, flat, given, True)[0].reshape(x.shape)


def by_channel(
    method: str,
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    *,
    record: Buffers | None = None,
    momentum: float = 0.0,
    by_input: bool = True,
    **knobs: Value,
) -> Tensor:
    """Batch, instance or group norm of (n, c, ...), as torch.nn.functional computes them.

    Args:
        method: ``batch``, ``instance`` or ``group``.
        x: shape (n, c, ...).
        weight: gamma, shape (c,); None for 1.
        bias: beta, shape (c,); None for 0.
        record: buffers ``running_mean`` and ``running_var``, moved in place when ``by_input``.
        momentum: share of the new batch; the unbiased variance is stored.
        by_input: whether statistics are those of x, or those of the record.
        knobs: ``eps``, and ``groups`` of group norm.
    """
    x = as_torch_takes(x) if method == "group" else x
    flat = x.reshape(*x.shape[:2], -1)
    if method == "group":
        known = checked.group_norm(x, int(knobs["groups"]), weight, bias, float(knobs["eps"]))
        if known is not None:
            return known
    mean, variance = (None if record is None else record[name]
                      for name in ("running_mean", "running_var"))  # fmt: skip
    given = _given(weight, bias, (x.shape[1],))
    if not by_input and mean is not None and variance is not None:
        given |= {"running_mean": mean.clone(), "running_variance": variance.clone()}
        method = "batch"
    spec = TorchSpec(method, tuple(flat.shape), "nct", knobs)
    y, stats = run(spec, flat, given, by_input)
    if by_input and mean is not None and variance is not None:
        rows = spec.partition.rows
        with torch.no_grad():
            for kept, name, unbiased in ((mean, "mean", 1.0),
                                         (variance, "variance", rows / (rows - 1))):  # fmt: skip
                found = stats[name].detach().reshape(-1, x.shape[1]).mean(0) * unbiased
                kept.lerp_(found.to(kept.dtype), momentum)
    return y.reshape(x.shape)


def _given(weight: Tensor | None, bias: Tensor | None, shape: tuple[int, ...]) -> dict[str, Tensor]:
    both = (("gamma", weight), ("beta", bias))
    return {name: value.reshape(shape) for name, value in both if value is not None}
