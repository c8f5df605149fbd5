"""Numbers of a paper as a chart."""

from collections.abc import Mapping

import plotly.graph_objects as go

from normlib.figures.theme import ONE, OTHER
from normlib.reported import Reported

WORDS: Mapping[str, str] = {
    "size": "images per GPU",
    "error": "validation error (%)",
    "batch": "batch norm",
    "group": "group norm",
}


def errors(table: Reported, words: Mapping[str, str] = WORDS) -> go.Figure:
    """Errors over the batch size, from large to small as printed, each with its number."""
    figure = go.Figure()
    sizes = [str(size) for size in table.sizes]
    last = len(sizes) - 1
    for (key, values), look, symbol in zip(
        table.errors.items(), (ONE, OTHER), ("circle", "square"), strict=True
    ):
        above = [value == max(other[at] for other in table.errors.values())
                 for at, value in enumerate(values)]  # fmt: skip
        figure.add_scatter(
            x=sizes, y=list(values), mode="lines+markers+text", name=words[key],
            text=[f"{value:.1f}" for value in values], line={**look, "width": 3},
            marker={"symbol": symbol, "size": 9}, cliponaxis=False,
            textposition=["top left" if high else "bottom center" for high in above],
            hovertemplate=f"{words[key]}, %{{x}}: %{{y}} %<extra></extra>",
        )  # fmt: skip
        figure.add_annotation(
            text=f"<b>{words[key]}</b>", x=last, xshift=-40 if above[-1] else 0, y=values[-1],
            xanchor="right", yshift=0 if above[-1] else -26, showarrow=False,
        )  # fmt: skip
    figure.update_xaxes(title=words["size"], type="category", range=[-0.3, last + 0.3])
    figure.update_yaxes(title=words["error"], range=[22, 37])
    figure.update_layout(height=380, showlegend=False, margin={"l": 60, "r": 20, "t": 10, "b": 50})
    return figure
