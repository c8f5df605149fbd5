"""Outputs of one batch under several statistics, as strokes with mean and standard deviation."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.drift import Outcome
from normlib.figures.sheet import Piece, note, on, rows, sheet, ticks
from normlib.figures.theme import AFTER, TRUE

WORDS: Mapping[str, str] = {
    "output": "output",
    "own": "training: its own",
    "cold": "cold record",
    "trained": "record of training",
    "repaired": "recomputed",
    "row": "{mean:+z.2f} ± {std:.2f}",
    "hover": "mean %{x:.4g}, standard deviation %{error_x.array:.4g}",
}


def outcomes(
    found: Sequence[Outcome],
    *,
    channel: int,
    reach: tuple[float, float],
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """One row per outcome: outputs as strokes, the mean with one standard deviation around it.

    Args:
        found: what to draw, from top to bottom.
        channel: which channel is drawn.
        reach: ends of the axis, the same for every drift.
        words: axis, names of the rows, hover text, keys as in ``WORDS``.
    """
    data: list[Piece] = []
    notes = []
    for row, outcome in enumerate(found):
        values, name = outcome.output[:, channel], words[outcome.key]
        mean, std = outcome.mean[channel], outcome.std[channel]
        data += [
            {**on(0), **ticks(values, np.full(len(values), row + 0.22), high=0.12), "name": name},
            {**on(0), "mode": "markers", "name": name, "x": [mean], "y": [row - 0.12],
             "marker": {**AFTER, "size": 11},
             "error_x": {"type": "data", "array": [std], "thickness": 3, "color": AFTER["color"]},
             "hovertemplate": f"{name}<br>{words['hover']}<extra></extra>"},
        ]  # fmt: skip
        numbers = words["row"].format(mean=mean, std=std)
        notes.append(note(f"<b>{name}</b>  {numbers}", x=0, xref="x domain", xanchor="left",
                          y=row - 0.36))  # fmt: skip
    wanted = {"type": "rect", "xref": "x", "x0": -1, "x1": 1, "yref": "y domain", "y0": 0, "y1": 1,
              "fillcolor": "rgba(128,128,128,0.2)", "line": {"width": 0}}  # fmt: skip
    zero = {**wanted, "type": "line", "x0": 0, "x1": 0, "line": {**TRUE, "width": 1.5}}
    return sheet(data, {
        "shapes": [wanted, zero], "annotations": notes, "showlegend": False,
        **rows(
            {"title": {"text": words["output"]}, "range": list(reach), "zeroline": False},
            {"range": [len(found) - 0.5, -0.55], "showticklabels": False, "showgrid": False,
             "zeroline": False},
        ),
        "height": 90 * len(found) + 60, "margin": {"l": 10, "r": 10, "t": 10, "b": 50},
    })  # fmt: skip
