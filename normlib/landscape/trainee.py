"""Nets in training that can be asked at any time for what they did so far."""

import numpy as np
import torch

from normlib.landscape.duel import CHECK_EVERY, Duel, Pair
from normlib.landscape.records import Moment, Run
from normlib.landscape.settings import Net, Training
from normlib.landscape.streams import stream
from normlib.landscape.training import Learner
from normlib.landscape.workers import Progress, limit_here, one_torch_thread


def wrong_labels(y: np.ndarray, share: float, seed: int, classes: int) -> np.ndarray:
    """Classes of which a share, rounded down, is replaced by another one, each as likely."""
    rng = stream("noise", seed)
    chosen = rng.permutation(len(y))[: int(share * len(y))]
    found = y.copy()
    found[chosen] = (y[chosen] + rng.randint(1, classes, size=len(chosen))) % classes
    return found


class Trainee:
    """One net in training, with its record so far.

    Args:
        net, training: what, and how.
        noise: share of the training labels that is wrong.
    """

    def __init__(self, net: Net, training: Training, noise: float = 0.0) -> None:
        self.learner = Learner(net, training)
        task = self.learner.task
        labels = wrong_labels(task.y, noise, training.seed, task.classes)
        self.learner.y = torch.tensor(labels)
        self._moments: list[Moment] = []
        self._checked: list[tuple[int, float]] = []

    @property
    def over(self) -> bool:
        """Whether there is no step left, or the net has diverged."""
        learner = self.learner
        return learner.diverged or learner.step_number >= learner.training.steps

    def step(self) -> None:
        """One step of gradient descent, unless it is over."""
        if self.over:
            return
        moment = self.learner.step()
        done = self.learner.step_number
        if (done % CHECK_EVERY == 0 or self.over) and not moment.diverged:
            self._checked.append((done, self.learner.accuracy()))
        self._moments.append(moment)

    def run(self) -> Run:
        """The record so far; may be asked for by another thread than the one that steps."""
        moments, checked = list(self._moments), list(self._checked)
        table = np.array(checked).reshape(-1, 2)
        return Run.of(self.learner.net, self.learner.training, moments,
                      table[:, 0].astype(int), table[:, 1])  # fmt: skip


def trained(net: Net, training: Training, *, noise: float = 0.0) -> Run:
    """One net alone, trained to the end: the same numbers as in a pair."""
    trainee = Trainee(net, training, noise)
    with one_torch_thread():
        while not trainee.over:
            trainee.step()
    return trainee.run()


def begin(duel: Duel) -> tuple[Trainee, Trainee]:
    """Both nets of a pair, before their first step."""
    first, second = (Trainee(net, training, duel.noise)
                     for net, training in zip(duel.nets, duel.trainings, strict=True))  # fmt: skip
    return first, second


def live(duel: Duel) -> tuple[Trainee, Trainee]:
    """The same, for a thread that does nothing else: torch gets one thread in it from now on."""
    limit_here()
    return begin(duel)


def finished(duel: Duel, progress: Progress | None = None) -> Pair:
    """Both nets of a pair, trained to the end."""
    pair = begin(duel)
    steps = duel.trainings[0].steps
    with one_torch_thread():
        for number in range(steps):
            for trainee in pair:
                trainee.step()
            if progress:
                progress((number + 1) / steps)
    return pair[0].run(), pair[1].run()
