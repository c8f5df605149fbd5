"""Whether the table holds a composition already: the same groups, operation and recovery."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from normlib.compose import COUNTED
from normlib.knobs import Value
from normlib.method import Method
from normlib.methods import METHODS, divisors
from normlib.partition import SPLITS, Partition
from normlib.recover import RECOVERIES
from normlib.spec import Spec

COUNTS = {knob: SPLITS[outer][0] for outer, knob in COUNTED.items()}  # knob and axis


@dataclass(frozen=True)
class Match:
    """A published method that has the groups and the operation of a composition.

    Attributes:
        spec: the method with the knobs that make it so, on the shape of the composition.
        same: whether the recovery is the same too.
        here: whether the groups agree on this shape only, because some axis has length 1.
    """

    spec: Spec
    same: bool
    here: bool

    @property
    def bare(self) -> bool:
        """Whether the recovery is the same because the method's own is switched off."""
        return self.same and not self.spec.settings.get("affine", True)


@dataclass(frozen=True)
class Published:
    """What the table knows of a composition.

    Attributes:
        matches: those with the same recovery first, of these those that agree on every shape,
            of these those that need nothing switched off; then by year.
        compared: number of methods of the table that normalize such a tensor.
    """

    matches: tuple[Match, ...]
    compared: int

    @property
    def named(self) -> tuple[Match, ...]:
        """Matches in everything, on every shape."""
        return tuple(match for match in self.matches if match.same and not match.here)


def published(spec: Spec) -> Published:
    """Methods of the table with the groups and the operation of a composition, in training.

    Groups are compared as sets of entries, so that two spellings of one grouping meet. Every
    group count and the switch ``affine`` are tried; eps and other numbers make no other method.
    Where a method takes statistics from windows or from several groups, no composition has them.

    Example:
        >>> found = published(Spec("keep n c, standardize, affine per channel", (2, 6, 4, 4)))
        >>> [(m.spec.method, m.spec.settings.get("groups")) for m in found.named][:3]
        [('instance', None), ('ghost', None), ('group', 6)]
    """
    fitting = [entry for entry in METHODS.values()
               if entry.tensor == "activation" and entry.fits(spec.layout)]  # fmt: skip
    matches = [match for entry in fitting for match in _matches(entry, spec)]
    order = {key: place for place, key in enumerate(METHODS)}
    matches.sort(key=lambda match: (not match.same, match.here, match.bare,
                                    match.spec.entry.year, order[match.spec.method]))  # fmt: skip
    return Published(tuple(matches), len(fitting))


def same_groups(first: Partition, second: Partition, *, generic: bool = False) -> bool:
    """Whether two partitions of one shape have the same groups, in the same blocks.

    Args:
        first, second: to compare.
        generic: whether axes of length 1 count as if they were longer.
    """
    return all(
        _signature(first, one, generic) == _signature(second, other, generic)
        for one, other in ((first.kept, second.kept), (first.blocks, second.blocks))
    )


def reach(spec: Spec) -> str:
    """Whether statistics cross samples, where groups are disjoint.

    Returns:
        ``within``: whatever the shape, each group, or each block that is treated together, lies
        in one sample; ``across``: it does not; ``single``: it does on this shape only.
    """
    partition = spec.partition
    kept = partition.blocks if spec.operates().mixes else partition.kept
    how = _signature(partition, kept, generic=True)[partition.layout.index("n")]
    if "n" in kept or {"b", "m"} <= set(kept):
        return "within"
    return "single" if how == "whole" or spec.lengths["n"] == 1 else "across"


def _matches(entry: Method, spec: Spec) -> Iterator[Match]:
    """The first knobs of a method, with the same recovery if any, that give the same groups."""
    if entry.pools or entry.operation != spec.operates().key:
        return
    found: list[Match] = []
    for knobs in _variants(entry, spec):
        groups, parts = (int(knobs.get(name, 1)) for name in COUNTS)
        apart, blocks = (entry.axes(spec.axes, names) for names in (entry.apart, entry.blocks))
        its = Partition(spec.axes, spec.sizes, apart, groups, parts, blocks)
        if same_groups(its, spec.partition):
            here = not same_groups(its, spec.partition, generic=True)
            same = _recovery(entry, spec.axes, bool(knobs.get("affine", True))) == _recovery(
                spec.entry, spec.axes, True
            )
            found.append(Match(Spec(entry.key, spec.sizes, spec.layout, knobs), same, here))
    yield from sorted(found, key=lambda match: (not match.same, match.here))[:1]


def _variants(entry: Method, spec: Spec) -> Iterable[Mapping[str, Value]]:
    names = {knob.name for knob in entry.knobs}
    choices = {name: divisors(spec.lengths[axis]) for name, axis in COUNTS.items() if name in names}
    affine = {"affine": (True, False)} if "affine" in names else {}
    for values in product(*choices.values(), *affine.values()):
        yield dict(zip((*choices, *affine), values, strict=True))


def _recovery(entry: Method, axes: tuple[str, ...], affine: bool) -> tuple[object, ...]:
    """The recovery's key, and the axes that its parameters are learned along."""
    recovery = RECOVERIES[entry.recovery if affine else "identity"]
    per = any(parameter.axes == "per" for parameter in recovery.parameters)
    return recovery.key, frozenset(entry.axes(axes, entry.per)) if per else frozenset()


def _signature(partition: Partition, kept: tuple[str, ...], generic: bool) -> tuple[object, ...]:
    """How each axis is kept: not at all, whole, or in blocks or strides of some length."""
    found: list[object] = []
    for axis, size in zip(partition.layout, partition.sizes, strict=True):
        outer, inner = next(((o, i) for o, (a, i) in SPLITS.items() if a == axis), ("", ""))
        if axis in kept or {outer, inner} <= set(kept):
            found.append("whole" if size > 1 or generic else "none")
        elif outer in kept or inner in kept:
            name = outer if outer in kept else inner
            length = partition.lengths[name]
            found.append("none" if length == 1 else "whole" if length == size else (name, length))
        else:
            found.append("none")
    return tuple(found)
