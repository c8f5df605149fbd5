"""Values for parameters: the initial ones, seeded ones, and those meant to undo the work."""

from collections.abc import Callable, Mapping

import numpy as np

from normlib.data import SEED_LIMIT
from normlib.operation import Given, Stats
from normlib.operations import OPERATIONS
from normlib.recover import own
from normlib.situation import bound
from normlib.spec import Spec
from normlib.trace import apply

Parameters = dict[str, np.ndarray]
WITH_MEAN = ("standardize", "outside", "l1", "center")  # operations whose mean beta can restore
WITH_VARIANCE = ("standardize", "outside", "rms")


def initial(spec: Spec, x: np.ndarray) -> Parameters:
    """What a new layer starts with: gamma 1 and beta 0 where there is nothing special."""
    found = {
        name: parameter.initial(spec.shape_of(parameter), bound(spec, parameter))
        for name, parameter in spec.parameters().items()
    }
    return found | ({"style": np.array(x, float)} if "style" in found else {})


def seeded(spec: Spec, x: np.ndarray) -> Parameters:
    """Gamma between 0.5 and 2, beta between -1 and 1, two decimals, decided by the seed."""
    rng = np.random.RandomState((spec.seed + 1) % SEED_LIMIT)
    return {
        name: parameter.seeded(rng, spec.shape_of(parameter), bound(spec, parameter))
        for name, parameter in spec.parameters().items()
    }


def undo(spec: Spec, x: np.ndarray) -> Parameters:
    """Gamma = sqrt(variance + eps), beta = mean: gives batch norm its input back.

    A gamma that meets several groups, as in layer, instance and group norm, gets the mean of
    their values and can be right for none of them: see `residual` and `groups_met`.
    """
    stats = _statistics(spec, x)
    scale = np.ones_like(stats.named[0][1]) if stats.scale is None else stats.scale
    return initial(spec, x) | _spread(spec, {"gamma": scale, "beta": _mean(stats, scale)})


def undo_with_variance(spec: Spec, x: np.ndarray) -> Parameters:
    """The mistake gamma = variance (beta = mean): it does not undo anything."""
    stats = _statistics(spec, x)
    _, variance = stats.named[-1]
    return initial(spec, x) | _spread(spec, {"gamma": variance, "beta": _mean(stats, variance)})


KINDS: Mapping[str, Callable[[Spec, np.ndarray], Parameters]] = {
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


def residual(spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray]) -> float:
    """``max |y - x|``: how far the answer is from the input."""
    return float(np.abs(apply(spec, x, parameters) - x).max())


def groups_met(spec: Spec) -> int:
    """How many groups one gamma meets; only where it is 1 can the input come back."""
    per = spec.parameter_axes
    one_gamma = tuple(0 if axis in per else slice(None) for axis in spec.axes)
    return len(np.unique(spec.partition.group_of_entry()[one_gamma]))


def _statistics(spec: Spec, x: np.ndarray) -> Stats:
    given = Given(spec.eps, spec.settings, {}, spec.pools)
    return OPERATIONS[spec.entry.operation].fit(spec.partition.split(x), given)


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
