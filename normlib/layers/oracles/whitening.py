"""Methods that take away the correlation of channels: (x - mean) W^T with W S W^T = I.

S is the biased covariance plus eps times the unit matrix.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from normlib.layers.oracles.given import Parameters, affine, channel, eps_of
from normlib.spec import Spec


def pca_whitening(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """W = L^(-1/2) U^T with S = U L U^T, largest variance first; as 1804.08450 compares it."""
    return affine(_whitened(spec, x, parameters, training, pca_matrix), parameters)


def zca_whitening(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """W = U L^(-1/2) U^T with S = U L U^T; Huang et al. 2018, 1804.08450."""
    return affine(_whitened(spec, x, parameters, training, zca_matrix), parameters)


def cholesky_whitening(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """W = L^(-1) with S = L L^T; Siarohin et al. 2018, 1806.00420."""
    return affine(_whitened(spec, x, parameters, training, cholesky_matrix), parameters)


def iterative_whitening(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """P <- (3 P - P^3 S / tr S) / 2, W = P / sqrt(tr S); Huang et al. 2019, 1904.03441."""

    def newton_matrix(sigma: Tensor) -> Tensor:
        trace = torch.trace(sigma)
        p = torch.eye(len(sigma), dtype=sigma.dtype)
        for _ in range(int(spec["iterations"])):
            p = (3 * p - p @ p @ p @ (sigma / trace)) / 2
        return p / torch.sqrt(trace)

    return affine(_whitened(spec, x, parameters, training, newton_matrix), parameters)


def group_whitening(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """ZCA of each sample with its groups as features; Huang et al. 2020, 2009.13333."""
    samples = []
    for sample in x:  # (c ...) -> (g, k ...): a feature is a group, its values are the columns
        features = sample.reshape(spec.groups, -1)
        centred = features - features.mean(1, keepdim=True)
        samples.append(zca_matrix(_covariance(centred, eps_of(spec))) @ centred)
    return affine(torch.stack(samples).reshape(x.shape), parameters)


def coloring(spec: Spec, x: Tensor, parameters: Parameters, training: bool) -> Tensor:
    """Cholesky whitening, then weight y + beta; Siarohin et al. 2018, 1806.00420."""
    y = _whitened(spec, x, parameters, training, cholesky_matrix)
    weight = parameters.get("weight", torch.eye(x.shape[1], dtype=x.dtype))
    y = torch.einsum("dc,nc...->nd...", weight, y)
    return y + channel(parameters, "beta", 0, y)


def pca_matrix(sigma: Tensor) -> Tensor:
    """L^(-1/2) U^T, eigenvalues falling, the largest component of every axis positive.

    Where several components are within 1e-3 of the largest, the first of them is positive.
    """
    values, vectors = torch.linalg.eigh(sigma)
    rows = []
    for value, axis in reversed(list(zip(values, vectors.T, strict=True))):
        large = axis.abs() > 0.999 * axis.abs().max()
        first = axis[large][0]
        rows.append(axis * torch.sign(first) / torch.sqrt(value))
    return torch.stack(rows)


def zca_matrix(sigma: Tensor) -> Tensor:
    """S^(-1/2)."""
    values, vectors = torch.linalg.eigh(sigma)
    matrix: Tensor = vectors @ torch.diag(values**-0.5) @ vectors.T
    return matrix


def cholesky_matrix(sigma: Tensor) -> Tensor:
    """The inverse of the lower triangle L with S = L L^T."""
    matrix: Tensor = torch.linalg.inv(torch.linalg.cholesky(sigma))
    return matrix


def _whitened(
    spec: Spec, x: Tensor, parameters: Parameters, training: bool,
    matrix: Callable[[Tensor], Tensor],
) -> Tensor:  # fmt: skip
    channels = x.transpose(0, 1)
    features = channels.reshape(x.shape[1], -1)
    if training:
        centred = features - features.mean(1, keepdim=True)
        whitening = matrix(_covariance(centred, eps_of(spec)))
    else:
        centred = features - parameters.get("running_mean", x.new_zeros(x.shape[1]))[:, None]
        whitening = parameters.get("running_matrix", torch.eye(x.shape[1], dtype=x.dtype))
    return (whitening @ centred).reshape(channels.shape).transpose(0, 1)


def _covariance(centred: Tensor, eps: float) -> Tensor:
    """``X X^T / columns + eps I`` of features in rows."""
    unit = torch.eye(centred.shape[0], dtype=centred.dtype)
    return centred @ centred.T / centred.shape[1] + eps * unit
