"""Principal axes batch by batch, where one row lands, and whitening from few rows."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.axis_flips import Flips
from normlib.few_rows import Repair, Sweep
from normlib.figures.sheet import Piece, across, fixed, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE, BETWEEN

BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
COLUMNS, LONG = 8, 0.42  # vanes in a line, and how long an axis is drawn
VANES = (
    {"color": "#009e73", "dash": "solid", "symbol": "circle"},
    {"color": "#aa4499", "dash": "dash", "symbol": "square-open"},
)


def vanes(found: Flips, words: Mapping[str, str]) -> go.Figure:
    """Both axes of every batch as two arrows from a common point; batches in reading order.

    Args:
        found: what is drawn.
        words: ``axis`` (names ``number``), ``batch``, ``swapped``, ``turned``.
    """
    count = len(found.axes)
    x, y = np.arange(count) % COLUMNS, -(np.arange(count) // COLUMNS)
    data: list[Piece] = []
    for i, look in enumerate(VANES):
        ends = LONG * found.axes[:, i]
        gap = np.full(count, np.nan)
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": words["axis"].format(number=i + 1),
            "x": np.stack([x, x + ends[:, 0], gap], 1).ravel(),
            "y": np.stack([y, y + ends[:, 1], gap], 1).ravel(),
            "line": {"color": look["color"], "dash": look["dash"], "width": 2},
            "marker": {"symbol": look["symbol"], "color": look["color"],
                       "size": np.tile([0, 9, 0], count)},
            "hoverinfo": "skip",
        })  # fmt: skip
    told = [
        f"{words['swapped'] if swapped else ''} {words['turned'] if turned.any() else ''}"
        for swapped, turned in zip(found.swapped, found.turned, strict=True)
    ]
    data.append({"type": "scatter", "mode": "text", "x": x, "y": y - 0.47, "text": told,
                 "showlegend": False, "hoverinfo": "skip",
                 "textfont": {"size": 15}})  # fmt: skip
    hidden = fixed({"showgrid": False, "zeroline": False, "showticklabels": False})
    return sheet(data, {
        "xaxis": {**hidden, "range": (-0.6, COLUMNS - 0.4), "title": {"text": words["batch"]}},
        "yaxis": {**hidden, "range": (float(y.min()) - 0.65, 0.55), "scaleanchor": "x"},
        "height": 330, "margin": {"l": 10, "r": 10, "t": 10, "b": 80}, "legend": BELOW,
    })  # fmt: skip


def landings(found: Flips, names: Mapping[str, str], words: Mapping[str, str]) -> go.Figure:
    """Where the same row lands, batch after batch: one chart for each of its two numbers.

    Args:
        found: what is drawn.
        names: of the whitenings.
        words: ``batch``, ``first``, ``second``.
    """
    most = 1.1 * max(float(np.abs(places).max()) for places in found.landed.values())
    looks = (BEFORE | {"dash": "dash"}, AFTER | {"dash": "solid"}, BETWEEN | {"dash": "dot"})
    data = [
        {**on(row), "mode": "lines+markers", "name": names[kind], "y": places[:, row],
         "x": np.arange(len(places)), "showlegend": row == 0,
         "line": {"color": look["color"], "dash": look["dash"]},
         "marker": {"symbol": look["symbol"], "size": 7}, "hovertemplate": "%{x}: %{y:.3f}"}
        for row in (0, 1)
        for (kind, places), look in zip(found.landed.items(), looks, strict=True)
    ]  # fmt: skip
    axes = rows(
        {"title": {"text": words["batch"]}},
        *({"title": {"text": words[key]}, "range": [-most, most]} for key in ("first", "second")),
    )
    return sheet(data, {**axes, "height": 430, "legend": BELOW,
                        "margin": {"l": 60, "r": 10, "t": 10, "b": 100}})  # fmt: skip


def few(
    found: Sweep, *, plain: Repair, shrunk: Repair, true: np.ndarray, rows_now: int,
    words: Mapping[str, str],
) -> go.Figure:  # fmt: skip
    """Above the eigenvalues that are divided by, below what becomes of new rows.

    Args:
        found: over the row counts.
        plain, shrunk: at the chosen count.
        true: eigenvalues of the source, falling.
        rows_now: the chosen count.
        words: ``order``, ``eigenvalue``, ``rows``, ``largest``, ``plain``, ``shrunk``, ``true``.
    """
    names = ("plain", "shrunk", "true")
    values = (plain.eigenvalues, shrunk.eigenvalues, true)
    data: list[Piece] = [
        {"type": "scatter", "mode": "lines+markers", "name": words[name], "y": line,
         "x": np.arange(1, len(line) + 1), "hovertemplate": "%{x}: %{y:.4g}",
         "line": {"color": look["color"], "dash": look["dash"]},
         "marker": {"symbol": look["symbol"], "size": 8}}
        for name, line, look in zip(names, values, FEW, strict=True)
    ]  # fmt: skip
    data += [
        {"type": "scatter", "mode": "lines+markers", "showlegend": False, "name": words[name],
         "x": found.rows, "y": line, "xaxis": "x2", "yaxis": "y2",
         "hovertemplate": "%{x}: %{y:.4g}",
         "line": {"color": look["color"], "dash": look["dash"]},
         "marker": {"symbol": look["symbol"],
                    "size": np.where(found.rows == rows_now, 14, 6)}}
        for name, line, look in zip(names, (found.plain, found.shrunk), FEW, strict=False)
    ]  # fmt: skip
    here = {"type": "line", "xref": "x2", "x0": rows_now, "x1": rows_now, "yref": "y2 domain",
            "y0": 0, "y1": 1, "line": {"color": "#808080", "dash": "dot"}}  # fmt: skip
    white = across(1.0, 1) | {"xref": "x2 domain"}
    return sheet(data, {
        "xaxis": fixed({"title": {"text": words["order"]}, "dtick": 1, "anchor": "y"}),
        "yaxis": fixed({"title": {"text": words["eigenvalue"]}, "domain": (0.6, 1),
                  "rangemode": "tozero"}),
        "xaxis2": fixed({"title": {"text": words["rows"]}, "anchor": "y2", "dtick": 2}),
        "yaxis2": fixed({"title": {"text": words["largest"]}, "domain": (0, 0.4), "type": "log",
                   "anchor": "x2", "dtick": 1}),
        "shapes": [here, white], "height": 560, "legend": BELOW,
        "margin": {"l": 70, "r": 10, "t": 10, "b": 100},
    })  # fmt: skip


FEW = (
    BEFORE | {"dash": "dash"},
    AFTER | {"dash": "solid"},
    {"color": "#808080", "dash": "dot", "symbol": "x"},
)
