"""The records of an operation: what it may know, what it finds, and how it is described."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from normlib.arrays import Array
from normlib.in_place import centre_and_divide
from normlib.pool import Pool

Value = bool | int | float


@dataclass(frozen=True)
class Parameter:
    """An array that is learned, stored or given beside the input.

    Attributes:
        name: its name in code and formulas.
        axes: names of its axes: those of a layout, ``per`` for the axes that a method names,
            ``...`` for all axes of space, ``pooled`` for the rows of the matrix flattened, ``g``
            for groups of channels, a number or the name of a knob for an axis of that length.
        start: number that fills it where none is given, or ``eye`` (a unit matrix), ``unit``
            (equal entries of length 1), ``cycle`` (0, 1, 2, ... below ``below``).
        below: for whole numbers: name of the axis or knob whose length bounds them.
        low, high: between which seeded examples lie; whole numbers are a permutation where
            ``below`` is the axis itself.
    """

    name: str
    axes: str = "per"
    start: float | str = 0.0
    below: str = ""
    low: float = -1.0
    high: float = 1.0

    def initial(self, shape: tuple[int, ...], below: int = 1) -> np.ndarray:
        """The array to start with, float64 or whole numbers."""
        if self.start == "eye":
            return np.asarray(np.eye(shape[0], shape[-1]))
        if self.start == "unit":
            return np.full(shape, 1 / np.sqrt(np.prod(shape)))
        if self.start == "cycle":
            return np.arange(shape[0]) % below
        return np.full(shape, float(self.start))

    def seeded(
        self, rng: np.random.RandomState, shape: tuple[int, ...], below: int = 1
    ) -> np.ndarray:
        """Example values, two decimals; of state vectors a direction of length 1."""
        if self.below:
            all_once = self.below == self.axes
            return np.asarray(
                rng.permutation(below) if all_once else rng.randint(below, size=shape)
            )
        if self.start == "unit":
            direction = rng.normal(size=shape)
            return np.asarray(direction / np.linalg.norm(direction))
        return np.round(rng.uniform(self.low, self.high, shape), 2)


@dataclass(frozen=True)
class Given:
    """What an operation may know besides its columns.

    Attributes:
        eps: keeps roots and quotients away from zero.
        knobs: settings of the method by name.
        parameters: its parameters by name, laid out to meet the columns.
        pools: windows over columns; empty where every column stands for itself.
    """

    eps: float
    knobs: Mapping[str, Value] = field(default_factory=dict)
    parameters: Mapping[str, Array] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()


@dataclass(frozen=True)
class Stats:
    """What is known of each column, every array of shape ``(..., 1, columns)`` unless said.

    Attributes:
        named: the statistics that are taught, in order: name and value. A mean is rounded once
            to the working precision; a variance is the biased one (divided by the row count) and
            becomes infinite where it exceeds the floating-point range, while ``scale`` does not.
        shifts: subtracted one after the other; their exact sum is the mean.
        scale: divides last; the square root of variance plus eps for ``standardize``.
        power: how often ``scale`` divides; its square may lie outside the floating-point range.
        matrix: mixes the columns of a block, shape ``(..., columns, columns)``: the answer is
            ``x @ matrix.T``; None where columns stay apart.
        unit: powers of two by which columns are divided before they are mixed, and ``prepared``
            the pair of an input and its columns, centred and so divided, where a fit has it.
        factor, offset: multiplied and added at the very end; None where there is none.
        parts: statistics whose answers are added, each with its weight, where several are mixed.
        reuse: whether the columns may be written over.
        numbers: further numbers that formulas name, by name; one per column or one for all.
    """

    named: tuple[tuple[str, Array], ...]
    shifts: tuple[Array, ...] = ()
    scale: Array = None
    power: int = 1
    matrix: Array = None
    unit: Array = None
    prepared: tuple[Array, Array] | None = None
    factor: Array = None
    offset: Array = None
    parts: tuple[tuple[Array, "Stats"], ...] = ()
    reuse: bool = False
    numbers: Mapping[str, Array] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Array:
        return dict(self.named)[name]

    def __contains__(self, name: object) -> bool:
        return name in dict(self.named)


class Transform(Protocol):
    """``(columns, stats) -> columns``."""

    def __call__(self, x: Array, stats: Stats) -> Array:
        """The columns, normalized."""


def transform(x: Array, stats: Stats) -> Array:
    """Apply statistics to columns: subtract, mix, divide, multiply, add; each where it is there."""
    if stats.parts:
        weighted = [weight * transform(x, part) for weight, part in stats.parts]
        return sum(weighted[1:], weighted[0])
    if stats.matrix is not None:
        of, ready = stats.prepared or (None, None)
        if of is not x:
            ready = centre_and_divide(x, stats.shifts, stats.unit)
        matrix = stats.matrix if stats.unit is None else stats.matrix * stats.unit
        x = centre_and_divide(ready @ matrix.swapaxes(-2, -1), (), stats.scale, stats.power)
    else:
        x = centre_and_divide(x, stats.shifts, stats.scale, stats.power, in_place=stats.reuse)
    if stats.factor is not None:
        x = x * stats.factor
    return x if stats.offset is None else x + stats.offset


@dataclass(frozen=True)
class Operation:
    """An operation on columns.

    Attributes:
        key: its name in code, links and formulas.
        statistics: names of what ``fit`` finds, in the order in which it is found.
        fit: ``(columns, given) -> Stats``.
        transform: ``(columns, stats) -> columns``.
        parameters: what it takes besides the columns.
        mixes: whether an entry depends on all columns of its block.
        triangular: whether, of these, only on its own and those before it.
        watches: whether any statistic is taken from the columns; not where all are stored, or
            there are none.
    """

    key: str
    statistics: tuple[str, ...]
    fit: Callable[[Array, Given], Stats]
    transform: Transform = transform
    parameters: tuple[Parameter, ...] = ()
    mixes: bool = False
    triangular: bool = False
    watches: bool = True
