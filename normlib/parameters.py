"""Values for parameters: the initial ones, seeded ones, and those meant to undo the work."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from normlib.data import SEED_LIMIT, random
from normlib.operation import Stats
from normlib.operations import OPERATIONS
from normlib.recover import own
from normlib.situation import bound, given_to
from normlib.spec import Spec
from normlib.trace import apply

Parameters = dict[str, np.ndarray]
WITH_MEAN = ("standardize", "outside", "l1", "center")  # operations whose mean beta can restore
WITH_VARIANCE = ("standardize", "outside", "rms")
MANY = 100  # rounds of power iteration that a trained layer has behind it


def initial(spec: Spec, x: np.ndarray, *, training: bool = True) -> Parameters:
    """What a new layer starts with: gamma 1 and beta 0 where there is nothing special."""
    found = {
        name: parameter.initial(spec.shape_of(parameter), bound(spec, parameter))
        for name, parameter in spec.parameters(training).items()
    }
    style = {"style": np.array(x, float)} if "style" in found else {}
    return found | style | ({} if training else stored(spec, x))


def seeded(spec: Spec, x: np.ndarray, *, training: bool = True) -> Parameters:
    """Gamma between 0.5 and 2, beta between -1 and 1, two decimals, decided by the seed."""
    return _drawn(spec, training) | ({} if training else stored(spec, x))


def stored(spec: Spec, x: np.ndarray) -> Parameters:
    """What prediction takes from earlier training, decided by the seed.

    Running means lie between -1 and 1, variances between 0.5 and 2. A whitening matrix, and the
    mean that goes with it, are those of another seeded batch of this shape; u and v of spectral
    norm are those that many calls with the same weight leave behind.
    """
    drawn = _drawn(spec, training=False)
    found = {name: drawn[name] for name in spec.state_shapes}
    if "running_matrix" in found:
        batch = random(replace(spec, seed=(spec.seed + 1) % SEED_LIMIT))
        stats = _fit(spec, batch, {}, training=True)
        found |= {"running_mean": np.ravel(stats["mean"]), "running_matrix": stats.matrix}
    if "u" in drawn:
        many = replace(spec, knobs=spec.settings | {"iterations": MANY})
        stats = _fit(many, x, drawn, training=True)
        found |= {name: np.ravel(value) for name, value in
                  (("u", stats["u"]), ("v", stats.numbers["v"]))}  # fmt: skip
    return found


def undo(spec: Spec, x: np.ndarray, *, training: bool = True) -> Parameters:
    """Gamma = sqrt(variance + eps), beta = mean: gives batch norm its input back.

    A gamma that meets several groups, as in layer, instance and group norm, gets the mean of
    their values and can be right for none of them: see `residual` and `groups_met`. At prediction
    the stored statistics are meant.
    """
    start = initial(spec, x, training=training)
    stats = _fit(spec, x, start, training)
    scale = np.ones_like(stats.named[0][1]) if stats.scale is None else stats.scale
    return start | _spread(spec, {"gamma": scale, "beta": _mean(stats, scale)})


def undo_with_variance(spec: Spec, x: np.ndarray, *, training: bool = True) -> Parameters:
    """The mistake gamma = variance (beta = mean): it does not undo anything."""
    start = initial(spec, x, training=training)
    stats = _fit(spec, x, start, training)
    _, variance = stats.named[-1]
    return start | _spread(spec, {"gamma": variance, "beta": _mean(stats, variance)})


class Kind(Protocol):
    """``(spec, x, *, training) -> parameters``."""

    def __call__(self, spec: Spec, x: np.ndarray, *, training: bool = True) -> Parameters:
        """Every parameter of training or of prediction."""


KINDS: Mapping[str, Kind] = {
    "initial": initial,
    "seeded": seeded,
    "undo": undo,
    "variance": undo_with_variance,
}


def kinds(spec: Spec) -> tuple[str, ...]:
    """The keys of `KINDS` that make sense for a spec; none where nothing is learned."""
    if not spec.parameter_shapes:
        return ()
    simple = spec.recovery.terms is own and bool(spec.recovery.parameters)
    restores = simple and spec.entry.operation in {*WITH_MEAN, *WITH_VARIANCE, "l2"}
    mistaken = simple and spec.entry.operation in WITH_VARIANCE
    return ("initial", "seeded", *("undo",) * restores, *("variance",) * mistaken)


def residual(
    spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray], *, training: bool = True
) -> float:
    """``max |y - x|``: how far the answer is from the input."""
    return float(np.abs(apply(spec, x, parameters, training=training) - x).max())


def groups_met(spec: Spec) -> int:
    """How many groups one gamma meets; only where it is 1 can the input come back."""
    per = spec.parameter_axes
    one_gamma = tuple(0 if axis in per else slice(None) for axis in spec.axes)
    return len(np.unique(spec.partition.group_of_entry()[one_gamma]))


def _drawn(spec: Spec, training: bool) -> Parameters:
    rng = np.random.RandomState((spec.seed + 1) % SEED_LIMIT)
    return {
        name: parameter.seeded(rng, spec.shape_of(parameter), bound(spec, parameter))
        for name, parameter in spec.parameters(training).items()
    }


def _fit(spec: Spec, x: np.ndarray, given: Mapping[str, np.ndarray], training: bool) -> Stats:
    """The statistics of the method's own operation, whatever the knob ``by_variance`` says."""
    predicts = spec.entry.predict and not training
    operation = OPERATIONS[spec.entry.predict if predicts else spec.entry.operation]
    matrix = spec.partition.split(x)
    return operation.fit(matrix, given_to(spec, operation, given, matrix))


def _mean(stats: Stats, like: np.ndarray) -> np.ndarray:
    return np.asarray(sum(stats.shifts, np.zeros_like(like)))


def _spread(spec: Spec, per_column: Mapping[str, np.ndarray]) -> Parameters:
    """Mean, over the entries that a parameter acts on, of a value that each column has."""
    partition = spec.partition
    others = tuple(i for i, axis in enumerate(spec.axes) if axis not in spec.parameter_axes)
    spread = {}
    for name in per_column.keys() & spec.parameter_shapes.keys():
        matrix = np.broadcast_to(per_column[name], (partition.rows, partition.columns))
        spread[name] = partition.merge(matrix).mean(axis=others)
    return spread
