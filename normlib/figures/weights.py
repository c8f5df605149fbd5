"""Weights: singular values and rows before and after, power iteration, scale invariance."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sequences import BELOW, MARK
from normlib.figures.sheet import Piece, across, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE, ONE, OTHER, TRUE
from normlib.invariance import Scaled
from normlib.on_weights import Change, Rounds

ROOM = {"l": 70, "r": 20, "t": 30, "b": 100}
LIMITS = (-6.0, 3.0)  # powers of ten of the chart of scale invariance


def spectrum(found: Change, words: Mapping[str, str]) -> go.Figure:
    """Singular values above, row norms and row means below, before and after.

    Args:
        found: what to draw.
        words: ``singular``, ``norm``, ``mean``, ``number``, ``before``, ``after``.
    """
    data = []
    for row, name in enumerate(("singular", "norms", "means")):
        for look, theme, label in (
            (found.before, BEFORE, "before"), (found.after, AFTER, "after")
        ):  # fmt: skip
            values = getattr(look, name)
            data.append({
                **on(row), "mode": "lines+markers" if row == 0 else "markers",
                "name": words[label], "showlegend": row == 0,
                "x": np.arange(1, len(values) + 1), "y": values,
                "line": {"color": theme["color"], "width": 1}, "marker": {**theme, "size": 7},
                "hovertemplate": f"{words[label]}, %{{x}}: %{{y:.4g}}<extra></extra>",
            })  # fmt: skip
    count = len(found.before.singular)
    return sheet(data, {
        **rows(
            {"title": {"text": words["number"]}, "range": [0.3, count + 0.7]},
            {"title": {"text": words["singular"]}, "rangemode": "tozero"},
            {"title": {"text": words["norm"]}, "rangemode": "tozero"},
            {"title": {"text": words["mean"]}},
        ),
        "shapes": [across(0, 2)], "height": 560, "margin": ROOM, "legend": BELOW,
    })  # fmt: skip


def estimates(found: Rounds, chosen: int, words: Mapping[str, str]) -> go.Figure:
    """The estimate and the angle of u over the rounds, and u itself beside what it approaches.

    Args:
        found: all rounds.
        chosen: the round that is marked, from 1; estimates are drawn up to it.
        words: ``round``, ``sigma``, ``angle``, ``unit``, ``u``, ``direction``, ``estimate``.
    """
    last = len(found.estimate)
    line = {"color": AFTER["color"], "width": 2}
    mark = {"color": AFTER["color"], "symbol": AFTER["symbol"], "size": 6}
    over = {"mode": "lines+markers", "line": line, "marker": mark, "showlegend": False,
            "hovertemplate": "%{x}: %{y:.4g}<extra></extra>"}  # fmt: skip
    entries = np.arange(1, found.u.shape[1] + 1)
    beside: Piece = {**on(2), "xaxis": "x2", "x": entries}
    data = [
        {**on(0), **over, "x": np.arange(1, chosen + 1), "y": found.estimate[:chosen]},
        {**on(1), **over, "x": np.arange(chosen + 1), "y": found.angle[: chosen + 1]},
        {**beside, "type": "bar", "y": found.u[chosen], "name": words["u"],
         "marker": {"color": AFTER["color"]}, "hovertemplate": "%{x}: %{y:.3f}<extra></extra>"},
        {**beside, "mode": "markers", "y": found.direction, "name": words["direction"],
         "marker": {"color": BEFORE["color"], "symbol": BEFORE["symbol"], "size": 8},
         "hovertemplate": "%{x}: %{y:.3f}<extra></extra>"},
    ]  # fmt: skip
    largest = float(np.abs([found.u.max(), found.u.min(), *found.direction]).max())
    side: Piece = {"automargin": False}
    return sheet(data, {
        "xaxis": {"title": {"text": words["round"], "standoff": 4}, "range": [-0.5, last + 0.5],
                  "anchor": "y2", **side},
        "xaxis2": {"title": {"text": words["unit"]}, "anchor": "y3", **side,
                   "range": [0.3, len(entries) + 0.7]},
        "yaxis": {"title": {"text": words["sigma"]}, "domain": [0.74, 1], **side,
                  "range": [0, 1.1 * float(found.singular[0])]},
        "yaxis2": {"title": {"text": words["angle"]}, "domain": [0.44, 0.68], "range": [-4, 94],
                   "tickvals": [0, 30, 60, 90], **side},
        "yaxis3": {"title": {"text": words["u"]}, "domain": [0, 0.28],
                   "range": [-1.1 * largest, 1.1 * largest], **side},
        "shapes": [across(float(found.singular[0])), across(0, 1)],
        "height": 620, "margin": ROOM, "legend": BELOW,
    })  # fmt: skip


def scaled(
    curves: Mapping[str, Mapping[float, Scaled]], chosen: float, words: Mapping[str, str]
) -> go.Figure:
    """Gradient and change of the output over the factor, with and without batch norm.

    Args:
        curves: by network, by factor. The first one gives the dotted line ``1 / alpha``.
        chosen: the factor that is marked.
        words: ``factor``, ``gradient``, ``output``, ``line``, and a name for each network.
    """
    data: list[Piece] = []
    for (net, curve), look, symbol in zip(
        curves.items(), (ONE, OTHER), ("diamond", "circle"), strict=True
    ):
        factors = list(curve)
        for row, values in enumerate((
            [one.gradient[1] for one in curve.values()], [one.output for one in curve.values()]
        )):  # fmt: skip
            data.append({
                **on(row), "mode": "lines+markers", "name": words[net], "showlegend": row == 0,
                "x": factors, "y": [value or None for value in values],
                "line": {**look, "width": 2}, "marker": {"symbol": symbol, "size": 7},
                "hovertemplate": f"{words[net]}, %{{x}}: %{{y:.3g}}<extra></extra>",
            })  # fmt: skip
    factors = list(next(iter(curves.values())))
    start = next(iter(curves.values()))[factors[0]].gradient[0]
    data.append({
        **on(0), "mode": "lines", "name": words["line"], "line": TRUE, "x": factors,
        "y": [start / factor for factor in factors], "hoverinfo": "skip",
    })  # fmt: skip
    power: Piece = {"type": "log", "exponentformat": "power", "range": [*LIMITS], "dtick": 3}
    return sheet(data, {
        **rows(
            {"title": {"text": words["factor"]}, "type": "log", "tickvals": factors[::3]},
            {"title": {"text": words["gradient"]}, **power},
            {"title": {"text": words["output"]}, **power, "range": [LIMITS[0] - 0.3, 4]},
        ),
        "shapes": [{"type": "line", "x0": chosen, "x1": chosen, "yref": "paper", "y0": 0, "y1": 1,
                    "line": {"color": MARK, "dash": "dot"}}],
        "height": 500, "margin": ROOM, "legend": BELOW,
    })  # fmt: skip
