"""How the groups of two normalizations lie to each other: entry by entry, windows included."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from normlib.membership import sources
from normlib.spec import Spec
from normlib.trace import leaves_alone

PARTLY = ("renorm", "stored_switchable", "stored_batch_instance", "stored_spectral")
RELATIONS = ("same", "finer", "coarser", "crossing")


@dataclass(frozen=True)
class Watched:
    """Which entries of a tensor give each entry its statistics.

    Attributes:
        kind: ``groups`` (disjoint), ``windows`` (overlapping), ``partly`` (stored numbers play a
            part as well), ``stored`` (they alone do), ``none`` (no statistics) or ``untouched``
            (the method leaves the input as it is).
        column: number of the set of every entry, flat.
        sets: one whole number per set, its bit e saying whether entry e belongs to it.
    """

    kind: str
    column: tuple[int, ...]
    sets: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number of different sets."""
        return len(set(self.sets))

    @property
    def sizes(self) -> tuple[int, int]:
        """Entries in the smallest and in the largest set."""
        found = [entries.bit_count() for entries in self.sets]
        return min(found), max(found)


def watched(
    spec: Spec, *, training: bool = True, order: Sequence[int] | np.ndarray | None = None
) -> Watched:
    """What the statistics of a spec are taken from.

    Args:
        spec: method and shape.
        training: as for `normlib.apply`.
        order: for every entry of the spec's tensor the flat number of the entry of the original
            tensor that stands there, where its entries were moved first.
    """
    size = prod(spec.sizes)
    order = range(size) if order is None else [int(entry) for entry in np.ravel(order)]
    operation = spec.operates(training)
    blind, known = not operation.watches, bool(operation.statistics)
    alone = {"none": blind and not known, "stored": blind and known,
             "untouched": leaves_alone(spec, training)}  # fmt: skip
    if kind := next((kind for kind, holds in alone.items() if holds), ""):
        return Watched(kind, (0,) * size, (0,))
    groups = spec.partition.group_of_entry().ravel()
    masks, column = [0] * spec.partition.columns, [0] * size
    for entry, group in zip(order, groups.tolist(), strict=True):
        masks[group] |= 1 << entry
        column[entry] = group
    sets = [_union(masks, found) for found in _sources(spec, training)]
    disjoint = sum(entries.bit_count() for entries in set(sets)) == size
    kind = "partly" if operation.key in PARTLY else "groups" if disjoint else "windows"
    return Watched(kind, tuple(column), tuple(sets))


def relation(first: Watched, second: Watched) -> str:
    """One of `RELATIONS`: how the sets of the first lie to those of the second.

    ``same``: every entry has the same set in both; ``finer``: each set of the first lies within
    that of the second; ``coarser`` the other way round; ``crossing``: neither.
    """
    pairs = {(first.sets[a], second.sets[b])
             for a, b in set(zip(first.column, second.column, strict=True))}  # fmt: skip
    if all(a == b for a, b in pairs):
        return "same"
    if all(a & b == a for a, b in pairs):
        return "finer"
    return "coarser" if all(a & b == b for a, b in pairs) else "crossing"


def _sources(spec: Spec, training: bool) -> list[np.ndarray]:
    """As `sources`; at prediction without those that stored numbers have taken the place of."""
    key = spec.operates(training).key
    if key == "stored_switchable":  # instance and layer are left
        own, layer = (pool.sources() for pool in spec.pools[:2])
        return [np.union1d(*both) for both in zip(own, layer, strict=True)]
    if key == "stored_batch_instance":  # instance is left
        return [np.array([column]) for column in range(spec.partition.columns)]
    return sources(spec)


def _union(masks: Sequence[int], columns: np.ndarray) -> int:
    whole = 0
    for column in columns.tolist():
        whole |= masks[column]
    return whole
