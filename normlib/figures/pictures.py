"""Pictures in numbers: histograms of groups, and channels in the (mean, std) plane."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, note, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE, TRUE
from normlib.histograms import REACH, Histograms
from normlib.styles import Move

# Red, green and blue of Okabe and Ito 2008, each with a mark and a dash of its own.
CHANNELS = (
    {"color": "#d55e00", "symbol": "circle", "dash": "solid"},
    {"color": "#009e73", "symbol": "square", "dash": "dash"},
    {"color": "#0072b2", "symbol": "diamond", "dash": "dot"},
)
ALL = {"color": "#808080", "dash": "solid"}  # all channels together
MOST_DECADES = 4.0  # of a logarithmic axis
GOAL = {"symbol": "x-thin", "size": 14}
LEGEND = {"orientation": "h", "y": 1.06, "yanchor": "bottom", "x": 0, "xanchor": "left"}
WORDS: Mapping[str, str] = {
    "value": "value",
    "share": "% of the values",
    "before": "before",
    "after": "after",
    "mean": "mean of a channel",
    "std": "standard deviation",
    "channel0": "red",
    "channel1": "green",
    "channel2": "blue",
    "channels": "all channels",
    "sample0": "picture",
    "sample1": "copy",
    "samples": "all pictures",
    "goal": "style",
    "hover": "mean %{x:.3f}, standard deviation %{y:.3f}",
}


def distributions(found: Histograms, words: Mapping[str, str] = WORDS) -> go.Figure:
    """The histogram of every group, before above after, on one axis of values.

    Colour and dash tell the channel; the picture is drawn broad and pale, its copy thin on top.

    Args:
        found: what to draw.
        words: axes, rows and names, keys as in ``WORDS``.
    """
    data: list[Piece] = []
    for row, shares in enumerate((found.before, found.after)):
        for (sample, channel), share in zip(found.groups, shares, strict=True):
            look = ALL if channel is None else CHANNELS[channel]
            name = ", ".join((
                words["samples" if sample is None else f"sample{sample}"],
                words["channels" if channel is None else f"channel{channel}"],
            ))  # fmt: skip
            data.append({
                **on(row), "mode": "lines", "x": found.middles, "y": 100 * share,
                "name": name, "showlegend": row == 0, "opacity": 0.5 if sample == 0 else 1,
                "line": {"color": look["color"], "dash": look["dash"],
                         "width": 4 if sample == 0 else 1.5},
                "hovertemplate": f"%{{x:.2f}}: %{{y:.1f}} %<extra>{name}</extra>",
            })  # fmt: skip
    y = {"title": {"text": words["share"]}, "rangemode": "tozero", "zeroline": False}
    return sheet(data, {
        **rows({"title": {"text": words["value"]}, "range": [-REACH, REACH]}, y, dict(y)),
        "annotations": _rows(words),
        "legend": LEGEND, "height": 470, "margin": {"l": 55, "r": 10, "t": 120, "b": 45},
    })  # fmt: skip


def plane(
    move: Move,
    names: Sequence[str],
    words: Mapping[str, str] = WORDS,
    *,
    goal: np.ndarray | None = None,
) -> go.Figure:
    """Every channel as an arrow in the plane of mean and standard deviation.

    Args:
        move: where the channels come from and go to.
        names: of its pictures.
        words: as for `distributions`.
        goal: shape (3, 2), where full strength leads, drawn as crosses.
    """
    data: list[Piece] = []
    arrows: list[Piece] = []
    for sample, name in enumerate(names):
        for channel, look in enumerate(CHANNELS):
            start, end = move.start[sample, channel], move.end[sample, channel]
            said = f"{name}, {words[f'channel{channel}']}"
            symbol = look["symbol"] if sample else f"{look['symbol']}-open"
            data.append(_mark(start, {**look, "symbol": symbol}, said, words))
            if len(names) == 1:  # of two that swap, each ends where the other begins
                data.append({**_mark(end, look, said, words), "showlegend": False})
            if np.abs(end - start).max() > 1e-3:
                arrows.append(_arrow(start, end, look["color"]))
    if goal is not None:
        data.append({
            **on(0), "mode": "markers", "x": goal[:, 0], "y": goal[:, 1], "name": words["goal"],
            "marker": {**GOAL, "line": {"width": 2, "color": TRUE["color"]}},
            "hovertemplate": f"{words['hover']}<extra>{words['goal']}</extra>",
        })  # fmt: skip
    return sheet(data, {
        **rows({"title": {"text": words["mean"]}, "range": [0, 1]},
               {"title": {"text": words["std"]}, "range": [0, 0.5]}),
        "annotations": arrows, "legend": LEGEND, "height": 420,
        "margin": {"l": 60, "r": 10, "t": 110, "b": 50},
    })  # fmt: skip


def _decades(values: np.ndarray) -> float:
    """Between the smallest and the largest of what is above 0."""
    above = values[values > 0]
    return float(np.log10(above.max() / above.min())) if above.size else 0.0


def _rows(words: Mapping[str, str]) -> list[Piece]:
    """What stands above each of two rows."""
    return [
        note(f"<b>{words[key]}</b>", row=row, x=0, xref="x domain", xanchor="left", y=1,
             yanchor="bottom", yref=f"y{row + 1 if row else ''} domain")
        for row, key in enumerate(("before", "after"))
    ]  # fmt: skip


def _mark(at: np.ndarray, look: Mapping[str, str], name: str, words: Mapping[str, str]) -> Piece:
    color = look["color"]
    return {
        **on(0), "mode": "markers", "x": [at[0]], "y": [at[1]], "name": name,
        "marker": {"color": color, "symbol": look["symbol"], "size": 11,
                   "line": {"width": 2, "color": color}},
        "hovertemplate": f"{words['hover']}<extra>{name}</extra>",
    }  # fmt: skip


def _arrow(start: np.ndarray, end: np.ndarray, color: str) -> Piece:
    return {
        "x": end[0], "y": end[1], "ax": start[0], "ay": start[1], "xref": "x", "yref": "y",
        "axref": "x", "ayref": "y", "showarrow": True, "text": "", "arrowhead": 2,
        "arrowwidth": 2, "arrowcolor": color, "standoff": 7, "startstandoff": 7,
    }  # fmt: skip


def strengths(
    before: np.ndarray,
    after: np.ndarray,
    names: Sequence[str],
    samples: Sequence[str],
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """Standard deviation of every feature map of two pictures, before above after.

    Both axes are logarithmic and equally long, so equal distances are equal ratios.

    Args:
        before, after: shape (2, maps).
        names: of the maps.
        samples: names of the two pictures.
        words: as for `distributions`.
    """
    data: list[Piece] = []
    for row, values in enumerate((before, after)):
        for sample, look in enumerate((BEFORE, AFTER)):
            data.append({
                **on(row), "mode": "markers", "x": list(names), "y": values[sample],
                "name": samples[sample], "showlegend": row == 0, "marker": {**look, "size": 10},
                "hovertemplate": f"%{{x}}: %{{y:.3f}}<extra>{samples[sample]}</extra>",
            })  # fmt: skip
    tops = [float(np.log10(values.max() or 1)) for values in (before, after)]
    span = min(MOST_DECADES, max(_decades(values) for values in (before, after)))
    ys = [{"type": "log", "title": {"text": words["std"]}, "zeroline": False,
           "range": [top - span - 0.2, top + 0.2]} for top in tops]  # fmt: skip
    return sheet(data, {
        **rows({"type": "category", "tickangle": -40}, *ys),
        "annotations": _rows(words),
        "legend": LEGEND, "height": 480, "margin": {"l": 60, "r": 10, "t": 70, "b": 110},
    })  # fmt: skip
