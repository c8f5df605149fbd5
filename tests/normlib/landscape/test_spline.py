import numpy as np

from normlib.landscape import Surface
from normlib.landscape.spline import preview, weights

COARSE, FINE = np.linspace(-1, 1, 17), np.linspace(-1, 1, 51)


def test_a_cubic_comes_out_as_it_is_also_on_uneven_knots():
    knots = np.array([-1, -0.4, 0.1, 0.3, 1.0])
    for power in range(4):
        np.testing.assert_allclose(weights(knots, FINE) @ knots**power, FINE**power, atol=1e-13)


def test_knots_keep_their_values_and_the_curve_bends_smoothly():
    values = np.random.default_rng(0).normal(size=17)
    np.testing.assert_allclose(weights(COARSE, COARSE) @ values, values, atol=1e-12)
    little = 1e-6
    near = COARSE[1:-1, None] + little * np.array([-2, -1, 0, 1, 2])
    curve = (weights(COARSE, near.ravel()) @ values).reshape(near.shape)
    before, after = curve[:, 1] - curve[:, 0], curve[:, 4] - curve[:, 3]
    np.testing.assert_allclose(before, after, rtol=1e-2, atol=1e-2 * little)


def test_a_preview_of_a_smooth_surface_is_within_a_hundredth_of_its_range():
    def bowl(a, b):
        return np.log(1 + 5 * (a[:, None] - 0.2) ** 2 + b**2 * np.exp(a[:, None]))

    coarse = Surface(COARSE, COARSE, bowl(COARSE, COARSE), "running")
    found = preview(coarse, FINE, FINE[10:])
    want = bowl(FINE, FINE[10:])
    assert found.values.shape == (51, 41)
    assert np.abs(found.values - want).max() < 0.01 * np.ptp(want)
    assert (found.exact, found.statistics) == (False, "running")
