"""The panels of a scene: which ones a step shows, and what each of them draws."""

import numpy as np

from normlib import Spec, Trace, sources
from normlib.membership import unfolded
from normlib.pool import Pool
from pages.ui.tensor_view import UNFOLDED_LIMIT, Panel
from pages.ui.text import t

WINDOWS = "windows"  # the panel that shows overlapping windows as a matrix of copies
LETTERS = {"input": "x", "reshape": "x", "normalize": "x̂", "recover": "y", "reshape back": "y"}


def shown(trace: Trace, step: str) -> tuple[str, ...]:
    """The panels of a step, in order; a statistic stands under the matrix it was taken from."""
    names = trace.names
    statistics = tuple(name for name, _ in trace.stats.named)
    spec = trace.spec
    unfolds = bool(spec.pools) and pools(trace) == spec.pools and unfolded_fits(spec)
    matrix = WINDOWS if unfolds else "reshape"
    if step in statistics:
        return (matrix, *statistics[: statistics.index(step) + 1])
    before = names[names.index(step) - 1] if step != "input" else ""
    return {
        "input": ("input",),
        "normalize": ("reshape", *statistics, "normalize"),
    }.get(step, tuple(name for name in (before, step) if name))


def unfolded_fits(spec: Spec) -> bool:
    """Whether the matrix of all windows is small enough to be drawn."""
    longest = max(int(pool.sizes().max()) for pool in spec.pools)
    return longest * spec.partition.rows * spec.partition.columns <= UNFOLDED_LIMIT


def pools(trace: Trace) -> tuple[Pool, ...]:
    """The windows that statistics come from; at prediction none that crosses the batch."""
    spec = trace.spec
    if trace.training or not spec.entry.predict:
        return spec.pools
    return tuple(pool for pool in spec.pools if not {"n", "b"} & set(pool.relations))


def drawn_sources(trace: Trace, columns: np.ndarray) -> tuple[tuple[int, ...], ...] | None:
    """Which of the drawn groups give each drawn group its statistics; None where each its own."""
    fed_by = pools(trace)
    if not (fed_by or trace.spec.operates(trace.training).mixes):
        return None
    place = {int(column): i for i, column in enumerate(columns)}
    found = sources(trace.spec)
    if fed_by != trace.spec.pools:
        windows = zip(*(pool.sources() for pool in fed_by), strict=True)
        found = [np.unique(np.concatenate(parts)) for parts in windows]
    return tuple(
        tuple(place[int(other)] for other in found[column] if int(other) in place)
        for column in columns
    )


def panel(
    trace: Trace, name: str, ids: np.ndarray, window: tuple[slice, ...], columns: np.ndarray
) -> Panel:
    """One panel of the part that is drawn.

    Args:
        trace: of the whole tensor.
        name: of the step that it shows, or `WINDOWS`.
        ids: number of every entry among those drawn, -1 for the others; of the tensor's shape.
        window: the part of the tensor that is drawn.
        columns: numbers of the groups that are drawn.
    """
    spec, partition = trace.spec, trace.spec.partition
    title = t(f"view.panels.{name}")
    if name == WINDOWS:
        entries = np.append(ids.ravel(), -1)[unfolded(spec)[:, columns]]
        x = np.asarray(trace.steps[0].array)[window].ravel()
        values = np.where(entries < 0, 0.0, x[entries])
        kept = (entries >= 0).any(1)
        axes = (t("view.window"), partition.axes[-1].strip("()"))
        return Panel(name, "unfolded", title, values[kept], axes, entries[kept], LETTERS["input"])
    array, step = np.asarray(trace[name].array), trace[name]
    if name in ("input", "reshape back"):
        return Panel(name, "tensor", title, array[window], step.axes,
                     symbol=LETTERS[name])  # fmt: skip
    axes = tuple(axis.strip("()") for axis in step.axes[-2:])
    if name in trace.stats and array.shape[-2] == array.shape[-1] != 1:
        blocks = array.shape[0] if array.ndim == 3 else 1
        return Panel(name, "table", title, array.reshape(-1, array.shape[-1]), axes,
                     blocks=blocks)  # fmt: skip
    array = np.asarray(partition.flat(array))
    if name in trace.stats:
        wide = np.broadcast_to(array, (1, partition.columns))
        return Panel(name, "row", title, wide[0, columns], axes[-1:])
    entries = partition.flat(partition.split(ids))[:, columns]
    rows = (entries >= 0).any(1)
    values = array[rows][:, columns]
    return Panel(name, "matrix", title, values, axes, entries[rows], LETTERS[name])
