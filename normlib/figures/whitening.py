"""A cloud before and after whitening with its covariance, and the iteration towards white."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, across, fixed, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE, SERIES
from normlib.outlook import Outlook
from normlib.whitenings import Iterations, Whitened

BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
MARGIN = {"l": 50, "r": 10, "t": 10, "b": 50}
AXES = (
    {"color": "#009e73", "dash": "solid"},
    {"color": "#aa4499", "dash": "dash"},
    {"color": "#808080", "dash": "dot"},
)
TWO_SIDED = ((0, BEFORE["color"]), (0.5, "#ffffff"), (1, AFTER["color"]))
LETTERS = "ABC"  # points that are found again after
TRAIL = {"color": "rgba(128,128,128,0.6)", "width": 1}
GREY = {"color": "#808080", "width": 2}


@dataclass(frozen=True)
class Scale:
    """What two pictures of one cloud share.

    Attributes:
        look: the side to look from.
        square: both ends of both axes, (2, 2).
        largest: absolute covariance at which the colour is full.
    """

    look: Outlook
    square: np.ndarray
    largest: float


def cloud(
    found: Whitened, scale: Scale, *, after: bool, names: Sequence[str],
    word: str, colors: Sequence[str] | None = None, trails: bool = False,
) -> go.Figure:  # fmt: skip
    """A cloud from one side with ellipse and axes; below it its covariance matrix.

    Args:
        found: the cloud before and after.
        scale: what both pictures share.
        after: which of the two.
        names: of the features.
        word: what the matrix is called.
        colors: of every point; None for one colour.
        trails: whether lines lead to the points from where they were before, centred.
    """
    look, points = scale.look, found.after if after else found.before
    covariance = found.covariance_after if after else found.covariance
    flat, middle = look.flat(points), look.flat(points.mean(0))
    mark = AFTER if after else BEFORE
    data = [
        *([_trails(look.flat(found.centred), flat)] if trails else []),
        *_frame(scale, names),
        _points(points, flat, names, mark, colors),
        _line(look.outline(covariance) + middle, GREY),
        *_axes(look.flat(found.axes_after if after else found.axes), middle),
        _letters(flat[found.marked], mark),
        _matrix(covariance, names, scale.largest),
    ]
    two = len(names) == 2
    across, up = ({"range": list(ends), "constrain": "domain", "zeroline": two, "showgrid": two,
                   "showticklabels": two, "title": {"text": name if two else ""}}
                  for ends, name in zip(scale.square, names, strict=False))  # fmt: skip
    return sheet(data, {
        "xaxis": fixed({**across, "anchor": "y"}),
        "yaxis": fixed({**up, "domain": (0.36, 1), "scaleanchor": "x"}),
        "xaxis2": fixed({"anchor": "y2", "title": {"text": word}, "type": "category"}),
        "yaxis2": fixed({"anchor": "x2", "domain": (0, 0.22), "autorange": "reversed",
                         "type": "category"}),
        "margin": MARGIN, "height": 620, "showlegend": False, "hovermode": "closest",
    })  # fmt: skip


def _points(
    points: np.ndarray, flat: np.ndarray, names: Sequence[str], mark: Mapping[str, str],
    colors: Sequence[str] | None,
) -> Piece:  # fmt: skip
    told = ["<br>".join(f"{n} {v:.2f}" for n, v in zip(names, row, strict=True)) for row in points]
    marker = {"size": 6, "opacity": 0.55, **mark} if colors is None else {
        "size": 8, "symbol": "circle", "color": colors, "line": {"width": 0.5, "color": "#808080"},
    }  # fmt: skip
    return {"type": "scatter", "mode": "markers", "x": flat[:, 0], "y": flat[:, 1],
            "text": told, "hovertemplate": "%{text}<extra></extra>", "marker": marker}  # fmt: skip


def _line(places: np.ndarray, line: Mapping[str, object]) -> Piece:
    return {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": line,
            "x": places[:, 0], "y": places[:, 1]}  # fmt: skip


def _trails(start: np.ndarray, end: np.ndarray) -> Piece:
    gap = np.full_like(start, np.nan)
    return _line(np.stack([start, end, gap], 1).reshape(-1, 2), TRAIL)


def _axes(ends: np.ndarray, middle: np.ndarray) -> list[Piece]:
    return [
        _line(np.stack([middle, middle + end]), {**line, "width": 5})
        | {"mode": "lines+text", "text": ["", f"<b>{number}</b>"], "textposition": "top center",
           "textfont": {"size": 17, "color": line["color"]}}
        for number, (end, line) in enumerate(zip(ends, AXES, strict=False), 1)
    ]  # fmt: skip


def _letters(places: np.ndarray, mark: Mapping[str, str]) -> Piece:
    return {"type": "scatter", "mode": "markers+text", "hoverinfo": "skip", "x": places[:, 0],
            "y": places[:, 1], "text": [f"<b>{letter}</b>" for letter in LETTERS],
            "textposition": "top center", "textfont": {"size": 15},
            "marker": {"size": 12, "color": mark["color"], "line": {"width": 3},
                       "symbol": f"{mark['symbol'].removesuffix('-open')}-open"}}  # fmt: skip


def _frame(scale: Scale, names: Sequence[str]) -> list[Piece]:
    """The axes of three features, from the origin, each with its name; two have plotly's own."""
    if len(names) == 2:
        return []
    ends = 0.9 * scale.square[0].max() * scale.look.flat(np.eye(len(names)))
    origin = np.zeros(2)
    return [_line(np.stack([origin, end]), TRAIL)
            | {"mode": "lines+text", "text": ["", name], "textposition": "top center"}
            for end, name in zip(ends, names, strict=True)]  # fmt: skip


