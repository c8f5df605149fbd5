"""The loss of a run, step by step, on a logarithmic axis that stays where it is."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.descent import MOST, Run
from normlib.figures.sheet import fixed, note, sheet
from normlib.figures.theme import AFTER, TRUE

LOW, HIGH = 1e-6, 1e3  # losses that are drawn; what lies outside stands at the edge


def losses(run: Run, *, steps: int, words: Mapping[str, str]) -> go.Figure:
    """The loss up to a step, and the least that can be reached.

    Args:
        run: what is drawn.
        steps: up to which it is drawn.
        words: ``steps``, ``loss``, ``least``.
    """
    values = np.clip(run.losses, LOW, HIGH)[: steps + 1]
    line = {"type": "scatter", "mode": "lines+markers", "y": values, "x": np.arange(len(values)),
            "line": {"color": AFTER["color"]}, "customdata": run.losses[: steps + 1],
            "marker": {"symbol": AFTER["symbol"],
                       "size": [5] * (len(values) - 1) + [13]},
            "hovertemplate": "%{x}: %{customdata:.4g}<extra></extra>"}  # fmt: skip
    shapes, notes = [], []
    if run.least is not None and run.least > LOW:
        height = float(np.log10(run.least))
        shapes.append({"type": "line", "line": {**TRUE, "width": 2}, "xref": "x domain", "x0": 0,
                       "x1": 1, "y0": run.least, "y1": run.least})  # fmt: skip
        notes.append(note(words["least"], xref="x domain", x=1, xanchor="right", y=height,
                          yanchor="top"))  # fmt: skip
    return sheet([line], {
        "xaxis": fixed({"title": {"text": words["steps"]}, "range": [-2, MOST + 2]}),
        "yaxis": fixed({"title": {"text": words["loss"]}, "type": "log", "exponentformat": "power",
                  "range": [float(np.log10(LOW)) - 0.2, float(np.log10(HIGH)) + 0.2]}),
        "shapes": shapes, "annotations": notes, "showlegend": False, "height": 330,
        "margin": {"l": 70, "r": 10, "t": 10, "b": 50},
    })  # fmt: skip
