"""Gradients: norms of every layer before and after, and singular values on their way."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sequences import BELOW, MARK
from normlib.figures.sheet import Piece, on, sheet
from normlib.figures.theme import AFTER, BEFORE, SHADE, TRUE
from normlib.on_gradients import BAND, Layer

MARGIN = {"l": 80, "r": 20, "t": 30, "b": 100}
USUAL = (-3.2, 1.2)  # powers of ten of the axis of norms; wider only where a norm lies outside
SMALLEST = 1e-5  # of the singular values that are drawn; smaller ones lie on the edge


def norms(found: Mapping[str, Layer], words: Mapping[str, str]) -> go.Figure:
    """One row per layer: its gradient's norm before and after, joined by a line.

    Args:
        found: by layer.
        words: ``norm``, ``before``, ``after``, and a name for each layer.
    """
    names = [words[layer] for layer in found]
    ends = {"before": [one.before for one in found.values()],
            "after": [one.after for one in found.values()]}  # fmt: skip
    data: list[Piece] = [
        {**on(0), "mode": "lines", "x": pair, "y": [name, name], "showlegend": False,
         "line": {"color": MARK, "width": 1}, "hoverinfo": "skip"}
        for name, pair in zip(names, zip(*ends.values(), strict=True), strict=True)
    ]  # fmt: skip
    data += [
        {**on(0), "mode": "markers+text", "x": values, "y": names, "name": words[key],
         "marker": {**theme, "size": 11}, "text": [f"{value:.3g}" for value in values],
         "textposition": place, "cliponaxis": False,
         "hovertemplate": f"%{{y}}, {words[key]}: %{{x:.4g}}<extra></extra>"}
        for (key, values), theme, place in zip(
            ends.items(), (BEFORE, AFTER), ("top center", "bottom center"), strict=True
        )
    ]  # fmt: skip
    return sheet(data, {
        "xaxis": {"title": {"text": words["norm"]}, "type": "log", "dtick": 1,
                  "range": _range([*ends["before"], *ends["after"]]),
                  "exponentformat": "power"},
        "yaxis": {"autorange": "reversed", "automargin": True},
        "height": 330, "margin": MARGIN, "legend": BELOW,
    })  # fmt: skip


def whitening(steps: np.ndarray, chosen: int, words: Mapping[str, str]) -> go.Figure:
    """Singular values before Muon and after some of its steps, on a logarithmic axis.

    Args:
        steps: shape (steps, singular values), the first row before.
        chosen: the step that stands beside it.
        words: ``number``, ``value``, ``before``, ``after``, ``band``.
    """
    count = steps.shape[1]
    x = np.arange(1, count + 1)
    low, high = BAND
    edge = [0.3, count + 0.7]
    data: list[Piece] = [{
        **on(0), "name": words["band"], "fill": "toself", "fillcolor": SHADE, "mode": "lines",
        "line": {"width": 0}, "x": [*edge, *edge[::-1]], "y": [low, low, high, high],
        "hoverinfo": "skip",
    }]  # fmt: skip
    shown = [(0, BEFORE, words["before"])]
    shown += [(chosen, AFTER, words["after"])] if chosen else []
    for step, theme, name in shown:
        data.append({
            **on(0), "mode": "markers", "name": name, "x": x, "marker": {**theme, "size": 8},
            "y": np.maximum(steps[step], SMALLEST), "customdata": steps[step],
            "hovertemplate": f"{name}, %{{x}}: %{{customdata:.3g}}<extra></extra>",
        })  # fmt: skip
    return sheet(data, {
        "xaxis": {"title": {"text": words["number"], "standoff": 10}, "range": edge,
                  "automargin": False},
        "yaxis": {"title": {"text": words["value"]}, "type": "log", "dtick": 1,
                  "range": [np.log10(SMALLEST) - 0.15, 0.5], "exponentformat": "power",
                  "automargin": False},
        "shapes": [{"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": 1, "y1": 1,
                    "line": TRUE}],
        "height": 470, "margin": MARGIN | {"b": 140}, "legend": BELOW,
    })  # fmt: skip


def _range(values: list[float]) -> list[float]:
    """Powers of ten that hold all values; 0 has no place on a logarithmic axis."""
    powers = [float(np.log10(value)) for value in values if value > 0]
    low, high = USUAL
    for power in powers:
        low, high = min(low, power - 0.3), max(high, power + 0.3)
    return [low, high]
