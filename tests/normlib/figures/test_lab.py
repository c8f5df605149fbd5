"""Curves of two trainings: the numbers of their records, whatever their state."""

import numpy as np
import plotly.graph_objects as go
import pytest

from normlib.figures import lab as figures
from normlib.landscape import Net, Run, Training


def record(steps: int, depth: int = 2) -> Run:
    rng = np.random.default_rng(steps)
    table = rng.uniform(0.1, 2, (steps, depth + 1))
    checked = np.arange(10, steps + 1, 10)
    return Run(Net(depth=depth), Training(), rng.uniform(0.1, 2, steps), table, 2 * table, table,
               checked, checked / 1000, None)  # fmt: skip


@pytest.mark.parametrize("runs", [
    [record(50), record(30, depth=4)], [record(0), record(0)], [record(1)], [record(1000)],
])  # fmt: skip
def test_every_property_is_right_at_any_stage(runs):
    figure = figures.curves(runs, ["a", "b"], steps=1000)
    go.Figure(figure.to_dict())
    assert figure.layout.xaxis.range == (0, 1040)
    for trace in figure.data:
        assert len(trace.x) == len(trace.y) <= figures.MOST_POINTS


def test_curves_are_those_of_the_record_and_each_net_has_its_own_look():
    runs = [record(50), record(30)]
    figure = figures.curves(runs, ["a", "b"], steps=50)
    for number, run in enumerate(runs):
        loss, accuracy, *layers = [one for one in figure.data if one.name == "ab"[number]]
        assert np.array_equal(loss.y, run.loss)
        np.testing.assert_allclose(accuracy.y, 100 * run.accuracy)
        assert np.array_equal([one.y for one in layers[:3]], run.scales.T)
        assert np.array_equal([one.y for one in layers[3:]], run.gradients.T)
        assert layers[0].opacity < layers[2].opacity == 1
    looks = {(one.line.color, one.line.dash) for one in figure.data}
    assert len(looks) == 2
    assert [one.showlegend for one in figure.data].count(None) == 2


def test_what_blew_up_leaves_a_gap():
    run = record(20)
    run.loss[-1], run.scales[-1] = np.inf, np.nan
    run.gradients[-1] = 0
    figure = figures.curves([run], ["a"], steps=20)
    assert np.isnan(figure.data[0].y[-1])
    assert all(np.isnan(trace.y[-1]) for trace in figure.data[2:])
    assert not figure.layout.annotations
