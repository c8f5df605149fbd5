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
    An empty batch changes nothing, and one of a single value counts as that value.
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
        record = _moved(part, seen.get(part), inputs[0])
        if record is not None:
            seen[part] = record
        if isinstance(part, _BatchNorm):
            _admit(part, inputs[0])

    rules = {part: (part.convention, part.momentum) for part in watching if isinstance(part, Norm)}
    modes = {part: part.training for part in module.modules()}
    before = [(value, value.clone()) for part in watching for value in part.buffers(False)]
    hooks = [part.register_forward_pre_hook(look) for part in watching]
    try:
        with torch.no_grad():
            module.eval()
            for part in watching:
                part.train()
            for part in rules:
                part.convention, part.momentum = "pooled", None  # it takes batches of one value
            for batch in loader:
                forward(module, batch)
        _put_back(before)
        for part, record in seen.items():
            _store(part, record)
    except BaseException:
        _put_back(before)
        raise
    finally:
        for part, rule in rules.items():
            part.convention, part.momentum = rule
        for hook in hooks:
            hook.remove()
        for part, training in modes.items():
            part.training = training


def _watches(part: torch.nn.Module) -> bool:
    if isinstance(part, Norm):
        return part.watches and part.spec.method != "act"
    return isinstance(part, _BatchNorm) and part.running_mean is not None


def _put_back(before: list[tuple[Tensor, Tensor]]) -> None:
    with torch.no_grad():
        for value, old in before:
            value.copy_(old)


def _admit(part: _BatchNorm, x: Tensor) -> None:
    """Let batch norm of torch take a batch of one value, which it refuses to train on.

    Predicting with the value as the mean it answers beta, as training would, at any variance.
    """
    part.training = x.numel() != x.shape[1]
    if not part.training:
        state = dict(part.named_buffers(recurse=False))
        state["running_mean"].copy_(x.reshape(-1))
        state["running_var"].fill_(1)


def _moved(part: torch.nn.Module, record: Running | None, x: Tensor) -> Running | None:
    """The pooled record after one more input; None as long as all were empty."""
    if not isinstance(part, Norm):
        if not x.numel():
            return record
        record = record or _nothing(x.shape[1], x)
        return running.observe(record, x, convention="pooled")
    for mean, variance, count in part.observed(x):
        record = record or _nothing(len(mean), mean)
        record = running.update(record, mean, variance, count, convention="pooled")
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
