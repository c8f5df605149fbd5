"""What each recovery restores of each target, as a map of residuals."""

from collections.abc import Mapping

import plotly.graph_objects as go

from normlib.figures.sheet import fixed, sheet
from normlib.restoring import RECOVER, TARGETS, Table

SCALE = ((0, "#7fb8dd"), (0.5, "#f2f4f7"), (1, "#f3b58a"))  # light: dark numbers stand on them


def residuals(
    found: Table, *, kind: str, goal: str, recoveries: Mapping[str, str],
    goals: Mapping[str, str], word: str,
) -> go.Figure:  # fmt: skip
    """A cell for every recovery and target, with its number; a frame around the chosen one.

    Args:
        found: residual by recovery, then by target.
        kind, goal: the chosen cell.
        recoveries, goals: names of rows and columns.
        word: title of the columns.
    """
    values = [[found[row][column] for column in TARGETS] for row in RECOVER]
    cells = {
        "type": "heatmap", "z": values, "x": [goals[one] for one in TARGETS],
        "y": [recoveries[one] for one in RECOVER], "zmin": 0, "zmax": 1, "colorscale": SCALE,
        "xgap": 2, "ygap": 2, "texttemplate": "%{z:.2f}", "showscale": False,
        "textfont": {"size": 14, "color": "#0e1520"},
        "hovertemplate": "%{y}, %{x}: %{z:.4f}<extra></extra>",
    }  # fmt: skip
    row, column = list(RECOVER).index(kind), list(TARGETS).index(goal)
    frame = {"type": "rect", "x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5,
             "y1": row + 0.5, "line": {"width": 4, "color": "#808080"}}  # fmt: skip
    return sheet([cells], {
        "xaxis": fixed({"type": "category", "side": "top", "title": {"text": word}}),
        "yaxis": fixed({"type": "category", "autorange": "reversed"}),
        "shapes": [frame], "height": 330, "margin": {"l": 90, "r": 20, "t": 60, "b": 10},
    })  # fmt: skip
