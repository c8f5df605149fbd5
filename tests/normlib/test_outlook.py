import numpy as np
import pytest

from normlib.outlook import outlook, square

RNG = np.random.default_rng(1)


def test_two_features_are_shown_as_they_are():
    points = RNG.normal(size=(5, 2))
    assert np.array_equal(outlook(2, turn=77).flat(points), points)


@pytest.mark.parametrize("turn", [0, 30, 215])
def test_three_features_are_seen_without_stretching(turn):
    plane = outlook(3, turn).plane
    assert np.allclose(plane @ plane.T, np.eye(2))
    assert np.allclose(plane[0] @ [0, 0, 1], 0)  # the third feature stands upright
    assert plane[1, 2] > 0.9


def test_a_full_turn_shows_the_same():
    assert np.allclose(outlook(3, 0).plane, outlook(3, 360).plane)


@pytest.mark.parametrize("features", [2, 3])
def test_the_outline_is_the_edge_of_the_ellipsoid_seen_from_here(features):
    look = outlook(features, 40)
    root = RNG.normal(size=(features, features))
    covariance = root @ root.T
    outline = look.outline(covariance, deviations=2.0)
    for direction in outline[::9]:  # the farthest point of the ellipsoid in any flat direction
        normal = direction / np.linalg.norm(direction) @ look.plane
        farthest = 2.0 * np.sqrt(normal @ covariance @ normal)
        assert (outline @ look.plane @ normal).max() == pytest.approx(farthest, rel=5e-3)
    assert np.allclose(outline[0], outline[-1])


def test_a_singular_covariance_has_a_flat_outline():
    outline = outlook(2).outline(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert np.allclose(outline[:, 0], outline[:, 1])


def test_the_square_holds_everything_and_no_side_can_lose_one():
    clouds = [np.array([[-1.2, 0.0], [3.4, 0.5]]), np.array([[0.0, 1.6]])]
    ends = square(outlook(2), clouds)
    assert ends.tolist() == [[-2, 4], [-2, 4]]
    assert np.ptp(ends, axis=1).tolist() == [6, 6]
