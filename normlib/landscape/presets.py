"""Comparisons that pages open with: what is trained, with which methods, from which seeds."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from normlib.landscape.settings import Net, Training

SEEDS = (0, 1, 2, 3, 4)
METHODS = ("none", "batch", "layer", "group")
POINTS = 25  # measurements along a training
_NET, _TRAINING = Net(), Training()


@dataclass(frozen=True)
class Comparison:
    """Nets that differ in their method alone, from the same weights and batches.

    Attributes:
        net, training: what is trained and how, whatever the method and the seed.
        methods: ``none`` first.
        seeds: of weights and batches.
        every: steps between two measurements.
        eigenvalues: whether to measure those too, which takes most of the time.
    """

    net: Net = _NET
    training: Training = _TRAINING
    methods: tuple[str, ...] = METHODS
    seeds: tuple[int, ...] = SEEDS
    every: int = 4
    eigenvalues: bool = True

    def net_of(self, method: str) -> Net:
        """The net with that method."""
        return replace(self.net, method=method)

    def without(self, known: Collection[str]) -> "Comparison":
        """The same for those of its methods that are not known yet."""
        return replace(self, methods=tuple(one for one in self.methods if one not in known))


SMOOTHNESS: Mapping[str, Comparison] = {  # where the claim holds, and where it does not
    "claim": Comparison(),
    "default_init": Comparison(Net(init="torch")),
    "shallow": Comparison(Net(depth=1), Training(steps=40), every=2),
    "tanh": Comparison(Net(activation="tanh", init="xavier"), Training(steps=40), every=2),
    "squared": Comparison(training=Training(loss="squared")),
}


def shipped_with(asked: Comparison) -> str | None:
    """Name of the shipped comparison of that net and training from those seeds, if there is one.

    Its methods may be others, and it knows the eigenvalues.
    """
    known = (name for name, one in SMOOTHNESS.items() if _without_methods(one, asked) == asked)
    return next(known, None)


def spacing(steps: int) -> int:
    """Steps between two measurements of so long a training: some 25 are made."""
    return max(1, round(steps / POINTS))


def nearest(asked: Comparison) -> str:
    """Name of the shipped comparison that shares most settings with what is asked for."""

    def shared(name: str) -> int:
        one = SMOOTHNESS[name]
        pairs = ((vars(getattr(one, part)), vars(getattr(asked, part)))
                 for part in ("net", "training"))  # fmt: skip
        return sum(mine[key] == theirs[key] for mine, theirs in pairs for key in mine)

    return max(SMOOTHNESS, key=shared)


def _without_methods(one: Comparison, asked: Comparison) -> Comparison:
    return replace(one, methods=asked.methods, eigenvalues=asked.eigenvalues)
