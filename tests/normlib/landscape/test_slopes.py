"""The inequality between two points of a line."""

import numpy as np
import pytest

from normlib.landscape import Line
from normlib.landscape.slopes import closer, hold, steepest

A = np.linspace(-1, 1, 401)
SINE = Line(A, np.sin(3 * A), 3 * np.cos(3 * A))
KINK = Line(A, np.abs(A - 0.2025), np.sign(A - 0.2025))


def test_a_pair_is_held_against_the_steepest_one():
    held = hold(SINE, -0.5004, 0.25)
    assert held.chosen.points == pytest.approx((-0.5, 0.25))
    change = abs(3 * np.cos(-1.5) - 3 * np.cos(0.75))
    assert held.chosen.change == pytest.approx(change)
    assert held.chosen.ratio == pytest.approx(change / 0.75)
    assert held.chosen.ratio_squared == pytest.approx((change / 0.75) ** 2)
    assert held.lipschitz == pytest.approx(9, rel=1e-3)  # the second derivative is -9 sin(3 a)
    assert held.lipschitz == SINE.beta
    assert held.beta == pytest.approx(81, rel=1e-2)
    assert held.limit == pytest.approx(2 / 9, rel=1e-3)
    assert held.allowed == pytest.approx(9 * 0.75, rel=1e-3)


def test_both_forms_of_the_inequality_hold_for_every_pair_together():
    for first, second in np.random.default_rng(0).uniform(-1, 1, (50, 2)):
        held = hold(SINE, first, second)
        chosen = held.chosen
        assert chosen.change <= held.allowed * (1 + 1e-9)
        assert chosen.change**2 <= held.beta * chosen.distance**2 * (1 + 1e-9)


def test_one_and_the_same_point_has_no_ratio():
    held = hold(SINE, 0.3, 0.3)
    assert held.chosen.ratio is None
    assert held.chosen.ratio_squared == 0


def test_a_straight_line_allows_any_rate():
    flat = Line(A, 2 * A, np.full_like(A, 2.0))
    assert hold(flat, -1, 1).lipschitz == 0
    assert hold(flat, -1, 1).limit == np.inf


def test_the_ratio_of_a_kink_grows_as_one_looks_closer_and_a_smooth_one_stays():
    assert closer(KINK).factor == pytest.approx(4)
    assert closer(KINK).grows
    assert not closer(SINE).grows
    assert (closer(SINE).wide, closer(SINE).narrow) == pytest.approx((0.02, 0.005))


def test_the_steepest_pair_is_found_where_it_is():
    assert steepest(KINK).points == pytest.approx((0.2, 0.205))
