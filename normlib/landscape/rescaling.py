"""What scaling the hidden weights does: nothing to a normalized loss, and much to its slopes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from normlib.landscape.nets import build, loss_of
from normlib.landscape.rescaled import FACTORS, Rescaling
from normlib.landscape.settings import Net
from normlib.landscape.sharpness import top_eigenvalue
from normlib.landscape.smoothness import SAMPLES
from normlib.landscape.training import tensors
from normlib.landscape.workers import Progress, one_torch_thread
from normlib.tasks import task


def rescaling(
    net: Net,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    factors: Sequence[float] = FACTORS,
    *,
    loss: str = "cross_entropy",
    progress: Progress | None = None,
) -> Rescaling:
    """Multiply weights and biases of all hidden layers of a fresh net by each factor.

    Gradient and eigenvalue are those in these weights alone: gains, shifts and the head are not
    scaled, and their part of the gradient stays as it is. On the first 512 training samples with
    batch statistics, in float64.

    Args:
        net: its own seed is replaced.
        seeds: of the initial weights.
        factors: above 0.
        loss: as in ``nets.loss_of``.
        progress: called with the finished share; what it raises cancels and comes out.
    """
    with one_torch_thread():
        return _rescaling(net, seeds, factors, loss, progress or (lambda share: None))


def _rescaling(
    net: Net, seeds: Sequence[int], factors: Sequence[float], loss: str, report: Progress
) -> Rescaling:
    digits = task("digits")
    x, y = tensors(digits.x[:SAMPLES], digits.y[:SAMPLES], torch.float64)
    shape = (len(seeds), len(factors))
    losses, gradients, tops = np.empty(shape), np.empty(shape), np.empty(shape)
    for row, seed in enumerate(seeds):
        stack = build(replace(net, seed=seed), torch.float64)
        own = dict(stack.named_parameters())
        hidden = {name: value for name, value in own.items() if ".map." in name}
        start = None
        for column, factor in enumerate(factors):
            with torch.enable_grad():
                scaled = {name: (factor * value).detach().requires_grad_()
                          for name, value in hidden.items()}  # fmt: skip
                buffers = {name: value.clone() for name, value in stack.named_buffers()}
                logits = torch.func.functional_call(stack, {**own, **buffers, **scaled}, x)
                value = loss_of(logits, y, loss)
                found = torch.autograd.grad(value, list(scaled.values()))
            losses[row, column] = float(value.detach())
            gradients[row, column] = float(torch.stack([g.norm() for g in found]).norm())
            top, start = top_eigenvalue(stack, x, y, weights=scaled, loss=loss, start=start)
            tops[row, column] = top.value
            report((row * len(factors) + column + 1) / (len(seeds) * len(factors)))
    return Rescaling(replace(net, seed=seeds[0]), loss, tuple(seeds), np.array(factors),
                     losses, gradients, tops)  # fmt: skip
