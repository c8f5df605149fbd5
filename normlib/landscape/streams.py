"""Random numbers: one stream for each purpose and seed, the same in every version."""

import numpy as np
import torch
from torch import Tensor

PURPOSES = ("weights", "batches", "direction", "lanczos", "noise")


def stream(purpose: str, seed: int) -> np.random.RandomState:
    """Numbers for one purpose. Two purposes of one seed, or two seeds, share nothing.

    A direction drawn from the stream of the weights would lead straight through the origin.
    """
    words = np.random.SeedSequence((PURPOSES.index(purpose), seed)).generate_state(4)
    return np.random.RandomState(words)


def normal(rng: np.random.RandomState, shape: tuple[int, ...]) -> Tensor:
    """Standard normal numbers, float64."""
    return torch.from_numpy(np.asarray(rng.normal(size=shape)))


def uniform(rng: np.random.RandomState, shape: tuple[int, ...], bound: float) -> Tensor:
    """Numbers between -bound and bound, float64."""
    return torch.from_numpy(np.asarray(rng.uniform(-bound, bound, size=shape)))
