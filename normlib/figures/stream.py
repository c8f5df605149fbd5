"""Statistics of batches as dots, the records that follow them as lines, the truth beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from normlib.figures.theme import BEFORE, ONE, OTHER, TRUE
from normlib.stream import Fed, Path

WORDS: Mapping[str, str] = {
    "mean": "mean",
    "variance": "variance",
    "step": "batches fed",
    "true": "true",
    "batch": "batch mean",
    "biased": "batch variance, biased",
    "unbiased": "batch variance, unbiased",
}
GAP = 0.1  # of the height of a chart, between the labels of two lines


def convergence(
    fed: Fed,
    paths: Sequence[Path],
    names: Sequence[str],
    *,
    steps: int,
    channel: int,
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """Mean above, variance below, over the batches fed so far.

    Args:
        fed: statistics of all batches that there will be: they fix the axes.
        paths: one or two records of the same batches, labelled by ``names`` at their ends.
        steps: how many batches were fed; what comes later is not drawn.
        channel: which channel is drawn.
        words: axes and labels, keys as in ``WORDS``.
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.07)
    seen, at = slice(0, steps), list(range(1, steps + 1))
    source, last = fed.source, len(fed.mean)
    for row, name, true, dots in (
        (1, "mean", source.mean[channel], {"batch": fed.mean}),
        (2, "variance", source.variance[channel], {"biased": fed.biased, "unbiased": fed.unbiased}),
    ):
        low, high = _range(true, *(values[:, channel] for values in dots.values()),
                           *(getattr(path, name)[:, channel] for path in paths))  # fmt: skip
        for key, values in dots.items():
            look = {"color": BEFORE["color"], "size": 7, "symbol": "circle-open"}
            if key == "unbiased":
                look |= {"size": 8, "symbol": "line-ew-open"}
            figure.add_scatter(
                x=at, y=values[seen, channel], mode="markers", name=words[key], row=row, col=1,
                marker={**look, "line_width": 1.6},
                hovertemplate=f"{words[key]}: %{{y:.4g}}<extra></extra>",
            )  # fmt: skip
        figure.add_hline(true, line={**TRUE, "width": 1.5}, row=row, col=1)
        ends = [(words["true"], true)] if steps == last else []
        for path, label, line in zip(paths, names, (ONE, OTHER), strict=False):
            values = getattr(path, name)[: steps + 1, channel]
            figure.add_scatter(
                x=[0, *at], y=values, mode="lines", name=label, row=row, col=1,
                line={**line, "width": 3}, hovertemplate=f"{label}: %{{y:.4g}}<extra></extra>",
            )  # fmt: skip
            ends.append((label, values[-1]))
        placed = [(label, place, steps) for label, place in _apart(ends, GAP * (high - low))]
        if steps < last:
            placed.append((words["true"], true, last))
        for label, place, x in placed:
            figure.add_annotation(
                text=label, x=x, xshift=10, y=place, xanchor="left", showarrow=False,
                row=row, col=1,
            )  # fmt: skip
        figure.update_yaxes(title=words[name], range=[low, high], row=row, col=1)
    figure.update_xaxes(range=[-0.02 * last, 1.02 * last], zeroline=False)
    figure.update_xaxes(title=words["step"], row=2, col=1)
    figure.update_layout(
        height=460, showlegend=False, hovermode="x unified",
        margin={"l": 60, "r": 90, "t": 10, "b": 50},
    )  # fmt: skip
    return figure


def _range(*values: np.ndarray | float) -> tuple[float, float]:
    """From below the smallest to above the largest, a twentieth of the distance as a margin."""
    low, high = (float(pick([pick(np.atleast_1d(v)) for v in values])) for pick in (np.min, np.max))
    margin = 0.05 * (high - low)
    return low - margin, high + margin


def _apart(ends: Sequence[tuple[str, float]], gap: float) -> list[tuple[str, float]]:
    """Labels at the places of their lines, moved apart where they would touch."""
    ends = sorted(ends, key=lambda end: end[1])
    places = [ends[0][1]]
    for _, place in ends[1:]:
        places.append(max(place, places[-1] + gap))
    too_high = (sum(places) - sum(place for _, place in ends)) / len(ends)
    return [(label, place - too_high) for (label, _), place in zip(ends, places, strict=True)]
