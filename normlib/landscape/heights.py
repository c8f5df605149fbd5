"""What can be read from pictures of loss surfaces: heights, and which one is higher."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib.landscape.panels import Panel
from normlib.landscape.records import Surface
from normlib.landscape.settings import STATISTICS

ALIKE = 1.25  # ratio of two heights up to which they are called alike
TINY = 1e-12


@dataclass(frozen=True)
class Heights:
    """What can be read from a surface.

    Attributes:
        net: loss of the net in the middle.
        least, most: over all cells that are finite; NaN where none is.
    """

    net: float
    least: float
    most: float


@dataclass(frozen=True)
class Comparison:
    """One height beside another.

    Attributes:
        verdict: ``higher``, ``lower`` or ``alike``: the first one.
        ratio: of the larger to the smaller.
    """

    verdict: str
    ratio: float


def heights(surface: Surface) -> Heights:
    """Loss of the net itself, and the ends of what is seen around it."""
    finite = surface.values[np.isfinite(surface.values)]
    finite = finite if finite.size else np.array([np.nan])
    if len(surface.path_values):
        net = surface.path_values[-1]
    else:
        net = surface.values[np.abs(surface.a).argmin(), np.abs(surface.b).argmin()]
    return Heights(float(net), float(finite.min()), float(finite.max()))


def compare(first: float, second: float) -> Comparison:
    """The first of two heights beside the second."""
    ratio = max(first, second) / max(min(first, second), TINY)
    if ratio <= ALIKE:
        return Comparison("alike", ratio)
    return Comparison("higher" if first > second else "lower", ratio)


def between_methods(most: Mapping[Panel, float]) -> tuple[Panel, Panel] | None:
    """The two nets, each with its first picture; None where there is only one."""
    first = {panel.net: panel for panel in reversed(list(most))}
    found = [first[net] for net in dict.fromkeys(panel.net for panel in most)]
    return (found[0], found[1]) if len(found) == 2 else None


def between_modes(most: Mapping[Panel, float]) -> list[tuple[Panel, Panel]]:
    """Pictures of one net with batch and with running statistics."""
    return [(batch, running) for batch in most for running in most
            if batch.net == running.net
            and (batch.statistics, running.statistics) == STATISTICS]  # fmt: skip
