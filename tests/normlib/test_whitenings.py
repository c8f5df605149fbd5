import numpy as np
import pytest

from normlib import whiten
from normlib.clouds import CLOUDS
from normlib.whitenings import (
    METHOD,
    MOST_STEPS,
    SAME,
    WHITE,
    compare,
    iterate,
    least_moved,
    whitened,
)

POINTS = {kind: make(0.7, 4) for kind, make in CLOUDS.items()}


@pytest.mark.parametrize("points", POINTS.values(), ids=POINTS)
def test_pca_zca_and_cholesky_are_white_and_only_they(points):
    found = compare(points)
    assert {kind for kind, one in found.items() if one.deviation < SAME} == set(WHITE)


@pytest.mark.parametrize("points", POINTS.values(), ids=POINTS)
def test_zca_moves_least_and_by_the_closed_form(points):
    found = compare(points)
    least = least_moved(found["zca"].covariance)
    assert found["zca"].moved == pytest.approx(least, rel=1e-12)
    assert all(found[kind].moved > least + 1e-3 for kind in ("pca", "cholesky"))


@pytest.mark.parametrize("points", POINTS.values(), ids=POINTS)
def test_no_turned_whitening_moves_less_than_zca(points):
    zca = whitened("zca", points)
    rng = np.random.default_rng(0)
    for _ in range(50):
        turn = np.linalg.qr(rng.normal(size=zca.matrix.shape))[0]
        after = zca.after @ turn.T
        assert np.allclose(np.cov(after.T, bias=True), np.eye(len(turn)))
        distance = np.sqrt(((after - zca.centred) ** 2).sum(1).mean())
        assert distance >= zca.moved - 1e-12


@pytest.mark.parametrize("kind", METHOD)
def test_the_matrix_is_what_turns_centred_points_into_answers(kind):
    found = whitened(kind, POINTS["gauss3"], iterations=3)
    assert np.allclose(found.centred @ found.matrix.T, found.after)
    assert np.allclose(found.covariance_after, found.matrix @ found.covariance @ found.matrix.T)
    assert np.allclose(found.axes_after, found.axes @ found.matrix.T)


def test_axes_are_as_long_as_the_deviation_along_them():
    found = whitened("center", POINTS["gauss3"])
    lengths = np.linalg.norm(found.axes, axis=1)
    along = (found.centred @ found.axes.T / lengths).std(0)
    assert lengths == pytest.approx(along)
    assert (np.diff(lengths) < 0).all()


def test_pca_lays_the_axes_along_the_features_and_zca_leaves_their_direction():
    pca, zca = (whitened(kind, POINTS["gauss3"]) for kind in ("pca", "zca"))
    assert np.allclose(pca.axes_after, np.eye(3))
    assert np.allclose(zca.axes_after, zca.axes / np.linalg.norm(zca.axes, axis=1, keepdims=True))


def test_the_marked_points_lie_farthest_along_the_axes():
    found = whitened("zca", POINTS["gauss"])
    along = found.centred @ found.axes.T
    assert list(along[found.marked, [0, 1, 0]]) == [*along.max(0), along[:, 0].min()]


def test_newton_moves_no_point_away_from_zca_in_the_end():
    found = compare(POINTS["gauss3"], iterations=MOST_STEPS)
    assert found["newton"].apart(found["zca"]) < 1e-10
    assert whitened("newton", POINTS["gauss3"], iterations=1).apart(found["zca"]) > 0.1


@pytest.mark.parametrize("points", POINTS.values(), ids=POINTS)
def test_a_step_of_newton_turns_a_variance_as_the_page_says(points):
    """v becomes v (3 - v)^2 / 4, and starts as the share in the total variance."""
    covariance = np.cov(points.T, bias=True)
    run = iterate(covariance)
    values = np.sort(np.linalg.eigvalsh(covariance))[::-1]
    assert run.variances[0] == pytest.approx(values / values.sum())
    for now, then in zip(run.variances[:-1], run.variances[1:], strict=True):
        assert then == pytest.approx(now * (3 - now) ** 2 / 4, abs=1e-9)
    assert run.residual == pytest.approx(np.linalg.norm(run.variances - 1, axis=1), abs=1e-9)
    assert run.residual[-1] < 1e-9


def test_the_method_takes_as_many_steps_as_the_curve():
    covariance = np.cov(POINTS["gauss"].T, bias=True)
    for steps in (1, 4):
        found = whitened("newton", POINTS["gauss"], iterations=steps)
        assert np.allclose(found.matrix, whiten.newton(covariance, steps).matrix)
