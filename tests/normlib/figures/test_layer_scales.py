"""Sizes and centres of what enters every layer."""

import numpy as np
import plotly.graph_objects as go

from normlib.figures.layer_scales import over_depth
from normlib.landscape import Net, Scales
from tests.normlib.figures.test_quadratic import checked

WORDS = {name: name.upper() for name in ("layer", "size", "centre", "input", "head")}
SIZES, MEANS, SPREADS = np.array([[1.0, 2, 4, 8], [0, 1, 2, 3], [1, 2, 2, 4]])
FOUND = [Scales(Net(), "raw", SIZES, MEANS, SPREADS),
         Scales(Net(), "standardized", 2 * SIZES, MEANS, 3 * SPREADS)]  # fmt: skip


def drawn() -> go.Figure:
    return checked(over_depth(FOUND, ["before", "after"], WORDS))


def test_the_sizes_stand_above_and_mean_over_spread_below():
    for one, pair in zip(FOUND, (drawn().data[:2], drawn().data[2:]), strict=True):
        assert np.array_equal(pair[0].y, one.rms)
        assert np.array_equal(pair[1].y, one.mean / one.spread)
        assert (pair[0].yaxis, pair[1].yaxis) == ("y", "y2")


def test_both_inputs_differ_in_more_than_colour():
    first, _, second, _ = drawn().data
    assert first.name != second.name
    assert first.line.dash != second.line.dash
    assert first.marker.symbol != second.marker.symbol


def test_layers_are_named_from_the_input_to_the_head():
    layout = drawn().layout
    assert list(layout.xaxis.ticktext) == ["INPUT", "2", "3", "HEAD"]
    assert layout.yaxis.type == "log"
    titles = [layout[axis].title.text for axis in ("xaxis", "yaxis", "yaxis2")]
    assert titles == ["LAYER", "SIZE", "CENTRE"]
