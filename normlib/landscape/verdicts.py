"""What a comparison of smoothness says: how many times smoother, and whether for every seed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib.landscape.seeds import Smoothness
from normlib.landscape.settings import NONE

CLAIMED = ("loss_range", "gradient_change", "beta", "eigenvalue")  # smaller with normalization
CURVES = (*CLAIMED, "hidden_length", "loss")
BLOWN_UP = 1e3  # times the first loss: what is above has diverged
ENOUGH = 0.5  # of the seeds: where no more are left, nothing is said
CLEAR = 1.25  # a ratio from 1 / CLEAR to CLEAR is none to speak of


@dataclass(frozen=True)
class Verdict:
    """A quantity without normalization over the same with it.

    Attributes:
        says: ``holds``: clearly above 1, in every seed above 1; ``reversed``: clearly below 1, in
            every seed below 1; ``absent``: neither; ``broken``: no more than half of the seeds
            are left to compare.
        ratio: median over seeds of the ratio of medians over the steps; NaN where broken.
        least, most: smallest and largest of the seeds.
        compared: how many seeds there are in which both trainings could be measured to the end.
    """

    says: str
    ratio: float
    least: float
    most: float
    compared: int


@dataclass(frozen=True, eq=False)
class Band:
    """A curve of several seeds: their median, and from the smallest to the largest.

    Attributes:
        steps: at which was measured, ``(steps,)``.
        middle, low, high: likewise.
        left_out: seeds whose training could not be measured to its end, which are not in it.
    """

    steps: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    left_out: int


def curve(record: Smoothness, name: str) -> np.ndarray:
    """One of `CURVES` at all seeds and steps, ``(seeds, steps)``.

    ``hidden_length`` is the length of the weights of all hidden layers together.
    """
    if name == "hidden_length":
        return np.asarray(np.sqrt((record.lengths[..., :-1] ** 2).sum(2)))
    with np.errstate(invalid="ignore", divide="ignore"):  # of a training that broke down
        return np.asarray(getattr(record, name))


def whole(record: Smoothness) -> np.ndarray:
    """In which seeds the training was measured to its end, ``(seeds,)``.

    In the others the loss rose a thousandfold or became infinite, or the gradient became zero,
    which has no direction.
    """
    names = ("loss", "loss_range", "gradient_change", "beta")
    finite = [np.isfinite(curve(record, name)).all(1) for name in names]
    first = np.maximum(record.loss[:, :1], 1e-6)
    low = (record.loss <= BLOWN_UP * first).all(1)
    return np.asarray(np.all([*finite, low], axis=0))


def bands(found: Mapping[str, Smoothness], name: str) -> dict[str, Band]:
    """One of `CURVES` of every net; empty where it broke down in half of its seeds or more."""
    bands = {}
    for method, record in found.items():
        kept = whole(record)
        steps, values = record.steps, curve(record, name)[kept]
        if kept.mean() <= ENOUGH:
            steps, values = steps[:0], np.zeros((1, 0))
        bands[method] = Band(steps, np.median(values, 0), values.min(0), values.max(0),
                             int((~kept).sum()))  # fmt: skip
    return bands


def verdict(found: Mapping[str, Smoothness], method: str, name: str) -> Verdict:
    """What the nets without normalization and with that method say about one of `CURVES`."""
    plain, normalized = found[NONE], found[method]
    both = whole(plain) & whole(normalized)
    for record in (plain, normalized):
        both &= np.isfinite(curve(record, name)).all(1)
    if both.mean() <= ENOUGH:
        return Verdict("broken", np.nan, np.nan, np.nan, int(both.sum()))
    above, below = (np.median(curve(one, name)[both], axis=1) for one in (plain, normalized))
    ratios = above / np.maximum(below, np.finfo(float).tiny)
    ratio, least, most = float(np.median(ratios)), float(ratios.min()), float(ratios.max())
    says = "absent"
    if ratio >= CLEAR and least > 1:
        says = "holds"
    elif ratio <= 1 / CLEAR and most < 1:
        says = "reversed"
    return Verdict(says, ratio, least, most, int(both.sum()))


def asked(found: Mapping[str, Smoothness], name: str) -> bool:
    """Whether a curve was measured at all, in any of the nets."""
    return any(np.isfinite(curve(one, name)).any() for one in found.values())
