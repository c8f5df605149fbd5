"""Forward passes as published implementations write them, in torch: peers of `benchmarks.speed`.

Each takes activations (n, c, h, w) and gives back the same shape; nothing is learned. The
formulations are those of the papers' own code; the lines are ours.
"""

import torch
from torch import Tensor

EPS = 1e-5


def iterative_whitening(x: Tensor) -> Tensor:
    """IterNorm, T = 5 (Huang et al. 2019, arXiv:1904.03441, algorithm 1)."""
    columns, eye = _features(x)
    centred = columns - columns.mean(1, keepdim=True)
    covariance = EPS * eye + centred @ centred.T / centred.shape[1]
    trace = covariance.trace()
    p = eye
    for _ in range(5):
        p = (3 * p - p @ p @ p @ covariance / trace) / 2
    return _back(p / trace.sqrt() @ centred, x)


def zca_whitening(x: Tensor) -> Tensor:
    """Decorrelated batch norm (Huang et al. 2018, arXiv:1804.08450), by eigenvectors."""
    columns, eye = _features(x)
    centred = columns - columns.mean(1, keepdim=True)
    values, vectors = torch.linalg.eigh(EPS * eye + centred @ centred.T / centred.shape[1])
    return _back(vectors @ torch.diag(values.rsqrt()) @ vectors.T @ centred, x)


def cholesky_whitening(x: Tensor) -> Tensor:
    """Whitening of WC-GAN (Siarohin et al. 2018, arXiv:1806.00420)."""
    columns, eye = _features(x)
    centred = columns - columns.mean(1, keepdim=True)
    lower = torch.linalg.cholesky(EPS * eye + centred @ centred.T / centred.shape[1])
    inverse = torch.linalg.solve_triangular(lower, eye, upper=False)
    return _back(inverse @ centred, x)


def switchable(x: Tensor) -> Tensor:
    """Switchable norm (Luo et al. 2018, arXiv:1806.10779), equal shares."""
    n, c, h, w = x.shape
    flat = x.reshape(n, c, -1)
    mean, variance = flat.mean(-1, keepdim=True), flat.var(-1, keepdim=True)
    square = variance + mean**2
    means, variances = [mean], [variance]
    for axis in (1, 0):
        pooled = mean.mean(axis, keepdim=True)
        means.append(pooled)
        variances.append(square.mean(axis, keepdim=True) - pooled**2)
    shares = torch.ones(3).softmax(0)
    mean = sum(share * value for share, value in zip(shares, means, strict=True))
    variance = sum(share * value for share, value in zip(shares, variances, strict=True))
    return ((flat - mean) / (variance + EPS).sqrt()).reshape(n, c, h, w)


def cross(x: Tensor) -> Tensor:
    """CrossNorm between samples (Tang et al. 2021, arXiv:2102.02811)."""
    flat = x.flatten(2)
    mean = flat.mean(-1)[..., None, None]
    std = (flat.var(-1) + EPS).sqrt()[..., None, None]
    partner = torch.arange(len(x)).roll(1)
    return (x - mean) / std * std[partner] + mean[partner]


def _features(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.transpose(0, 1).reshape(x.shape[1], -1), torch.eye(x.shape[1])


def _back(columns: Tensor, x: Tensor) -> Tensor:
    n, c, h, w = x.shape
    return columns.reshape(c, n, h, w).transpose(0, 1).contiguous()
