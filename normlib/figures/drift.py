"""Outputs of one batch under several statistics, as dots with mean and standard deviation."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.drift import Outcome
from normlib.figures.theme import AFTER, BEFORE

WORDS: Mapping[str, str] = {
    "output": "output",
    "own": "training: its own",
    "cold": "cold record",
    "trained": "record of training",
    "repaired": "recomputed",
    "row": "{mean:+z.2f} ± {std:.2f}",
    "hover": "mean %{x:.4g}, standard deviation %{error_x.array:.4g}",
}


def outcomes(
    found: Sequence[Outcome],
    *,
    channel: int,
    reach: tuple[float, float],
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """One row per outcome: every output a dot, the mean with one standard deviation to both sides.

    Args:
        found: what to draw, from top to bottom.
        channel: which channel is drawn.
        reach: ends of the axis, the same for every drift.
        words: axis, names of the rows, hover text, keys as in ``WORDS``.
    """
    figure = go.Figure()
    figure.add_vrect(-1, 1, fillcolor="rgba(128,128,128,0.2)", line_width=0)
    figure.add_vline(0, line={"color": "#808080", "width": 1, "dash": "dot"})
    for row, outcome in enumerate(found):
        values = outcome.output[:, channel]
        aside = np.linspace(0.12, 0.38, len(values))
        figure.add_scatter(
            x=values, y=row + aside, mode="markers", name=words[outcome.key], hoverinfo="skip",
            marker={"color": BEFORE["color"], "size": 4, "opacity": 0.4},
        )  # fmt: skip
        figure.add_scatter(
            x=[outcome.mean[channel]], y=[row - 0.12], mode="markers", name=words[outcome.key],
            marker={**AFTER, "size": 11},
            error_x={"type": "data", "array": [outcome.std[channel]], "thickness": 3,
                     "color": AFTER["color"]},
            hovertemplate=f"{words[outcome.key]}<br>{words['hover']}<extra></extra>",
        )  # fmt: skip
        numbers = words["row"].format(mean=outcome.mean[channel], std=outcome.std[channel])
        figure.add_annotation(
            text=f"<b>{words[outcome.key]}</b>  {numbers}", y=row - 0.36,
            x=0, xref="x domain", xanchor="left", showarrow=False,
        )  # fmt: skip
    figure.update_xaxes(title=words["output"], range=list(reach), zeroline=False)
    figure.update_yaxes(range=[len(found) - 0.5, -0.55], showticklabels=False, showgrid=False,
                        zeroline=False)  # fmt: skip
    figure.update_layout(height=90 * len(found) + 60, showlegend=False,
                         margin={"l": 10, "r": 10, "t": 10, "b": 50})  # fmt: skip
    return figure
