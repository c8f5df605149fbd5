"""Batch normalization with other estimates: smaller, larger, earlier or corrected ones."""

import torch
from torch import Tensor

from normlib.layers.oracles.given import (
    Parameters,
    affine,
    all_but_channels,
    batch,
    channel,
    eps_of,
    mean,
    running,
    standardize,
    variance,
)
from normlib.spec import Spec


def ghost(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Batch norm of each of ``parts`` slices of the batch; Hoffer et al. 2017, 1705.08741."""
    if not training:
        return affine(running(x, parameters, eps_of(spec)), parameters)
    size = x.shape[0] // int(spec["parts"])
    slices = [
        standardize(x[start : start + size], all_but_channels(x), eps_of(spec))
        for start in range(0, x.shape[0], size)
    ]
    return affine(torch.cat(slices), parameters)


def virtual(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Statistics of a reference batch and the sample itself; Salimans et al. 2016, 1606.03498.

    A sample of the reference is not counted twice.
    """
    count = int(spec["reference"])
    samples = []
    for i in range(x.shape[0]):
        others = [j for j in range(min(count, x.shape[0])) if j != i]
        pooled = x[[*others, i]]
        dims = all_but_channels(x)
        centre, spread = mean(pooled, dims), variance(pooled, dims)
        samples.append((x[i : i + 1] - centre) / torch.sqrt(spread + eps_of(spec)))
    return affine(torch.cat(samples), parameters)


def sync(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Batch norm of what all workers hold together; Peng et al. 2017, 1711.07240."""
    return affine(batch(spec, x, parameters, training), parameters)


def renorm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """(x - mean) / std * r + d, r and d without gradient; Ioffe 2017, 1702.03275."""
    if not training:
        return affine(running(x, parameters, eps_of(spec)), parameters)
    dims, r_max, d_max = all_but_channels(x), float(spec["r_max"]), float(spec["d_max"])
    centre, std = mean(x, dims), torch.sqrt(variance(x, dims) + eps_of(spec))
    running_mean = channel(parameters, "running_mean", 0, x)
    running_std = torch.sqrt(channel(parameters, "running_variance", 1, x) + eps_of(spec))
    r = (std / running_std).clamp(1 / r_max, r_max).detach()
    d = ((centre - running_mean) / running_std).clamp(-d_max, d_max).detach()
    return affine((x - centre) / std * r + d, parameters)


def frozen(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """(x - running_mean) / sqrt(running_variance + eps) in both modes; He 2015, 1512.03385."""
    return affine(running(x, parameters, eps_of(spec)), parameters)


def precise(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Exact statistics of all batches together; Wu and Johnson 2021, 2105.07576."""
    return affine(batch(spec, x, parameters, training), parameters)


def recurrent_batch(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Batch norm of every time step by itself, gamma and beta shared; Cooijmans 2016, 1603.09025.

    In prediction every step has its own ``running_mean`` and ``running_variance``.
    """
    if training:
        steps = [standardize(x[:, :, t], (0,), eps_of(spec)) for t in range(x.shape[2])]
        return affine(torch.stack(steps, 2), parameters)
    centre = parameters.get("running_mean", x.new_zeros(x.shape[1:]))
    spread = parameters.get("running_variance", x.new_ones(x.shape[1:]))
    return affine((x - centre) / torch.sqrt(spread + eps_of(spec)), parameters)
