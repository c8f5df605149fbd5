"""Running statistics that threads may share and that half precision does not spoil."""

import threading
from collections.abc import Callable
from typing import Any, Self

import torch
from torch import Tensor
from torch.compiler import is_compiling
from torch.nn.modules.batchnorm import _NormBase

from normlib.layers.named import Named

HALF = (torch.float16, torch.bfloat16)
STATISTICS = ("running_mean", "running_var")


class StateLock:
    """The lock of one set of buffers, shared by whatever shares the buffers.

    ``copy.copy`` of a module shares both; ``deepcopy`` and ``pickle`` make new buffers and, by
    ``__reduce__``, a new open lock.
    """

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held = threading.Lock()

    def __reduce__(self) -> tuple[type[Self], tuple[()]]:
        return type(self), ()


class LockedState(Named, _NormBase):
    """Running statistics under a lock and in float32 or better.

    Args:
        num_features: number of channels c.
        eps: added to the variance, in its unit.
        momentum: weight of the newest batch; None averages all batches alike.
        affine: learn a weight and a bias of shape (c,).
        track_running_stats: keep ``running_mean`` and ``running_var``, shape (c,).
        device: where parameters and buffers live.
        dtype: of the parameters; statistics are kept in float32 at least.
        bias: learn the bias, if affine.
        accurate: see ``Named``.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: torch.dtype | None = None,
        *,
        bias: bool = True,
        accurate: bool = False,
    ) -> None:
        self._lock = StateLock()  # first: torch's constructor resets the statistics
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )
        self.accurate = accurate
        self._widen()

    def forward(self, input: Tensor) -> Tensor:
        """Normalize a batch, and update the running statistics where they are tracked.

        The lock is held during the kernel, not only during the update: torch's kernel rounds
        the running statistics once, from statistics of higher precision that it does not hand
        out, so an update of our own after the kernel would differ from torch in the last bit.
        Threads that share a module wait for one another here; prediction takes no lock.
        """
        if not (self.training and self.track_running_stats) or is_compiling():
            return self._answer(input)  # a compiled graph cannot hold a lock
        with self._lock.held:
            return self._answer(input)

    def reset_running_stats(self) -> None:
        """Forget all batches: mean 0, variance 1, count 0."""
        with self._lock.held:
            super().reset_running_stats()

    def _answer(self, input: Tensor) -> Tensor:
        """The body of ``forward``; inside the lock while statistics are updated."""
        raise NotImplementedError

    def _affine(self, x: Tensor, mean: Tensor | None) -> tuple[Tensor | None, Tensor | None]:
        """Weight and bias for torch's kernels, which want them in the statistics' dtype."""
        if mean is None or x.dtype not in HALF:
            return self.weight, self.bias
        # Without a float32 weight torch's instance norm rounds the statistics to half precision.
        weight = torch.ones_like(mean) if self.weight is None else self.weight.to(mean.dtype)
        return weight, None if self.bias is None else self.bias.to(mean.dtype)

    def _widen(self) -> None:
        """Statistics of half precision become float32."""
        for name in STATISTICS:
            stored = self._buffers.get(name)
            if stored is not None:
                self._buffers[name] = stored.to(torch.promote_types(stored.dtype, torch.float32))

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """``.half()``, ``.to()`` and their like leave the statistics in float32 at least."""
        before = {name: self._buffers.get(name) for name in STATISTICS}
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        for name, stored in before.items():
            moved = self._buffers.get(name)
            if stored is None or moved is None:
                continue
            wide = torch.promote_types(moved.dtype, torch.float32)
            if moved.dtype != wide:  # take the digits that the conversion has lost
                self._buffers[name] = stored.to(moved.device, wide)
        return self

    def _load_from_state_dict(self, *args: Any) -> None:
        super()._load_from_state_dict(*args)
        self._widen()  # load_state_dict(assign=True) brings the dtype of the file
