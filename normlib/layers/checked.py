"""Torch's kernels of layer and group norm, taken only where their own statistics allow it.

The kernels compute ``x * (1 / std) - mean / std``, which loses the digits that mean and x share.
Where no mean is longer than two standard deviations there is next to nothing to lose: over 2 to
100,352 rows, spreads 1e-3 to 1e8, float32, the error stayed below 1e-6 (`tests` hold it to 2e-6).

A longer mean is taken away first, and the kernel is asked about the rest. That costs no digits: the
difference of numbers within a factor of two of each other is exact (Sterbenz 1974), and of others
it is rounded to its own size, which is that of a deviation. Nor does it change the gradient: the
answer depends on no constant that is taken away. So the mean of a quarter of the group does as
well, being within ``sqrt(4 - 1)`` standard deviations of the group's own.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.compiler import is_exporting

from normlib.arrays import transformed

Found = tuple[Tensor, Tensor, Tensor]  # answer, mean and 1 / std of every group
Kernel = Callable[[Tensor], Found]
LONGEST_MEAN = 2.0  # in standard deviations
MOST_OF_EPS = 0.9  # 1 / std in units of 1 / sqrt(eps): beyond, a group may have no spread at all
LARGEST = 1e15  # of 1 / std and std: squares stay in the range of float32
GLANCE = 8, 2**11  # groups, and numbers of each, that are looked at first


def layer_norm(
    x: Tensor, sizes: Sequence[int], weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor | None:
    """Layer norm over the last axes of ``sizes``; None where the kernel may be wrong."""
    if not _precise(x, weight, bias):
        return None

    def kernel(part: Tensor) -> Found:
        return torch.native_layer_norm(part, list(sizes), weight, bias, eps)

    y = _proven(x.reshape(-1, *sizes).contiguous(), 1, kernel, eps)
    return None if y is None else y.reshape(x.shape)


def group_norm(
    x: Tensor, groups: int, weight: Tensor | None, bias: Tensor | None, eps: float
) -> Tensor | None:
    """Group norm of (n, c, ...); None where the kernel may be wrong."""
    if not _precise(x, weight, bias):
        return None

    def kernel(part: Tensor) -> Found:
        n, c = part.shape[:2]
        numbers = part.numel() // (n * c)
        return torch.native_group_norm(part, weight, bias, n, c, numbers, groups, eps)

    return _proven(x.contiguous(), groups, kernel, eps)


def _proven(x: Tensor, groups: int, kernel: Kernel, eps: float) -> Tensor | None:
    """The kernel's answer on contiguous samples of so many groups each; None where unproven."""
    by_group = x.view(len(x) * groups, -1)
    if not _long(by_group.detach()):
        y, mean, inverse = kernel(x)
        if _right(mean, inverse, eps):
            return y
    quarter = by_group.detach()[:, : -(-by_group.shape[1] // 4)]
    y, mean, inverse = kernel((by_group - quarter.mean(-1, keepdim=True)).view(x.shape))
    return y if _right(mean, inverse, eps) else None


def _long(by_group: Tensor) -> bool:
    """Whether the first groups, as far as they are looked at, have a long mean."""
    groups, numbers = GLANCE
    deviation, mean = torch.std_mean(by_group[:groups, :numbers], -1, correction=0)
    return bool((mean.abs() > LONGEST_MEAN * deviation).any())


def _precise(x: Tensor, *parameters: Tensor | None) -> bool:
    """Whether dtypes suit the kernel, and numbers can be looked at."""
    given = [value.dtype for value in parameters if value is not None]
    fits = x.dtype.itemsize >= 4 and all(dtype == x.dtype for dtype in given)
    return fits and not transformed() and not is_exporting()


def _right(mean: Tensor, inverse: Tensor, eps: float) -> bool:
    """Whether every group has a spread, and a mean that is short beside it; never for a NaN."""
    short = mean.abs() * inverse <= LONGEST_MEAN
    spread = (inverse * eps**0.5 < MOST_OF_EPS) & (inverse < LARGEST) & (inverse > 1 / LARGEST)
    return bool((short & spread).all())
