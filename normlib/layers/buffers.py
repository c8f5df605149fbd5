"""The running values of `torch.nn.BatchNorm2d`, batch after batch: the judge of `stream`."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from normlib.conventions import CONVENTIONS, weight_of_batch
from normlib.stream import Fed, Path

TOLERANCE = 1e-12  # of equality, in float64: other orders of the same sums


@dataclass(frozen=True)
class Distance:
    """Largest difference of a path from torch's running mean and variance, over all steps."""

    mean: float
    variance: float

    @property
    def equal(self) -> bool:
        """Whether both are torch's, but for rounding."""
        return max(self.mean, self.variance) < TOLERANCE


def buffers(batches: Iterable[np.ndarray], momentum: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Running mean and variance of a float64 layer, before the first and after each batch.

    Args:
        batches: each ``(n, channels, h, w)``, one at least.
        momentum: of `torch.nn.BatchNorm2d`; None for the cumulative average.

    Returns:
        Two arrays of shape ``(steps + 1, channels)``.
    """
    first, *rest = batches
    layer = torch.nn.BatchNorm2d(first.shape[1], momentum=momentum, dtype=torch.float64)
    found = [_copy(layer)]
    with torch.no_grad():  # the layer trains all the same: its mode is not the gradient mode
        for batch in (first, *rest):
            layer(torch.from_numpy(batch))
            found.append(_copy(layer))
    mean, variance = (np.stack(values) for values in zip(*found, strict=True))
    return mean, variance


def distance(fed: Fed, path: Path, momentum: float) -> Distance:
    """How far a path is from the buffers of torch, fed with the very same batches.

    Torch is given the momentum that weighs the new batch as the convention does (``1 - momentum``
    where the convention weighs the old record), None where the convention has no momentum. So
    the means agree for batches of equal size; the variances do where the unbiased one is stored.
    """
    batches = (fed.source.batch(number, fed.size) for number in range(len(fed.mean)))
    found = buffers(batches, weight_of_batch(CONVENTIONS[path.convention], momentum))
    return Distance(*(
        float(np.abs(ours - theirs).max())
        for ours, theirs in zip((path.mean, path.variance), found, strict=True)
    ))  # fmt: skip


def _copy(layer: torch.nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = layer.running_mean, layer.running_var
    assert mean is not None
    assert variance is not None
    return mean.numpy().copy(), variance.numpy().copy()
