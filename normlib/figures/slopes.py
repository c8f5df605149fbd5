"""A loss along a line above, its slope below, and two points whose slopes are compared."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, note, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE, BETWEEN, ONE
from normlib.landscape.records import Line
from normlib.landscape.slopes import Inequality

LOOKS = (BEFORE, AFTER)  # of the two points
TANGENT = 0.12  # half its width, in units of the direction


def inequality(
    lines: Mapping[str, Line], name: str, held: Inequality, words: Mapping[str, str]
) -> go.Figure:
    """Loss with two tangents above, slope with the same two points below.

    Args:
        lines: all that can be drawn: they have one frame.
        name: of the one that is.
        held: the two points, and where the slope changes most.
        words: ``place``, ``loss``, ``slope``, ``first``, ``second``, ``largest``.
    """
    line, chosen, largest = lines[name], held.chosen, held.largest
    curve = {"mode": "lines", "x": line.a, "line": {"color": "#808080", "width": 2.5},
             "hovertemplate": "%{x:.3f}: %{y:.4g}<extra></extra>"}  # fmt: skip
    data: list[Piece] = [
        {**on(0), **curve, "y": line.values},
        {**on(1), **curve, "y": line.slopes},
        {**on(1), "mode": "lines", "x": chosen.points, "y": chosen.slopes, "hoverinfo": "skip",
         "line": {"color": ONE["color"], "dash": "dash", "width": 2}},
        {**on(1), "mode": "markers", "x": [np.mean(largest.points)], "y": [np.mean(largest.slopes)],
         "marker": {"size": 13, "symbol": f"{BETWEEN['symbol']}-open", "color": BETWEEN["color"],
                    "line": {"width": 2.5}},
         "hovertemplate": f"{words['largest']}<extra></extra>"},
    ]  # fmt: skip
    notes = []
    for look, label, a, value, slope in zip(
        LOOKS, (words["first"], words["second"]), chosen.points, chosen.values, chosen.slopes,
        strict=True,
    ):  # fmt: skip
        mark = {"mode": "markers", "x": [a], "hovertemplate": f"{label}: %{{y:.4g}}<extra></extra>",
                "marker": {"size": 12, "color": look["color"], "symbol": look["symbol"],
                           "line": {"width": 2.5}}}  # fmt: skip
        reach = np.array([-TANGENT, TANGENT])
        data += [
            {**on(0), "mode": "lines", "x": a + reach, "y": value + slope * reach,
             "line": {"color": look["color"], "width": 3}, "hoverinfo": "skip"},
            {**on(0), **mark, "y": [value]},
            {**on(1), **mark, "y": [slope]},
        ]  # fmt: skip
        notes += [note(label, row=row, x=a, y=y, yanchor="bottom", yshift=8)
                  for row, y in enumerate((value, slope))]  # fmt: skip
    x = {"title": {"text": words["place"]}, "range": [line.a[0], line.a[-1]], "zeroline": False}
    axes = (
        {
            "title": {"text": words[key]},
            "range": _frame([getattr(one, of) for one in lines.values()]),
        }
        for key, of in (("loss", "values"), ("slope", "slopes"))
    )
    return sheet(data, {
        **rows(x, *axes), "annotations": notes, "height": 540, "showlegend": False,
        "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
    })  # fmt: skip


def _frame(curves: Sequence[np.ndarray]) -> list[float]:
    """From below the lowest to above the highest, with room for a label."""
    low, high = (float(pick([pick(curve) for curve in curves])) for pick in (np.min, np.max))
    return [low - 0.06 * (high - low), high + 0.12 * (high - low)]
