"""How statistics scatter with the batch size, and how far training and prediction part."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from normlib.batch_size import Scatter, expected
from normlib.figures.theme import AFTER, BEFORE, TRUE

WORDS: Mapping[str, str] = {
    "mean": "batch mean",
    "variance": "batch variance",
    "gap": "difference of the outputs",
    "size": "batch size",
    "hover": "batch of %{customdata}: %{y:.4g}",
    "theory": "± 1 standard deviation",
}
HEIGHT = 400
GAP_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2)
MARGIN = {"l": 60, "r": 10, "t": 10, "b": 50}


def funnels(
    found: Scatter, *, size: int, channel: int, words: Mapping[str, str] = WORDS
) -> go.Figure:
    """Mean and variance of every batch over the batch size; the chosen size stands out.

    Dotted: the true value. Grey band: one standard deviation to both sides, from theory.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    sizes, source = found.sizes, found.source
    theory = {key: np.array([expected(source, n)[key][channel] for n in sizes])
              for key in ("mean_spread", "variance_mean", "variance_spread")}  # fmt: skip
    centre = np.full(len(sizes), source.mean[channel])
    for row, name, values, true, middle, spread in (
        (1, "mean", found.mean, source.mean[channel], centre, theory["mean_spread"]),
        (2, "variance", found.variance, source.variance[channel],
         theory["variance_mean"], theory["variance_spread"]),
    ):  # fmt: skip
        x, y = _dots(values[:, :, channel])
        figure.add_scatter(
            x=[*range(len(sizes)), *reversed(range(len(sizes)))],
            y=[*(middle + spread), *(middle - spread)[::-1]], fill="toself", mode="lines",
            line={"width": 0}, fillcolor="rgba(128,128,128,0.25)", row=row, col=1,
            name=words["theory"], hoverinfo="skip",
        )  # fmt: skip
        chosen = np.repeat([n == size for n in sizes], values.shape[1])
        figure.add_scatter(
            x=x, y=y, mode="markers", name=words[name], row=row, col=1,
            customdata=np.repeat(sizes, values.shape[1]),
            marker={
                "color": BEFORE["color"], "size": np.where(chosen, 5, 4),
                "symbol": np.where(chosen, "diamond", "circle").tolist(),
                "opacity": np.where(chosen, 1, 0.35),
            },
            hovertemplate=f"{words['hover']}<extra></extra>",
        )  # fmt: skip
        figure.add_hline(true, line={**TRUE, "width": 1.5}, row=row, col=1)
        figure.update_yaxes(title=words[name], row=row, col=1)
    _by_size(figure, sizes, words)
    figure.update_xaxes(title=None, row=1, col=1)
    return figure


def gap(found: Scatter, *, size: int, channel: int, words: Mapping[str, str] = WORDS) -> go.Figure:
    """The gap between training and prediction over the batch size, both axes logarithmic."""
    values = found.gap[:, channel]
    chosen = np.array([n == size for n in found.sizes])
    figure = go.Figure()
    figure.add_scatter(
        x=list(range(len(values))), y=values, mode="lines+markers", name=words["gap"],
        customdata=found.sizes, hovertemplate=f"{words['hover']}<extra></extra>",
        line={"color": AFTER["color"], "width": 2},
        marker={"symbol": np.where(chosen, "diamond", "circle").tolist(),
                "size": np.where(chosen, 14, 7)},
    )  # fmt: skip
    figure.update_yaxes(title=words["gap"], type="log", tickvals=GAP_TICKS)
    _by_size(figure, found.sizes, words)
    return figure


def _dots(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of the dots: by batch size, side by side in the order in which they were drawn."""
    sizes, repeats = values.shape
    aside = np.linspace(-0.3, 0.3, repeats)
    return (np.arange(sizes)[:, None] + aside).ravel(), values.ravel()


def _by_size(figure: go.Figure, sizes: tuple[int, ...], words: Mapping[str, str]) -> None:
    figure.update_xaxes(
        title=words["size"], tickvals=list(range(len(sizes))), ticktext=[str(n) for n in sizes],
        range=[-0.5, len(sizes) - 0.5], zeroline=False,
    )  # fmt: skip
    figure.update_layout(height=HEIGHT, margin=MARGIN, showlegend=False)
