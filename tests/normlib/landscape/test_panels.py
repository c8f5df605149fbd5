"""Pictures side by side: which there are, and what is read from them."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from normlib import NormError
from normlib.landscape import Net, Surface, Training, panels
from normlib.landscape.panels import Panel, side_by_side

PLAIN, BATCH, LAYER = (Net(method=method, depth=2, width=16) for method in
                       ("none", "batch", "layer"))  # fmt: skip
SETTINGS = {"plane": "random", "seed": 3}
A = np.linspace(-1, 1, 5)


def bowl(height: float) -> Surface:
    return Surface(A, A, 1 + height * (A[:, None] ** 2 + A**2) / 2)


def test_both_statistics_are_shown_only_where_a_method_has_two_modes():
    found = side_by_side([PLAIN, BATCH, LAYER], Training(), statistics="both", **SETTINGS)
    assert [(one.net, one.statistics) for one in found] == [
        (PLAIN, "batch"), (BATCH, "batch"), (BATCH, "running"), (LAYER, "batch"),
    ]  # fmt: skip
    found = side_by_side([PLAIN, BATCH], Training(), statistics="running", **SETTINGS)
    assert [one.statistics for one in found] == ["batch", "running"]


def test_equal_nets_are_one_picture():
    assert len(side_by_side([BATCH, BATCH], Training(), statistics="batch", **SETTINGS)) == 1


def test_an_unknown_plane_or_statistics_is_refused():
    for wrong in ({"plane": "flat"}, {"statistics": "both"}):
        with pytest.raises(NormError):
            Panel(PLAIN, Training(), **wrong)


def test_a_preview_goes_through_the_cells_that_were_computed():
    fine = panels.refined(bowl(4), 9)
    assert not fine.exact
    np.testing.assert_allclose(fine.values[::2, ::2], bowl(4).values, rtol=1e-12)
    x = np.linspace(-1, 1, 9)
    np.testing.assert_allclose(fine.values, 1 + 2 * (x[:, None] ** 2 + x**2), rtol=1e-12)


def test_surfaces_are_those_of_their_panels_and_progress_rises_to_the_end():
    from normlib.landscape.views import surface_after

    wanted = side_by_side([PLAIN, BATCH], Training(steps=2), statistics="running", **SETTINGS)
    shares: list[float] = []
    found = panels.surfaces(wanted, 5, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    for panel, one in zip(wanted, found, strict=True):
        alone = surface_after(panel.net, panel.training, statistics=panel.statistics, size=5,
                              **SETTINGS)  # fmt: skip
        assert np.array_equal(one.values, alone.values)


def test_shipped_pictures_are_known_by_their_settings():
    known = panels.known()
    assert set(known) == {panel for group in panels.SHIPPED.values() for panel in group}
    assert all(one.exact and one.values.shape == (51, 51) for one in known.values())


def test_a_shipped_picture_made_again_in_few_cells_is_the_shipped_one():
    panel = panels.SHIPPED["surface_random_3"][1]
    (again,) = panels.surfaces([panel], 11)
    shipped = panels.known()[panel].values[::5, ::5]
    np.testing.assert_allclose(again.values, shipped, rtol=5e-3)


@pytest.mark.parametrize("statistics", ["batch", "both"])
def test_what_stands_in_is_the_nearest_shipped_pair(statistics):
    wanted = side_by_side([LAYER, replace(BATCH, depth=9)], Training(steps=7), plane="trajectory",
                          statistics=statistics, seed=1)  # fmt: skip
    found = panels.stand_in([wanted[-1]] if statistics == "batch" else wanted)
    assert {panel.plane for panel in found} == {"trajectory"}
    assert len({panel.net for panel in found}) == 2
    assert {panel.statistics for panel in found if panel.has_modes} == (
        {"batch"} if statistics == "batch" else {"batch", "running"}
    )


def test_known_pictures_need_no_torch():
    code = "import sys; from normlib.landscape import panels; panels.known(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "plotly", "streamlit"} & set(run.stdout.split())
