"""How far the gradient can be trusted: loss and gradient along it, at every step of training.

Santurkar et al. 2018, arXiv:1805.11604, figure 4: from the weights of a step, along the gradient of
its mini-batch, for steps of 1/2 to 4 times the learning rate, on the same mini-batch. What is
compared are steps of one training, never envelopes of separate trainings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from normlib.landscape.ensemble import Ensemble, Stacked, lengths, member, stack
from normlib.landscape.nets import Stack, build
from normlib.landscape.seeds import Smoothness
from normlib.landscape.settings import LARGEST_STEPS, Net, Training, whole
from normlib.landscape.sharpness import top_eigenvalue
from normlib.landscape.training import batches, tensors
from normlib.landscape.workers import Progress, together
from normlib.tasks import task

MULTIPLES = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
SAMPLES = 512  # on which the eigenvalue is measured
TOGETHER = 3  # seeds in one ensemble; the same on every machine, so that numbers are


def smoothness(
    net: Net,
    training: Training,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    *,
    multiples: Sequence[float] = MULTIPLES,
    every: int = 1,
    eigenvalues: bool = False,
    progress: Progress | None = None,
) -> Smoothness:
    """Train from every seed, and look along the gradient on the way.

    Args:
        net, training: what, and how; their own seeds are replaced.
        seeds: of the weights and of the batches. Nets that differ in the method alone get the
            same of both.
        multiples: step sizes in units of the learning rate.
        every: steps between two measurements.
        eigenvalues: also measure the top eigenvalue of the Hessian of the loss on the first 512
            training samples, with batch statistics.
        progress: called with the finished share; what it raises cancels and comes out.

    Returns:
        Numbers after a training blew up are NaN or infinite, as they are.

    Raises:
        NormError: for a training of no steps.
    """
    whole("steps", training.steps, 1, LARGEST_STEPS)
    settings = (multiples, every, eigenvalues)
    parts = [seeds[start : start + TOGETHER] for start in range(0, len(seeds), TOGETHER)]

    def looks(part: Sequence[int], report: Progress) -> list[dict[str, np.ndarray]]:
        return list(_looks(net, training, part, *settings, report))

    found = together([partial(looks, part) for part in parts], progress)
    columns = {name: np.concatenate([np.stack([look[name] for look in part], 1) for part in found])
               for name in found[0][0]}  # fmt: skip
    return Smoothness(
        replace(net, seed=seeds[0]),
        replace(training, seed=seeds[0]),
        tuple(seeds),
        np.arange(0, training.steps, every),
        np.array(multiples),
        columns["loss"],
        columns["gradient"],
        columns["along"],
        columns["change"],
        columns["lengths"],
        columns["eigenvalue"],
    )


def _looks(
    net: Net,
    training: Training,
    seeds: Sequence[int],
    multiples: Sequence[float],
    every: int,
    eigenvalues: bool,
    report: Progress,
) -> Iterator[dict[str, np.ndarray]]:
    """What is seen at every step that is measured, by the names of the record."""
    digits = task("digits")
    x, y = tensors(digits.x, digits.y, torch.float32)
    nets = [build(replace(net, seed=seed)) for seed in seeds]
    model, weights = Ensemble(nets[0]), stack(nets)
    order = [list(batches(replace(training, seed=seed), len(x))) for seed in seeds]
    sizes = torch.tensor(multiples, dtype=x.dtype) * training.rate
    maps = [name for name in weights if name.endswith(("map.weight", "head.weight"))]
    follow = _Tops(nets, x[:SAMPLES], y[:SAMPLES], training.loss)
    for number in range(training.steps):
        chosen = torch.from_numpy(np.stack([each[number] for each in order]))
        batch = x[chosen], y[chosen]
        loss, gradient = model.gradients(weights, *batch, training.loss)
        if number % every == 0:
            along, change = _along(model, weights, gradient, *batch, sizes, training.loss)
            each = torch.stack([weights[name].flatten(1).norm(dim=1) for name in maps], 1)
            seen = {"loss": loss, "gradient": lengths(gradient), "along": along,
                    "change": change, "lengths": each}  # fmt: skip
            tops = follow(weights) if eigenvalues else np.full(len(seeds), np.nan)
            yield {n: v.double().numpy() for n, v in seen.items()} | {"eigenvalue": tops}
        for name, value in weights.items():
            value.sub_(gradient[name], alpha=training.rate)
        report((number + 1) / training.steps)


class _Tops:
    """Top eigenvalues of all members; each search begins where the last one ended."""

    def __init__(self, nets: Sequence[Stack], x: torch.Tensor, y: torch.Tensor, loss: str) -> None:
        self.nets, self.x, self.y, self.loss = nets, x, y, loss
        self.starts: list[torch.Tensor | None] = [None] * len(nets)

    def __call__(self, weights: Stacked) -> np.ndarray:
        """At these weights, ``(members,)``."""
        tops = np.empty(len(self.nets))
        for k, net in enumerate(self.nets):
            found, self.starts[k] = top_eigenvalue(
                net, self.x, self.y, weights=member(weights, k), loss=self.loss,
                start=self.starts[k],
            )  # fmt: skip
            tops[k] = found.value
        return tops


def _along(
    model: Ensemble,
    weights: Stacked,
    gradient: Stacked,
    x: torch.Tensor,
    y: torch.Tensor,
    sizes: torch.Tensor,
    loss: str,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Loss, and change of the gradient, after steps of every size, ``(members, sizes)`` each.

    One pass: every member and size is a member of a larger ensemble.
    """
    count, members = len(sizes), len(x)
    moved, before = {}, {}
    for name, value in weights.items():
        step = sizes.view(1, -1, *[1] * (value.ndim - 1)) * gradient[name][:, None]
        moved[name] = (value[:, None] - step).flatten(0, 1)
        before[name] = gradient[name].repeat_interleave(count, 0)
    found, after = model.gradients(
        moved, x.repeat_interleave(count, 0), y.repeat_interleave(count, 0), loss
    )
    change = lengths({name: after[name] - before[name] for name in after})
    return found.view(members, count), change.view(members, count)
