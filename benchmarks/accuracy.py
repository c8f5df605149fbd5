"""Largest error in float32, against float64 arithmetic on the same float32 numbers."""

from collections.abc import Iterator

import numpy as np
import torch

from normlib import Spec, apply, layers

Row = tuple[str, float, float, str]
SHAPE = (64, 1024)


def measure() -> Iterator[Row]:
    """Layer norm over rows far from zero, and batch norm of a constant."""
    noise = np.random.default_rng(0).normal(size=SHAPE)
    for mean in (0.0, 1e4, 1e6):
        x = (noise + mean).astype(np.float32)
        ours = apply(Spec("layer", SHAPE), x)
        peer = torch.nn.functional.layer_norm(torch.from_numpy(x), SHAPE[1:]).numpy()
        claim = f"error, layer norm, mean {mean:g}, standard deviation 1"
        yield claim, _error(ours, x), _error(peer, x), "torch, float32"
        variance = (x**2).mean(1, keepdims=True) - x.mean(1, keepdims=True) ** 2
        with np.errstate(invalid="ignore"):  # the root of a negative variance is not a number
            plain = (x - x.mean(1, keepdims=True)) / np.sqrt(variance + np.float32(1e-5))
        yield claim, _error(ours, x), _error(plain, x), "numpy, E[x^2] - E[x]^2, float32"
    x = np.full(SHAPE, 1e6 + 0.3, np.float32)
    ours = apply(Spec("batch", SHAPE), x)
    peer = torch.nn.functional.batch_norm(torch.from_numpy(x), None, None, training=True).numpy()
    yield "error, batch norm of a constant 1e6 + 0.3", _largest(ours), _largest(peer), "torch"
    x = (noise * 1e30).astype(np.float32)
    ours = apply(Spec("layer", SHAPE), x)
    peer = torch.nn.functional.layer_norm(torch.from_numpy(x), SHAPE[1:]).numpy()
    yield "error, layer norm, standard deviation 1e30", _error(ours, x), _error(peer, x), "torch"
    yield from _running()
    yield from _white()


def _running() -> Iterator[Row]:
    """Batches of one value in bfloat16: how far the running mean ends from it."""
    errors = []
    for module in (layers, torch.nn):
        layer = module.BatchNorm1d(4, dtype=torch.bfloat16)
        for _ in range(300):
            layer(torch.full((8, 4), 100.0, dtype=torch.bfloat16))
        errors.append(abs(float(layer.running_mean[0]) - 100))
    yield "error, running mean of 300 bfloat16 batches at 100", *errors, "torch.nn"


def _white() -> Iterator[Row]:
    """Covariance after whitening, float64, condition 1e6: distance from the identity."""
    rng = np.random.default_rng(0)
    turn, _ = np.linalg.qr(rng.normal(size=(32, 32)))
    x = rng.normal(size=(128, 32)) * np.logspace(0, -3, 32) @ turn
    y = apply(Spec("zca_whitening", x.shape, knobs={"eps": 0.0, "affine": False}), x)
    centred = x - x.mean(0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(x))
    plain = centred @ (vectors / np.sqrt(values)) @ vectors.T
    ours, peer = (_largest(a.T @ a / len(x) - np.eye(32)) for a in (y, plain))
    yield "error, covariance after ZCA, condition 1e6, float64", ours, peer, "numpy, by eigh"


def _error(y: np.ndarray, x: np.ndarray) -> float:
    exact = x.astype(np.float64)
    exact = exact - exact.mean(1, keepdims=True)
    exact /= np.sqrt((exact**2).mean(1, keepdims=True) + 1e-5)
    with np.errstate(invalid="ignore"):
        return _largest(y - exact)


def _largest(x: np.ndarray) -> float:
    return float(np.abs(x).max())
