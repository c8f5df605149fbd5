import numpy as np
import pytest

from normlib import looks
from normlib.figures.pictures import CHANNELS, WORDS, distributions, plane, strengths
from normlib.histograms import REACH, histograms
from normlib.pictures import photo
from normlib.styles import moments, restyle, swap, swap_channels

CAT, DAHLIA = photo("cat", 48), photo("dahlia", 48)
CHANGE = looks.Change(contrast=0.5, cast=0.3)


def found(method):
    return histograms(looks.compare(method, CAT, DAHLIA, CHANGE, groups=3))


@pytest.mark.parametrize("method", looks.COMPARED)
def test_every_group_has_a_line_before_and_after_on_one_axis(method):
    drawn = found(method)
    figure = distributions(drawn)
    count = len(drawn.groups)
    assert len(figure.data) == 2 * count
    for row, shares in enumerate((drawn.before, drawn.after)):
        for trace, share in zip(figure.data[row * count :], shares, strict=False):
            assert np.array_equal(trace.y, 100 * share)
            assert trace.yaxis == ("y2" if row else "y")
    assert list(figure.layout.xaxis.range) == [-REACH, REACH]
    assert len({trace.name for trace in figure.data}) == count
    assert [note.text for note in figure.layout.annotations] == ["<b>before</b>", "<b>after</b>"]


def test_lines_differ_by_more_than_colour():
    traces = distributions(found("instance")).data[:6]
    assert len({(trace.line.dash, trace.line.width) for trace in traces}) == 6
    assert len({look["symbol"] for look in CHANNELS}) == 3


def test_two_pictures_that_swap_have_a_mark_each_and_arrows_both_ways():
    move = swap(CAT, DAHLIA)
    figure = plane(move, ["Cat", "Dahlia"])
    assert len(figure.data) == 6
    for trace, at in zip(figure.data, move.start.reshape(6, 2), strict=True):
        assert (trace.x[0], trace.y[0]) == tuple(at)
    arrows = figure.layout.annotations
    assert len(arrows) == 6
    assert (arrows[0].ax, arrows[0].ay) == pytest.approx((arrows[3].x, arrows[3].y), abs=2e-3)
    assert figure.data[0].name == "Cat, red"
    assert figure.data[0].marker.symbol != figure.data[3].marker.symbol


def test_a_picture_alone_has_marks_at_both_ends_and_no_arrow_where_nothing_moves():
    move = swap_channels(CAT, (0, 2))
    figure = plane(move, ["Cat"])
    assert len(figure.data) == 6
    assert len(figure.layout.annotations) == 2
    assert sum(trace.showlegend is not False for trace in figure.data) == 3


def test_the_goal_is_drawn_as_crosses():
    goal = moments(DAHLIA.transpose(2, 0, 1)[None])[0]
    figure = plane(restyle(CAT, DAHLIA, 0.5), ["Cat"], goal=goal)
    assert np.array_equal(figure.data[-1].x, goal[:, 0])
    assert figure.data[-1].name == WORDS["goal"]
    assert list(figure.layout.xaxis.range) == [0, 1]
    assert figure.layout.xaxis.title.text == WORDS["mean"]
    assert figure.layout.yaxis.title.text == WORDS["std"]


def test_strengths_show_both_pictures_before_and_after():
    before, after = np.arange(6.0).reshape(2, 3) + 1, np.ones((2, 3))
    figure = strengths(before, after, ["a", "b", "c"], ["Cat", "Dahlia"])
    for trace, values in zip(figure.data, (*before, *after), strict=True):
        assert np.array_equal(trace.y, values)
    assert [trace.yaxis for trace in figure.data] == ["y", "y", "y2", "y2"]
    (low, high), (low2, high2) = (figure.layout[axis].range for axis in ("yaxis", "yaxis2"))
    assert low < 0 < np.log10(6) < high
    assert high - low == pytest.approx(high2 - low2)
    assert low2 < 0 < high2


def test_flat_maps_leave_an_axis_to_draw_on():
    figure = strengths(np.zeros((2, 3)), np.ones((2, 3)), ["a", "b", "c"], ["Cat", "Dahlia"])
    assert np.isfinite([*figure.layout.yaxis.range, *figure.layout.yaxis2.range]).all()
