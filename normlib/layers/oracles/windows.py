"""Methods whose statistics slide: each entry has a window of its own. Plain loops."""

from itertools import product

import torch
from torch import Tensor

from normlib.layers.oracles.given import Parameters, affine, eps_of
from normlib.spec import Spec


def cumulative_layer(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Statistics of all steps up to the current one; Luo and Mesgarani 2018, 1809.07454."""
    steps = [
        _against(x[:, :, t : t + 1], x[:, :, : t + 1], (1, 2), eps_of(spec))
        for t in range(x.shape[2])
    ]
    return affine(torch.cat(steps, 2), parameters)


def local_response(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x / (k + alpha / size sum x^2)^power over ``size`` channels; Krizhevsky et al. 2012.

    An even window reaches further back than ahead, and the sum is divided by ``size`` as torch
    does it.
    """
    size, channels = int(spec["size"]), x.shape[1]
    result = []
    for c in range(channels):
        first, last = max(0, c - size // 2), min(channels - 1, c + (size - 1) // 2)
        total = (x[:, first : last + 1] ** 2).sum(1)
        divisor = (float(spec["k"]) + float(spec["alpha"]) / size * total) ** float(spec["power"])
        result.append(x[:, c] / divisor)
    return torch.stack(result, 1)


def divisive(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Mean and variance of all channels in a square around a position; Ren 2016, 1611.04520."""
    return affine(_around(x, int(spec["reach"]), eps_of(spec)), parameters)


def local_context(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """The same for each group of channels; Ortiz et al. 2019, 1912.05845."""
    groups = x.chunk(spec.groups, 1)
    normalized = [_around(group, int(spec["reach"]), eps_of(spec)) for group in groups]
    return affine(torch.cat(normalized, 1), parameters)


def _around(x: Tensor, reach: int, eps: float) -> Tensor:
    """Standardize every position with the square around it, cut off at the border."""
    y = torch.empty_like(x)
    dims = tuple(range(1, x.ndim))
    for position in product(*map(range, x.shape[2:])):
        window = (slice(max(0, p - reach), p + reach + 1) for p in position)
        here = (slice(p, p + 1) for p in position)
        every = (slice(None), slice(None))
        now = (*every, *here)
        y[now] = _against(x[now], x[(*every, *window)], dims, eps)
    return y


def _against(x: Tensor, window: Tensor, dims: tuple[int, ...], eps: float) -> Tensor:
    """``(x - mean) / sqrt(variance + eps)`` with the statistics of a window."""
    centre = window.mean(dims, keepdim=True)
    spread = ((window - centre) ** 2).mean(dims, keepdim=True)
    return (x - centre) / torch.sqrt(spread + eps)
