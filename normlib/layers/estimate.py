"""What a layer remembers of its batches: which numbers enter the record, and how it moves."""

from collections.abc import Iterator, Mapping, MutableMapping
from math import prod

import torch
from torch import Tensor

from normlib import running
from normlib.normalize import ROOT_HALF_PI
from normlib.operation import Stats
from normlib.running import Running
from normlib.spec import Spec

STATE = {"running_mean": "running_mean", "running_variance": "running_var",
         "running_matrix": "running_matrix"}  # fmt: skip
BATCHES, VALUES = "num_batches_tracked", "num_values_tracked"
Buffers = MutableMapping[str, Tensor]


def batches(spec: Spec, stats: Stats) -> Iterator[tuple[Tensor, Tensor, int]]:
    """Mean, biased variance and values per channel of what entered the statistics.

    Ghost batches come one after the other, as Hoffer et al. 2017 let them move the record; of
    every other method there is one. In place of the variance

    - l1_batch gives the square of ``sqrt(pi/2) * mean |x - mean|``, so that its root is the scale,
    - whitening gives zeros, and behind the means stand the entries of the whitening matrix.

    Where every step of time has its own, there is one value per channel and step, channels first.
    """
    if per_step(spec):
        yield stats["mean"].reshape(-1), stats["variance"].reshape(-1), spec.partition.rows
        return
    count = prod(spec.sizes) // spec.channels
    if "count" in stats.numbers:
        count = int(stats.numbers["count"])
    if "whitening" in stats:
        mean = torch.cat([stats[name].reshape(-1) for name in ("mean", "whitening")])
        yield mean, torch.zeros_like(mean), count
        return
    mean, variance = (by_channel(spec, value) for value in _pair(stats))
    parts = len(mean) if spec.method == "ghost" else 1
    for part in range(parts):
        yield mean[part], variance[part], count // parts


def update(
    buffers: Buffers, spec: Spec, stats: Stats, convention: str, momentum: float | None
) -> None:
    """Move the buffers by one batch, in place."""
    record = _read(buffers)
    for mean, variance, count in batches(spec, stats):
        record = running.update(record, mean.detach(), variance.detach(), count,
                                convention=convention, momentum=momentum)  # fmt: skip
    write(buffers, record)


def settle(buffers: Buffers, spec: Spec, stats: Stats) -> None:
    """Store mean and biased variance of one batch for good, as activation norm does."""
    ((mean, variance, _),) = batches(spec, stats)
    buffers["running_mean"].copy_(mean)
    buffers["running_var"].copy_(variance)
    buffers[BATCHES].fill_(1)


def per_step(spec: Spec) -> bool:
    """Whether every step of time has statistics of its own to predict with."""
    return spec.entry.predict == "stored_steps"


def on_length(spec: Spec, given: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The record for a sequence of another length: its first steps, or its last one again.

    So Cooijmans et al. 2016 (arXiv:1603.09025) predict beyond the steps of training.
    """
    if not per_step(spec):
        return dict(given)
    found = dict(given)
    for name in STATE.keys() & given.keys():
        steps = given[name].shape[-1]
        wanted = torch.arange(spec.shape_of(spec.parameters(False)[name])[-1])
        found[name] = given[name][..., wanted.clamp(max=steps - 1).to(given[name].device)]
    return found


def by_channel(spec: Spec, value: Tensor) -> Tensor:
    """One number per column as rows of one number per channel."""
    partition = spec.partition
    by_axis = value.reshape([partition.lengths[axis] for axis in partition.kept])
    return by_axis.movedim(partition.kept.index("c"), -1).reshape(-1, spec.channels)


def _pair(stats: Stats) -> tuple[Tensor, Tensor]:
    """Mean and biased variance of the batch, one number per column."""
    if "batch mean" in stats:
        return stats["batch mean"], stats["batch variance"]
    if "batch_mean" in stats.numbers:
        return stats.numbers["batch_mean"], stats.numbers["batch_variance"]
    mean = stats["mean"]
    if "mean deviation" in stats:
        return mean, (ROOT_HALF_PI * stats["mean deviation"]) ** 2
    return mean, stats["variance"] if "variance" in stats else torch.zeros_like(mean)


def _read(buffers: Buffers) -> Running:
    mean = torch.cat([buffers[name].reshape(-1) for name in ("running_mean", "running_matrix")
                      if name in buffers])  # fmt: skip
    variance = buffers.get("running_var", torch.zeros_like(mean)).reshape(-1)
    count = buffers.get(VALUES, buffers[BATCHES])
    return Running(mean, variance, count, buffers[BATCHES])


def write(buffers: Buffers, record: Running) -> None:
    """Copy a record into the buffers."""
    means = buffers["running_mean"]
    means.copy_(record.mean[: means.numel()].reshape(means.shape))
    if "running_matrix" in buffers:
        matrix = buffers["running_matrix"]
        matrix.copy_(record.mean[means.numel() :].reshape(matrix.shape))
    if "running_var" in buffers:
        buffers["running_var"].copy_(record.variance.reshape(means.shape))
    buffers[BATCHES].copy_(record.batches[0])
    if VALUES in buffers:
        buffers[VALUES].copy_(record.count[0])
