"""The inequality: both curves, both points, and the steepest pair."""

import numpy as np
import plotly.graph_objects as go

from normlib.figures.slopes import TANGENT, inequality
from normlib.landscape import Line
from normlib.landscape.slopes import hold
from tests.normlib.figures.test_quadratic import checked

WORDS = {name: name.upper() for name in ("place", "loss", "slope", "first", "second", "largest")}
A = np.linspace(-1, 1, 201)
LINES = {"sine": Line(A, np.sin(3 * A), 3 * np.cos(3 * A)), "flat": Line(A, A, np.ones_like(A))}
HELD = hold(LINES["sine"], -0.5, 0.25)


def drawn(name: str = "sine") -> go.Figure:
    return checked(inequality(LINES, name, hold(LINES[name], -0.5, 0.25), WORDS))


def test_both_curves_are_the_line():
    loss, slope, *_ = drawn().data
    assert np.array_equal(loss.y, LINES["sine"].values)
    assert np.array_equal(slope.y, LINES["sine"].slopes)
    assert (loss.yaxis, slope.yaxis) == ("y", "y2")


def test_each_point_has_a_mark_on_both_curves_and_its_tangent():
    rest = drawn().data[4:]
    for k, (tangent, above, below) in enumerate((rest[:3], rest[3:])):
        assert above.x[0] == below.x[0] == HELD.chosen.points[k]
        assert above.y[0] == HELD.chosen.values[k]
        assert below.y[0] == HELD.chosen.slopes[k]
        rise = (tangent.y[1] - tangent.y[0]) / (2 * TANGENT)
        assert np.isclose(rise, HELD.chosen.slopes[k])
    assert rest[1].marker.symbol != rest[4].marker.symbol


def test_the_square_stands_at_the_steepest_pair_and_the_dashes_join_the_points():
    _, _, dashes, square = drawn().data[:4]
    assert tuple(dashes.x) == HELD.chosen.points
    assert tuple(dashes.y) == HELD.chosen.slopes
    assert square.x[0] == np.mean(HELD.largest.points)
    assert square.y[0] == np.mean(HELD.largest.slopes)


def test_all_lines_share_one_frame_that_holds_them():
    frames = [[tuple(drawn(name).layout[axis].range) for axis in ("yaxis", "yaxis2")]
              for name in LINES]  # fmt: skip
    assert frames[0] == frames[1]
    (low, high), _ = frames[0]
    assert low < -1
    assert high > 1


def test_axes_are_named():
    layout = drawn().layout
    titles = [layout[axis].title.text for axis in ("xaxis", "yaxis", "yaxis2")]
    assert titles == ["PLACE", "LOSS", "SLOPE"]
