"""Surfaces of trained nets, from settings alone: what a page asks for and a cache keeps."""

from dataclasses import replace
from math import ceil

import numpy as np
import torch
from torch import Tensor

from normlib.landscape.directions import random_plane, trajectory_plane
from normlib.landscape.probe import Probe
from normlib.landscape.records import Surface
from normlib.landscape.settings import PLANES, Net, Training, choice
from normlib.landscape.surface import surface
from normlib.landscape.training import Learner
from normlib.landscape.workers import Progress, one_torch_thread

SAMPLES = 512  # training samples on which the surface is evaluated
SIZE, PREVIEW = 51, 17  # cells along each side
POINTS = 100  # of a trajectory, at most, besides the start
MARGIN = 0.25  # of a trajectory's extent, around it


def surface_after(
    net: Net,
    training: Training,
    *,
    plane: str = "random",
    reach: float = 1.0,
    seed: int = 0,
    size: int = SIZE,
    statistics: str = "batch",
    progress: Progress | None = None,
) -> Surface:
    """Train a net on digits, then look at its loss around, on 512 training samples.

    Args:
        net, training: what, and how; no steps for the surface around the start.
        plane: ``random``: two filter-normalized Gaussian directions, from -reach to reach;
            ``trajectory``: the plane through the end along which the training varied most, as far
            as the training went and a quarter more.
        reach: half the side of a random plane, in units of the filters' own lengths.
        seed: of the random directions.
        size: cells along each side; an odd number puts the net itself into the middle cell.
        statistics: ``batch`` or ``running``; of a net that was not trained the latter are those
            of no data, mean 0 and variance 1.
        progress: called with the finished share; what it raises cancels and comes out.

    A training that diverges is followed as far as its weights were kept and finite.

    Source: Li et al. 2018, arXiv:1712.09913.
    """
    choice("plane", plane, PLANES)
    learner = Learner(net, training)
    points = _trained(learner, plane == "trajectory", _part(progress, 0, 0.5))
    progress = _part(progress, 0.5, 1)
    x, y = learner.x[:SAMPLES], learner.y[:SAMPLES]
    if plane == "random" or len(points) < 3:
        line = np.linspace(-reach, reach, size)
        if size % 2:
            line[size // 2] = 0
        return surface(learner.stack, x, y, random_plane(learner.stack, seed), line, line,
                       statistics=statistics, loss=training.loss, progress=progress)  # fmt: skip
    ways, path, explained = trajectory_plane(points)
    a, b = (_around(path[:, k].numpy(), size) for k in (0, 1))
    found = surface(learner.stack, x, y, ways, a, b, statistics=statistics, loss=training.loss,
                    progress=progress)  # fmt: skip
    probe = Probe(learner.stack, x, y, statistics=statistics, loss=training.loss)
    values = np.array([float(probe(point)) for point in points])
    return replace(found, path=path.numpy(), path_values=values, explained=explained)


def _trained(learner: Learner, keep: bool, progress: Progress | None) -> list[dict[str, Tensor]]:
    """Train to the end, or to the last finite weights; these, and others before them if kept."""
    points, steps = [learner.weights()], learner.training.steps
    every = max(1, ceil(steps / POINTS))
    with one_torch_thread():
        for moment in learner:
            done = moment.step + 1
            if moment.diverged:
                break
            if done % every == 0 or done == steps:
                found = learner.weights()
                if not all(bool(value.isfinite().all()) for value in found.values()):
                    break
                points = [*points, found] if keep else [found]
            if progress:
                progress(done / steps)
    if learner.diverged:
        with torch.no_grad():
            for name, value in learner.stack.named_parameters():
                value.copy_(points[-1][name])
    return points


def _part(progress: Progress | None, low: float, high: float) -> Progress | None:
    """Report a part of the whole work."""
    return progress and (lambda share: progress(low + (high - low) * share))


def _around(path: np.ndarray, size: int) -> np.ndarray:
    """Coordinates that hold the whole path, with a margin."""
    low, high = path.min(), path.max()
    margin = MARGIN * max(high - low, 1e-6)
    return np.linspace(low - margin, high + margin, size)
