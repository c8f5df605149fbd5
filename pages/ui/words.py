"""Groups in words: which axes are pooled, which kept apart, and what each group is called."""

import numpy as np

from normlib import Partition, Spec
from pages.ui.text import t

SPACES = {("t",): "time", ("h", "w"): "pixel", ("d", "h", "w"): "voxel"}
INNER = ("k", "m")  # said together with the group or the part that they are in


def sentence(spec: Spec) -> str:
    """What is pooled, with placeholders {count}, {g}, {c0}, {c1} and the axes still open."""
    partition = spec.partition
    pooled = _phrases("pooled", [axis for axis in partition.pooled if axis not in INNER], spec)
    apart = _phrases("apart", list(partition.kept), spec)
    whole = t("words.sentence").replace("<all>", t("words.comma").join([*pooled, *apart]))
    more = window(spec)
    return t("words.both", first=whole, second=more) if more else whole


def of_entry(spec: Spec, index: tuple[int, ...]) -> str:
    """The sentence for the group of one entry."""
    facts: dict[str, int] = dict(zip(spec.axes, index, strict=True))
    within = spec.partition.lengths.get("k", 1)
    if "c" in facts:
        first = facts["c"] // within * within
        facts |= {"g": facts["c"] // within, "c0": first, "c1": first + within - 1}
    return sentence(spec).format(count=_count(spec, index), **facts)


def group_names(partition: Partition) -> tuple[str, ...]:
    """A short name for every group, for example ``n0 g1``; of a single one that of the matrix."""
    return tuple(
        " ".join(f"{axis}{i}" for axis, i in zip(partition.kept, index, strict=True)) or "1"
        for index in np.ndindex(*(partition.lengths[axis] for axis in partition.kept))
    )


def shape(sizes: tuple[int, ...]) -> str:
    """A shape in brackets, as code shows it."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


def _count(spec: Spec, index: tuple[int, ...]) -> int:
    windows = spec.pools[0].sizes() if spec.pools else np.ones(spec.partition.columns, int)
    return int(windows[spec.partition.group_of_entry()[index]]) * spec.partition.rows


def window(spec: Spec) -> str:
    """What else gives a group its statistics, in a sentence; empty where groups are disjoint."""
    relations = {kind for pool in spec.pools for kind in pool.relations.values()}
    if spec.operates().mixes:
        relations = {"block"}
    if not relations:
        return ""
    name = "mixture" if len(spec.pools) > 1 else relations.pop()
    return t(f"words.window.{name}")


def _phrases(kind: str, axes: list[str], spec: Spec) -> list[str]:
    """One phrase per axis, the axes of space in one."""
    space = tuple(axis for axis in axes if axis in "thwd")
    named = [axis for axis in axes if axis not in space]
    if space:
        named.append("kernel" if spec.entry.tensor != "activation" else SPACES[space])
    return [t(f"words.{kind}.{name}") for name in named]
