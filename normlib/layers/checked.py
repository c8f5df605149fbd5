"""Torch's kernels of layer and group norm, taken only where their own statistics allow it.

The kernels compute ``x * (1 / std) - mean / std``, which loses the digits that mean and x share.
Where no mean is longer than two standard deviations there is next to nothing to lose: over 2 to
100,352 rows, spreads 1e-3 to 1e8, float32, the error stayed below 1e-6 (`tests` hold it to 2e-6).
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.compiler import is_compiling

from normlib.arrays import transformed

LONGEST_MEAN = 2.0  # in standard deviations
MOST_OF_EPS = 0.9  # 1 / std in units of 1 / sqrt(eps): beyond, a group may have no spread at all
LARGEST = 1e15  # of 1 / std and std: squares stay in the range of float32


def layer_norm(
    x: Tensor, sizes: Sequence[int], weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor | None:
    """Layer norm over the last axes of ``sizes``; None where the kernel may be wrong."""
    if not _precise(x, weight, bias):
        return None
    y, mean, inverse = torch.native_layer_norm(x, list(sizes), weight, bias, eps)
    return y if _right(mean, inverse, eps) else None


def group_norm(
    x: Tensor, groups: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor | None:
    """Group norm of (n, c, ...); None where the kernel may be wrong."""
    if not _precise(x, weight, bias):
        return None
    n, c = x.shape[:2]
    y, mean, inverse = torch.native_group_norm(
        x.contiguous(), weight, bias, n, c, x.numel() // (n * c), groups, eps
    )
    return y if _right(mean, inverse, eps) else None


def _precise(x: Tensor, *parameters: Tensor | None) -> bool:
    """Whether dtypes suit the kernel, and numbers can be looked at."""
    given = [value.dtype for value in parameters if value is not None]
    fits = x.dtype.itemsize >= 4 and all(dtype == x.dtype for dtype in given)
    return fits and not transformed() and not is_compiling()


def _right(mean: Tensor, inverse: Tensor, eps: float) -> bool:
    """Whether every group has a spread, and a mean that is short beside it; never for a NaN."""
    short = mean.abs() * inverse <= LONGEST_MEAN
    spread = (inverse * eps**0.5 < MOST_OF_EPS) & (inverse < LARGEST) & (inverse > 1 / LARGEST)
    return bool((short & spread).all())
