"""Batch and instance norm with running statistics, under torch's names."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from normlib.layers import accurate
from normlib.layers.locked import LockedState


class _Batch(LockedState, _BatchNorm):
    def _answer(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)  # type: ignore[no-untyped-call]
        momentum = self.momentum
        tracked = self.training and self.track_running_stats
        count = self._buffers["num_batches_tracked"] if tracked else None
        if momentum is None:
            momentum = 0.0 if count is None else 1.0 / (float(count) + 1.0)
        y = self._normalize(input, momentum)
        if count is not None:
            count.add_(1)  # last: a batch that the kernel refuses is not counted
        return y

    def _normalize(self, x: Tensor, momentum: float) -> Tensor:
        # From the dictionary, because nn.Module finds a buffer by name only after a failed search.
        mean, variance = self._buffers["running_mean"], self._buffers["running_var"]
        by_batch = self.training or (mean is None and variance is None)
        if self.training and not self.track_running_stats:
            mean = variance = None  # else the kernel would update them
        weight, bias = self._affine(x, mean)
        values = x.numel() // x.shape[1] if by_batch and x.numel() else 0
        if self.accurate and accurate.fits(x, values, mean, variance, weight, bias):
            record = {"running_mean": mean, "running_var": variance}
            return accurate.by_channel("batch", x, weight, bias, record=record, eps=self.eps,
                                       momentum=momentum, by_input=by_batch)  # fmt: skip
        return F.batch_norm(x, mean, variance, weight, bias, by_batch, momentum, self.eps)


class BatchNorm1d(_Batch, torch.nn.BatchNorm1d):
    """Standardize each channel over the batch (Ioffe & Szegedy, 2015, 1502.03167).

    Input (n, c) or (n, c, t), output of the same shape and dtype; constructor as ``LockedState``.

    Raises:
        ValueError: torch's own, at the call: other numbers of axes, a training batch of one value
            per channel, and eps <= 0 in training.
        RuntimeError: torch's own, at the call: another number of channels.
    """


class BatchNorm2d(_Batch, torch.nn.BatchNorm2d):
    """As ``BatchNorm1d``, errors included, for input (n, c, h, w)."""


class BatchNorm3d(_Batch, torch.nn.BatchNorm3d):
    """As ``BatchNorm1d``, errors included, for input (n, c, d, h, w)."""


class _Instance(LockedState, _InstanceNorm):
    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        bias: bool = True,
        accurate: bool = False,
    ) -> None:
        super().__init__(
            num_features,
            eps,
            momentum,
            affine,
            track_running_stats,
            device,
            dtype,
            bias=bias,
            accurate=accurate,
        )

    def _answer(self, input: Tensor) -> Tensor:
        return _InstanceNorm.forward(self, input)  # its checks, then `_apply_instance_norm`

    def _apply_instance_norm(self, input: Tensor) -> Tensor:
        return self._normalize(input, 0.0 if self.momentum is None else self.momentum)

    def _normalize(self, x: Tensor, momentum: float) -> Tensor:
        by_input = self.training or not self.track_running_stats
        mean, variance = self._buffers["running_mean"], self._buffers["running_var"]
        weight, bias = self._affine(x, mean)
        values = x[0, 0].numel() if by_input and x.numel() else 0
        if self.accurate and accurate.fits(x, values, mean, variance, weight, bias):
            record = {"running_mean": mean, "running_var": variance}
            return accurate.by_channel("instance", x, weight, bias, record=record, eps=self.eps,
                                       momentum=momentum, by_input=by_input)  # fmt: skip
        return F.instance_norm(x, mean, variance, weight, bias, by_input, momentum, self.eps)


class InstanceNorm1d(_Instance, torch.nn.InstanceNorm1d):
    """Standardize each channel of each sample (Ulyanov et al., 2016, 1607.08022).

    Input (n, c, t) or (c, t), output of the same shape and dtype; constructor as ``LockedState``,
    with affine and track_running_stats off unless asked for.

    Raises:
        ValueError: torch's own, at the call: other numbers of axes, a wrong number of channels if
            affine, and one value per channel.
    """


class InstanceNorm2d(_Instance, torch.nn.InstanceNorm2d):
    """As ``InstanceNorm1d``, errors included, for input (n, c, h, w) or (c, h, w)."""


class InstanceNorm3d(_Instance, torch.nn.InstanceNorm3d):
    """As ``InstanceNorm1d``, errors included, for input (n, c, d, h, w) or (c, d, h, w)."""
