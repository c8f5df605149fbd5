"""Statistics of batches as dots, the records that follow them as lines, the truth beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, across, note, on, rows, sheet
from normlib.figures.theme import BEFORE, ONE, OTHER
from normlib.stream import Fed, Path

WORDS: Mapping[str, str] = {
    "mean": "mean",
    "variance": "variance",
    "step": "batches fed",
    "true": "true",
    "batch": "batch mean",
    "biased": "batch variance, biased",
    "unbiased": "batch variance, unbiased",
}
GAP = 0.1  # of the height of a chart, between the labels of two lines


def convergence(
    fed: Fed,
    paths: Sequence[Path],
    names: Sequence[str],
    *,
    steps: int,
    channel: int,
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """Mean above, variance below, over the batches fed so far.

    Args:
        fed: statistics of all batches that there will be: they fix the axes.
        paths: one or two records of the same batches, labelled by ``names`` at their ends.
        steps: how many batches were fed; what comes later is not drawn.
        channel: which channel is drawn.
        words: axes and labels, keys as in ``WORDS``.
    """
    source, last = fed.source, len(fed.mean)
    data: list[Piece] = []
    notes, axes = [], []
    for row, name, true, dots in (
        (0, "mean", source.mean[channel], {"batch": fed.mean}),
        (1, "variance", source.variance[channel],
         {"biased": fed.biased, "unbiased": fed.unbiased}),
    ):  # fmt: skip
        low, high = _range(true, *(values[:, channel] for values in dots.values()),
                           *(getattr(path, name)[:, channel] for path in paths))  # fmt: skip
        data += [
            {**on(row), **_dots(key), "name": words[key], "x": list(range(1, steps + 1)),
             "y": values[:steps, channel],
             "hovertemplate": f"{words[key]}: %{{y:.4g}}<extra></extra>"}
            for key, values in dots.items()
        ]  # fmt: skip
        ends = []
        for path, label, line in zip(paths, names, (ONE, OTHER), strict=False):
            values = getattr(path, name)[: steps + 1, channel]
            data.append({
                **on(row), "mode": "lines", "name": label,
                "x": list(range(steps + 1)), "y": values, "line": {**line, "width": 3},
                "hovertemplate": f"{label}: %{{y:.4g}}<extra></extra>",
            })  # fmt: skip
            ends.append((label, float(values[-1])))
        placed = [(label, place, steps) for label, place in _apart(true, ends, GAP * (high - low))]
        placed.append((words["true"], true, last))
        notes += [note(label, row=row, x=x, y=place, xanchor="left", xshift=20 if x == last else 10)
                  for label, place, x in placed]  # fmt: skip
        axes.append({"title": {"text": words[name]}, "range": [low, high], "zeroline": False})
    x = {"title": {"text": words["step"]}, "range": [-0.02 * last, 1.02 * last], "zeroline": False}
    return sheet(data, {
        **rows(x, *axes), "annotations": notes,
        "shapes": [across(source.mean[channel]), across(source.variance[channel], 1)],
        "height": 460, "showlegend": False, "hovermode": "x unified",
        "margin": {"l": 60, "r": 90, "t": 10, "b": 50},
    })  # fmt: skip


def _dots(key: str) -> Piece:
    """The mark of a batch's statistic: a ring, or a dash for the unbiased variance."""
    look = {"size": 8, "symbol": "line-ew-open"} if key == "unbiased" else {"size": 7}
    marker = {"color": BEFORE["color"], "symbol": "circle-open", "line": {"width": 1.6}, **look}
    return {"mode": "markers", "marker": marker}


def _range(*values: np.ndarray | float) -> tuple[float, float]:
    """From below the smallest to above the largest, a twentieth of the distance as a margin."""
    low, high = (float(pick([pick(np.atleast_1d(v)) for v in values])) for pick in (np.min, np.max))
    margin = 0.05 * (high - low)
    return low - margin, high + margin


def _apart(true: float, ends: Sequence[tuple[str, float]], gap: float) -> list[tuple[str, float]]:
    """Labels at the ends of their lines, moved where they would touch each other or the truth."""
    placed = []
    for side in (1, -1):
        edge = true
        ours = [end for end in ends if (end[1] >= true) == (side == 1)]
        for label, place in sorted(ours, key=lambda end: side * end[1]):
            edge = side * max(side * place, side * edge + gap)
            placed.append((label, edge))
    return placed
