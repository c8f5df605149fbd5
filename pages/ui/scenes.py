"""From a trace to what the tensor view draws: panels, groups, words."""

from collections.abc import Callable
from math import prod

import numpy as np
import streamlit as st

from normlib import Trace
from normlib.formula import FORMULAS, arrays, digits_for
from normlib.partition import check_index
from pages.ui import frame, words
from pages.ui.tensor_view import LABELS, LIMIT, Panel, Scene
from pages.ui.text import t

SHOWN = {  # step: panels, in order; a statistic stands under the matrix before it
    "input": ("input",),
    "reshape": ("input", "reshape"),
    "mean": ("reshape", "mean"),
    "variance": ("reshape", "mean", "variance"),
    "mean square": ("reshape", "mean square"),
    "normalize": ("reshape", "mean", "variance", "mean square", "normalize"),
    "recover": ("normalize", "recover"),
    "reshape back": ("recover", "reshape back"),
}
SYMBOLS = {"x": "x", "mean": "μ", "variance": "σ²", "mean_square": "q", "normalized": "x̂",
           "recovered": "y"}  # fmt: skip
LETTERS = {"input": "x", "reshape": "x", "normalize": "x̂", "recover": "y", "reshape back": "y"}
BRIGHTEST = 10.0  # times the largest output: inputs beyond that are drawn in full colour


def scene(trace: Trace, step: str, *, color: str, digits: int, alone: bool = False) -> Scene:
    """The picture of one step; ``alone`` where the page will never show another one."""
    spec, partition = trace.spec, trace.spec.partition
    window = drawn(spec.sizes)
    ids = drawn_ids(spec.sizes)
    columns, group = np.unique(partition.group_of_entry()[window], return_inverse=True)
    names = words.group_names(partition)
    state = frame.values()
    return Scene(
        axes=spec.axes,
        sizes=ids[window].shape,
        group=group,
        group_names=tuple(names[column] for column in columns),
        panels=tuple(_panel(trace, name, ids, columns)
                     for name in SHOWN[step] if name in trace.names),
        numbers={name: values[window] if values.shape == spec.sizes
                 else values[columns] if values.ndim else values
                 for name, values in arrays(trace).items()},
        formula=_formula(trace[step].formula),
        sentence=words.sentence(partition),
        channels_per_group=partition.lengths.get("k", 1),
        group_size=partition.rows,
        labels={key: t(f"view.{key}") for key in LABELS},
        alone=alone,
        drawing=str(state["drawing"]),
        color=color,
        extent=_extent(trace),
        digits=digits_for(trace, digits),
        locked=-1 if (index := locked(spec.sizes)) is None else int(ids[index]),
    )  # fmt: skip


def drawn(sizes: tuple[int, ...]) -> tuple[slice, ...]:
    """The part of a tensor that is drawn: the first samples, as many as the limit lets through."""
    kept = [max(1, min(size, LIMIT // prod(sizes[axis + 1 :]))) for axis, size in enumerate(sizes)]
    return tuple(slice(0, size) for size in kept)


def drawn_ids(sizes: tuple[int, ...]) -> np.ndarray:
    """Number of each entry among those drawn, -1 for the others; of the tensor's shape."""
    ids = np.full(sizes, -1)
    window = drawn(sizes)
    ids[window] = np.arange(ids[window].size).reshape(ids[window].shape)
    return ids


def locked(sizes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The entry that the link names, None where it names none of this shape."""
    try:
        index = check_index(tuple(map(int, str(frame.values()["cell"]).split(","))), sizes)
    except ValueError:
        return None
    return index if drawn_ids(sizes)[index] >= 0 else None


def entry_of(drawn_id: int, sizes: tuple[int, ...]) -> str:
    """What the link says for a drawn entry; nothing for -1."""
    kept = [part.stop for part in drawn(sizes)]
    return "" if drawn_id < 0 else ",".join(str(int(i)) for i in np.unravel_index(drawn_id, kept))


def locks(sizes: tuple[int, ...]) -> Callable[[int], None]:
    """What a locked entry of a tensor of ``sizes`` sets off: it goes into the link."""

    def lock(drawn_id: int) -> None:
        st.session_state["cell"] = entry_of(drawn_id, sizes)

    return lock


def _panel(trace: Trace, name: str, ids: np.ndarray, columns: np.ndarray) -> Panel:
    array, step = np.asarray(trace[name].array), trace[name]
    title = t(f"view.panels.{name}")
    if name in ("input", "reshape back"):
        values = array[drawn(trace.spec.sizes)]
        return Panel(name, "tensor", title, values, step.axes, symbol=LETTERS[name])
    axes = tuple(axis.strip("()") for axis in step.axes)
    if len(array) == 1 and name in trace.stats:
        return Panel(name, "row", title, array[0, columns], axes[1:])
    entries = trace.spec.partition.split(ids)[:, columns]
    rows = (entries >= 0).any(1)
    values = array[rows][:, columns]
    return Panel(name, "matrix", title, values, axes, entries[rows], LETTERS[name])


def _formula(key: str) -> str:
    formula = FORMULAS[key]
    right = formula.numbers.replace("sqrt(", "√(").replace(" - ", " − ").replace(" * ", " · ")
    result = f"{{{formula.result}}}"
    return f"{SYMBOLS[formula.result]} = {right}" + (f" = {result}" if right != result else "")


def _extent(trace: Trace) -> float:
    largest_input, largest_output = (float(np.abs(np.asarray(array)).max())
                                     for array in (trace.steps[0].array, trace.output))  # fmt: skip
    bound = BRIGHTEST * largest_output or largest_input
    return max(min(largest_input, bound), largest_output) or 1.0


def tell_cap(sizes: tuple[int, ...]) -> None:
    """Say so where only a part of the tensor is drawn."""
    count, shown = prod(sizes), int((drawn_ids(sizes) >= 0).sum())
    if shown < count:
        st.caption(t("view.capped", shown=shown, count=count))
