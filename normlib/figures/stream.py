"""Statistics of batches as dots, the records that follow them as lines, the truth beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, across, note, sheet, two_rows
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
        ("", "mean", source.mean[channel], {"batch": fed.mean}),
        ("2", "variance", source.variance[channel],
         {"biased": fed.biased, "unbiased": fed.unbiased}),
    ):  # fmt: skip
        on = {"xaxis": f"x{row}", "yaxis": f"y{row}"}
        low, high = _range(true, *(values[:, channel] for values in dots.values()),
                           *(getattr(path, name)[:, channel] for path in paths))  # fmt: skip
        data += [
            {**on, **_dots(key), "name": words[key], "x": list(range(1, steps + 1)),
             "y": values[:steps, channel],
             "hovertemplate": f"{words[key]}: %{{y:.4g}}<extra></extra>"}
            for key, values in dots.items()
        ]  # fmt: skip
        ends = [(words["true"], true)] if steps == last else []
        for path, label, line in zip(paths, names, (ONE, OTHER), strict=False):
            values = getattr(path, name)[: steps + 1, channel]
            data.append({
                **on, "type": "scatter", "mode": "lines", "name": label,
                "x": list(range(steps + 1)), "y": values, "line": {**line, "width": 3},
                "hovertemplate": f"{label}: %{{y:.4g}}<extra></extra>",
            })  # fmt: skip
            ends.append((label, float(values[-1])))
        placed = [(label, place, steps) for label, place in _apart(ends, GAP * (high - low))]
        if steps < last:
            placed.append((words["true"], true, last))
        notes += [note(label, row=row, x=x, y=place, xanchor="left", xshift=20 if x == last else 10)
                  for label, place, x in placed]  # fmt: skip
        axes.append({"title": {"text": words[name]}, "range": [low, high], "zeroline": False})
    x = {"title": {"text": words["step"]}, "range": [-0.02 * last, 1.02 * last], "zeroline": False}
    return sheet(data, {
        **two_rows(x, *axes), "annotations": notes,
        "shapes": [across(source.mean[channel]), across(source.variance[channel], "2")],
        "height": 460, "showlegend": False, "hovermode": "x unified",
        "margin": {"l": 60, "r": 90, "t": 10, "b": 50},
    })  # fmt: skip


def _dots(key: str) -> Piece:
    """The mark of a batch's statistic: a ring, or a dash for the unbiased variance."""
    look = {"size": 8, "symbol": "line-ew-open"} if key == "unbiased" else {"size": 7}
    marker = {"color": BEFORE["color"], "symbol": "circle-open", "line": {"width": 1.6}, **look}
    return {"type": "scatter", "mode": "markers", "marker": marker}


def _range(*values: np.ndarray | float) -> tuple[float, float]:
    """From below the smallest to above the largest, a twentieth of the distance as a margin."""
    low, high = (float(pick([pick(np.atleast_1d(v)) for v in values])) for pick in (np.min, np.max))
    margin = 0.05 * (high - low)
    return low - margin, high + margin


def _apart(ends: Sequence[tuple[str, float]], gap: float) -> list[tuple[str, float]]:
    """Labels at the places of their lines, moved apart where they would touch."""
    ends = sorted(ends, key=lambda end: end[1])
    places = [ends[0][1]]
    for _, place in ends[1:]:
        places.append(max(place, places[-1] + gap))
    too_high = (sum(places) - sum(place for _, place in ends)) / len(ends)
    return [(label, place - too_high) for (label, _), place in zip(ends, places, strict=True)]
