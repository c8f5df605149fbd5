"""Pictures of loss surfaces side by side: what each shows, and those that are shipped.

Settings need no torch; `surfaces` loads it when it is called.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from normlib.landscape.records import Surface
from normlib.landscape.scripts import Call
from normlib.landscape.settings import NONE, PLANES, STATISTICS, Net, Training, choice
from normlib.landscape.shipped import load
from normlib.landscape.spline import preview
from normlib.methods import METHODS

Progress = Callable[[float], None]
BOTH = "both"
SIZE, PREVIEW = 51, 17  # cells along each side, of the exact picture and of the preview


@dataclass(frozen=True)
class Panel:
    """One picture: a net, how it was trained, and where one looks.

    Attributes:
        net, training: what, and how.
        plane: ``random`` or ``trajectory``, as in `views.surface_after`.
        statistics: of batch norm and its kin: ``batch`` or ``running``.
        seed: of the random directions.
    """

    net: Net
    training: Training
    plane: str = "random"
    statistics: str = "batch"
    seed: int = 0

    def __post_init__(self) -> None:
        choice("plane", self.plane, PLANES)
        choice("statistics", self.statistics, STATISTICS)

    @property
    def has_modes(self) -> bool:
        """Whether the two statistics may give two pictures."""
        return self.net.method != NONE and METHODS[self.net.method].mode_dependent


def side_by_side(
    nets: Sequence[Net], training: Training, *, plane: str, statistics: str, seed: int
) -> tuple[Panel, ...]:
    """The pictures of some nets, equal ones once; ``both`` statistics where they may differ."""
    found: dict[Panel, None] = {}
    for net in nets:
        plain = Panel(net, training, plane, STATISTICS[0], seed)
        wanted = STATISTICS if statistics == BOTH else (statistics,)
        each = wanted if plain.has_modes else STATISTICS[:1]
        found |= {Panel(net, training, plane, one, seed): None for one in each}
    return tuple(found)


SHIPPED: Mapping[str, tuple[Panel, ...]] = {
    f"surface_{plane}_{depth}": side_by_side(
        [Net(depth=depth), Net(method="batch", depth=depth)], Training(),
        plane=plane, statistics=BOTH, seed=0,
    )
    for plane in PLANES for depth in (3, 6)
}  # fmt: skip


def surfaces(
    panels: Sequence[Panel], size: int, progress: Progress | None = None
) -> tuple[Surface, ...]:
    """The surface of every panel, ``size`` cells along each side.

    Args:
        panels: what to look at.
        size: odd, so that the net itself has a cell.
        progress: called with the finished share of all; what it raises cancels and comes out.
    """
    from normlib.landscape.views import surface_after

    found: list[Surface] = []

    def report(share: float) -> None:
        if progress:
            progress((len(found) + share) / len(panels))

    for panel in panels:
        found.append(surface_after(
            panel.net, panel.training, plane=panel.plane, seed=panel.seed, size=size,
            statistics=panel.statistics, progress=report,
        ))  # fmt: skip
        report(0.0)
    return tuple(found)


def to_ship(name: str) -> tuple[tuple[Panel, Surface], ...]:
    """A file of pictures, computed anew."""
    return tuple(zip(SHIPPED[name], surfaces(SHIPPED[name], SIZE), strict=True))


def calls(panels: Iterable[Panel], size: int = SIZE) -> dict[str, Call]:
    """What computes each picture, for the script that a learner takes away."""
    return {
        f"{panel.net.method} {panel.statistics}": Call(
            "views", "surface_after", (panel.net, panel.training),
            {"plane": panel.plane, "seed": panel.seed, "size": size,
             "statistics": panel.statistics},
        )
        for panel in panels
    }  # fmt: skip


def known() -> dict[Panel, Surface]:
    """All pictures that come with the app."""
    return {panel: surface for name in SHIPPED for panel, surface in load(name)}


def stand_in(wanted: Sequence[Panel]) -> dict[Panel, Surface]:
    """Of the pictures that come with the app those that are most like the wanted ones."""
    asked = wanted[0]
    depth = min({panels[0].net.depth for panels in SHIPPED.values()},
                key=lambda depth: abs(depth - asked.net.depth))  # fmt: skip
    modes = {panel.statistics for panel in wanted if panel.has_modes} or set(STATISTICS[:1])
    return {panel: surface for panel, surface in known().items()
            if (panel.plane, panel.net.depth) == (asked.plane, depth)
            and (not panel.has_modes or panel.statistics in modes)}  # fmt: skip


def refined(coarse: Surface, size: int) -> Surface:
    """A preview with ``size`` cells along each side, between those of a coarse surface."""
    a, b = (np.linspace(line[0], line[-1], size) for line in (coarse.a, coarse.b))
    return preview(coarse, a, b)
