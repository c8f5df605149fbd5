"""Methods that normalize a weight of shape (o, i, ...): one output row at a time, or as a whole."""

import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.layers.oracles.given import Parameters, eps_of, mean, norm, variance
from normlib.spec import Spec


def weight_norm(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma v / max(||v||, eps); Salimans and Kingma 2016, 1602.07868, with eps 0."""
    return _gamma(x, parameters) * x / norm(x, _row(x)).clamp(min=eps_of(spec))


def spectral(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """w / (u^T W v), power iterations on u in training; Miyato et al. 2018, 1802.05957.

    u and v are constants for the gradient, and their lengths are kept from 0 by torch's 1e-12.
    """
    matrix = x.flatten(1)
    rows, columns = matrix.shape
    u = parameters.get("u", x.new_full((rows,), rows**-0.5))
    v = parameters.get("v", x.new_full((columns,), columns**-0.5))
    with torch.no_grad():
        for _ in range(int(spec["iterations"]) if training else 0):
            v = F.normalize(matrix.T @ u, dim=0, eps=1e-12)
            u = F.normalize(matrix @ v, dim=0, eps=1e-12)
    return x / (u @ matrix @ v)


def weight_standardization(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """(w - mean) / sqrt(var + eps); Qiao et al. 2019, 1903.10520."""
    return (x - mean(x, _row(x))) / torch.sqrt(variance(x, _row(x)) + eps_of(spec))


def scaled_weight(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma (w - mean) / sqrt(max(var fan_in, eps)); Brock et al. 2021, 2101.08692."""
    fan_in = x[0].numel()
    divisor = torch.sqrt((variance(x, _row(x)) * fan_in).clamp(min=eps_of(spec)))
    return _gamma(x, parameters) * (x - mean(x, _row(x))) / divisor


def centered_weight(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """gamma (w - mean) / max(||w - mean||, eps); Huang et al. 2017, 1710.02338, with eps 0."""
    centred = x - mean(x, _row(x))
    return _gamma(x, parameters) * centred / norm(centred, _row(x)).clamp(min=eps_of(spec))


def _row(x: Tensor) -> tuple[int, ...]:
    return tuple(range(1, x.ndim))


def _gamma(x: Tensor, parameters: Parameters) -> Tensor:
    """gamma of shape (o,) that meets (o, i, ...)."""
    return parameters.get("gamma", x.new_ones(x.shape[0])).reshape(-1, *[1] * (x.ndim - 1))
