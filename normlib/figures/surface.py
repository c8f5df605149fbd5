"""The loss on a plane through the weights: as contours, or as a relief that can be turned."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, sheet
from normlib.figures.theme import BEFORE
from normlib.landscape.records import Surface

WORDS: Mapping[str, str] = {
    "a": "first direction",
    "b": "second direction",
    "short_a": "first",
    "short_b": "second",
    "loss": "loss",
    "net": "the net",
    "start": "start",
}
COLORS = "Cividis"  # Nunez, Anderton and Renslow 2018: one order of lightness for every eye
LEAST = 1e-6  # loss that a logarithmic scale still shows
GRID = "rgba(128,128,128,0.5)"
LEVELS = 16
MOST_POINTS = 60  # of a training, drawn at most
PATH = {"color": "#ffffff", "width": 5}
INK = {"color": BEFORE["color"], "width": 2}


Ends = tuple[float, float]


def span(surfaces: Sequence[Surface]) -> Ends:
    """Smallest and largest loss that is drawn, over all of them; 0.1 and 1 where none is."""
    drawn = [values[np.isfinite(values)] for one in surfaces
             for values in (one.values, one.path_values)]  # fmt: skip
    together = np.concatenate(drawn)
    if not together.size:
        return 0.1, 1.0
    return float(together.min()), float(together.max())


def frame(surfaces: Sequence[Surface]) -> tuple[Ends, Ends]:
    """Ends of both coordinates, over all of them: of the second, then of the first."""
    b, a = (np.concatenate([getattr(one, name)[[0, -1]] for one in surfaces]) for name in "ba")
    return (float(b.min()), float(b.max())), (float(a.min()), float(a.max()))


def contour(
    surface: Surface,
    *,
    ends: Ends,
    within: tuple[Ends, Ends],
    log: bool,
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """Contours seen from above, the second direction to the right, the first one up.

    Args:
        surface: what to draw.
        ends: loss of the darkest and the lightest colour, see `span`.
        within: ends of the axes, see `frame`.
        log: whether colours and lines go by the logarithm of the loss.
        words: axes and marks, keys as in ``WORDS``.
    """
    low, high = _heights(np.array(ends), log)
    places, names = _ticks(*ends, log)
    data: list[Piece] = [{
        "type": "contour", "x": surface.b, "y": surface.a, "z": _heights(surface.values, log),
        "customdata": np.float32(surface.values), "colorscale": COLORS, "zmin": low, "zmax": high,
        "contours": {"coloring": "heatmap", "start": low, "end": high,
                     "size": max((high - low) / LEVELS, 1e-9)},
        "line": {"color": "rgba(255,255,255,0.45)", "width": 1},
        "hovertemplate": f"({_place()})<br>{words['loss']} %{{customdata:.4g}}<extra></extra>",
        "colorbar": {"title": {"text": words["loss"], "side": "bottom"}, "thickness": 12,
                     "orientation": "h", "y": -0.22, "yanchor": "top", "len": 1.0,
                     "tickvals": places, "ticktext": names},
    }]  # fmt: skip
    if len(surface.path):
        path = _thinned(surface.path)
        for line in (PATH, INK):
            data.append({"type": "scatter", "mode": "lines", "x": path[:, 1], "y": path[:, 0],
                         "line": line, "hoverinfo": "skip"})  # fmt: skip
    for key, point, symbol, side in _marks(surface):
        data.append({
            "type": "scatter", "mode": "markers+text", "x": [point[1]], "y": [point[0]],
            "text": [words[key]], "textposition": f"{side} center",
            "textfont": {"color": "#ffffff", "shadow": "0 0 4px #000, 0 0 4px #000"},
            "marker": {"symbol": symbol, "size": 11, "color": BEFORE["color"],
                       "line": {"color": "#ffffff", "width": 2}},
            "hovertemplate": f"{words[key]} ({_place()})<extra></extra>",
        })  # fmt: skip
    (left, right), (bottom, top) = within
    return sheet(data, {
        "height": 450, "showlegend": False, "margin": {"l": 55, "r": 10, "t": 10, "b": 120},
        "xaxis": {"title": {"text": words["b"]}, "range": [left, right], "zeroline": False},
        "yaxis": {"title": {"text": words["a"]}, "range": [bottom, top], "zeroline": False},
    })  # fmt: skip


def relief(
    surface: Surface,
    *,
    ends: Ends,
    within: tuple[Ends, Ends],
    log: bool,
    turn: float,
    narrow: bool = False,
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """The same as a surface in space.

    The training is drawn at the loss that it had itself. As the plane holds only its shadow, it
    may float above the surface, or run below it.

    Args:
        surface, ends, within, log, words: as of `contour`.
        turn: from where one looks, in degrees around the vertical axis.
        narrow: whether the chart is narrow, so that one has to step back.
    """
    low, high = _heights(np.array(ends), log)
    places, names = _ticks(*ends, log)
    heights = _heights(surface.values, log)
    data: list[Piece] = [{
        "type": "surface", "x": surface.b, "y": surface.a, "z": heights,
        "customdata": np.float32(surface.values), "colorscale": COLORS, "cmin": low, "cmax": high,
        "showscale": False,
        "contours": {"z": {"show": True, "start": low, "end": high, "color": "#ffffff",
                           "size": max((high - low) / LEVELS, 1e-9), "width": 1}},
        "hovertemplate": f"({_place()})<br>{words['loss']} %{{customdata:.4g}}<extra></extra>",
    }]  # fmt: skip
    if len(surface.path):
        path = _thinned(np.column_stack([surface.path, _heights(surface.path_values, log)]))
        data.append({
            "type": "scatter3d", "mode": "lines", "x": path[:, 1], "y": path[:, 0], "z": path[:, 2],
            "line": {"color": BEFORE["color"], "width": 7}, "hoverinfo": "skip",
        })  # fmt: skip
    for key, point, symbol, _ in _marks(surface):
        value = _value_at(surface, key)
        data.append({
            "type": "scatter3d", "mode": "markers+text", "x": [point[1]], "y": [point[0]],
            "z": [float(_heights(np.array(value), log))], "text": [words[key]],
            "marker": {"symbol": symbol, "size": 6, "color": BEFORE["color"]},
            "hovertemplate": f"{words[key]}<br>{words['loss']} {value:.4g}<extra></extra>",
        })  # fmt: skip
    angle, away = np.deg2rad(turn), 2.5 if narrow else 2.1
    eye = {"x": away * float(np.cos(angle)), "y": away * float(np.sin(angle)), "z": 0.6 * away}
    margin = 0.02 * (high - low) or 1.0
    axes: Piece = {
        "xaxis": {"title": {"text": words["short_b"]}, "range": list(within[0]), "nticks": 4},
        "yaxis": {"title": {"text": words["short_a"]}, "range": list(within[1]), "nticks": 4},
        "zaxis": {"title": {"text": words["loss"]}, "range": [low - margin, high + margin],
                  "tickvals": places, "ticktext": names},
    }  # fmt: skip
    for axis in axes.values():
        axis |= {"gridcolor": GRID, "tickfont": {"size": 10}}
    return sheet(data, {
        "height": 340 if narrow else 440, "showlegend": False,
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "uirevision": turn,  # a camera that was turned by hand stays until the slider moves
        "scene": {**axes, "aspectmode": "manual", "aspectratio": {"x": 1, "y": 1, "z": 0.8},
                  "camera": {"eye": eye, "center": {"x": 0, "y": 0, "z": -0.12}}},
    })  # fmt: skip


def _heights(values: np.ndarray, log: bool) -> np.ndarray:
    """Where a loss is drawn; nowhere, where it is not finite."""
    values = np.where(np.isfinite(values), values, np.nan)
    drawn = np.log10(np.maximum(values, LEAST)) if log else values
    return np.asarray(drawn, np.float32)  # half the bytes


def _ticks(low: float, high: float, log: bool) -> tuple[list[float], list[str]]:
    """Places and names of round numbers between the ends of a scale."""
    if log:
        low = max(low, LEAST)
        powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        found = [step * 10.0**power for power in powers for step in (1, 2, 5)]
    else:
        step = _round((high - low) / 5)
        found = (step * np.arange(np.ceil(low / step), np.floor(high / step) + 1)).tolist()
    kept = [value for value in found if low <= value <= high] or [low, high]
    if len(kept) > 9:
        kept = [value for value in kept if f"{value:.0e}".startswith("1")]
    return [float(_heights(np.array(v), log)) for v in kept], [f"{v:.3g}" for v in kept]


def _round(value: float) -> float:
    """The next larger one of 1, 2 and 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(max(value, LEAST)))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value))


def _marks(surface: Surface) -> list[tuple[str, np.ndarray, str, str]]:
    """Words, place, symbol and side of what stands out: the net, and where it began."""
    found = [("net", np.zeros(2), "diamond", "top")]
    if len(surface.path):
        found.append(("start", surface.path[0], "circle", "bottom"))
    return found


def _value_at(surface: Surface, key: str) -> float:
    if len(surface.path):
        return float(surface.path_values[0 if key == "start" else -1])
    row, column = np.abs(surface.a).argmin(), np.abs(surface.b).argmin()
    return float(surface.values[row, column])


def _thinned(points: np.ndarray) -> np.ndarray:
    """At most ``MOST_POINTS`` of them, first and last included."""
    kept = np.linspace(0, len(points) - 1, min(len(points), MOST_POINTS))
    return np.asarray(points[np.unique(kept.round().astype(int))])


def _place() -> str:
    return "%{x:.3g}, %{y:.3g}"
