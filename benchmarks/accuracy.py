"""Largest error in float32, against float64 arithmetic on the same float32 numbers."""

from collections.abc import Iterator

import numpy as np
import torch

from normlib import Spec, apply

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


def _error(y: np.ndarray, x: np.ndarray) -> float:
    exact = x.astype(np.float64)
    exact = exact - exact.mean(1, keepdims=True)
    exact /= np.sqrt((exact**2).mean(1, keepdims=True) + 1e-5)
    with np.errstate(invalid="ignore"):
        return _largest(y - exact)


def _largest(x: np.ndarray) -> float:
    return float(np.abs(x).max())
