"""Methods that normalize a gradient of shape (o, i, ...)."""

import torch
from torch import Tensor

from normlib.layers.oracles.given import Parameters, eps_of, mean, norm
from normlib.spec import Spec

MUON = (3.4445, -4.7750, 2.0315)  # the quintic a x + b x^3 + c x^5 of the blog post


def clip_global(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x min(1, max_norm / (||x|| + 1e-6)); Pascanu et al. 2012, 1211.5063, as torch does it."""
    return x * (float(spec["max_norm"]) / (_length(x) + 1e-6)).clamp(max=1)


def clip_adaptive(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x min(1, clipping max(||w||, eps) / max(||x||, 1e-6)) by row; Brock 2021, 2102.06171."""
    rows = tuple(range(1, x.ndim))
    weight = parameters.get("weight", torch.ones_like(x))
    allowed = float(spec["clipping"]) * norm(weight, rows).clamp(min=eps_of(spec))
    return x * (allowed / norm(x, rows).clamp(min=1e-6)).clamp(max=1)


def centralization(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x - mean of each row; Yong et al. 2020, 2004.01461."""
    return x - mean(x, tuple(range(1, x.ndim)))


def lars(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """x trust ||w|| / (||x|| + decay ||w|| + eps); You et al. 2017, 1708.03888."""
    length = _length(parameters.get("weight", torch.ones_like(x)))
    divisor = _length(x) + float(spec["decay"]) * length + eps_of(spec)
    return x * float(spec["trust"]) * length / divisor


def muon(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Five steps y <- a y + b y y^T y + c (y y^T)^2 y from y = x / (||x|| + 1e-7).

    Jordan 2024, kellerjordan.github.io/posts/muon; the smaller side is put first.
    """
    a, b, c = MUON
    matrix = x.flatten(1)
    tall = matrix.shape[0] > matrix.shape[1]
    y = matrix.T if tall else matrix
    y = y / (_length(y) + 1e-7)
    for _ in range(5):
        gram = y @ y.T
        y = a * y + (b * gram + c * gram @ gram) @ y
    y = y.T if tall else y
    return y.reshape(x.shape)


def _length(x: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(x)
    return length
