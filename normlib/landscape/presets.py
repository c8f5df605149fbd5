"""Comparisons that pages open with: what is trained, with which methods, from which seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from normlib.landscape.settings import Net, Training

SEEDS = (0, 1, 2, 3, 4)
METHODS = ("none", "batch", "layer", "group")
_NET, _TRAINING = Net(), Training()


@dataclass(frozen=True)
class Comparison:
    """Nets that differ in their method alone, from the same weights and batches.

    Attributes:
        net, training: what is trained and how, whatever the method and the seed.
        methods: ``none`` first.
        seeds: of weights and batches.
        every: steps between two measurements.
    """

    net: Net = _NET
    training: Training = _TRAINING
    methods: tuple[str, ...] = METHODS
    seeds: tuple[int, ...] = SEEDS
    every: int = 4

    def net_of(self, method: str) -> Net:
        """The net with that method."""
        return replace(self.net, method=method)


SMOOTHNESS: Mapping[str, Comparison] = {  # where the claim holds, and where it does not
    "claim": Comparison(),
}
