"""The largest learning rate: many rates and seeds at once, and those that blow up are results."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch

from normlib.landscape.ensemble import Ensemble, stack
from normlib.landscape.nets import build
from normlib.landscape.seeds import Sweep
from normlib.landscape.settings import LARGEST_STEPS, Net, Training, whole
from normlib.landscape.training import BLOWN_UP, batches, tensors
from normlib.landscape.workers import Progress, together
from normlib.tasks import task

RATES = tuple(round(0.0125 * 2 ** (k / 2), 6) for k in range(21))  # 0.0125 to 12.8
PARTS = 2  # ensembles; the same on every machine, so that numbers are


def sweep(
    net: Net,
    training: Training,
    rates: Sequence[float] = RATES,
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    *,
    progress: Progress | None = None,
) -> Sweep:
    """Train at every rate from every seed, all in one ensemble.

    Args:
        net, training: what, and how; their own seeds and rate are replaced.
        rates: learning rates, rising.
        seeds: of weights and batches; every rate starts from the same.
        progress: called with the finished share; what it raises cancels and comes out.

    Returns:
        A training has diverged when its loss is not finite, or over a thousand times its first.

    Raises:
        NormError: for trainings of no steps.
    """
    whole("steps", training.steps, 1, LARGEST_STEPS)
    parts = [rates[start::PARTS] for start in range(min(PARTS, len(rates)))]  # of equal work
    found = together([partial(_trainings, net, training, part, seeds) for part in parts], progress)
    loss = np.empty((len(rates), len(seeds), training.steps))
    diverged = np.empty((len(rates), len(seeds)), dtype=np.int64)
    for start, (losses, ended) in enumerate(found):
        loss[start::PARTS], diverged[start::PARTS] = losses, ended
    first = replace(net, seed=seeds[0])
    at = replace(training, seed=seeds[0], rate=float(rates[0]))
    return Sweep(first, at, np.array(rates), tuple(seeds), loss, diverged)


def _trainings(
    net: Net, training: Training, rates: Sequence[float], seeds: Sequence[int], report: Progress
) -> tuple[np.ndarray, np.ndarray]:
    """Losses ``(rates, seeds, steps)``, and the step at which each diverged, or -1."""
    digits = task("digits")
    x, y = tensors(digits.x, digits.y, torch.float32)
    nets = [build(replace(net, seed=seed)) for seed in seeds]
    model = Ensemble(nets[0])
    weights = {name: value.repeat(len(rates), *[1] * (value.ndim - 1))
               for name, value in stack(nets).items()}  # fmt: skip
    order = [list(batches(replace(training, seed=seed), len(x))) for seed in seeds]
    members = len(rates) * len(seeds)
    step = torch.tensor(rates, dtype=x.dtype).repeat_interleave(len(seeds))
    losses = torch.full((members, training.steps), torch.nan)
    diverged = torch.full((members,), -1)
    for number in range(training.steps):
        alive = (diverged < 0).nonzero()[:, 0]
        if not len(alive):
            break
        chosen = torch.from_numpy(np.stack([each[number] for each in order]))[alive % len(seeds)]
        current = {name: value[alive] for name, value in weights.items()}
        found, gradient = model.gradients(current, x[chosen], y[chosen], training.loss)
        first = found if number == 0 else losses[alive, 0]
        bad = ~(found <= BLOWN_UP * first.clamp_min(1e-6))
        diverged[alive[bad]] = number
        losses[alive[~bad], number] = found[~bad]
        for name, value in current.items():
            by = step[alive].view(-1, *[1] * (value.ndim - 1))
            weights[name][alive] = value - by * gradient[name]
        report((number + 1) / training.steps)
    shape = (len(rates), len(seeds))
    return losses.double().numpy().reshape(*shape, -1), diverged.numpy().reshape(shape)
