"""Smoothness along a training, a line and a band for every net; and what rescaling does to it."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sequences import BELOW
from normlib.figures.sheet import Piece, note, on, rows, sheet
from normlib.figures.theme import OTHER, SERIES, TRUE
from normlib.landscape.rescaled import Rescaling, lost
from normlib.landscape.settings import NONE
from normlib.landscape.verdicts import Band

PLAIN = SERIES[1]  # without normalization, on all charts
STYLES = (SERIES[0], SERIES[2], OTHER | {"dash": "longdashdot", "symbol": "triangle-up"})
MARGIN = {"l": 62, "r": 8, "t": 8, "b": 112}
SCALED = ("loss", "gradient", "eigenvalue")


def over_steps(
    found: Mapping[str, Band], words: Mapping[str, str], *, log: bool = True
) -> go.Figure:
    """One quantity over the steps of a training: the median of the seeds, and all of them.

    Args:
        found: by method, ``none`` among them or not.
        words: ``quantity``, ``step``, and a name for every method.
        log: a logarithmic axis, on which values that are not positive have no place.
    """
    data: list[Piece] = []
    for (method, band), style in zip(found.items(), styles(found), strict=True):
        low, high = (np.where(values > 0, values, np.nan) if log else values
                     for values in (band.low, band.high))  # fmt: skip
        kept = np.isfinite(low) & np.isfinite(high)
        x = band.steps[kept]
        data.append({
            **on(0), "mode": "lines", "fill": "toself", "hoverinfo": "skip", "showlegend": False,
            "x": np.concatenate((x, x[::-1])), "legendgroup": method,
            "y": np.concatenate((high[kept], low[kept][::-1])), "line": {"width": 0},
            "fillcolor": _pale(style["color"]),
        })  # fmt: skip
        data.append({
            **on(0), "mode": "lines+markers", "x": band.steps, "y": band.middle,
            "name": words[method], "legendgroup": method,
            "line": {"color": style["color"], "dash": style["dash"], "width": 2},
            "marker": {"symbol": style["symbol"], "color": style["color"], "size": 6},
            "customdata": np.stack((band.low, band.high), 1),
            "hovertemplate": "%{y:.3g} (%{customdata[0]:.3g}–%{customdata[1]:.3g})",
        })  # fmt: skip
    return sheet(data, {
        "xaxis": {"title": {"text": words["step"], "standoff": 6}, "zeroline": False},
        "yaxis": {"title": {"text": words["quantity"]}, "type": "log" if log else "linear",
                  "exponentformat": "power", "automargin": False},
        "height": 345, "margin": MARGIN, "hovermode": "x unified",
        "legend": BELOW,
    })  # fmt: skip


def rescaled(found: Mapping[str, Rescaling], factor: float, words: Mapping[str, str]) -> go.Figure:
    """Loss, gradient and eigenvalue over the factor of the hidden weights, each over its own at 1.

    Dotted what a loss that does not see the scale has: 1, 1 / factor, 1 / factor². Both axes are
    logarithmic.

    Args:
        found: by method.
        factor: the chosen one, which a line marks.
        words: ``loss``, ``gradient``, ``eigenvalue``, ``factor``, ``theory`` and a name for every
            method.
    """
    data: list[Piece] = []
    for row, name in enumerate(SCALED):
        first = next(iter(found.values())).factors
        data.append({
            **on(row), "mode": "lines", "name": words["theory"], "line": {**TRUE, "width": 5},
            "x": first, "y": lost(name, first), "showlegend": row == 0,
            "hoverinfo": "skip", "opacity": 0.6,
        })  # fmt: skip
        for (method, record), style in zip(found.items(), styles(found), strict=True):
            middle = np.median(record.relative(name), 0)
            data.append({
                **on(row), "mode": "lines+markers", "x": record.factors, "y": middle,
                "name": words[method], "showlegend": row == 0, "legendgroup": method,
                "line": {"color": style["color"], "dash": style["dash"], "width": 2},
                "marker": {"symbol": style["symbol"], "color": style["color"], "size": 7},
                "hovertemplate": "%{y:.4g}",
            })  # fmt: skip
    ys: list[Piece] = [{"title": {"text": words[name]}, "type": "log", "dtick": 1,
                        "exponentformat": "power"} for name in SCALED]  # fmt: skip
    ticks = [value for value in first if np.log2(value) % 1 == 0]
    x = {"title": {"text": words["factor"], "standoff": 6}, "type": "log", "tickvals": ticks,
         "ticktext": [f"{value:g}" for value in ticks]}  # fmt: skip
    chosen = {"type": "line", "x0": factor, "x1": factor, "yref": "paper", "y0": 0, "y1": 1,
              "line": {"color": TRUE["color"], "width": 1.5}}  # fmt: skip
    at = note(f"× {factor:g}", x=np.log10(factor), yref="paper", y=1, yanchor="bottom")
    return sheet(data, {
        **rows(x, *ys), "height": 680, "shapes": [chosen], "annotations": [at],
        "margin": MARGIN | {"t": 26, "b": 172}, "hovermode": "x unified", "legend": BELOW,
    })  # fmt: skip


def styles(names: Mapping[str, object]) -> list[Mapping[str, str]]:
    """Colour, dash and mark of every net: the same for those without normalization everywhere."""
    others = iter(STYLES)
    return [PLAIN if name == NONE else next(others) for name in names]


def _pale(color: str) -> str:
    red, green, blue = (int(color[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"
