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


def rows(x: Piece, *ys: Piece) -> Piece:
    """Axes of charts one above the other with one x for all; from the top y, y2, y3, ...

    Margins are those of the layout: plotly draws a chart twice where it looks for its own.
    """
    share, gap = 1 / len(ys), 0.08
    found: Piece = {"xaxis": {**x, "anchor": _y(len(ys) - 1), "automargin": False}}
    for row, y in enumerate(ys):
        low = 1 - (row + 1) * share
        domain = [low + gap / 2 * (row + 1 < len(ys)), low + share - gap / 2 * (row > 0)]
        found[_y(row).replace("y", "yaxis")] = {**y, "domain": domain, "automargin": False}
    return found


def fixed(axis: Piece) -> Piece:
    """The axis with the margin of the layout: plotly draws a chart twice to look for its own."""
    return {**axis, "automargin": False}


def _y(row: int) -> str:
    """Plotly's name of the y axis of a row, from 0 at the top."""
    return f"y{row + 1}" if row else "y"


def on(row: int) -> Piece:
    """What puts a trace into a row."""
    return {"type": "scatter", "yaxis": _y(row)}


def across(value: float, row: int = 0) -> Piece:
    """A thin line at the true value through a row."""
    return {
        "type": "line", "line": {**TRUE, "width": 1.5},
        "xref": "x domain", "x0": 0, "x1": 1, "yref": _y(row), "y0": value, "y1": value,
    }  # fmt: skip


def note(text: str, *, row: int = 0, **place: Any) -> Piece:
    """Words in a row, at x and y of its axes unless the place names others."""
    return {"text": text, "showarrow": False, "xref": "x", "yref": _y(row), **place}


def ticks(x: np.ndarray, y: np.ndarray, *, wide: float = 0.0, high: float = 0.0) -> Piece:
    """A short stroke through each point: many of them are one line, so they are drawn at once.

    Args:
        x, y: the points, of equal length.
        wide, high: how far a stroke reaches to each side.
    """
    gap = np.full(len(x), np.nan)
    xs, ys = np.stack([x - wide, x + wide, gap], 1), np.stack([y - high, y + high, gap], 1)
    return {"mode": "lines", "hoverinfo": "skip", "line": FAINT,
            "x": xs.ravel(), "y": ys.ravel()}  # fmt: skip
