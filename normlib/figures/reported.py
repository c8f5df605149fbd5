"""Numbers of a paper as a chart."""

from collections.abc import Mapping

import plotly.graph_objects as go

from normlib.figures.sheet import Piece, note, on, rows, sheet
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
    sizes = [str(size) for size in table.sizes]
    data, notes = [], []
    for (key, values), look, symbol in zip(
        table.errors.items(), (ONE, OTHER), ("circle", "square"), strict=True
    ):
        above = [value == max(other[at] for other in table.errors.values())
                 for at, value in enumerate(values)]  # fmt: skip
        data.append({
            **on(0), "mode": "lines+markers+text", "name": words[key],
            "x": sizes, "y": values, "text": [f"{value:.1f}" for value in values],
            "textposition": ["top left" if high else "bottom center" for high in above],
            "line": {**look, "width": 3}, "marker": {"symbol": symbol, "size": 9},
            "cliponaxis": False, "hovertemplate": f"{words[key]}, %{{x}}: %{{y}} %<extra></extra>",
        })  # fmt: skip
        aside: Piece = {"xshift": -40} if above[-1] else {"yshift": -26}
        notes.append(note(f"<b>{words[key]}</b>", x=len(sizes) - 1, y=values[-1], xanchor="right",
                          **aside))  # fmt: skip
    return sheet(data, {
        **rows(
            {"title": {"text": words["size"]}, "type": "category",
             "range": [-0.3, len(sizes) - 0.7]},
            {"title": {"text": words["error"]}, "range": [22, 37]},
        ),
        "annotations": notes, "height": 380, "showlegend": False,
        "margin": {"l": 60, "r": 20, "t": 10, "b": 50},
    })  # fmt: skip
