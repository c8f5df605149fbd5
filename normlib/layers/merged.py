"""Statistics merged over processes, as synchronized batch norm takes them."""

from dataclasses import dataclass, replace

import torch
import torch.distributed as dist
from torch import Tensor

from normlib.layers.autograd import TorchSpec, differentiable
from normlib.normalize import of_double, standardize
from normlib.operation import Given, Operation, Stats
from normlib.operation import transform as use


def in_company() -> bool:
    """Whether there are other processes to take statistics with."""
    return dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1


@dataclass(frozen=True)
class SyncSpec(TorchSpec):
    """A `TorchSpec` of batch norm whose statistics are those of the batches of all processes.

    Every process of the default group has to run forward and backward as often as the others,
    in the same order, as with ``torch.nn.SyncBatchNorm``; batches may differ in size. Gradients
    are those of one loss, the sum of the losses of all processes.
    """

    def operates(self, training: bool = True) -> Operation:
        """The operation of training or of prediction."""
        operation = super().operates(training)
        return replace(operation, fit=fit, transform=transform) if training else operation


def fit(x: Tensor, given: Given) -> Stats:
    """Mean and biased variance over the rows of all processes, from three numbers of each.

    Counts, means and mean squared deviations are merged as by Chan, Golub and LeVeque 1983,
    doi:10.1080/00031305.1983.10483115. ``numbers["count"]`` is the number of all rows.
    """
    x = x.detach()
    alone = standardize(x, Given(0.0)) if x.shape[-2] else None
    mean = sum(part.double() for part in alone.shifts) if alone else x.double().sum(-2, True)
    spread = alone["variance"].double() if alone else mean
    count = mean.new_full((1, 1), float(x.shape[-2]))
    own = torch.cat((count, mean, spread), -1)
    every = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(every, own)
    all_own = torch.cat(every)
    counts, (means, spreads) = all_own[:, :1], all_own[:, 1:].chunk(2, -1)
    share = counts / counts.sum().clamp(min=1)
    merged = (share * means).sum(0, keepdim=True)
    spread = (share * (spreads + (means - merged) ** 2)).sum(0, keepdim=True)
    return replace(of_double(x, merged, spread, given.eps), numbers={"count": counts.sum()})


def transform(x: Tensor, stats: Stats) -> Tensor:
    """``(x - mean) / sqrt(variance + eps)``, its gradient merged over processes as well."""
    return differentiable(x, stats, use, backward)


def of_nothing(x: Tensor, eps: float) -> tuple[Tensor, Stats]:
    """No rows of shape ``(0, columns)``, and the statistics of those that others have."""
    stats = fit(x, Given(eps))
    return transform(x, stats), stats


def backward(grad: Tensor, y: Tensor, stats: Stats) -> Tensor:
    """As ``normlib.backward.standardize``, both means taken over the rows of all processes."""
    sums = torch.stack((grad.sum(-2, keepdim=True), (grad * y).sum(-2, keepdim=True))).double()
    dist.all_reduce(sums)
    direct, along = (sums / stats.numbers["count"].clamp(min=1)).to(grad.dtype)
    merged: Tensor = (grad - direct - y * along) / stats.scale
    return merged
