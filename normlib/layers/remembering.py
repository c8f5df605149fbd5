"""What a `Norm` remembers of its batches: buffers under a lock, in float32 or better."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor
from torch.compiler import is_compiling

from normlib import running
from normlib.conventions import CONVENTIONS
from normlib.layers.estimate import BATCHES, STATE, VALUES
from normlib.layers.locked import StateLock
from normlib.operation import Parameter
from normlib.situation import bound
from normlib.spec import Spec


class Remembering(torch.nn.Module):
    """A module with the record that its method predicts with; none where it needs none.

    Attributes:
        spec: method and settings.
        convention: how batches move the record, a key of ``conventions.CONVENTIONS``.
        momentum: None for that of the convention.
    """

    spec: Spec
    convention: str
    momentum: float | None

    @property
    def watches(self) -> bool:
        """Whether training batches move the record."""
        return bool(self._buffers) and self.spec.method != "frozen"

    def state(self) -> dict[str, Tensor]:
        """The buffers themselves, by their own names."""
        return {name: value for name, value in self._buffers.items() if value is not None}

    def remembered(self) -> dict[str, Tensor]:
        """A copy of the record, under the names of the table."""
        with self.held():
            return {name: self.get_buffer(STATE[name]).clone() for name, _ in self._wanted()}

    def held(self) -> AbstractContextManager[object]:
        """The lock; a compiled graph cannot hold one."""
        return nullcontext() if is_compiling() else self._lock.held

    def reset_running_stats(self) -> None:
        """Forget all batches."""
        with self.held():
            for name, parameter in self._wanted():
                self.get_buffer(STATE[name]).copy_(torch.tensor(self._initial(parameter)))
            for name in {BATCHES, VALUES} & self.state().keys():
                self.get_buffer(name).zero_()

    def _remember(
        self, convention: str, momentum: float | None, device: Any, dtype: torch.dtype
    ) -> None:
        running.update(  # says what is wrong with the settings
            running.start(1), np.zeros(1), np.ones(1), 2, convention=convention, momentum=momentum
        )
        self.convention, self.momentum = convention, momentum
        self._lock = StateLock()
        wide = torch.promote_types(dtype, torch.float32)
        for name, parameter in self._wanted():
            start = torch.tensor(self._initial(parameter), dtype=wide, device=device)
            self.register_buffer(STATE[name], start)
        counts = (BATCHES, VALUES) if CONVENTIONS[convention].weighs == "count" else (BATCHES,)
        for name in counts if self._buffers else ():
            self.register_buffer(name, torch.zeros((), dtype=torch.long, device=device))

    def _wanted(self) -> Iterator[tuple[str, Parameter]]:
        for name, parameter in (self.spec.parameters(False) | self.spec.parameters()).items():
            if name in STATE:
                yield name, parameter

    def _initial(self, parameter: Parameter) -> np.ndarray:
        return parameter.initial(self.spec.shape_of(parameter), bound(self.spec, parameter))

    def _apply(self, fn: Any, recurse: bool = True) -> Self:
        """``.half()``, ``.to()`` and their like leave the record in float32 at least."""
        before = self.state()
        super()._apply(fn, recurse)  # type: ignore[no-untyped-call]
        for name, moved in self.state().items():
            wide = torch.promote_types(moved.dtype, torch.float32)
            if moved.is_floating_point() and moved.dtype != wide:  # take the digits lost
                self._buffers[name] = before[name].to(moved.device, wide)
        return self

    def _load_from_state_dict(self, *args: Any) -> None:
        super()._load_from_state_dict(*args)
        for name, value in self.state().items():  # assign=True brings the dtype of the file
            if value.is_floating_point():
                self._buffers[name] = value.to(torch.promote_types(value.dtype, torch.float32))
