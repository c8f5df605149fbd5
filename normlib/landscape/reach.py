"""How far standardizing the input reaches in a deep net: facts from the scales of its layers."""

from collections.abc import Mapping
from dataclasses import dataclass

from normlib.landscape.records import Scales


@dataclass(frozen=True)
class Reach:
    """Raw features held against standardized ones, in one net.

    Attributes:
        first: by what factor standardizing multiplies the size of the input.
        last: likewise, of what enters the head.
        centres: mean over spread of what enters the first layer, the second, and the head, with
            standardized features.
    """

    first: float
    last: float
    centres: tuple[float, float, float]


def reach(raw: Scales, standardized: Scales) -> Reach:
    """What standardizing the features does to a net."""
    ratio = standardized.rms / raw.rms
    centre = standardized.mean / standardized.spread
    first, second, head = (float(centre[at]) for at in (0, 1, -1))
    return Reach(float(ratio[0]), float(ratio[-1]), (first, second, head))


def growth(
    by_gain: Mapping[str, Mapping[str, Scales]], low: str, high: str
) -> dict[str, tuple[float, float, float]]:
    """Size of what enters the head at two gains of the weights, and the factor between them.

    Args:
        by_gain: scales by gain and by scaling of the features.
        low, high: the two gains.

    Returns:
        By scaling.
    """
    found = {}
    for scaling in by_gain[low]:
        sizes = [float(by_gain[gain][scaling].rms[-1]) for gain in (low, high)]
        found[scaling] = (sizes[0], sizes[1], sizes[1] / sizes[0])
    return found
