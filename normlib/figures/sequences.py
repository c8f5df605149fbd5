"""Sequences: statistics over time, what an edit reaches, and scale over depth or time."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from normlib.blocks import Scales
from normlib.figures.theme import AFTER, BEFORE, MARGIN, SERIES, SHADE
from normlib.influence import CHANGED, Influence
from normlib.timeline import Timeline

# Below the plot: above it the buttons of a touch screen would lie over it.
BELOW = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "x": 0}
ROOM = MARGIN | {"t": 40, "b": 110}
MARK = "#888888"
BAND = "rgba(0, 114, 178, 0.25)"
EDITED = {"symbol": "x-thin-open", "size": 11, "line": {"width": 2}, "color": BEFORE["color"]}
PLAIN = {"showgrid": False, "zeroline": False}
REACHED = ((0, "rgba(0, 114, 178, 0.25)"), (1, "rgba(0, 114, 178, 1)"))


def over_time(
    used: Timeline, x: np.ndarray, scale: np.ndarray, *, feature: int, known: int, chosen: int,
    words: Mapping[str, str],
) -> go.Figure:  # fmt: skip
    """Three plots over time: a feature and its statistics, the output scale, sequences left.

    Args:
        used: statistics that a predictor uses at every step.
        x: the utterance that is predicted, shape (p, t).
        scale: of its output, shape (steps that could be predicted,).
        feature: which one is drawn.
        known: steps from this one on were never known in training; they are shaded.
        chosen: the step that a line marks.
        words: ``step``, ``feature``, ``scale``, ``count``, ``mean``, ``band``, ``utterance``,
            ``output``, ``left``, ``unseen``.
    """
    steps, drawn = np.arange(x.shape[1]), np.arange(len(used.count))
    mean, deviation = used.mean[feature], np.sqrt(used.variance[feature])
    band = {
        "type": "scatter", "name": words["band"], "fill": "toself", "line": {"width": 0},
        "fillcolor": BAND, "hoverinfo": "skip", "x": np.concatenate((drawn, drawn[::-1])),
        "y": np.concatenate((mean + deviation, (mean - deviation)[::-1])),
    }  # fmt: skip
    lines = [
        {"type": "scatter", "name": words[name], "x": steps[: len(values)], "y": values,
         "yaxis": axis, "line": line, "showlegend": axis == "y",
         "hovertemplate": "%{x}: %{y:.4g}"}
        for name, axis, values, line in (
            ("mean", "y", mean, {"color": AFTER["color"]}),
            ("utterance", "y", x[feature], {"color": BEFORE["color"], "dash": "dash"}),
            ("output", "y2", scale, {"color": BEFORE["color"], "dash": "dash"}),
        )
    ]  # fmt: skip
    bars = {
        "type": "bar", "name": words["left"], "x": drawn, "y": used.count, "yaxis": "y3",
        "marker": {"color": AFTER["color"]}, "showlegend": False, "hovertemplate": "%{x}: %{y}",
    }  # fmt: skip
    end = len(steps) - 0.5
    upright = {"yref": "paper", "y0": 0, "y1": 1}
    shapes = [{**upright, "type": "line", "x0": chosen, "x1": chosen,
               "line": {"color": MARK, "dash": "dot"}}]  # fmt: skip
    notes = []
    if known < len(steps):
        start = known - 0.5
        shapes.append({**upright, "type": "rect", "x0": start, "x1": end, "fillcolor": SHADE,
                       "line": {"width": 0}})  # fmt: skip
        notes.append({"text": words["unseen"], "x": start, "xanchor": "left", "y": 1,
                      "yref": "y3 domain", "yanchor": "top", "showarrow": False})  # fmt: skip
    return go.Figure({"data": [band, *lines, bars], "layout": {
        "xaxis": {"title": {"text": words["step"]}, "range": (-0.5, end), "anchor": "y3"},
        "yaxis": {"title": {"text": words["feature"]}, "domain": (0.6, 1)},
        "yaxis2": {"title": {"text": words["scale"]}, "domain": (0.29, 0.55), "type": "log",
                   "dtick": "D2"},
        "yaxis3": {"title": {"text": words["count"]}, "domain": (0, 0.24), "rangemode": "tozero"},
        "shapes": shapes, "annotations": notes, "bargap": 0.3, "margin": ROOM, "height": 600,
        "legend": BELOW,
    }})  # fmt: skip


def reach(found: Influence, names: Mapping[str, str], words: Mapping[str, str]) -> go.Figure:
    """One map per method, a row per sequence: filled where the output has changed, else blank.

    Args:
        found: what an edit has changed.
        names: heading of each map, by method.
        words: ``step``, ``sequence``, ``change``, ``edited``, ``unchanged``.
    """
    count, steps = next(iter(found.change.values())).shape
    titles = np.arange(len(found.change)) * (count + 1)  # rows; below each its sequences
    rows = np.add.outer(titles, np.arange(1, count + 1))
    every, moved = (np.full((rows.size + len(titles), steps), np.nan) for _ in range(2))
    for place, change in zip(rows, found.change.values(), strict=True):
        every[place] = 0
        moved[place] = np.where(change > CHANGED, change, np.nan)
    of_row = [[""] * steps for _ in every]
    for place, method in zip(rows, found.change, strict=True):
        for sequence, row in enumerate(place):
            of_row[row] = [f"{names[method]}, {words['sequence']} {sequence}"] * steps
    cells = {"type": "heatmap", "xgap": 2, "ygap": 2, "hoverongaps": False, "text": of_row}
    here = f"%{{text}}, {words['step']} %{{x}}: "
    data = [
        {**cells, "z": every, "showscale": False, "colorscale": ((0, SHADE), (1, SHADE)),
         "hovertemplate": f"{here}{words['unchanged']}<extra></extra>"},
        {**cells, "z": moved, "colorscale": REACHED, "zmin": 0,
         "zmax": max(float(change.max()) for change in found.change.values()) or 1.0,
         "colorbar": {"title": {"text": words["change"], "side": "right"}, "thickness": 12},
         "hovertemplate": f"{here}%{{z:.4g}}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "marker": EDITED, "showlegend": False,
         "x": [found.step] * len(rows), "y": rows[:, found.sequence],
         "hovertemplate": f"{words['edited']}<extra></extra>"},
    ]  # fmt: skip
    headings = [
        {"text": names[method], "x": 0.5, "xref": "paper", "y": row, "showarrow": False}
        for method, row in zip(found.change, titles, strict=True)
    ]
    return go.Figure({"data": data, "layout": {
        "xaxis": PLAIN | {"range": (-0.5, steps - 0.5), "title": {"text": words["step"]}},
        "yaxis": PLAIN | {"range": (len(every) - 0.5, -0.5), "title": {"text": words["sequence"]},
                          "tickvals": rows.ravel(),
                          "ticktext": [*map(str, range(count))] * len(rows)},
        "annotations": headings, "margin": MARGIN | {"t": 40}, "height": 520,
    }})  # fmt: skip


def bars(changes: Mapping[str, float], names: Mapping[str, str], axis: str) -> go.Figure:
    """One bar per method with its number; a bar of length 0 where nothing has changed."""
    figure = go.Figure(go.Bar(
        x=list(changes.values()), y=[names[method] for method in changes], orientation="h",
        text=[f"{value:.3g}" for value in changes.values()], textposition="outside",
        cliponaxis=False, marker_color=AFTER["color"],
        hovertemplate="%{y}: %{x:.4g}<extra></extra>",
    ))  # fmt: skip
    longest = max(1.0, *changes.values())
    figure.update_xaxes(title_text=axis, range=(0, 1.15 * longest))
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(margin=MARGIN | {"t": 40}, height=340)
    return figure


def scales(found: Scales, names: Mapping[str, str], *, last: int, axes: Sequence[str]) -> go.Figure:
    """Root mean square of the activations over depth or time, on a logarithmic axis.

    Args:
        found: what to draw.
        names: of the variants.
        last: depth, or step, up to which is drawn; the axes keep the range of all.
        axes: titles of both axes.
    """
    figure = go.Figure()
    for look, (variant, values) in zip(SERIES, found.scale.items(), strict=False):
        drawn = np.where(values > 0, values, np.nan)[: last + 1]
        figure.add_scatter(
            y=drawn, name=names[variant], mode="lines+markers",
            line={"color": look["color"], "dash": look["dash"]},
            marker={"symbol": look["symbol"], "size": 5},
            hovertemplate="%{x}: %{y:.4g}",
        )  # fmt: skip
    every = np.concatenate(list(found.scale.values()))
    low, high = np.log10(every[every > 0].min()), np.log10(every.max())
    edge = 0.05 * (high - low) + 0.1
    figure.update_xaxes(title_text=axes[0], range=(0, max(map(len, found.scale.values())) - 1))
    figure.update_yaxes(title_text=axes[1], type="log", range=(low - edge, high + edge),
                        exponentformat="power")  # fmt: skip
    figure.update_layout(margin=ROOM, height=440, legend=BELOW)
    return figure
