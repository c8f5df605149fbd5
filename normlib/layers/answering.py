"""How a layer answers: by torch's kernel where there is one, else by the shared arithmetic."""

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor

from normlib.layers import estimate, kernels, merged
from normlib.layers.accurate import run
from normlib.layers.autocast import uncast
from normlib.layers.autograd import TorchSpec
from normlib.layers.merged import SyncSpec, in_company
from normlib.layers.remembering import Remembering
from normlib.layers.shapes import spec_on
from normlib.operation import Parameter, Stats
from normlib.spec import Spec
from normlib.trace import check_input, steps

NAMES = {"gamma": "weight", "beta": "bias"}  # torch's names for them; all others keep theirs


class Answering(Remembering):
    """A layer that knows its spec and its parameters, and how to use them on a batch."""

    spec: Spec
    channels: int | None
    channel_axis: int | None
    accurate: bool

    def spec_for(self, x: Tensor, kind: Callable[..., Spec] = Spec) -> Spec:
        """The spec of the layer on this input.

        Raises:
            NormError: where the method cannot take the shape or dtype, or the layer was made for
                another number of channels.
        """
        spec = spec_on(
            self.spec, self.channels, self.channel_axis, tuple(x.shape), self.training, kind
        )
        check_input(spec, x)
        return spec

    def observed(self, x: Tensor) -> Iterator[tuple[Tensor, Tensor, int]]:
        """Mean, biased variance and count of what a training batch adds to the record."""
        if not x.numel():
            return estimate.batches(*self._merged(x)[::2]) if self._kind() is SyncSpec else iter(())
        spec = self.spec_for(x, self._kind())
        found = steps(spec, x.detach(), self.given(), training=True)
        with uncast(x):
            stats = next(stats for stats in found if isinstance(stats, Stats))
        return estimate.batches(spec, stats)

    def given(self) -> dict[str, Tensor]:
        """Parameters and a copy of the record, under the names of the table."""
        learned = {name: self._own(name) for name, _ in self.learned()}
        return learned | self.remembered()

    def answer(self, x: Tensor, conditions: Mapping[str, Tensor]) -> Tensor:
        """By torch's kernel or by the shared arithmetic."""
        if not x.numel() and self._kind() is SyncSpec:
            return self._of_nothing(x)
        spec = self.spec_for(x, self._kind())
        if not x.numel():
            return x
        if isinstance(spec, SyncSpec) or not kernels.suits(spec):
            return self._shared(spec, x, conditions)
        if self.accurate:
            known = kernels.checked_normalize(spec, x, *self._affine())
            return self._shared(spec, x, conditions) if known is None else known
        if spec.method in kernels.BATCH:
            return self._batch_norm(spec, x)
        return kernels.normalize(spec, x, *self._affine())

    def learned(self) -> Iterator[tuple[str, Parameter]]:
        """Name and description of every parameter that belongs to the layer, not to a batch."""
        for name, parameter in self.spec.parameters().items():
            if name not in estimate.STATE and not is_condition(self.spec, parameter):
                yield name, parameter

    def _own(self, name: str) -> Tensor:
        """What is learned, by its name in the table; in a functional call any tensor."""
        own: Tensor = getattr(self, NAMES.get(name, name))
        return own

    def _kind(self) -> type[TorchSpec]:
        together = self.spec.method == "sync" and self.training and in_company()
        return SyncSpec if together else TorchSpec

    def _merged(self, x: Tensor) -> tuple[Spec, Tensor, Stats]:
        """Spec, rows and statistics of an empty batch, for which other processes wait."""
        one = x.new_empty([max(size, 1) for size in x.shape])
        spec = self.spec_for(one, SyncSpec)
        last = x.movedim(spec.axes.index("c"), -1)
        return spec, *merged.of_nothing(last.reshape(0, spec.channels), spec.eps)

    def _of_nothing(self, x: Tensor) -> Tensor:
        """An empty batch, normalized and remembered with what other processes have."""
        spec, y, stats = self._merged(x)
        last = x.movedim(spec.axes.index("c"), -1)
        for name, value in self._parameters.items():
            y = y if value is None else y * value if name == "weight" else y + value
        with self.held():
            estimate.update(self.state(), spec, stats, self.convention, self.momentum)
        return y.reshape(last.shape).movedim(-1, spec.axes.index("c"))

    def _shared(self, spec: Spec, x: Tensor, conditions: Mapping[str, Tensor]) -> Tensor:
        """The arithmetic of ``normlib.trace``."""
        training = self.training
        if spec.method == "act" and training:
            self._settle(spec, x)
            training = False
        if spec.method == "batch_instance" and training:
            self._project()
        given = estimate.on_length(spec, self.given())
        y, stats = run(spec, x, {**given, **conditions}, training)
        if training and self.watches:
            with self.held():
                estimate.update(self.state(), spec, stats, self.convention, self.momentum)
        return y

    def _affine(self) -> tuple[Tensor | None, Tensor | None]:
        return self._parameters.get("weight"), self._parameters.get("bias")

    def _batch_norm(self, spec: Spec, x: Tensor) -> Tensor:
        """Torch's kernel, which moves mean and variance itself where it knows the convention."""
        weight, bias = self._affine()
        state = self.state()
        mean, variance = state["running_mean"], state["running_var"]
        count = state[estimate.BATCHES]
        if not self.training:
            return kernels.batch_norm(spec, x, weight, bias, mean, variance, training=False)
        wide = torch.promote_types(x.dtype, torch.float32)
        if self.convention in ("torch", "cumulative") and mean.dtype == wide:
            with self.held():  # during the kernel: only it knows the statistics to the last bit
                fresh = 0.1 if self.momentum is None else self.momentum
                fresh = fresh if self.convention == "torch" else 1 / (float(count) + 1)
                y = kernels.batch_norm(spec, x, weight, bias, mean, variance, training=True,
                                       momentum=fresh)  # fmt: skip
                count.add_(1)
            return y
        mean, variance = (torch.zeros_like(mean, dtype=wide) for _ in range(2))
        y = kernels.batch_norm(spec, x, weight, bias, mean, variance, training=True, momentum=1.0)
        rows = x.numel() // spec.channels
        biased = variance * ((rows - 1) / rows)
        stats = Stats((("mean", mean), ("variance", biased)))
        with self.held():
            estimate.update(state, spec, stats, self.convention, self.momentum)
        return y

    def _settle(self, spec: Spec, x: Tensor) -> None:
        """Let the first training batch say what activation norm keeps."""
        with self.held():
            state = self.state()
            if not state[estimate.BATCHES]:
                with torch.no_grad():
                    _, stats = run(spec, x.detach(), {}, True)
                    estimate.settle(state, spec, stats)

    def _project(self) -> None:
        """Bring rho back between 0 and 1, as the paper does after each step of training."""
        rho = self._own("rho")
        if ((rho < 0) | (rho > 1)).any():
            with torch.no_grad():
                rho.clamp_(0, 1)


def is_condition(spec: Spec, parameter: Parameter) -> bool:
    """Whether it belongs to a batch: it has the batch axis, or numbers classes or partners."""
    return bool(parameter.below) or "n" in spec.axes_of(parameter)
