"""Values for gamma and beta: the initial ones, seeded ones, and those meant to undo the work."""

from collections.abc import Callable, Mapping

import numpy as np

from normlib.data import SEED_LIMIT
from normlib.normalize import OPERATIONS, Stats
from normlib.recover import NEUTRAL
from normlib.spec import Spec
from normlib.trace import apply

Parameters = dict[str, np.ndarray]


def initial(spec: Spec, x: np.ndarray) -> Parameters:
    """Gamma 1 and beta 0, as every framework starts: nothing is changed."""
    return {name: np.full(shape, NEUTRAL[name]) for name, shape in spec.parameter_shapes.items()}


def seeded(spec: Spec, x: np.ndarray) -> Parameters:
    """Gamma between 0.5 and 2, beta between -1 and 1, two decimals, decided by the seed."""
    rng = np.random.RandomState((spec.seed + 1) % SEED_LIMIT)
    ends = {"gamma": (0.5, 2.0), "beta": (-1.0, 1.0)}
    return {
        name: np.round(rng.uniform(*ends[name], shape), 2)
        for name, shape in spec.parameter_shapes.items()
    }


def undo(spec: Spec, x: np.ndarray) -> Parameters:
    """Gamma = sqrt(variance + eps), beta = mean: gives batch norm its input back.

    A gamma that meets several groups, as in layer, instance and group norm, gets the mean of
    their values and can be right for none of them: see `residual` and `groups_met`.
    """
    stats = _statistics(spec, x)
    return _spread(spec, {"gamma": stats.scale, "beta": _mean(stats)})


def undo_with_variance(spec: Spec, x: np.ndarray) -> Parameters:
    """The mistake gamma = variance (beta = mean): it does not undo anything."""
    stats = _statistics(spec, x)
    _, variance = stats.named[-1]
    return _spread(spec, {"gamma": variance, "beta": _mean(stats)})


KINDS: Mapping[str, Callable[[Spec, np.ndarray], Parameters]] = {
    "initial": initial,
    "seeded": seeded,
    "undo": undo,
    "variance": undo_with_variance,
}


def residual(spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray]) -> float:
    """``max |y - x|``: how far the answer is from the input."""
    return float(np.abs(apply(spec, x, parameters) - x).max())


def groups_met(spec: Spec) -> int:
    """How many groups one gamma meets; only where it is 1 can the input come back."""
    per = spec.parameter_axes
    one_gamma = tuple(0 if axis in per else slice(None) for axis in spec.axes)
    return len(np.unique(spec.partition.group_of_entry()[one_gamma]))


def _statistics(spec: Spec, x: np.ndarray) -> Stats:
    operation = OPERATIONS[spec.entry.operation]
    return operation.fit(spec.partition.split(x), float(spec["eps"]))


def _mean(stats: Stats) -> np.ndarray:
    return np.asarray(sum(stats.shifts, np.zeros_like(stats.scale)))


def _spread(spec: Spec, per_column: Mapping[str, np.ndarray]) -> Parameters:
    """Mean, over the entries that a parameter acts on, of a value that each column has."""
    partition = spec.partition
    others = tuple(i for i, axis in enumerate(spec.axes) if axis not in spec.parameter_axes)
    spread = {}
    for name in spec.parameter_shapes:
        matrix = np.broadcast_to(per_column[name], (partition.rows, partition.columns))
        spread[name] = partition.merge(matrix).mean(axis=others)
    return spread
