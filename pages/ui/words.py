"""Groups in words: which axes are pooled, which kept apart, and what each group is called."""

import numpy as np

from normlib import Partition
from pages.ui.text import t

SPACES = {("t",): "time", ("h", "w"): "pixel", ("d", "h", "w"): "voxel"}


def sentence(partition: Partition) -> str:
    """What is pooled, with placeholders {count}, {g}, {c0}, {c1} and the axes still open."""
    pooled = _phrases("pooled", [axis for axis in partition.pooled if axis != "k"])
    apart = _phrases("apart", list(partition.apart))
    return t("words.sentence").replace("<all>", t("words.comma").join([*pooled, *apart]))


def of_entry(partition: Partition, index: tuple[int, ...]) -> str:
    """The sentence for the group of one entry."""
    facts: dict[str, int] = dict(zip(partition.layout, index, strict=True))
    within = partition.lengths.get("k", 1)
    first = facts["c"] // within * within
    facts |= {"g": facts["c"] // within, "c0": first, "c1": first + within - 1}
    return sentence(partition).format(count=partition.rows, **facts)


def group_names(partition: Partition) -> tuple[str, ...]:
    """A short name for every group, for example ``n0 g1``."""
    return tuple(
        " ".join(f"{axis}{i}" for axis, i in zip(partition.apart, index, strict=True))
        for index in np.ndindex(*(partition.lengths[axis] for axis in partition.apart))
    )


def shape(sizes: tuple[int, ...]) -> str:
    """A shape in brackets, as code shows it."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


def _phrases(kind: str, axes: list[str]) -> list[str]:
    """One phrase per axis, the axes of space in one."""
    space = tuple(axis for axis in axes if axis not in ("n", "c", "g"))
    named = [axis for axis in axes if axis not in space]
    if space:
        named.append(SPACES[space])
    return [t(f"words.{kind}.{name}") for name in named]
