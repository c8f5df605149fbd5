"""How statistics scatter with the batch size, and how far training and prediction part."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.batch_size import Scatter, expected
from normlib.figures.sheet import Piece, across, on, rows, sheet, ticks
from normlib.figures.theme import AFTER, BEFORE

WORDS: Mapping[str, str] = {
    "mean": "batch mean",
    "variance": "batch variance",
    "gap": "gap",
    "size": "batch size",
    "hover": "batch of %{customdata}: %{y:.4g}",
}
CHOSEN = {"color": BEFORE["color"], "size": 5, "symbol": "diamond"}
GAP_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)


def by_size(
    found: Scatter, *, size: int, channel: int, words: Mapping[str, str] = WORDS
) -> go.Figure:
    """Means, variances and the gap over the batch size; the chosen size stands out.

    Above, a stroke for every batch; dotted the true value, grey one standard deviation to both
    sides, from theory. Below, on a logarithmic axis, the gap between training and prediction.
    """
    sizes, source = found.sizes, found.source
    theory = {key: np.array([expected(source, n)[key][channel] for n in sizes])
              for key in ("mean_spread", "variance_mean", "variance_spread")}  # fmt: skip
    centre, at = np.full(len(sizes), source.mean[channel]), sizes.index(size)
    means = _funnel(found.mean[:, :, channel], centre, theory["mean_spread"])
    variances = _funnel(
        found.variance[:, :, channel], theory["variance_mean"], theory["variance_spread"]
    )
    data = []
    for row, (name, parts) in enumerate((("mean", means), ("variance", variances))):
        band, strokes = ({**on(row), **part, "name": words[name]} for part in parts)
        data += [band, strokes, {
            **on(row), "mode": "markers", "name": words[name], "marker": CHOSEN,
            "x": _aside(found.mean.shape[1], at), "y": getattr(found, name)[at, :, channel],
            "customdata": np.full(found.mean.shape[1], size),
            "hovertemplate": f"{words['hover']}<extra></extra>",
        }]  # fmt: skip
    data.append({**on(2), **_gap(found, at, channel), "name": words["gap"],
                 "hovertemplate": f"{words['hover']}<extra></extra>"})  # fmt: skip
    x = {
        "title": {"text": words["size"]}, "range": [-0.5, len(sizes) - 0.5], "zeroline": False,
        "tickvals": list(range(len(sizes))), "ticktext": [str(n) for n in sizes],
    }  # fmt: skip
    ys: list[Piece] = [{"title": {"text": words[key]}, "zeroline": False}
                       for key in ("mean", "variance", "gap")]  # fmt: skip
    ys[2] |= {"type": "log", "tickvals": GAP_TICKS}
    return sheet(data, {
        **rows(x, *ys), "height": 540, "showlegend": False,
        "shapes": [across(source.mean[channel]), across(source.variance[channel], 1)],
        "margin": {"l": 60, "r": 10, "t": 10, "b": 50},
    })  # fmt: skip


def _funnel(values: np.ndarray, middle: np.ndarray, spread: np.ndarray) -> tuple[Piece, Piece]:
    """The band of theory, and a stroke for each batch, ``(sizes, repeats)``."""
    at = range(len(values))
    band = {
        "mode": "lines", "hoverinfo": "skip", "line": {"width": 0},
        "x": [*at, *reversed(at)], "y": [*(middle + spread), *(middle - spread)[::-1]],
        "fill": "toself", "fillcolor": "rgba(128,128,128,0.25)",
    }  # fmt: skip
    x = np.concatenate([_aside(values.shape[1], place) for place in at])
    return band, ticks(x, values.ravel(), wide=0.05)


def _gap(found: Scatter, at: int, channel: int) -> Piece:
    chosen = np.arange(len(found.sizes)) == at
    return {
        "mode": "lines+markers", "x": list(range(len(found.sizes))), "y": found.gap[:, channel],
        "customdata": found.sizes, "line": {"color": AFTER["color"], "width": 2},
        "marker": {"symbol": np.where(chosen, "diamond", "circle").tolist(),
                   "size": np.where(chosen, 14, 7), "opacity": 1},
    }  # fmt: skip


def _aside(repeats: int, at: int) -> np.ndarray:
    """Places of batches around that of their size, in the order in which they were drawn."""
    return at + np.linspace(-0.3, 0.3, repeats)
