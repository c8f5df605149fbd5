"""Two trainings over their steps: loss, accuracy, and scale and gradient of every layer."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.figures.sheet import Piece, note, on, rows, sheet
from normlib.figures.theme import ONE, OTHER
from normlib.landscape.records import Run

WORDS: Mapping[str, str] = {
    "step": "step",
    "loss": "loss",
    "accuracy": "accuracy, %",
    "scale": "input of a layer, rms",
    "gradient": "gradient of a layer, length",
    "layer": "layer",
}
LOOKS = (ONE, OTHER)
MOST_POINTS = 200  # of a curve
FAINTEST = 0.35  # opacity of the first layer; the last one is opaque


def curves(
    runs: Sequence[Run], names: Sequence[str], *, steps: int, words: Mapping[str, str] = WORDS
) -> go.Figure:
    """From the top: loss, accuracy, and for every layer the scale of its input and its gradient.

    A colour and a dash for each net; the deeper the layer, the stronger its line. The first and the
    last layer bear their numbers.

    Args:
        runs: one or two records, finished or not.
        names: of the nets.
        steps: how many there will be: they fix the axis.
        words: axes and hover, keys as in ``WORDS``.
    """
    data: list[Piece] = []
    notes: list[Piece] = []
    for run, name, look in zip(runs, names, LOOKS, strict=False):
        line = {**look, "width": 2}
        kept = _kept(len(run.loss))
        plain = {"mode": "lines", "name": name, "line": line, "legendgroup": name}
        tip = f"{words['step']} %{{x}}<br>%{{y:.4g}}<extra>{name}</extra>"
        data.append({**on(0), **plain, "x": kept, "y": _positive(run.loss[kept]),
                     "hovertemplate": tip})  # fmt: skip
        data.append({
            **on(1), **plain, "showlegend": False, "x": run.checked, "y": 100 * run.accuracy,
            "mode": "lines+markers", "marker": {"size": 4}, "hovertemplate": tip,
        })  # fmt: skip
        layers = run.scales.shape[1]
        for row, values in ((2, run.scales), (3, run.gradients)):
            for layer, opacity in enumerate(np.linspace(FAINTEST, 1, layers).tolist()):
                said = f"{name}, {words['layer']} {layer + 1}"
                data.append({
                    **on(row), **plain, "showlegend": False, "opacity": opacity,
                    "x": kept, "y": _positive(values[kept, layer]),
                    "hovertemplate": tip.replace(f"<extra>{name}", f"<extra>{said}"),
                })  # fmt: skip
            notes += _ends(values, row, look["color"])
    x = {"title": {"text": words["step"]}, "range": [0, 1.04 * steps], "zeroline": False}
    ys: list[Piece] = [{"title": {"text": words[key]}, "zeroline": False, "type": "log",
                        "exponentformat": "power", "nticks": 5}
                       for key in ("loss", "accuracy", "scale", "gradient")]  # fmt: skip
    for y in (ys[0], ys[3]):
        y["minorloglabels"] = "none"
    ys[1] |= {"type": "linear", "range": [0, 102]}
    return sheet(data, {
        **rows(x, *ys), "annotations": notes, "height": 760,
        "legend": {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
        "margin": {"l": 65, "r": 10, "t": 30, "b": 50}, "uirevision": "lab",
    })  # fmt: skip


def _kept(count: int) -> np.ndarray:
    """Which steps are drawn, the first and the last included."""
    points = np.linspace(0, max(count - 1, 0), min(count, MOST_POINTS))
    return np.unique(points.round().astype(int))


def _positive(values: np.ndarray) -> np.ndarray:
    """What a logarithmic axis can show."""
    drawn = np.isfinite(values) & (values > 0)
    return np.where(drawn, values, np.nan)


def _ends(values: np.ndarray, row: int, color: str) -> list[Piece]:
    """Numbers of the first and the last layer at the ends of their lines."""
    found = []
    for layer in dict.fromkeys((0, values.shape[1] - 1)):
        last = _positive(values[-1:, layer])
        if len(last) and np.isfinite(last[0]):
            found.append(note(str(layer + 1), row=row, x=len(values) - 1,
                              y=float(np.log10(last[0])), xanchor="left", xshift=3,
                              font={"color": color, "size": 11}))  # fmt: skip
    return found
