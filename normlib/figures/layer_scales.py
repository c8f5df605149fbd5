"""How large, and how far off centre, the input of every layer is."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, on, rows, sheet
from normlib.figures.theme import AFTER, BEFORE
from normlib.landscape.records import Scales

LOOKS = (BEFORE | {"dash": "dash"}, AFTER | {"dash": "solid"})
SIZES = (-2.2, 3.2)  # powers of ten


def over_depth(
    found: Sequence[Scales], names: Sequence[str], words: Mapping[str, str]
) -> go.Figure:
    """Root mean square above, mean in units of the spread below; the same frame for all nets.

    Args:
        found: one or two inputs of one net, such as raw and standardized features.
        names: of each, for the legend.
        words: ``layer``, ``size``, ``centre``, ``input``, ``head``.
    """
    data: list[Piece] = []
    layers = len(found[0].rms)
    for look, name, one in zip(LOOKS, names, found, strict=False):
        line = {
            "mode": "lines+markers", "name": name, "legendgroup": name,
            "x": np.arange(layers), "line": {"color": look["color"], "dash": look["dash"]},
            "marker": {"symbol": look["symbol"], "size": 9, "color": look["color"],
                       "line": {"width": 2}},
            "hovertemplate": f"{name}: %{{y:.3g}}<extra></extra>",
        }  # fmt: skip
        data += [
            {**on(0), **line, "y": one.rms},
            {**on(1), **line, "y": one.mean / one.spread, "showlegend": False},
        ]
    ticks = [words["input"], *map(str, range(2, layers)), words["head"]]
    x = {"title": {"text": words["layer"]}, "range": [-0.3, layers - 0.7], "zeroline": False,
         "tickvals": list(range(layers)), "ticktext": ticks}  # fmt: skip
    size = {"title": {"text": words["size"]}, "type": "log", "range": SIZES, "dtick": 1,
            "exponentformat": "power"}  # fmt: skip
    centre = {"title": {"text": words["centre"]}, "range": [-0.2, 4.8]}
    return sheet(data, {
        **rows(x, size, centre), "height": 520,
        "margin": {"l": 60, "r": 20, "t": 20, "b": 90},
        "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0},
    })  # fmt: skip
