"""Gradient descent on a quadratic: on a parabola, and in a valley of two directions."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, note, sheet
from normlib.figures.theme import AFTER, BEFORE, TRUE
from normlib.landscape.parabola import START, Descent
from normlib.landscape.valley import REACH, Valley

SIDE, HIGHEST = 1.6 * START, 2.8  # the frame of the parabola, the same for all of them
LOSSES = (-6.0, 3.0)  # powers of ten
LEVELS = (-4.0, 0.5)
MARGIN = {"l": 60, "r": 20, "t": 30, "b": 50}
STILL = {"automargin": False}  # else plotly draws a chart twice, to find its margins
PATH = {"color": BEFORE["color"], "width": 1.5}


def parabola(found: Descent, words: Mapping[str, str]) -> go.Figure:
    """The path on the parabola above, the loss of every step below.

    The frame is the same for all curvatures and rates; what leaves it is cut off.

    Args:
        found: what to draw.
        words: ``w``, ``loss``, ``step``, ``start``, ``minimum``.
    """
    w = np.linspace(-SIDE, SIDE, 81)
    steps = np.arange(len(found.loss))
    hover = f"{words['step']} %{{customdata}}: %{{y:.4g}}<extra></extra>"
    dots = {"type": "scatter", "mode": "lines+markers", "line": PATH, "customdata": steps,
            "marker": {"size": 7, "color": BEFORE["color"], "symbol": "circle-open",
                       "line": {"width": 2}}, "hovertemplate": hover}  # fmt: skip
    data = [
        {"type": "scatter", "mode": "lines", "x": w, "y": found.curvature * w**2 / 2,
         "line": {"color": AFTER["color"], "width": 3}, "hoverinfo": "skip"},
        {**dots, "x": found.w, "y": found.loss},
        {**dots, "x": steps, "y": np.where(found.loss > 0, found.loss, np.nan),
         "xaxis": "x2", "yaxis": "y2"},
    ]  # fmt: skip
    return sheet(data, {
        "xaxis": {"title": {"text": words["w"]}, "range": [-SIDE, SIDE], "anchor": "y",
                  **STILL},
        "yaxis": {"title": {"text": words["loss"]}, "range": [-0.2, HIGHEST],
                  "domain": [0.5, 1], **STILL},
        "xaxis2": {"title": {"text": words["step"]}, "range": [-0.5, len(steps) - 0.5],
                   "anchor": "y2", **STILL},
        "yaxis2": {"title": {"text": words["loss"]}, "type": "log", "range": LOSSES,
                   "exponentformat": "power", "dtick": 3, "domain": [0, 0.36], "anchor": "x2",
                   **STILL},
        "annotations": [note(words["start"], x=START, y=found.loss[0], xanchor="right",
                             yanchor="bottom", xshift=-4, yshift=4),
                        note(words["minimum"], x=0, y=0, yanchor="top", yshift=2)],
        "height": 560, "showlegend": False, "margin": MARGIN,
    })  # fmt: skip


def valley(found: Valley, words: Mapping[str, str]) -> go.Figure:
    """The plane of the flattest and the steepest direction, both in one unit, and the path in it.

    Contours are those of the loss, one for each factor of sqrt(10).

    Args:
        found: what to draw.
        words: ``flat``, ``steep``, ``step``, ``start``, ``loss``.
    """
    path = found.path
    with np.errstate(divide="ignore"):
        levels = np.maximum(np.log10(found.loss), 2 * LEVELS[0])
    hover = f"{words['step']} %{{customdata}}: %{{x:.4g}}, %{{y:.4g}}<extra></extra>"
    data: list[Piece] = [
        {"type": "contour", "x": found.flat, "y": found.steep, "z": levels, "showscale": False,
         "hoverinfo": "skip", "line": {"width": 1, "color": TRUE["color"]},
         "contours": {"start": LEVELS[0], "end": LEVELS[1], "size": 0.5, "coloring": "none"}},
        {"type": "scatter", "mode": "lines+markers", "x": path[:, 0], "y": path[:, 1],
         "line": PATH, "customdata": np.arange(len(path)), "hovertemplate": hover,
         "marker": {"size": 6, "color": BEFORE["color"], "symbol": "circle-open"}},
        {"type": "scatter", "mode": "markers", "x": path[-1:, 0], "y": path[-1:, 1],
         "marker": {"size": 11, "color": AFTER["color"], "symbol": AFTER["symbol"]},
         "customdata": [len(path) - 1], "hovertemplate": hover},
    ]  # fmt: skip
    frame = [-REACH, REACH]
    return sheet(data, {
        "xaxis": {"title": {"text": words["flat"]}, "range": frame, "constrain": "domain",
                  **STILL},
        "yaxis": {"title": {"text": words["steep"]}, "range": frame, "scaleanchor": "x",
                  "constrain": "domain", **STILL},
        "annotations": [
            note(words["start"], x=1, y=1, yanchor="bottom", yshift=6),
            note("+", x=0, y=0, font={"size": 20}),
        ],
        "height": 460, "showlegend": False, "margin": MARGIN,
    })  # fmt: skip
