"""How much the slope of a loss changes between two points of a line, and where it does most.

Two forms of one statement: ``|f'(x) - f'(y)| <= L |x - y|``, and with both sides squared
``|f'(x) - f'(y)|^2 <= beta |x - y|^2`` with ``beta = L^2``. A learning rate compares with 2 / L.
"""

from dataclasses import dataclass

import numpy as np

from normlib.landscape.records import Line

STILL = 1.15  # times: what changes less when one looks closer does not grow


@dataclass(frozen=True)
class Change:
    """Two points of a line, and what the slope does between them.

    Attributes:
        points: their coordinates.
        values: the loss there.
        slopes: its derivatives there.
    """

    points: tuple[float, float]
    values: tuple[float, float]
    slopes: tuple[float, float]

    @property
    def distance(self) -> float:
        """``|x - y|``"""
        return abs(self.points[0] - self.points[1])

    @property
    def change(self) -> float:
        """``|f'(x) - f'(y)|``"""
        return abs(self.slopes[0] - self.slopes[1])

    @property
    def ratio(self) -> float | None:
        """Change over distance; None for one and the same point."""
        return self.change / self.distance if self.distance else None

    @property
    def ratio_squared(self) -> float:
        """Its square, 0 for one and the same point."""
        return (self.ratio or 0.0) ** 2


@dataclass(frozen=True)
class Inequality:
    """Two points, held against the two between which the slope changes most.

    Attributes:
        chosen: the two points.
        largest: the steepest neighbours of the line.
    """

    chosen: Change
    largest: Change

    @property
    def lipschitz(self) -> float:
        """L: the largest ratio."""
        return self.largest.ratio or 0.0

    @property
    def beta(self) -> float:
        """L squared."""
        return self.lipschitz**2

    @property
    def limit(self) -> float:
        """``2 / L``, of which a learning rate is."""
        return 2 / self.lipschitz if self.lipschitz else np.inf

    @property
    def allowed(self) -> float:
        """``L |x - y|``: what the change may be at most."""
        return self.lipschitz * self.chosen.distance


@dataclass(frozen=True)
class Closer:
    """L seen from few of the points, and from all of them.

    Attributes:
        wide, narrow: distances of neighbours.
        coarse, fine: L as each of them shows it.
    """

    wide: float
    narrow: float
    coarse: float
    fine: float

    @property
    def factor(self) -> float:
        """Fine over coarse."""
        return self.fine / self.coarse

    @property
    def grows(self) -> bool:
        """Whether looking closer finds clearly more."""
        return self.factor > STILL


def hold(line: Line, first: float, second: float) -> Inequality:
    """The inequality for those two points of the line that lie nearest to two coordinates."""
    at = (int(np.abs(line.a - place).argmin()) for place in (first, second))
    return Inequality(_change(line, *at), steepest(line))


def steepest(line: Line, every: int = 1) -> Change:
    """The two neighbours between which the slope changes most for their distance.

    No pair of points further apart has a larger ratio: it is an average of those between.

    Args:
        line: with its points in rising order.
        every: take every so manieth point only.
    """
    a, slopes = line.a[::every], line.slopes[::every]
    at = int(np.abs(np.diff(slopes) / np.diff(a)).argmax()) * every
    return _change(line, at, at + every)


def closer(line: Line, every: int = 4) -> Closer:
    """L from every so manieth point, and from all."""
    coarse, fine = (steepest(line, step) for step in (every, 1))
    return Closer(coarse.distance, fine.distance, coarse.ratio or 0.0, fine.ratio or 0.0)


def _change(line: Line, first: int, second: int) -> Change:
    points, values, slopes = (
        (float(one[first]), float(one[second])) for one in (line.a, line.values, line.slopes)
    )
    return Change(points, values, slopes)
