import numpy as np
import pytest

from normlib.clouds import gauss, gauss3
from normlib.figures.whitening import Scale, cloud, iterations
from normlib.outlook import outlook, square
from normlib.whitenings import iterate, whitened

WORDS = {"steps": "steps", "variance": "variance", "residual": "distance", "axis": "axis {number}"}
MAKE = {2: gauss, 3: gauss3}


def drawn(features, *, after, **settings):
    found = whitened("zca", MAKE[features](0.6, 1))
    look = outlook(features, 50)
    scale = Scale(look, square(look, [found.before, found.after]), found.largest)
    names = ["x1", "x2", "x3"][:features]
    return found, look, cloud(found, scale, after=after, names=names, word="cov", **settings)


def of(figure, mode, count):
    return next(one for one in figure.data if one.mode == mode and len(one.x) == count)


@pytest.mark.parametrize("features", [2, 3])
@pytest.mark.parametrize("after", [False, True])
def test_points_matrix_and_axes_are_those_of_the_record(features, after):
    found, look, figure = drawn(features, after=after)
    points = found.after if after else found.before
    marks = of(figure, "markers", len(points))
    assert np.array_equal(np.stack([marks.x, marks.y], 1), look.flat(points))
    matrix = figure.data[-1]
    assert np.array_equal(matrix.z, found.covariance_after if after else found.covariance)
    assert (matrix.zmin, matrix.zmax) == (-found.largest, found.largest)
    lines = [
        one for one in figure.data[:-1] if one.mode == "lines+text" and one.text[1][:3] == "<b>"
    ]
    axes = look.flat(found.axes_after if after else found.axes)
    assert [one.text[1] for one in lines] == [f"<b>{i + 1}</b>" for i in range(features)]
    assert len({one.line.dash for one in lines}) == features
    for line, axis in zip(lines, axes, strict=True):
        assert [line.x[1] - line.x[0], line.y[1] - line.y[0]] == pytest.approx(list(axis))


def test_before_and_after_have_one_range_and_equal_scales():
    before, after = (drawn(2, after=which)[2].layout for which in (False, True))
    assert before.xaxis.range == after.xaxis.range
    assert before.yaxis.range == after.yaxis.range
    assert np.ptp(before.xaxis.range) == np.ptp(before.yaxis.range)
    assert before.yaxis.scaleanchor == "x"
    assert (before.xaxis.title.text, before.yaxis.title.text) == ("x1", "x2")
    assert before.xaxis2.title.text == "cov"


def test_trails_lead_from_the_centred_points_to_the_answers():
    found, look, figure = drawn(3, after=True, trails=True)
    trails = of(figure, "lines", 3 * len(found.before))
    assert np.array_equal(trails.x[::3], look.flat(found.centred)[:, 0])
    assert np.array_equal(trails.y[1::3], look.flat(found.after)[:, 1])
    assert np.isnan(trails.x[2::3]).all()


def test_letters_stand_at_the_same_points_before_and_after():
    for after in (False, True):
        found, look, figure = drawn(2, after=after)
        letters = of(figure, "markers+text", 3)
        points = found.after if after else found.before
        assert np.array_equal(np.stack([letters.x, letters.y], 1), look.flat(points)[found.marked])
        assert list(letters.text) == ["<b>A</b>", "<b>B</b>", "<b>C</b>"]


def test_points_can_have_colours_of_their_own():
    colors = ["rgb(1,2,3)"] * 200
    figure = drawn(3, after=False, colors=colors)[2]
    assert list(of(figure, "markers", 200).marker.color) == colors


def test_the_iteration_is_drawn_step_by_step_with_a_line_at_the_chosen_one():
    run = iterate(np.diag([4.0, 1.0, 0.1]), 12)
    figure = iterations(run, steps=7, words=WORDS)
    for i in range(3):
        assert np.array_equal(figure.data[i].y, run.variances[:, i])
    assert [one.name for one in figure.data[:3]] == ["axis 1", "axis 2", "axis 3"]
    assert len({one.line.dash for one in figure.data[:3]}) == 3
    assert figure.data[3].y == pytest.approx(np.maximum(run.residual, 1e-16))
    assert figure.layout.yaxis2.type == "log"
    assert figure.layout.shapes[0].x0 == 7
    assert figure.layout.xaxis.title.text == "steps"
