"""Batch statistics of every step of time: what training knows, and what it never saw.

Batch norm per time step (Cooijmans et al. 2016, arXiv:1603.09025) keeps a mean and a variance for
every feature at every step. Sequences of unequal length leave fewer and fewer values to the late
steps, and a longer sequence at prediction has steps for which there is nothing at all.
"""

from dataclasses import dataclass

import numpy as np

from normlib import running
from normlib.errors import NormError
from normlib.spec import Spec
from normlib.trace import apply

BEYOND = ("last", "fresh", "fail")  # what a predictor can do at a step without statistics


@dataclass(frozen=True, eq=False)
class Timeline:
    """Statistics of features p at steps t.

    Attributes:
        mean, variance: shape (p, t), the variance biased.
        count: sequences that each step has seen, shape (t,).
    """

    mean: np.ndarray
    variance: np.ndarray
    count: np.ndarray


@dataclass(frozen=True, eq=False)
class Forecast:
    """One sequence, predicted with statistics of every step.

    Attributes:
        used: what was used at every step that could be predicted.
        known: number of steps that are known from training.
        scale: root mean square of the outputs at each of these steps.
    """

    used: Timeline
    known: int
    scale: np.ndarray

    def reaches(self, step: int) -> bool:
        """Whether the step could be predicted."""
        return step < len(self.scale)

    def check(self, step: int) -> None:
        """Raise `NormError` unless the step could be predicted."""
        if not self.reaches(step):
            raise NormError("unseen_step", step=step, known=self.known)


def timeline(x: np.ndarray, lengths: np.ndarray | None = None) -> Timeline:
    """Mean and variance over the sequences, for each feature at each step.

    Args:
        x: shape (n, p, t), padded after the end of each sequence.
        lengths: frames of each sequence: only sequences that still run are counted (the mask).
            None: what stands in the padding is counted like any other number.

    Example:
        Of two sequences the second has ended at step 1.

        >>> x, lengths = np.array([[[1.0, 4.0]], [[3.0, 0.0]]]), np.array([2, 1])
        >>> timeline(x, lengths).mean.tolist(), timeline(x).mean.tolist()
        ([[2.0, 4.0]], [[2.0, 2.0]])
    """
    if lengths is None:
        lengths = np.full(len(x), x.shape[2])
    records = [
        running.observe(running.start(x.shape[1]), x[lengths > step, :, step], convention="pooled")
        for step in range(x.shape[2])
    ]
    mean, variance = (
        np.stack([getattr(record, name) for record in records], axis=1)
        for name in ("mean", "variance")
    )
    return Timeline(mean, variance, np.array([record.count[0] for record in records]))


def num_known(found: Timeline, least: int = 1) -> int:
    """How many steps, from the first on, at least ``least`` sequences have reached."""
    return int(np.append(found.count >= least, False).argmin())


def continued(found: Timeline, steps: int, *, beyond: str = "last", least: int = 1) -> Timeline:
    """Statistics to predict with: one mean and variance for each of ``steps`` steps.

    Args:
        found: what training has seen.
        steps: of the sequence to predict.
        beyond: at a step that fewer than ``least`` sequences have reached, ``last`` takes what
            the last known step has, as Cooijmans et al. do, ``fresh`` takes the mean 0 and the
            variance 1 that a new layer starts with, ``fail`` refuses.
        least: from 1 up; how many sequences make a step known.

    Raises:
        NormError: for ``fail`` where a step is not known, and where no step is known at all.
    """
    known = num_known(found, least)
    if known < steps and (beyond == "fail" or (beyond == "last" and not known)):
        raise NormError("unseen_step", step=known, known=known)
    own = np.minimum(np.arange(steps), max(known, 1) - 1)
    mean, variance = found.mean[:, own], found.variance[:, own]
    if beyond == "fresh":
        mean[:, known:], variance[:, known:] = 0.0, 1.0
    seen = np.append(found.count, np.zeros(max(0, steps - len(found.count)), int))
    return Timeline(mean, variance, seen[:steps])


def predict(x: np.ndarray, found: Timeline) -> np.ndarray:
    """Sequences (n, p, t), normalized with stored statistics of as many steps."""
    stored = {"running_mean": found.mean, "running_variance": found.variance}
    spec = Spec("recurrent_batch", x.shape, knobs={"affine": False})
    return np.asarray(apply(spec, x, stored, training=False))


def forecast(found: Timeline, x: np.ndarray, *, beyond: str = "last", least: int = 1) -> Forecast:
    """Predict one sequence (p, t) as far as `continued` lets it, for ``fail`` the known steps."""
    known = min(num_known(found, least), x.shape[1])
    steps = known if beyond == "fail" else x.shape[1]
    used = continued(found, steps, beyond=beyond, least=least)
    return Forecast(used, known, scale(predict(x[None, :, :steps], used)[0], axis=0))


def scale(x: np.ndarray, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """The root mean square over axes."""
    return np.asarray(np.sqrt(np.mean(np.square(x), axis=axis)))
