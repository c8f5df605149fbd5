"""Seconds per call of `apply`, beside plain numpy and torch; medians of interleaved runs."""

import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch

from normlib import Spec, apply

Row = tuple[str, float, float, str]
ROUNDS = 15
SHAPES = ((4, 6, 4, 4), (32, 64, 28, 28))


def measure() -> Iterator[Row]:
    """Batch norm on a shape as on the screen and one as in a network."""
    for shape in SHAPES:
        x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        spec, tensor = Spec("batch", shape), torch.from_numpy(x)

        def plain(x: np.ndarray = x) -> np.ndarray:
            mean, variance = (f(x, axis=(0, 2, 3), keepdims=True) for f in (np.mean, np.var))
            return (x - mean) / np.sqrt(variance + 1e-5)

        def kernel(tensor: torch.Tensor = tensor) -> torch.Tensor:
            return torch.nn.functional.batch_norm(tensor, None, None, training=True)

        def ours(spec: Spec = spec, x: np.ndarray = x) -> np.ndarray:
            return apply(spec, x)

        own, plain_time, kernel_time = _interleaved(ours, plain, kernel)
        claim = f"ms, batch norm on {shape}, float32"
        yield claim, own, plain_time, "numpy, two-pass, not twice centred"
        yield claim, own, kernel_time, "torch"


def _interleaved(*calls: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, kept in zip(calls, times, strict=True):
            begin = time.perf_counter()
            call()
            kept.append(1000 * (time.perf_counter() - begin))
    return [median(kept) for kept in times]
