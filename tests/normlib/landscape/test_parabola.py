"""A parabola: the path of gradient descent in closed form, and where it turns."""

import numpy as np
import pytest

from normlib.landscape.parabola import descend


@pytest.mark.parametrize("curvature", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.99, 1.0, 1.01])
def test_the_path_is_that_of_gradient_descent_step_by_step(curvature: float, share: float):
    found = descend(curvature, share, 40)
    w = [1.0]
    for _ in range(40):
        w.append(w[-1] - found.rate * curvature * w[-1])
    assert np.allclose(found.w, w, rtol=1e-10, atol=1e-14)
    assert np.allclose(found.loss, curvature * found.w**2 / 2)
    assert found.limit == 2 / curvature


def test_just_below_the_limit_converges_and_just_above_diverges():
    below, above = (descend(2.0, share, 400).loss for share in (0.99, 1.01))
    assert np.all(np.diff(below) < 0)
    assert below[-1] < 1e-6
    assert np.all(np.diff(above) > 0)
    assert above[-1] > 1e6


@pytest.mark.parametrize(
    ("share", "manner"),
    [(0.01, "straight"), (0.49, "straight"), (0.5, "at_once"), (0.51, "across"), (0.99, "across"),
     (1.0, "circles"), (1.01, "diverges"), (1.2, "diverges")],
)  # fmt: skip
def test_the_manner_follows_from_the_factor(share: float, manner: str):
    found = descend(1.0, share, 3)
    assert found.manner == manner
    assert found.factor == pytest.approx(found.w[1])


def test_the_curvature_alone_changes_nothing_in_the_path():
    assert np.array_equal(descend(0.5, 0.7, 9).w, descend(4.0, 0.7, 9).w)
