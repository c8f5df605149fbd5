"""Learning rates: which train, three numbers that are kept apart, and the edge of stability."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, across, note, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE, BETWEEN, SERIES
from normlib.landscape.edges import Edge
from normlib.landscape.limits import Rates

NUMBERS = {"start": BEFORE, "path": BETWEEN, "largest": AFTER}  # each with a mark of its own
MARKS = {"start": "triangle-up-open", "path": "square-open", "largest": "diamond"}
TICKS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
SHADES = ((0, "#0b3c5d"), (0.5, "#7fb2d1"), (1, "#f3efe6"))  # dark is a small loss
DIVERGED, FAILED = "✕", "–"
ON_LIGHT = {"color": "#333333"}  # cells that failed are light in every theme
ROOM = {"l": 90, "r": 20, "t": 20, "b": 130}
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}


def sweep(
    found: Mapping[str, Rates], names: Mapping[str, str], words: Mapping[str, str]
) -> go.Figure:
    """A row for each method: the loss at every rate above, the three numbers below.

    A cell is the median over seeds. It shows ✕ where at least half of the seeds diverged, and a
    dash where the loss did not fall to half of what it was.

    Args:
        found: by method, all with the same rates.
        names: of the methods.
        words: ``rate``, ``loss``, ``start``, ``path``, ``largest``.
    """
    labels = [names[method] for method in found]
    places = np.log10(next(iter(found.values())).rates)
    data = [*_cells(found, labels, places, words), *_numbers(found, labels, words)]
    every = [value for one in found.values() for name in NUMBERS
             for value in getattr(one, name) if value > 0 and np.isfinite(value)]  # fmt: skip
    low, high = (pick(float(pick(places)), *np.log10(every)) for pick in (min, max))
    x = {"title": {"text": words["rate"]}, "range": [low - 0.12, high + 0.12], "zeroline": False,
         "tickvals": [float(np.log10(tick)) for tick in TICKS],
         "ticktext": [f"{tick:g}" for tick in TICKS]}  # fmt: skip
    y = {"type": "category", "categoryarray": labels[::-1], "categoryorder": "array",
         "range": [-0.6, len(labels) - 0.4]}  # fmt: skip
    return sheet(data, {**rows(x, y, y), "height": 200 + 90 * len(labels), "margin": ROOM,
                        "legend": BELOW})  # fmt: skip


def edge(found: Sequence[Edge], words: Mapping[str, str]) -> go.Figure:
    """The largest eigenvalue along trainings above, each with its own 2 / rate; the loss below.

    Args:
        found: one for each rate.
        words: ``step``, ``eigenvalue``, ``loss``, ``rate`` (with ``{rate}``), ``limit`` (likewise).
    """
    data: list[Piece] = []
    shapes, notes = [], []
    last = max(len(one.loss) for one in found)
    for look, one in zip(SERIES, found, strict=False):
        rate = f"{one.training.rate:g}"
        name = words["rate"].format(rate=rate)
        line = {"mode": "lines", "name": name, "legendgroup": name,
                "line": {"color": look["color"], "dash": look["dash"], "width": 2},
                "hovertemplate": f"{name}: %{{y:.4g}}<extra></extra>"}  # fmt: skip
        data += [
            {
                **on(0),
                **line,
                "mode": "lines+markers",
                "x": one.measured,
                "y": one.eigenvalue,
                "marker": {"symbol": look["symbol"], "size": 5, "color": look["color"]},
            },
            {**on(1), **line, "x": np.arange(len(one.loss)), "y": one.loss, "showlegend": False},
        ]
        shapes.append(across(one.limit) | {"line": {"color": look["color"], "width": 1}})
        notes.append(note(words["limit"].format(rate=rate), x=last, y=one.limit,
                          xanchor="right", yanchor="bottom"))  # fmt: skip
    top = max(max(float(one.eigenvalue.max()), one.limit) for one in found)
    x = {"title": {"text": words["step"]}, "range": [0, last], "zeroline": False}
    return sheet(data, {
        **rows(x, {"title": {"text": words["eigenvalue"]}, "range": [0, 1.1 * top]},
               {"title": {"text": words["loss"]}, "type": "log", "exponentformat": "power",
                "dtick": 1}),
        "shapes": shapes, "annotations": notes, "height": 600, "margin": ROOM | {"l": 60},
        "legend": BELOW,
    })  # fmt: skip


def _cells(
    found: Mapping[str, Rates], labels: Sequence[str], places: np.ndarray, words: Mapping[str, str]
) -> list[Piece]:
    """The map of losses, and the marks on what failed."""
    with np.errstate(invalid="ignore"):  # between inf and inf
        loss = np.array([np.median(one.final, 1) for one in found.values()])
    lost = np.array([np.median(one.diverged >= 0, 1) >= 0.5 for one in found.values()])
    poor = np.array([np.median(one.trains, 1) < 0.5 for one in found.values()])
    shown = np.where(lost, np.nan, loss)
    seen = shown[np.isfinite(shown) & (shown > 0)]
    with np.errstate(divide="ignore", invalid="ignore"):
        levels = np.log10(shown)
    data: list[Piece] = [{
        "type": "heatmap", "x": places, "y": labels, "z": levels,
        "colorscale": SHADES, "xgap": 1, "ygap": 3,
        "zmin": float(np.log10(seen.min())) if seen.size else 0,
        "zmax": float(np.log10(seen.max())) if seen.size else 1,
        "customdata": np.stack([np.broadcast_to(10**places, loss.shape), loss], 2),
        "hovertemplate": f"%{{y}}, {words['rate']} %{{customdata[0]:.4g}}: "
                         f"{words['loss']} %{{customdata[1]:.4g}}<extra></extra>",
        "hoverongaps": False, "showscale": False, "yaxis": "y",
    }]  # fmt: skip
    for where, mark, font in ((lost, DIVERGED, {}), (poor & ~lost, FAILED, ON_LIGHT)):
        at = np.argwhere(where)
        data.append({
            "type": "scatter", "mode": "text", "x": places[at[:, 1]], "textfont": font,
            "y": [labels[row] for row in at[:, 0]], "text": [mark] * len(at),
            "hoverinfo": "skip", "showlegend": False, "yaxis": "y",
        })  # fmt: skip
    return data


def _numbers(
    found: Mapping[str, Rates], labels: Sequence[str], words: Mapping[str, str]
) -> list[Piece]:
    """The three numbers of every method, each with a mark of its own."""
    data: list[Piece] = []
    for name, look in NUMBERS.items():
        data.append({
            **on(1), "mode": "markers", "name": words[name], "y": labels,
            "x": [_log(one.middle(name)) for one in found.values()],
            "customdata": [one.middle(name) for one in found.values()],
            "error_x": _spread(found, name),
            "marker": {"symbol": MARKS[name], "size": 12, "color": look["color"],
                       "line": {"width": 2}},
            "hovertemplate": f"%{{y}}, {words[name]}: %{{customdata:.3g}}<extra></extra>",
        })  # fmt: skip
    return data


def _spread(found: Mapping[str, Rates], name: str) -> Piece:
    """From the smallest to the largest seed, on the logarithmic axis."""
    middle = np.array([_log(one.middle(name)) for one in found.values()])
    ends = [np.array([_log(float(pick(getattr(one, name)))) for one in found.values()])
            for pick in (np.min, np.max)]  # fmt: skip
    return {"type": "data", "symmetric": False, "array": ends[1] - middle,
            "arrayminus": middle - ends[0], "thickness": 1.2, "width": 4}  # fmt: skip


def _log(value: float) -> float:
    return float(np.log10(value)) if value > 0 and np.isfinite(value) else np.nan
