"""The plain road: set the weights of a private copy, evaluate. The fast road's reference."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy

import torch
from torch import Tensor
from torch.func import functional_call

from normlib.landscape.nets import loss_of
from normlib.landscape.settings import LOSSES, STATISTICS
from normlib.landscape.settings import choice as check

Weights = Mapping[str, Tensor]
Loss = str | Callable[[Tensor, Tensor], Tensor]


class Probe:
    """The loss of a net at any weights; the net itself is never touched.

    Weights, buffers, mode, gradients and every random state of the caller stay as they are: a
    deep copy is evaluated, its buffers put back before each evaluation.

    Args:
        net: any module from ``x`` to logits.
        x, y: samples and classes.
        statistics: ``batch``: as in training, normalizations use the samples ``x`` together;
            ``running``: as at prediction. Published tools use the latter without saying so.
        loss: name as in `loss_of`, or a function of output and ``y``.
        dtype: of the evaluation; None for that of the net.
    """

    def __init__(
        self,
        net: torch.nn.Module,
        x: Tensor,
        y: Tensor,
        *,
        statistics: str = "batch",
        loss: Loss = "cross_entropy",
        dtype: torch.dtype | None = None,
    ) -> None:
        check("statistics", statistics, STATISTICS)
        if isinstance(loss, str):
            check("loss", loss, LOSSES)
        dtype = dtype or next(net.parameters()).dtype
        self.net = deepcopy(net).to(dtype).train(statistics == "batch")
        self.net.requires_grad_(False)
        self.net.zero_grad()
        self.x = x.detach().to(dtype) if x.is_floating_point() else x
        self.y, self.loss = y, loss
        self.weights = {name: value.clone() for name, value in self.net.named_parameters()}
        self._buffers = {name: value.clone() for name, value in self.net.named_buffers()}

    def __call__(self, weights: Weights) -> Tensor:
        """The loss at these weights, by name; those left out are the net's own."""
        with torch.no_grad():
            for name, weight in self.net.named_parameters():
                weight.copy_(weights.get(name, self.weights[name]))
            self._put_back()
            return self._of(self.net(self.x))

    def moved(self, directions: Sequence[Weights], by: Sequence[float]) -> Tensor:
        """The loss at ``weights + sum(by[k] * directions[k])``."""
        moved = {}
        for name, value in self.weights.items():
            for direction, step in zip(directions, by, strict=True):
                if name in direction:
                    value = value + step * direction[name].to(value.dtype)
            moved[name] = value
        return self(moved)

    def slope(self, direction: Weights, by: float) -> tuple[float, float]:
        """The loss at ``weights + by * direction``, and its derivative in ``by``."""
        self._put_back()
        with torch.enable_grad():
            step = self.x.new_tensor(by, requires_grad=True)
            moved = {
                name: value + step * direction[name].to(value.dtype) if name in direction else value
                for name, value in self.weights.items()
            }
            value = self._of(functional_call(self.net, moved, (self.x,)))
            (slope,) = torch.autograd.grad(value, step)
        return float(value.detach()), float(slope)

    def _of(self, output: Tensor) -> Tensor:
        if isinstance(self.loss, str):
            return loss_of(output, self.y, self.loss)
        return self.loss(output, self.y)

    def _put_back(self) -> None:
        """Buffers as they were: an evaluation in training mode moves them."""
        with torch.no_grad():
            for name, kept in self.net.named_buffers():
                kept.copy_(self._buffers[name])


class Loop:
    """Rows of a grid, one evaluation after the other: the slow, obvious way.

    Args:
        probe: what is evaluated.
        directions: the first along rows, the second along columns.
    """

    def __init__(self, probe: Probe, directions: Sequence[Weights]) -> None:
        self.probe, self.directions = probe, directions

    def worker(self) -> Callable[[float, Sequence[float]], list[float]]:
        """A function of the row's coordinate and the columns'; each thread needs its own."""
        probe = deepcopy(self.probe)

        def row(a: float, b: Sequence[float]) -> list[float]:
            return [float(probe.moved(self.directions, (a, column))) for column in b]

        return row
