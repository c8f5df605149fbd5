"""Groups in words: which axes are pooled, which kept apart, and what each group is called."""

import numpy as np

from normlib import Partition, Spec
from normlib.pattern import joined
from normlib.summary import stored_statistics
from normlib.trace import leaves_alone
from pages.ui.text import t

SPACES = {("t",): "time", ("h", "w"): "pixel", ("d", "h", "w"): "voxel"}


def structure(spec: Spec, training: bool = True) -> str:
    """How entries come by their statistics.

    ``alone``: there are none; ``block``: columns are treated together; ``stored``: all come from
    elsewhere; ``windows``: merged from several columns; ``mixture`` of several kinds; ``levels``:
    those of columns are compared with each other; ``disjoint``: a column is a group;
    ``unchanged``: nothing is done at all.
    """
    if leaves_alone(spec, training):
        return "unchanged"
    operation = spec.operates(training)
    if not operation.statistics:
        return "alone"
    if operation.mixes:
        return "block"
    if stored_statistics(operation) == operation.statistics:
        return "stored"
    of_kind = {"mixture": "mixture", "two-level": "levels"}.get(spec.entry.kind, "windows")
    return of_kind if spec.pools else "disjoint"


def sentence(spec: Spec, training: bool = True) -> str:
    """What is pooled, with placeholders {count}, {g}, {c0}, {c1} and the axes still open."""
    partition, kind = spec.partition, structure(spec, training)
    pooled = _phrases("pooled", [axis for axis in partition.pooled if axis in spec.axes], spec)
    apart = _phrases("apart", list(joined(partition.kept)), spec)
    entries = t("words.comma").join([*pooled, *apart])
    if kind in ("alone", "windows"):
        whole = t(f"words.{kind}").replace("<window>", window(spec) if kind == "windows" else "")
    else:
        number = "one" if partition.rows == 1 else "sentence"
        whole = t(f"words.{number}")
    whole = whole.replace("<all>", entries)
    more = _more(spec, training)
    return t("words.both", first=whole, second=more) if more else whole


def of_entry(spec: Spec, index: tuple[int, ...], training: bool = True) -> str:
    """The sentence for the group of one entry."""
    facts: dict[str, int] = dict(zip(spec.axes, index, strict=True))
    within = spec.partition.lengths.get("k", 1)
    if "c" in facts:
        first = facts["c"] // within * within
        facts |= {"g": facts["c"] // within, "c0": first, "c1": first + within - 1}
    count = group_sizes(spec, training)[spec.partition.group_of_entry()[index]]
    return sentence(spec, training).format(count=int(count), **facts)


def group_sizes(spec: Spec, training: bool = True) -> np.ndarray:
    """Entries that the sentence of each column counts: its own, or those of its window."""
    windows = np.ones(spec.partition.columns, int)
    if structure(spec, training) == "windows":
        windows = spec.pools[0].sizes()
    return np.asarray(windows * spec.partition.rows)


def group_names(partition: Partition) -> tuple[str, ...]:
    """A short name for every group, for example ``n0 g1``; of a single one that of the matrix."""
    return tuple(
        " ".join(f"{axis}{i}" for axis, i in zip(partition.kept, index, strict=True)) or "1"
        for index in np.ndindex(*(partition.lengths[axis] for axis in partition.kept))
    )


def shape(sizes: tuple[int, ...]) -> str:
    """A shape in brackets, as code shows it."""
    return f"({', '.join(map(str, sizes))}{',' if len(sizes) == 1 else ''})"


def window(spec: Spec) -> str:
    """What else gives a column its statistics, in a few words; of windows only."""
    relation = next(iter(spec.pools[0].relations.values()))
    return t(f"words.window.{relation}")


def _more(spec: Spec, training: bool) -> str:
    """A second sentence, where what is pooled is not all that there is to say."""
    kind = structure(spec, training)
    if kind in ("disjoint", "windows", "alone"):
        return ""
    if kind == "block":
        kind = "blocks" if spec.partition.blocks else "block"
    elif kind == "mixture":
        kind = spec.method if training else f"stored_{spec.method}"
    return t(f"words.more.{kind}")


def _phrases(kind: str, axes: list[str], spec: Spec) -> list[str]:
    """One phrase per axis, the axes of space in one."""
    space = tuple(axis for axis in axes if axis in "thwd")
    named = [axis for axis in axes if axis not in space]
    if space and spec.entry.tensor != "activation":
        named.append("kernel")
    elif space:
        named += [SPACES[space]] if space in SPACES else space
    return [t(f"words.{kind}.{name}") for name in named]
