"""From a trace to what the tensor view draws: panels, groups, words."""

import re
from collections.abc import Callable
from math import prod

import numpy as np
import streamlit as st

from normlib import Spec, Trace
from normlib.formula import arrays, digits_for, shown
from normlib.formulas import FORMULAS
from normlib.partition import check_index
from pages.ui import frame, panels, words
from pages.ui.tensor_view import LABELS, LIMIT, Scene
from pages.ui.text import t

SYMBOLS = {
    "x": "x", "mean": "μ", "variance": "σ²", "mean_square": "q", "norm": "‖x‖",
    "mean_deviation": "d", "mean_norm": "mean ‖x‖", "ratio": "r", "batch_mean": "μ_B",
    "batch_variance": "σ²_B", "instance_mean": "μ_I", "instance_variance": "σ²_I",
    "covariance": "C", "weight": "W", "sigma": "σ", "factor": "f", "weight_norm": "‖w‖",
    "normalized": "x̂", "recovered": "y",
}  # fmt: skip
BRIGHTEST = 10.0  # times the largest output: inputs beyond that are drawn in full colour


def scene(
    trace: Trace, step: str, *, color: str, digits: int, alone: bool = False, small: bool = False
) -> Scene:
    """The picture of one step; ``alone`` where the page will never show another one.

    ``small``: without words around it, for a table of many methods.
    """
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
        sources=panels.drawn_sources(trace, columns),
        panels=tuple(panels.panel(trace, name, ids, window, columns)
                     for name in panels.shown(trace, step)),
        numbers={name: values[window] if values.shape == spec.sizes
                 else values[columns] if values.ndim else values
                 for name, values in arrays(trace).items() if name in needed(trace, step)},
        formula=_formula(shown(trace, step)),
        sentence=words.sentence(spec, trace.training),
        channels_per_group=partition.lengths.get("k", 1),
        group_size=words.group_sizes(spec, trace.training)[columns],
        labels={key: t(f"view.{key}") for key in LABELS} | _card(spec),
        alone=alone,
        small=small,
        drawing=str(state["drawing"]),
        color=color,
        extent=_extent(trace),
        digits=digits_for(trace, digits),
        locked=-1 if (index := locked(spec.sizes)) is None else int(ids[index]),
    )  # fmt: skip


def needed(trace: Trace, step: str) -> set[str]:
    """Names of the numbers that the formula of a step asks for."""
    formula = FORMULAS[shown(trace, step)]
    return {formula.result, *re.findall(r"{(\w+)}", formula.numbers)}


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


def _formula(key: str) -> str:
    formula = FORMULAS[key]
    right = formula.numbers
    for plain, drawn_as in (("sqrt(", "√("), (" - ", " − "), (" * ", " · "), (" ** ", "^")):
        right = right.replace(plain, drawn_as)
    result = f"{{{formula.result}}}"
    symbol = SYMBOLS.get(formula.result, formula.result)
    return f"{symbol} = {right}" + (f" = {result}" if right != result else "")


def _card(spec: Spec) -> dict[str, str]:
    """What the view calls a card: a sample, or an output of a weight."""
    if spec.entry.tensor == "activation":
        return {}
    return {"card": t("view.card_of_weight")}


def _extent(trace: Trace) -> float:
    largest_input, largest_output = (_largest(np.asarray(array))
                                     for array in (trace.steps[0].array, trace.output))  # fmt: skip
    bound = BRIGHTEST * largest_output or largest_input
    return max(min(largest_input, bound), largest_output) or 1.0


def _largest(x: np.ndarray) -> float:
    """The largest size of a finite entry; 0 where there is none."""
    return float(np.abs(x, where=np.isfinite(x), out=np.zeros_like(x)).max())


def tell_cap(sizes: tuple[int, ...]) -> None:
    """Say so where only a part of the tensor is drawn."""
    count, shown = prod(sizes), int((drawn_ids(sizes) >= 0).sum())
    if shown < count:
        st.caption(t("view.capped", shown=shown, count=count))
