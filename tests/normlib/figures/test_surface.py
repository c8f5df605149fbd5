"""Contours and reliefs draw the numbers of their record, on the scale that they are given."""

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go
import pytest

from normlib.figures import surface as figures
from normlib.landscape import Surface

A, B = np.linspace(-1, 1, 5), np.linspace(-2, 4, 7)
PLAIN = Surface(A, B, 1 + A[:, None] ** 2 + B**2)
PATH = np.column_stack([np.linspace(0.5, 0, 90), np.linspace(3, 0, 90)])
WITH_PATH = replace(PLAIN, path=PATH, path_values=np.linspace(20, 0.5, 90))
DRAWN = {"contour": figures.contour, "relief": lambda *a, **k: figures.relief(*a, turn=30, **k)}


def settings(*surfaces: Surface, log: bool = True) -> dict[str, object]:
    return {"ends": figures.span(surfaces), "within": figures.frame(surfaces), "log": log}


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("surface", [PLAIN, WITH_PATH])
@pytest.mark.parametrize("kind", DRAWN)
def test_plotly_finds_every_property_right_and_cells_are_those_of_the_record(kind, surface, log):
    figure = DRAWN[kind](surface, **settings(surface, log=log))
    go.Figure(figure.to_dict())  # checks them
    cells = figure.data[0]
    assert np.array_equal(cells.x, B)
    assert np.array_equal(cells.y, A)
    assert np.array_equal(cells.customdata, PLAIN.values)
    np.testing.assert_allclose(cells.z, np.log10(PLAIN.values) if log else PLAIN.values, rtol=1e-6)


@pytest.mark.parametrize("kind", DRAWN)
def test_two_surfaces_on_one_scale_have_the_same_colours_and_axes(kind):
    other = Surface(A * 2, B, 100 * PLAIN.values)
    one, two = (DRAWN[kind](each, **settings(PLAIN, other)) for each in (PLAIN, other))
    low, high = ("zmin", "zmax") if kind == "contour" else ("cmin", "cmax")
    assert (one.data[0][low], one.data[0][high]) == pytest.approx((0, np.log10(1800)))
    assert (two.data[0][low], two.data[0][high]) == (one.data[0][low], one.data[0][high])
    assert one.layout.to_plotly_json() == two.layout.to_plotly_json()


@pytest.mark.parametrize("kind", DRAWN)
def test_the_training_is_drawn_from_its_start_to_the_net(kind):
    figure = DRAWN[kind](WITH_PATH, **settings(WITH_PATH))
    line = figure.data[1]
    assert len(line.x) <= figures.MOST_POINTS
    assert (line.x[0], line.y[0]) == (3, 0.5)
    assert (line.x[-1], line.y[-1]) == (0, 0)
    if kind == "relief":  # at its own loss, not that of the surface
        assert 10 ** line.z[0] == pytest.approx(20)
    assert [trace.text[0] for trace in figure.data[-2:]] == ["the net", "start"]


@pytest.mark.parametrize("kind", DRAWN)
@pytest.mark.parametrize("value", [np.inf, np.nan, 0.0])
def test_what_is_not_finite_leaves_a_hole_and_nought_stays_on_a_logarithmic_scale(kind, value):
    broken = replace(PLAIN, values=PLAIN.values.copy())
    broken.values[1, 2] = value
    ends = figures.span([broken])
    assert np.isfinite(ends).all()
    z = DRAWN[kind](broken, **settings(broken)).data[0].z
    assert np.isnan(z[1, 2]) == (not np.isfinite(value))


def test_a_surface_without_a_finite_cell_is_an_empty_frame():
    nothing = replace(PLAIN, values=np.full((5, 7), np.nan))
    figure = figures.contour(nothing, **settings(nothing))
    go.Figure(figure.to_dict())
    assert np.isnan(figure.data[0].z).all()


def test_ticks_are_round_numbers_within_the_scale():
    figure = figures.contour(PLAIN, ends=(0.036, 255.0), within=figures.frame([PLAIN]), log=True)
    bar = figure.data[0].colorbar
    assert [float(name) for name in bar.ticktext] == pytest.approx(10 ** np.array(bar.tickvals))
    assert list(bar.ticktext) == ["0.1", "1", "10", "100"]
    linear = figures.contour(PLAIN, ends=(0.04, 255.0), within=figures.frame([PLAIN]), log=False)
    assert list(linear.data[0].colorbar.ticktext) == ["100", "200"]
    linear = figures.contour(PLAIN, ends=(1.0, 3.3), within=figures.frame([PLAIN]), log=False)
    assert list(linear.data[0].colorbar.ticktext) == ["1", "1.5", "2", "2.5", "3"]


def test_the_slider_turns_the_camera_around_the_vertical_axis():
    eyes = [figures.relief(PLAIN, turn=turn, **settings(PLAIN)).layout.scene.camera.eye
            for turn in (0, 90)]  # fmt: skip
    assert eyes[0].x == pytest.approx(eyes[1].y)
    assert eyes[0].y == pytest.approx(0)
    assert eyes[0].z == eyes[1].z
