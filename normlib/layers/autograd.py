"""Operations whose gradient is written out by hand, for torch to use in place of its own.

Recording every small step of a normalization costs an array for each, and the axes of a
whitening have no derivative where two eigenvalues are equal. `TorchSpec` is a spec whose
operations find their statistics unrecorded, and answer for the gradient as in ``backward``.

Only an ordinary backward pass is written out. Forward derivatives, and the transforms of
``torch.func``, take the plain road, which torch follows step by step and to any order; there
whitening has no derivative where eigenvalues are equal.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Self

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.autograd.function import once_differentiable

from normlib.arrays import transformed
from normlib.backward import BACKWARD
from normlib.layers.autocast import uncast
from normlib.operation import Given, Operation, Stats
from normlib.operations import OPERATIONS
from normlib.spec import Spec

Backward = Callable[[Tensor, Tensor, Stats], Tensor]
# Recoveries that use the statistics themselves, so that a gradient runs through those as well.
OF_STATISTICS = ("style", "swap", "swap_channels", "recalibrate", "meta")


@dataclass(frozen=True)
class TorchSpec(Spec):
    """A `Spec` for tensors: the same arithmetic, with hand-written gradients where there are any.

    The gradient stays finite where eigenvalues are tied or zero, and only the output and the
    scale (or the whitening matrix) are kept for it. A second derivative is refused by torch.
    """

    @classmethod
    def of(cls, spec: Spec) -> Self:
        """The same normalization."""
        return cls(spec.method, spec.sizes, spec.layout, spec.knobs, spec.seed)

    def operates(self, training: bool = True) -> Operation:
        """The operation of training or of prediction."""
        operation = super().operates(training)
        alone = not self.pools and self.recovery.key not in OF_STATISTICS
        return with_gradient(operation.key) if alone and operation.key in BACKWARD else operation


@cache
def with_gradient(key: str) -> Operation:
    """An operation of the table, its gradient that of ``backward.BACKWARD``."""
    operation = OPERATIONS[key]

    def fit(x: Tensor, given: Given) -> Stats:
        if not _by_hand(x):
            return operation.fit(x, given)
        stats = operation.fit(x.detach(), given)
        ready = stats.prepared and (x, stats.prepared[1])
        return replace(stats, prepared=ready)

    def transform(x: Tensor, stats: Stats) -> Tensor:
        if not _by_hand(x):
            plain: Tensor = operation.transform(x, stats)
            return plain
        return differentiable(x, stats, operation.transform, BACKWARD[key])

    return replace(operation, fit=fit, transform=transform)


def _by_hand(x: Tensor) -> bool:
    """Whether a backward pass may come, and nothing else."""
    return x.requires_grad and not transformed() and not has_tangent(x)


def has_tangent(x: Tensor) -> bool:
    """Whether torch carries a forward derivative along with x."""
    return forward_ad.unpack_dual(x).tangent is not None  # type: ignore[no-untyped-call]


def differentiable(
    x: Tensor, stats: Stats, transform: Callable[[Tensor, Stats], Tensor], backward: Backward
) -> Tensor:
    """``transform(x, stats)``, its gradient ``backward(grad, y, stats)``.

    Args:
        x: columns, shape ``(..., rows, columns)``.
        stats: found from ``x.detach()``; the backward function knows that they depend on x.
        transform: ``(columns, stats) -> columns``.
        backward: ``(gradient of the answer, the answer, stats) -> gradient of x``.
    """
    stats = replace(stats, reuse=False)  # what a gradient is recorded of stays as it is
    answer: Tensor = _Transformed.apply(x, stats, transform, backward)  # type: ignore[no-untyped-call]
    return answer


class _Transformed(torch.autograd.Function):
    """Forward by ``transform``, backward by hand."""

    @staticmethod
    def forward(
        x: Tensor, stats: Stats, transform: Callable[[Tensor, Stats], Tensor], backward: Backward
    ) -> Tensor:
        return transform(x, stats)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        _, stats, _, ctx.by_hand = inputs
        ctx.stats = replace(stats, named=(), prepared=None)  # without what is as large as x
        ctx.save_for_backward(output)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (y,) = ctx.saved_tensors
        with uncast(y):
            return ctx.by_hand(grads[0], y, ctx.stats), None, None, None
