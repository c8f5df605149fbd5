"""The records of a failure: its numbers as done and repaired, and what there is to draw."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from normlib.partition import Partition
from normlib.trace import Trace

Fact = float | int | str
NOTHING: Mapping[str, Fact] = MappingProxyType({})


@dataclass(frozen=True)
class View:
    """A tensor to draw: the step of a trace, under the name that its caption has.

    ``partition`` has the groups to show where they are not those of the trace.
    """

    name: str
    trace: Trace
    step: str
    partition: Partition | None = None


@dataclass(frozen=True)
class Lines:
    """Curves over one axis, by name, and the place on it that is set at present."""

    x: np.ndarray
    series: Mapping[str, np.ndarray]
    mark: float
    log_x: bool = False
    log_y: bool = False
    floor: float = 0.0  # on a logarithmic axis, where 0 is drawn


@dataclass(frozen=True)
class Images:
    """Pictures of equal size (height, width), by name, in one range of grey levels."""

    pictures: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Cell:
    """One entry of a table: a value, its relative error, and a word for what is wrong with it."""

    value: float
    error: float
    state: str  # "fine", "wrong", "negative", "overflow", "equal"


@dataclass(frozen=True)
class Table:
    """Cells by names of rows and of columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Failure:
    """A failure reproduced at one setting.

    Attributes:
        verdict: what happens at this setting: ``"holds"``, or a word for how it goes wrong.
        numbers: by name, as done and repaired. The first is what the code gives.
        setup, code, repair: Python that anyone can run. ``code`` and ``repair`` stand each after
            ``setup``; the last line of each is an expression.
        error: what torch says to ``code``, type and message; empty where it says nothing.
        asked: torch's own way of doing it, where ``code`` is numpy; stands after ``setup``.
        facts: further values that the sentences name.
        page, query: where it can be explored: a page of the app and the parameters of its link.
        drawings: pictures of it, in order.
    """

    verdict: str
    numbers: Mapping[str, tuple[float, float]]
    setup: str
    code: str
    repair: str
    page: str
    query: Mapping[str, str]
    error: str = ""
    asked: str = ""
    facts: Mapping[str, Fact] = field(default_factory=lambda: NOTHING)
    drawings: tuple[View | Lines | Images | Table, ...] = ()

    @property
    def broken(self) -> bool:
        """Whether anything goes wrong at this setting."""
        return self.verdict != "holds"


@dataclass(frozen=True)
class Dial:
    """A setting of a failure: the values that it takes, and the one at which it breaks."""

    name: str
    choices: tuple[float, ...]
    default: float

    def fitting(self, value: float) -> float:
        """The value itself where it is one of the choices, else the default."""
        return value if value in self.choices else self.default


@dataclass(frozen=True)
class Entry:
    """One line of the table of failures.

    Attributes:
        subject: the group that it is listed in.
        reproduce: takes the dials by name, and ``seed`` where ``seeded``.
    """

    subject: str
    reproduce: Callable[..., Failure]
    dials: tuple[Dial, ...]
    seeded: bool = True
