"""Heights of surfaces, and how they compare."""

from dataclasses import replace

import numpy as np
import pytest

from normlib.landscape import Net, Surface, Training, heights, panels
from normlib.landscape.panels import side_by_side

A = np.linspace(-1, 1, 5)
PLAIN, BATCH = Net(depth=2), Net(method="batch", depth=2)
SETTINGS = {"plane": "random", "seed": 3}


def bowl(height: float) -> Surface:
    return Surface(A, A, 1 + height * (A[:, None] ** 2 + A**2) / 2)


def test_heights_are_those_of_finite_cells_and_the_net_is_in_the_middle():
    surface = bowl(4)
    surface.values[0, 0] = np.inf
    assert heights.heights(surface) == heights.Heights(1.0, 1.0, 5.0)
    trained = replace(surface, path=np.ones((2, 2)), path_values=np.array([3.0, 2.0]))
    assert heights.heights(trained).net == 2.0
    nothing = heights.heights(replace(surface, values=np.full((5, 5), np.inf)))
    assert np.isnan([nothing.least, nothing.most]).all()


@pytest.mark.parametrize(
    ("first", "second", "verdict", "ratio"),
    [(6, 3, "higher", 2), (3, 6, "lower", 2), (5, 4, "alike", 1.25), (2, 2, "alike", 1)],
)
def test_heights_are_compared_by_their_ratio(first, second, verdict, ratio):
    found = heights.compare(first, second)
    assert (found.verdict, found.ratio) == (verdict, pytest.approx(ratio))


def test_methods_and_modes_are_paired():
    found = side_by_side([PLAIN, BATCH], Training(), statistics="both", **SETTINGS)
    most = dict.fromkeys(found, 1.0)
    assert heights.between_methods(most) == (found[0], found[1])
    assert heights.between_modes(most) == [(found[1], found[2])]
    assert heights.between_methods({found[1]: 1.0, found[2]: 1.0}) is None


def test_at_six_layers_running_statistics_make_a_cliff_that_batch_statistics_do_not():
    most = {(panel.net.method, panel.statistics): heights.heights(surface).most
            for panel, surface in panels.known().items()
            if (panel.net.depth, panel.plane) == (6, "random")}  # fmt: skip
    assert most["batch", "running"] > 30 * most["batch", "batch"]
    assert most["none", "batch"] > 15 * most["batch", "batch"]
