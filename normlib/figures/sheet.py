"""Pieces of charts as plain mappings, and the quick way from them to a Figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from normlib.figures.theme import FAINT, TRUE

Piece = dict[str, Any]


def sheet(data: Sequence[Piece], layout: Mapping[str, Any]) -> go.Figure:
    """A Figure from mappings that are known to be right.

    Plotly checks every property that is set, which takes longer than all else that a page does
    for a moved slider. Here nothing is checked: the tests of each figure do that instead.
    """
    return go.Figure(list(data), dict(layout), _validate=False)


def two_rows(x: Piece, upper: Piece, lower: Piece) -> Piece:
    """Axes of two charts, one above the other, that share x; the second has x2 and y2."""
    title = {"title": x.get("title", {})}
    common = {key: value for key, value in x.items() if key != "title"}
    return {
        "xaxis": {**common, "anchor": "y", "matches": "x2", "showticklabels": False},
        "xaxis2": {**common, **title, "anchor": "y2"},
        "yaxis": {**upper, "anchor": "x", "domain": [0.54, 1]},
        "yaxis2": {**lower, "anchor": "x2", "domain": [0, 0.46]},
    }


def across(value: float, row: str = "") -> Piece:
    """A thin line at the true value, through the chart with the axes x and y + ``row``."""
    return {
        "type": "line", "line": {**TRUE, "width": 1.5},
        "xref": f"x{row} domain", "x0": 0, "x1": 1, "yref": f"y{row}", "y0": value, "y1": value,
    }  # fmt: skip


def note(text: str, *, row: str = "", **place: Any) -> Piece:
    """Words in a chart, on the axes x and y + ``row`` unless the place names others."""
    return {"text": text, "showarrow": False, "xref": f"x{row}", "yref": f"y{row}", **place}


def ticks(x: np.ndarray, y: np.ndarray, *, wide: float = 0.0, high: float = 0.0) -> Piece:
    """A short stroke through each point: many of them are one line, so they are drawn at once.

    Args:
        x, y: the points, of equal length.
        wide, high: how far a stroke reaches to each side.
    """
    gap = np.full(len(x), np.nan)
    xs, ys = np.stack([x - wide, x + wide, gap], 1), np.stack([y - high, y + high, gap], 1)
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": FAINT,
            "x": xs.ravel(), "y": ys.ravel()}  # fmt: skip
