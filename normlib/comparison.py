"""Two normalizations on the same numbers: how far apart their answers are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from zlib import crc32

import numpy as np

from normlib.data import SEED_LIMIT
from normlib.relation import Watched, relation, watched
from normlib.situation import bound
from normlib.spec import Spec
from normlib.trace import Trace, trace

# Answers agree where they differ by less than this share of the largest number among them. Means of
# one million cost a thousandfold of a single rounding; a difference of method leaves far more.
ROUNDING: Mapping[str, float] = {"float64": 1e-9, "float32": 1e-4}
AGREEMENTS = ("equal", "factor", "different")
Move = tuple[Callable[[np.ndarray], np.ndarray],
             Callable[[np.ndarray, tuple[int, ...]], np.ndarray]]  # fmt: skip
# How entries are moved before a method sees them, and moved back afterwards.
MOVES: Mapping[str, Move] = {
    "same": (lambda x: x, lambda y, sizes: y),
    "flat": (lambda x: x.reshape(1, -1, *x.shape[2:]), lambda y, sizes: y.reshape(sizes)),
    "turned": (lambda x: x.swapaxes(1, -1), lambda y, sizes: y.swapaxes(1, -1)),
    "transposed": (lambda x: x.swapaxes(0, 1), lambda y, sizes: y.swapaxes(0, 1)),
}
PREPARED = ("as it is", "centred", "zeros")


@dataclass(frozen=True)
class Side:
    """One of the two: a normalization, and what is done to the tensor before it.

    Attributes:
        spec: method and shape, the shape after the move.
        move: key of `MOVES`.
        prepared: ``as it is``, ``centred`` (the mean of each of the spec's groups is taken away)
            or ``zeros`` (nought in place of every number).
    """

    spec: Spec
    move: str = "same"
    prepared: str = "as it is"

    def input(self, x: np.ndarray) -> np.ndarray:
        """What the method gets to see of a tensor."""
        moved = np.ascontiguousarray(MOVES[self.move][0](x))
        if self.prepared == "zeros":
            return np.zeros_like(moved)
        if self.prepared == "centred":
            matrix = self.spec.partition.split(moved)
            return np.asarray(self.spec.partition.merge(matrix - matrix.mean(-2, keepdims=True)))
        return moved

    def back(self, y: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
        """An answer of the method with its entries where they came from."""
        return MOVES[self.move][1](y, sizes)

    def order(self, sizes: tuple[int, ...]) -> np.ndarray:
        """Flat number of the entry that the move brings to each place."""
        return MOVES[self.move][0](np.arange(int(np.prod(sizes))).reshape(sizes)).ravel()


@dataclass(frozen=True)
class Comparison:
    """Two answers to one tensor.

    Attributes:
        x: the tensor.
        training, learned: as for `compare`.
        sides: what was compared.
        traces: all steps of both.
        outputs: both answers, entries in the order of the tensor.
        difference, scale: largest absolute difference and largest absolute number of both.
        agree: one of `AGREEMENTS`; ``factor``: the first is a constant multiple of the second.
        factor: that multiple; 1 where the answers are equal, 0 where there is none.
    """

    x: np.ndarray
    training: bool
    learned: bool
    sides: tuple[Side, Side]
    traces: tuple[Trace, Trace]
    outputs: tuple[np.ndarray, np.ndarray]
    difference: float
    scale: float
    agree: str
    factor: float

    @cached_property
    def watched(self) -> tuple[Watched, Watched]:
        """Which entries give each entry its statistics, for both."""
        one, two = (
            watched(side.spec, training=self.training, order=side.order(self.x.shape))
            for side in self.sides
        )
        return one, two

    @cached_property
    def relation(self) -> str:
        """How the first's groups lie to the second's, see `normlib.relation.relation`."""
        return relation(*self.watched)

    @property
    def gap(self) -> np.ndarray:
        """Absolute difference, entry by entry."""
        return distance(*self.outputs)

    @property
    def tolerance(self) -> float:
        """The largest difference that counts as rounding."""
        return ROUNDING[self.outputs[0].dtype.name] * self.scale


def compare(
    first: Side | Spec,
    second: Side | Spec,
    x: np.ndarray,
    *,
    training: bool = True,
    learned: bool = False,
) -> Comparison:
    """Normalize one tensor in two ways and hold the answers side by side.

    Args:
        first, second: what to compare.
        x: floating-point numpy array of the shape that both can take.
        training: whether statistics are those of x; at prediction stored ones are used, seeded
            and the same for both.
        learned: whether gamma, beta and the like hold seeded values, the same for both where
            name and shape agree; otherwise those that a new layer starts with.

    Raises:
        NormError: as `normlib.trace` does.

    Example:
        >>> from normlib import data
        >>> first, second = (Spec(m, (3, 4, 5, 5), knobs=k) for m, k in (
        ...     ("instance", {}), ("group", {"groups": 4})))
        >>> found = compare(first, second, data.make("random", first))
        >>> found.agree, found.relation, found.difference < 1e-14
        ('equal', 'same', True)
    """
    one, two = (side if isinstance(side, Side) else Side(side) for side in (first, second))
    sides = one, two
    traces = _traced(one, x, training, learned), _traced(two, x, training, learned)
    outputs = one.back(traces[0].output, x.shape), two.back(traces[1].output, x.shape)
    return Comparison(x, training, learned, sides, traces, outputs, *agreement(*outputs))


def agreement(first: np.ndarray, second: np.ndarray) -> tuple[float, float, str, float]:
    """Largest difference, scale, key of `AGREEMENTS` and factor of two arrays."""
    difference = float(distance(first, second).max(initial=0.0))
    scale = float(max(np.abs(first).max(initial=0.0), np.abs(second).max(initial=0.0)))
    tolerance = ROUNDING[first.dtype.name] * scale
    if difference <= tolerance:
        return difference, scale, "equal", 1.0
    with np.errstate(all="ignore"):
        unit = second / np.abs(second).max()
        factor = float((first * unit).sum() / (second * unit).sum())
        proportional = bool(np.abs(first - factor * second).max() <= tolerance)
    constant = proportional and abs(factor) > ROUNDING[first.dtype.name]
    return difference, scale, "factor" if constant else "different", factor if constant else 0.0


def distance(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Absolute difference, entry by entry; numbers that are not finite differ infinitely."""
    with np.errstate(all="ignore"):
        gap = np.where(first == second, 0.0, np.abs(first - second))
    return np.asarray(np.where(np.isnan(gap), np.inf, gap))


def alike(
    spec: Spec, *, training: bool = True, learned: bool = False, seed: int | None = None
) -> dict[str, np.ndarray]:
    """Parameters of a spec that another spec shares wherever name, range and shape agree.

    Stored statistics are always seeded; all others only where ``learned``, and otherwise left
    out, so that they are those of a new layer.
    """
    start = spec.seed if seed is None else seed
    return {
        name: parameter.seeded(
            np.random.RandomState((start + crc32(name.encode())) % SEED_LIMIT),
            spec.shape_of(parameter), bound(spec, parameter),
        )
        for name, parameter in spec.parameters(training).items()
        if learned or name.startswith("running")
    }  # fmt: skip


def with_knobs(side: Side, **knobs: bool | int | float) -> Side:
    """The same side with other values of the knobs that its method has."""
    settings = {name: knobs.get(name, value) for name, value in side.spec.settings.items()}
    return replace(side, spec=replace(side.spec, knobs=settings))


def _traced(side: Side, x: np.ndarray, training: bool, learned: bool) -> Trace:
    given = alike(side.spec, training=training, learned=learned)
    return trace(side.spec, side.input(x), given, training=training)
