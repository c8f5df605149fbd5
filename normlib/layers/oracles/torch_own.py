"""The methods that torch has: its own kernels."""

import torch.nn.functional as F
from torch import Tensor

from normlib.layers.oracles.given import Parameters, eps_of
from normlib.spec import Spec


def batch_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.batch_norm``; running statistics count in prediction only."""
    gamma, beta = parameters.get("gamma"), parameters.get("beta")
    if training:
        return F.batch_norm(x, None, None, gamma, beta, training=True, eps=eps_of(spec))
    mean = parameters.get("running_mean", x.new_zeros(x.shape[1]))
    variance = parameters.get("running_variance", x.new_ones(x.shape[1]))
    return F.batch_norm(x, mean, variance, gamma, beta, training=False, eps=eps_of(spec))


def layer_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.layer_norm`` over all axes besides the first."""
    return F.layer_norm(
        x, x.shape[1:], parameters.get("gamma"), parameters.get("beta"), eps_of(spec)
    )


def layer_norm_last(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.layer_norm`` over the channels, moved to the end and back."""
    last = x.movedim(1, -1)
    gamma, beta = parameters.get("gamma"), parameters.get("beta")
    return F.layer_norm(last, last.shape[-1:], gamma, beta, eps_of(spec)).movedim(-1, 1)


def instance_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.instance_norm``, always with the statistics of the input."""
    gamma, beta = parameters.get("gamma"), parameters.get("beta")
    return F.instance_norm(x, None, None, gamma, beta, eps=eps_of(spec))


def group_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.group_norm``."""
    gamma, beta = parameters.get("gamma"), parameters.get("beta")
    return F.group_norm(x, spec.groups, gamma, beta, eps_of(spec))


def rms_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.rms_norm`` over all axes besides the first."""
    return F.rms_norm(x, x.shape[1:], parameters.get("gamma"), eps_of(spec))


def rms_norm_last(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """``torch.nn.functional.rms_norm`` over the channels, moved to the end and back."""
    last = x.movedim(1, -1)
    normalized = F.rms_norm(last, last.shape[-1:], parameters.get("gamma"), eps_of(spec))
    return normalized.movedim(-1, 1)
