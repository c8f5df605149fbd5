import numpy as np
import pytest

from normlib import clouds
from normlib.clouds import CLOUDS, CORRELATED, FULL, POINTS, colours, painted


@pytest.mark.parametrize("kind", CLOUDS)
def test_a_cloud_is_decided_by_its_seed(kind):
    first, again, other = (CLOUDS[kind](0.5, seed) for seed in (1, 1 + 2**32, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == (POINTS, 3 if kind == "gauss3" else 2)


@pytest.mark.parametrize("kind", CORRELATED)
@pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.0, 0.9])
def test_neighbours_correlate_as_the_source_says(kind, correlation):
    rows = np.concatenate([CLOUDS[kind](correlation, seed) for seed in range(60)])
    found = np.corrcoef(rows.T)
    assert found[0, 1] == pytest.approx(correlation, abs=0.03)
    if kind == "gauss3":
        assert found[0, 2] == pytest.approx(correlation**2, abs=0.03)
    assert rows.std(0) == pytest.approx(clouds.DEVIATIONS[: rows.shape[1]], rel=0.03)
    assert rows.mean(0) == pytest.approx(clouds.MEAN[: rows.shape[1]], abs=0.05)


def test_each_moon_keeps_its_distance_from_its_centre():
    points = clouds.moons(0.0, 0) / 1.5
    half = POINTS // 2
    for part, centre in ((points[:half], (0, 0)), (points[half:], (1, 0.5))):
        lengths = np.linalg.norm(part - centre, axis=1)
        assert lengths.mean() == pytest.approx(1, abs=0.05)
        assert lengths.std() < 2 * clouds.NOISE


def test_colours_are_pixels_of_the_picture_and_painted_as_they_are():
    pixels = np.array([[[0.0, 0.5, 1.0], [1.0, 0.0, 0.2]]], np.float32)
    points = colours(pixels, 0)
    assert {tuple(np.round(point / FULL, 6)) for point in points} == {(0, 0.5, 1), (1, 0, 0.2)}
    assert set(painted(points)) == {"rgb(0,128,255)", "rgb(255,0,51)"}
