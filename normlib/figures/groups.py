"""Mean and standard deviation of the groups as points with bars."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from normlib.figures.theme import AFTER, BEFORE, MARGIN
from normlib.summary import Summary

MOST_GROUPS = 64  # drawn at most: more cannot be told apart
WORDS: Mapping[str, str] = {
    "title": "Each group's mean, and one standard deviation to both sides",
    "group": "group",
    "value": "value",
    "before": "input",
    "after": "normalized",
    "hover": "mean %{y:.4g}, standard deviation %{error_y.array:.4g}",
}


def group_statistics(
    summary: Summary, names: Sequence[str], words: Mapping[str, str] = WORDS
) -> go.Figure:
    """Points at the means, bars of one standard deviation, before and after side by side.

    Args:
        summary: what to draw; of more than ``MOST_GROUPS`` groups the first ones.
        names: a short name for every group.
        words: title, axes, legend and hover text, keys as in ``WORDS``.
    """
    kept = slice(0, MOST_GROUPS)
    figure = go.Figure()
    for key, mean, std, look in (
        ("before", summary.mean_before, summary.std_before, BEFORE),
        ("after", summary.mean_after, summary.std_after, AFTER),
    ):
        figure.add_scatter(
            x=list(names[kept]), y=mean[kept], name=words[key], mode="markers",
            marker={"size": 9, **look},
            error_y={"type": "data", "array": std[kept], "thickness": 2, "color": look["color"]},
            hovertemplate=f"%{{x}}<br>{words['hover']}<extra>{words[key]}</extra>",
        )  # fmt: skip
    figure.update_layout(
        title=words["title"], xaxis_title=words["group"], yaxis_title=words["value"],
        xaxis_type="category", scattermode="group", margin=MARGIN, height=360,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )  # fmt: skip
    return figure
