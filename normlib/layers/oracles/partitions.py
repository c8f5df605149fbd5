"""Methods that differ from torch's in the axes they keep, or in what they divide by."""

import math

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
    norm,
    space,
    standardize,
    variance,
)
from normlib.spec import Spec


def positional(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """(x - mean) / sqrt(var + eps) over the channels of a position; Li et al. 2019, 1907.04312."""
    return standardize(x, (1,), eps_of(spec))


def scale_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """g x / max(||x||, eps) over channels, one g; Nguyen and Salazar 2019, 1910.05895."""
    gamma = parameters.get("gamma", x.new_tensor(1.0))
    return gamma * x / norm(x, (1,)).clamp(min=eps_of(spec))


def l2(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma_c x / max(||x||, eps) over channels; Liu et al. 2015, 1506.04579."""
    return channel(parameters, "gamma", 1, x) * x / norm(x, (1,)).clamp(min=eps_of(spec))


def pixel(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x / sqrt(mean_c x^2 + eps); Karras et al. 2017, 1710.10196."""
    return x / torch.sqrt(mean(x**2, (1,)) + eps_of(spec))


def l1_batch(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """(x - mean) / (sqrt(pi / 2) mean|x - mean| + eps); Wu et al. 2018, 1802.09769.

    In prediction the root of ``running_variance`` stands for the scaled mean deviation.
    """
    if training:
        centred = x - mean(x, all_but_channels(x))
        scale = math.sqrt(math.pi / 2) * mean(centred.abs(), all_but_channels(x))
    else:
        centred = x - channel(parameters, "running_mean", 0, x)
        scale = torch.sqrt(channel(parameters, "running_variance", 1, x))
    return affine(centred / (scale + eps_of(spec)), parameters)


def mean_only(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x - mean + beta; Salimans and Kingma 2016, 1602.07868."""
    running_mean = channel(parameters, "running_mean", 0, x)
    centre = mean(x, all_but_channels(x)) if training else running_mean
    return x - centre + channel(parameters, "beta", 0, x)


def mean_variance(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """(x - mean) / (sqrt(var) + eps) of a channel; Viikki and Laurila 1998."""
    centred = x - mean(x, space(x))
    return centred / (torch.sqrt(variance(x, space(x))) + eps_of(spec))


def filter_response(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """max(gamma x / sqrt(mean x^2 + eps) + beta, tau); Singh and Krishnan 2019, 1911.09737."""
    y = affine(x / torch.sqrt(mean(x**2, space(x)) + eps_of(spec)), parameters)
    missing = 0.0 if spec.settings.get("affine", True) else -math.inf  # off: no threshold either
    return torch.maximum(y, channel(parameters, "tau", missing, x))


def reversible(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma (x - mean) / sqrt(var + eps) + beta of an instance; Kim et al. 2022 (RevIN)."""
    return affine(standardize(x, space(x), eps_of(spec)), parameters)


def act(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """The first batch gives mean and deviation, stored ones follow; Kingma 2018, 1807.03039."""
    return affine(batch(spec, x, parameters, training), parameters)


def global_response(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma x N + beta + x, G = ||x|| over space, N = G / (mean_c G + eps); 2301.00808."""
    lengths = norm(x, space(x))
    share = lengths / (lengths.mean(1, keepdim=True) + eps_of(spec))
    return channel(parameters, "gamma", 0, x) * x * share + channel(parameters, "beta", 0, x) + x


def dynamic_tanh(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma tanh(alpha x) + beta, one alpha; Zhu et al. 2025, 2503.10622."""
    alpha = parameters.get("alpha", x.new_tensor(0.5))
    return affine(torch.tanh(alpha * x), parameters)
