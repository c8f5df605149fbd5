"""Exact statistics of a data set, in place of an average over batches."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from normlib import running
from normlib.layers import estimate
from normlib.layers.norm import Norm
from normlib.running import Running

Forward = Callable[[torch.nn.Module, Any], object]


def first_of(module: torch.nn.Module, batch: Any) -> object:
    """Call a module with a batch, or with the first of its parts (images without labels)."""
    return module(batch if isinstance(batch, Tensor) else batch[0])


def recompute(
    module: torch.nn.Module, loader: Iterable[Any], *, forward: Forward = first_of
) -> None:
    """Set the record of all normalizations to the statistics of a data set.

    Afterwards running mean and (biased) variance are those of all values together, as if the
    loader were one batch; for whitening the means of the batches' means and matrices, weighed
    by size. Act and frozen keep what they have. While it runs, normalizations see each batch as
    in training and everything else (dropout) predicts. Modes are put back, and where something
    fails the records too. No gradient is recorded. Nobody else may use the module meanwhile.
    Wu and Johnson 2021, arXiv:2105.07576.

    Args:
        module: a `Norm`, a batch norm of torch or of this library, or any module with such.
        loader: batches; none leave everything as it is.
        forward: ``(module, batch) -> anything``: how a batch is given to the module.

    Example:
        >>> layer = Norm("precise", 3)
        >>> x = torch.randn(10, 3, generator=torch.Generator().manual_seed(0))
        >>> recompute(layer, [x[:2], x[2:]])
        >>> bool(torch.allclose(layer.running_var, x.var(0, correction=0)))
        True
    """
    watching = [part for part in module.modules() if _watches(part)]
    seen: dict[torch.nn.Module, Running] = {}

    def look(part: torch.nn.Module, inputs: tuple[Tensor, ...]) -> None:
        seen[part] = _moved(part, seen.get(part), inputs[0])

    modes = {part: part.training for part in module.modules()}
    before = [(value, value.clone()) for part in watching for value in part.buffers(False)]
    hooks = [part.register_forward_pre_hook(look) for part in watching]
    try:
        with torch.no_grad():
            module.eval()
            for part in watching:
                part.train()
            for batch in loader:
                forward(module, batch)
            for part, record in seen.items():
                _store(part, record)
    except BaseException:
        for value, old in before:
            value.copy_(old)
        raise
    finally:
        for hook in hooks:
            hook.remove()
        for part, training in modes.items():
            part.training = training


def _watches(part: torch.nn.Module) -> bool:
    if isinstance(part, Norm):
        return part.watches and part.spec.method != "act"
    return isinstance(part, _BatchNorm) and part.running_mean is not None


def _moved(part: torch.nn.Module, record: Running | None, x: Tensor) -> Running:
    """The pooled record after one more input."""
    if not isinstance(part, Norm):
        record = record or _nothing(x.shape[1], x)
        return running.observe(record, x, convention="pooled")
    for mean, variance, count in part.observed(x):
        record = record or _nothing(len(mean), mean)
        record = running.update(record, mean, variance, count, convention="pooled")
    assert record is not None
    return record


def _nothing(channels: int, like: Tensor) -> Running:
    zero = torch.zeros(channels, dtype=torch.float64, device=like.device)
    return Running(zero, zero, 0, 0)


def _store(part: torch.nn.Module, record: Running) -> None:
    if isinstance(part, Norm):
        with part.held():
            estimate.write(part.state(), record)
        return
    state = dict(part.named_buffers(recurse=False))
    state["running_mean"].copy_(record.mean)
    state["running_var"].copy_(record.variance)
    state["num_batches_tracked"].copy_(record.batches[0])
