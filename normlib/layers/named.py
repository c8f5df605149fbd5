"""The layers of torch without running statistics, under torch's names."""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.errors import NormError
from normlib.layers import accurate
from normlib.methods import divisors


class Named(torch.nn.Module):
    """What all named layers add to their class of ``torch.nn``.

    Each is a subclass of torch's class of that name: the same constructor, ``repr``,
    parameters, buffers and ``state_dict``, the same kernels. Batch and instance norm add

    - a lock: threads may train one shared module, and no batch and no count is lost;
    - statistics in float32 or better when the module is float16 or bfloat16; a state loads
      strictly from torch and into torch, which rounds them, unless ``assign=True`` forbids it;
    - a refused batch leaves the count as it was.

    Only ``self.training`` decides between batch and running statistics; whether gradients are
    recorded plays no part. ``torch.compile`` and ``torch.export`` take all layers, in a graph
    without the lock; ``torch.jit.script`` and ``torch.fx`` cannot follow batch and instance norm.

    Attributes:
        accurate: ask for the accurate road, in ``_normalize``, instead of torch's kernel.
    """

    accurate: bool = False

    def extra_repr(self) -> str:
        """The words in brackets of ``repr``: torch's, and ``accurate`` where it is set."""
        return super().extra_repr() + (", accurate=True" if self.accurate else "")


class LayerNorm(Named, torch.nn.LayerNorm):
    """Standardize the last axes, of shape ``normalized_shape`` (Ba et al., 2016, 1607.06450).

    Args:
        normalized_shape: sizes of the last axes, which are pooled.
        eps: added to the variance, in its unit.
        elementwise_affine: learn a weight of ``normalized_shape``.
        bias: learn a bias of the same shape as well.
        device: where the parameters live.
        dtype: of the parameters.
        accurate: see ``Named``.

    Raises:
        RuntimeError: an input of other last axes, at the call.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        accurate: bool = False,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, bias, device, dtype)
        self.accurate = accurate

    def forward(self, input: Tensor) -> Tensor:
        """Normalize a tensor of shape (..., *normalized_shape)."""
        return self._normalize(input)

    def _normalize(self, x: Tensor) -> Tensor:
        if (
            self.accurate
            and x.numel()
            and x.shape[-len(self.normalized_shape) :] == torch.Size(self.normalized_shape)
        ):
            rows = prod(self.normalized_shape)
            return accurate.last_axes("layer", x, rows, self.weight, self.bias, self.eps)
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)


class RMSNorm(Named, torch.nn.RMSNorm):
    """Divide the last axes by their root mean square (Zhang & Sennrich, 2019, 1910.07467).

    Args:
        normalized_shape: sizes of the last axes, which are pooled.
        eps: added to the mean square, in its unit; None takes the smallest step of the dtype.
        elementwise_affine: learn a weight of ``normalized_shape``.
        device: where the weight lives.
        dtype: of the weight.
        accurate: see ``Named``.

    Raises:
        RuntimeError: an input of other last axes, at the call.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        accurate: bool = False,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, device, dtype)
        self.accurate = accurate

    def forward(self, x: Tensor) -> Tensor:
        """Normalize a tensor of shape (..., *normalized_shape)."""
        return self._normalize(x)

    def _normalize(self, x: Tensor) -> Tensor:
        if (
            self.accurate
            and x.numel()
            and x.shape[-len(self.normalized_shape) :] == torch.Size(self.normalized_shape)
        ):
            eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
            rows = prod(self.normalized_shape)
            return accurate.last_axes("rms", x, rows, self.weight, None, eps)
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)


class GroupNorm(Named, torch.nn.GroupNorm):
    """Standardize groups of channels of each sample (Wu & He, 2018, 1803.08494).

    Args:
        num_groups: number of groups g; it divides the number of channels.
        num_channels: number of channels c.
        eps: added to the variance, in its unit.
        affine: learn a weight and a bias of shape (c,).
        device: where the parameters live.
        dtype: of the parameters.
        bias: learn the bias, if affine.
        accurate: see ``Named``.

    Raises:
        NormError: ``num_groups`` does not divide ``num_channels``.
    """

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        bias: bool = True,
        accurate: bool = False,
    ) -> None:
        if num_groups < 1 or num_channels % num_groups:
            allowed = ", ".join(map(str, divisors(num_channels)))
            raise NormError("num_groups", groups=num_groups, channels=num_channels, allowed=allowed)
        super().__init__(num_groups, num_channels, eps, affine, device, dtype, bias=bias)
        self.accurate = accurate

    def forward(self, input: Tensor) -> Tensor:
        """Normalize a tensor of shape (n, c, ...)."""
        return self._normalize(input)

    def _normalize(self, x: Tensor) -> Tensor:
        values = x.numel() // self.num_groups
        whole = x.ndim > 1 and x.shape[1] == self.num_channels
        if self.accurate and whole and accurate.fits(x, values, self.weight, self.bias):
            return accurate.by_channel(
                "group", x, self.weight, self.bias, eps=self.eps, groups=self.num_groups
            )
        return F.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)
