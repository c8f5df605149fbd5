"""Measure learning rates and curvature together: `Rates` of a net, `Edge` of a training."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from normlib.landscape.edges import Edge
from normlib.landscape.limits import Rates
from normlib.landscape.nets import build
from normlib.landscape.rate_settings import (
    EDGE_CASES,
    EDGE_EVERY,
    EDGE_RATES,
    FEW,
    FEW_RATES,
    METHODS,
    RATES,
    SEEDS,
    edge_net,
    edge_training,
    net_of,
    training_of,
)
from normlib.landscape.settings import Net, Training
from normlib.landscape.sharpness import top_eigenvalue
from normlib.landscape.smoothness import SAMPLES, smoothness
from normlib.landscape.sweep import sweep
from normlib.landscape.training import Learner
from normlib.landscape.workers import Progress, one_torch_thread

EVERY = 4  # steps between two measurements of beta
SWEPT, WALKED = 0.7, 0.95  # share of the work that is done after the sweep, and after the path


def limits(
    net: Net,
    training: Training,
    rates: Sequence[float] = RATES,
    seeds: Sequence[int] = SEEDS,
    *,
    progress: Progress | None = None,
) -> Rates:
    """Train at every rate, and measure what the curvature allows.

    Args:
        net, training: what, and how. Beta is measured on the path at the rate of ``training``,
            every fourth step, for steps of 1/2 to 4 times that rate, and its median taken; the
            eigenvalue at the start, on the first 512 training samples.
        rates: learning rates of the sweep, rising.
        seeds: of weights and batches.
        progress: called with the finished share; what it raises cancels and comes out.
    """
    swept = sweep(net, training, rates, seeds, progress=_part(progress, 0, SWEPT))
    walked = smoothness(net, training, seeds, every=EVERY,
                        progress=_part(progress, SWEPT, WALKED))  # fmt: skip
    beta = np.median(walked.beta, 1)
    tops = [_at_the_start(replace(net, seed=seed), training) for seed in seeds]
    if progress:
        progress(1.0)
    return Rates(
        replace(net, seed=seeds[0]), replace(training, seed=seeds[0]), np.array(rates),
        tuple(seeds), swept.final, swept.trains, swept.diverged, np.array(tops), beta,
    )  # fmt: skip


def compare(
    nets: Mapping[str, Net],
    training: Training,
    rates: Sequence[float] = RATES,
    seeds: Sequence[int] = SEEDS,
    *,
    progress: Progress | None = None,
) -> dict[str, Rates]:
    """`limits` of several nets, one after the other; arguments likewise."""
    found: dict[str, Rates] = {}
    for number, (name, net) in enumerate(nets.items()):
        share = _part(progress, number / len(nets), (number + 1) / len(nets))
        found[name] = limits(net, training, rates, seeds, progress=share)
    return found


def asked(
    third: str, depth: int, activation: str, init: str, *, progress: Progress | None = None
) -> dict[str, Rates]:
    """No normalization, batch norm and a third method, for few seeds and rates.

    Args:
        third: key of the table.
        depth, activation, init: of the nets, see ``Net``.
        progress: called with the finished share; what it raises cancels and comes out.
    """
    nets = {name: net_of(name, depth=depth, activation=activation, init=init)
            for name in ("none", "batch", third)}  # fmt: skip
    return compare(nets, training_of(), FEW_RATES, FEW, progress=progress)


def shipped_sweep(depth: int) -> dict[str, Rates]:
    """What the page "Learning rates" opens with, at one of its depths."""
    return compare({name: net_of(name, depth=depth) for name in METHODS}, training_of())


def edge(
    net: Net, training: Training, *, every: int = 10, progress: Progress | None = None
) -> Edge:
    """Train, and follow the largest eigenvalue of the Hessian on all training samples.

    Args:
        net, training: what, and how; ``batch`` 1280 is full-batch gradient descent on digits.
        every: steps between two measurements.
        progress: called with the finished share; what it raises cancels and comes out.

    Source: Cohen et al. 2021, arXiv:2103.00065.
    """
    learner, vector = Learner(net, training), None
    losses, measured, values = [], [], []
    with one_torch_thread():
        while learner.step_number < training.steps and not learner.diverged:
            done = learner.step_number
            if done % every == 0:
                found, vector = top_eigenvalue(learner.stack, learner.x, learner.y,
                                               loss=training.loss, start=vector)  # fmt: skip
                measured.append(done)
                values.append(found.value)
            losses.append(learner.step().loss)
            if progress:
                progress(len(losses) / training.steps)
    return Edge(net, training, np.array(losses), np.array(measured), np.array(values))


def shipped_edges() -> dict[str, dict[str, Edge]]:
    """Trainings at the edge of stability, or not, by case and rate."""
    return {
        case: {
            f"{rate:g}": edge(edge_net(case), edge_training(case, rate), every=EDGE_EVERY)
            for rate in EDGE_RATES
        }
        for case in EDGE_CASES
    }


def _at_the_start(net: Net, training: Training) -> float:
    learner = Learner(net, training)
    with one_torch_thread():
        found, _ = top_eigenvalue(build(net), learner.x[:SAMPLES], learner.y[:SAMPLES],
                                  loss=training.loss)  # fmt: skip
    return found.value


def _part(progress: Progress | None, low: float, high: float) -> Callable[[float], None] | None:
    """Report a part of the work as part of the whole."""
    if progress is None:
        return None
    return lambda share: progress(low + (high - low) * share)