def _matrix(covariance: np.ndarray, names: Sequence[str], largest: float) -> Piece:
    return {
        "type": "heatmap", "xaxis": "x2", "yaxis": "y2", "z": covariance, "x": names, "y": names,
        "zmin": -largest, "zmax": largest, "colorscale": TWO_SIDED, "showscale": False,
        "texttemplate": "%{z:.2f}", "xgap": 2, "ygap": 2,
        "hovertemplate": "%{y}, %{x}: %{z:.4f}<extra></extra>",
    }  # fmt: skip


def iterations(found: Iterations, *, steps: int, words: Mapping[str, str]) -> go.Figure:
    """Variance along each principal axis over the steps, and below it the residual.

    Args:
        found: what is drawn, from 0 steps on.
        steps: the number of steps that a line marks.
        words: ``steps``, ``variance``, ``residual``, ``axis`` (names ``number``).
    """
    counts = np.arange(len(found.residual))
    lines = [
        {**on(0), "mode": "lines+markers", "name": words["axis"].format(number=i + 1), "x": counts,
         "y": values, "line": {"color": look["color"], "dash": look["dash"]},
         "marker": {"symbol": look["symbol"], "size": 7},
         "hovertemplate": "T = %{x}: %{y:.4g}"}
        for i, (values, look) in enumerate(zip(found.variances.T, SERIES, strict=False))
    ]  # fmt: skip
    shown = np.maximum(found.residual, 1e-16)
    residual = {**on(1), "mode": "lines+markers", "name": words["residual"], "x": counts,
                "y": shown, "showlegend": False, "line": {"color": GREY["color"]},
                "hovertemplate": "T = %{x}: %{y:.3g}<extra></extra>"}  # fmt: skip
    here = {"type": "line", "xref": "x", "x0": steps, "x1": steps, "yref": "paper", "y0": 0,
            "y1": 1, "line": {"color": GREY["color"], "dash": "dot"}}  # fmt: skip
    axes = rows(
        {"title": {"text": words["steps"]}, "range": (-0.5, counts[-1] + 0.5)},
        {"title": {"text": words["variance"]}, "range": (-0.05, 1.15)},
        {"title": {"text": words["residual"]}, "type": "log", "exponentformat": "power",
         "range": (-16.5, 1)},
    )  # fmt: skip
    return sheet([*lines, residual], {
        **axes, "shapes": [here, across(1.0)], "height": 520, "legend": BELOW,
        "margin": {"l": 70, "r": 10, "t": 20, "b": 100},
    })  # fmt: skip
