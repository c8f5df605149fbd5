"""Methods that learn how much of each statistic to take."""

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
    space,
    standardize,
    variance,
)
from normlib.spec import Spec


def switchable(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Mean and variance mixed of instance, layer and batch; Luo et al. 2018, 1806.10779."""
    instance, layer, whole = space(x), tuple(range(1, x.ndim)), all_but_channels(x)
    batch_mean, batch_variance = mean(x, whole), variance(x, whole)
    if not training:
        batch_mean = channel(parameters, "running_mean", 0, x)
        batch_variance = channel(parameters, "running_variance", 1, x)
    p = torch.softmax(parameters.get("mean_weights", x.new_ones(3)), 0)
    q = torch.softmax(parameters.get("variance_weights", x.new_ones(3)), 0)
    centre = p[0] * mean(x, instance) + p[1] * mean(x, layer) + p[2] * batch_mean
    spread = q[0] * variance(x, instance) + q[1] * variance(x, layer) + q[2] * batch_variance
    return affine((x - centre) / torch.sqrt(spread + eps_of(spec)), parameters)


def batch_instance(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """rho batch + (1 - rho) instance, then gamma, beta; Nam and Kim 2018, 1805.07925."""
    rho = channel(parameters, "rho", 1, x).clamp(0, 1)
    of_batch = batch(spec, x, parameters, training)
    of_instance = standardize(x, space(x), eps_of(spec))
    return affine(rho * of_batch + (1 - rho) * of_instance, parameters)
