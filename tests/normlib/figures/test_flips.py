import numpy as np
import pytest

from normlib.axis_flips import BATCHES, flips
from normlib.few_rows import draw, repair, spectrum, sweep
from normlib.figures.flips import LONG, few, landings, vanes

FOUND = flips(1.1, 45, 16, seed=2)
VANES = {"axis": "axis {number}", "batch": "batches", "swapped": "S", "turned": "T"}


def test_each_vane_points_where_the_axes_of_its_batch_point():
    figure = vanes(FOUND, VANES)
    for i, one in enumerate(figure.data[:2]):
        ends = np.stack([one.x[1::3] - one.x[::3], one.y[1::3] - one.y[::3]], 1)
        assert ends == pytest.approx(LONG * FOUND.axes[:, i])
        assert one.name == f"axis {i + 1}"
    assert figure.data[0].line.dash != figure.data[1].line.dash
    assert len(set(zip(figure.data[0].x[::3], figure.data[0].y[::3], strict=True))) == BATCHES
    assert figure.layout.yaxis.scaleanchor == "x"


def test_each_change_of_order_or_sign_is_marked_below_its_vane():
    told = vanes(FOUND, VANES).data[2].text
    assert ["S" in text for text in told] == FOUND.swapped.tolist()
    assert ["T" in text for text in told] == FOUND.turned.any(1).tolist()


def test_both_numbers_of_every_landing_place_are_drawn_on_one_range():
    names = {"pca": "P", "zca": "Z", "cholesky": "C"}
    figure = landings(FOUND, names, {"batch": "batch", "first": "first", "second": "second"})
    lines = {(one.name, one.yaxis): one.y for one in figure.data}
    for kind, name in names.items():
        assert np.array_equal(lines[name, "y"], FOUND.landed[kind][:, 0])
        assert np.array_equal(lines[name, "y2"], FOUND.landed[kind][:, 1])
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range
    assert len({one.line.dash for one in figure.data}) == 3
    assert figure.layout.yaxis2.title.text == "second"


def test_eigenvalues_and_the_sweep_are_drawn_with_the_chosen_count_marked():
    plain, shrunk = (repair(draw(6, 0), amount) for amount in (0.0, 0.3))
    words = dict.fromkeys(("order", "eigenvalue", "rows", "largest"), "axis")
    words |= {"plain": "plain", "shrunk": "shrunk", "true": "true"}
    found = sweep(0.3, 0)
    figure = few(found, plain=plain, shrunk=shrunk, true=spectrum(), rows_now=6, words=words)
    for one, values in zip(
        figure.data,
        (plain.eigenvalues, shrunk.eigenvalues, spectrum(), found.plain, found.shrunk),
        strict=True,
    ):
        assert np.array_equal(one.y, values)
        assert one.mode == "lines+markers"
    assert [one.name for one in figure.data[:3]] == ["plain", "shrunk", "true"]
    sizes = figure.data[3].marker.size
    assert np.array(found.rows)[np.argmax(sizes)] == 6
    assert figure.layout.yaxis2.type == "log"
    assert figure.layout.shapes[0].x0 == 6
