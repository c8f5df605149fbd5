"""What a failure draws: curves over its setting, and pictures side by side."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from normlib.failures import Images, Lines
from normlib.figures.theme import AFTER, BEFORE, BETWEEN, MARGIN

LOOKS = (BEFORE, AFTER, BETWEEN)
DASHES = ("solid", "dash", "dot")
MOST_MARKERS = 12  # of more points only the curve is drawn


def curves(lines: Lines, words: Mapping[str, str]) -> go.Figure:
    """One curve for each series, told apart by colour, dash and marker; a line at the mark.

    Args:
        lines: what to draw.
        words: ``x`` and ``y`` for the axes, ``mark``, and a name for every series.
    """
    figure = go.Figure()
    marked = len(lines.x) <= MOST_MARKERS
    for (name, y), look, dash in zip(lines.series.items(), LOOKS, DASHES, strict=False):
        figure.add_scatter(
            x=lines.x, y=np.maximum(y, lines.floor) if lines.floor else y, name=words[name],
            mode="lines+markers" if marked else "lines", marker={"size": 7, **look},
            line={"dash": dash, "color": look["color"], "width": 2.5}, customdata=y,
            hovertemplate=f"%{{x:.4g}}: %{{customdata:.4g}}<extra>{words[name]}</extra>",
        )  # fmt: skip
    if np.isfinite(lines.mark) and (lines.mark > 0 or not lines.log_x):
        figure.add_vline(lines.mark, line={"dash": "dot", "color": "#808080"})
        figure.add_annotation(
            x=np.log10(lines.mark) if lines.log_x else lines.mark,  # plotly's way on such an axis
            y=1, yref="paper", yanchor="bottom", text=words["mark"], showarrow=False,
        )  # fmt: skip
    figure.update_layout(
        xaxis={"title": words["x"], "type": "log" if lines.log_x else "linear"},
        yaxis={"title": words["y"], "type": "log" if lines.log_y else "linear"},
        margin=MARGIN, height=360, showlegend=len(lines.series) > 1,
        legend={"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0},
    )  # fmt: skip
    figure.update_xaxes(exponentformat="power", tickvals=lines.x if len(lines.x) < 10 else None)
    figure.update_yaxes(exponentformat="power", dtick=2 if lines.floor else None)
    return figure


def images(pictures: Images, words: Mapping[str, str]) -> go.Figure:
    """The pictures side by side, row 0 on top, all in one range of grey.

    Args:
        pictures: what to draw.
        words: ``height`` and ``width`` for the axes, and a title for every picture.
    """
    names = list(pictures.pictures)
    figure = make_subplots(1, len(names), subplot_titles=[words[name] for name in names],
                           horizontal_spacing=0.12)  # fmt: skip
    for column, name in enumerate(names, start=1):
        figure.add_heatmap(z=pictures.pictures[name], coloraxis="coloraxis", row=1, col=column,
                           hovertemplate="%{y}, %{x}: %{z:.4g}<extra></extra>")  # fmt: skip
        at = {"row": 1, "col": column}
        figure.update_yaxes(title=words["height"] if column == 1 else None, autorange="reversed",
                            scaleanchor=f"x{column}", constrain="domain", **at)  # fmt: skip
        figure.update_xaxes(title=words["width"], constrain="domain", **at)
    figure.update_layout(
        coloraxis={"colorscale": "gray", "showscale": False}, margin=MARGIN, height=330
    )
    return figure
