"""How statistics scatter with the batch size, and how far training and prediction part."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.batch_size import Scatter, expected
from normlib.figures.sheet import Piece, across, sheet, ticks, two_rows
from normlib.figures.theme import AFTER, BEFORE

WORDS: Mapping[str, str] = {
    "mean": "batch mean",
    "variance": "batch variance",
    "gap": "difference of the outputs",
    "size": "batch size",
    "hover": "batch of %{customdata}: %{y:.4g}",
    "theory": "± 1 standard deviation",
}
LOOK = {"height": 400, "margin": {"l": 60, "r": 10, "t": 10, "b": 50}, "showlegend": False}
CHOSEN = {"color": BEFORE["color"], "size": 5, "symbol": "diamond"}
GAP_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)


def funnels(
    found: Scatter, *, size: int, channel: int, words: Mapping[str, str] = WORDS
) -> go.Figure:
    """Mean and variance of every batch over the batch size; the chosen size stands out.

    Dotted: the true value. Grey band: one standard deviation to both sides, from theory.
    """
    sizes, source = found.sizes, found.source
    theory = {key: np.array([expected(source, n)[key][channel] for n in sizes])
              for key in ("mean_spread", "variance_mean", "variance_spread")}  # fmt: skip
    at = list(range(len(sizes)))
    chosen, aside = sizes.index(size), np.linspace(-0.3, 0.3, found.mean.shape[1])
    data: list[Piece] = []
    for row, name, values, middle, spread in (
        ("", "mean", found.mean, np.full(len(at), source.mean[channel]), theory["mean_spread"]),
        ("2", "variance", found.variance, theory["variance_mean"], theory["variance_spread"]),
    ):
        on = {"type": "scatter", "xaxis": f"x{row}", "yaxis": f"y{row}"}
        data.append({
            **on, "mode": "lines", "name": words["theory"], "hoverinfo": "skip",
            "x": [*at, *reversed(at)], "y": [*(middle + spread), *(middle - spread)[::-1]],
            "fill": "toself", "fillcolor": "rgba(128,128,128,0.25)", "line": {"width": 0},
        })  # fmt: skip
        x, y = np.broadcast_arrays(np.array(at)[:, None] + aside, values[:, :, channel])
        data.append({**ticks(x.ravel(), y.ravel(), wide=0.05), **on, "name": words[name]})
        data.append({
            **on, "mode": "markers", "name": words[name], "marker": CHOSEN,
            "x": x[chosen], "y": y[chosen], "customdata": np.full(len(aside), size),
            "hovertemplate": f"{words['hover']}<extra></extra>",
        })  # fmt: skip
    axes = ({"title": {"text": words[name]}, "zeroline": False} for name in ("mean", "variance"))
    return sheet(data, {
        **LOOK, **two_rows(_by_size(sizes, words), *axes),
        "shapes": [across(source.mean[channel]), across(source.variance[channel], "2")],
    })  # fmt: skip


def gap(found: Scatter, *, size: int, channel: int, words: Mapping[str, str] = WORDS) -> go.Figure:
    """The gap between training and prediction over the batch size, both axes logarithmic."""
    values = found.gap[:, channel]
    chosen = np.array([n == size for n in found.sizes])
    line = {
        "type": "scatter", "mode": "lines+markers", "name": words["gap"],
        "x": list(range(len(values))), "y": values, "customdata": found.sizes,
        "hovertemplate": f"{words['hover']}<extra></extra>",
        "line": {"color": AFTER["color"], "width": 2},
        "marker": {"symbol": np.where(chosen, "diamond", "circle").tolist(),
                   "size": np.where(chosen, 14, 7), "opacity": 1},
    }  # fmt: skip
    y = {"title": {"text": words["gap"]}, "type": "log", "tickvals": GAP_TICKS}
    return sheet([line], {**LOOK, "xaxis": _by_size(found.sizes, words), "yaxis": y})


def _by_size(sizes: tuple[int, ...], words: Mapping[str, str]) -> Piece:
    return {
        "title": {"text": words["size"]}, "range": [-0.5, len(sizes) - 0.5], "zeroline": False,
        "tickvals": list(range(len(sizes))), "ticktext": [str(n) for n in sizes],
    }  # fmt: skip
