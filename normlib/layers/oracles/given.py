"""What every judge needs: defaults of parameters, values per channel, plain standardizing."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from normlib.spec import Spec

Parameters = Mapping[str, Tensor]
Oracle = Callable[[Spec, Tensor, Parameters, bool], Tensor]


def eps_of(spec: Spec) -> float:
    """The knob eps."""
    return float(spec["eps"])


def space(x: Tensor) -> tuple[int, ...]:
    """Numbers of the axes besides the first two."""
    return tuple(range(2, x.ndim))


def all_but_channels(x: Tensor) -> tuple[int, ...]:
    """Numbers of the axes besides the second."""
    return (0, *space(x))


def channel(parameters: Parameters, name: str, missing: float, x: Tensor) -> Tensor:
    """A parameter of shape (c,) that meets x of shape (n, c, ...); a number where it is missing."""
    if name not in parameters:
        return x.new_tensor(missing)
    return parameters[name].reshape(1, -1, *[1] * (x.ndim - 2))


def sample_channel(value: Tensor, x: Tensor) -> Tensor:
    """A value of shape (n, c) that meets x of shape (n, c, ...)."""
    return value.reshape(*value.shape, *[1] * (x.ndim - 2))


def affine(y: Tensor, parameters: Parameters) -> Tensor:
    """``gamma y + beta`` with gamma and beta of shape (c,)."""
    return channel(parameters, "gamma", 1, y) * y + channel(parameters, "beta", 0, y)


def mean(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """The mean over axes, kept at length 1; x itself where there are none."""
    return x.mean(dims, keepdim=True) if dims else x


def variance(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """The biased variance over axes, kept at length 1; zero where there are none."""
    return mean((x - mean(x, dims)) ** 2, dims)


def standardize(x: Tensor, dims: tuple[int, ...], eps: float) -> Tensor:
    """``(x - mean) / sqrt(variance + eps)`` over axes."""
    return (x - mean(x, dims)) / torch.sqrt(variance(x, dims) + eps)


def norm(x: Tensor, dims: tuple[int, ...]) -> Tensor:
    """The Euclidean length over axes, kept at length 1; the absolute value where there are none."""
    return torch.sqrt((x**2).sum(dims, keepdim=True)) if dims else x.abs()


def running(x: Tensor, parameters: Parameters, eps: float) -> Tensor:
    """``(x - running_mean) / sqrt(running_variance + eps)``, both of shape (c,)."""
    running_mean = channel(parameters, "running_mean", 0, x)
    return (x - running_mean) / torch.sqrt(channel(parameters, "running_variance", 1, x) + eps)


def batch(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Standardize each channel with the batch in training, with running statistics afterwards."""
    if training:
        return standardize(x, all_but_channels(x), eps_of(spec))
    return running(x, parameters, eps_of(spec))
