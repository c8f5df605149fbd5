"""Learning rates: cells, marks, three numbers, and the edge of stability."""

from dataclasses import replace

import numpy as np

from normlib.figures.rates import DIVERGED, FAILED, edge, sweep
from normlib.landscape import Net, Training
from normlib.landscape.edges import Edge
from normlib.landscape.limits import Rates
from tests.normlib.figures.test_quadratic import checked

WORDS = {name: name.upper() for name in ("rate", "loss", "start", "path", "largest", "step",
                                         "eigenvalue")}  # fmt: skip
FINAL = np.array([[0.1, 0.2, 0.3], [2.0, 2.1, np.inf], [np.inf, np.inf, 3.0]])
ONE = Rates(
    Net(), Training(), np.array([0.1, 1.0, 10.0]), (0, 1, 2), FINAL, FINAL < 1,
    np.where(np.isinf(FINAL), 5, -1), np.array([4.0, 8.0, 16.0]), np.array([20.0, 40.0, 50.0]),
)  # fmt: skip
FOUND = {"none": ONE, "batch": replace(ONE, eigenvalue=np.array([1.0, 2.0, 4.0]))}
NAMES = {"none": "without", "batch": "with"}


def test_a_cell_is_the_median_loss_and_its_mark_says_what_failed():
    cells, crosses, dashes, *_ = checked(sweep(FOUND, NAMES, WORDS)).data
    assert np.allclose(10 ** cells.z[0][:2], [0.2, 2.1])
    assert np.isnan(cells.z[0][2])
    assert list(cells.y) == ["without", "with"]
    assert np.allclose(cells.x, [-1, 0, 1])
    assert list(zip(crosses.x, crosses.y, strict=True)) == [(1, "without"), (1, "with")]
    assert set(crosses.text) == {DIVERGED}
    assert list(zip(dashes.x, dashes.y, strict=True)) == [(0, "without"), (0, "with")]
    assert set(dashes.text) == {FAILED}


def test_the_three_numbers_stand_below_each_with_its_own_mark():
    start, path, largest = sweep(FOUND, NAMES, WORDS).data[3:]
    assert np.allclose(start.x, np.log10([0.25, 1.0]))
    assert np.allclose(path.x, np.log10([0.05, 0.05]))
    assert np.allclose(largest.x, np.log10([0.1, 0.1]))
    assert len({one.marker.symbol for one in (start, path, largest)}) == 3
    assert [one.name for one in (start, path, largest)] == ["START", "PATH", "LARGEST"]
    assert {one.yaxis for one in (start, path, largest)} == {"y2"}
    assert np.allclose(start.error_x.array[0], np.log10(0.5) - np.log10(0.25))
    assert np.allclose(start.error_x.arrayminus[0], np.log10(0.25) - np.log10(0.125))


def test_where_nothing_trains_no_mark_is_drawn_and_the_frame_holds_all_others():
    none = replace(ONE, trains=np.zeros_like(ONE.trains))
    figure = checked(sweep({"none": none}, NAMES, WORDS))
    assert np.isnan(figure.data[5].x[0])
    low, high = figure.layout.xaxis.range
    assert low < np.log10(2 / 50)
    assert high > 1
    assert figure.layout.xaxis.title.text == "RATE"


def test_every_rate_has_its_curve_its_loss_and_its_line():
    runs = [Edge(Net(), Training(rate=rate, steps=5), np.array([5.0, 4, 3, 2, 1]),
                 np.array([0, 4]), np.array([3.0, 9.0])) for rate in (0.2, 0.5)]  # fmt: skip
    figure = checked(edge(runs, WORDS | {"rate": "rate {rate}", "limit": "2 / {rate}"}))
    curves, losses = figure.data[::2], figure.data[1::2]
    for one, curve, loss in zip(runs, curves, losses, strict=True):
        assert np.array_equal(curve.x, one.measured)
        assert np.array_equal(curve.y, one.eigenvalue)
        assert np.array_equal(loss.y, one.loss)
    assert [shape.y0 for shape in figure.layout.shapes] == [10, 4]
    assert [one.text for one in figure.layout.annotations] == ["2 / 0.2", "2 / 0.5"]
    assert len({curve.line.dash for curve in curves}) == 2
    assert figure.layout.yaxis2.type == "log"
    low, high = figure.layout.yaxis.range
    assert high > 10
    assert low == 0
