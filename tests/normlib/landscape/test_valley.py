"""The plane of the flattest and the steepest direction of a linear model."""

import numpy as np
import pytest

from normlib.landscape import Conditioning
from normlib.landscape.valley import Outcome, gain, outcomes, valley

QUADRATIC = Conditioning("wine", "raw", np.array([8.0, 2.0, 0.5]), np.array([1.0, -2.0, 3.0]),
                         0.125, 0.01, 5)  # fmt: skip


def test_the_loss_is_the_quadratic_of_both_ends_in_units_of_the_start():
    found = valley(QUADRATIC, 0.5, 3)
    i, j = 7, 30
    expected = (0.5 * found.flat[j] ** 2 + 8 * found.steep[i] ** 2) / 8.5
    assert found.loss[i, j] == pytest.approx(expected)


def test_the_path_is_gradient_descent_from_one_unit_away():
    found = valley(QUADRATIC, 0.9, 4)
    point, rate = np.ones(2), 0.9 * 2 / 8
    for drawn in found.path:
        assert np.allclose(drawn, point)
        point = point - rate * np.array([0.5, 8.0]) * point


def test_an_outcome_tells_both_ends_at_a_share_of_the_limit():
    found = outcomes({"raw": QUADRATIC}, 0.9)["raw"]
    assert (found.condition, found.limit) == (16, 0.25)
    assert found.steep == pytest.approx(-0.8)
    assert 1 - found.flat == pytest.approx(1 - 0.9 * 0.25 * 0.5)
    assert found.done(20) == pytest.approx(1 - (1 - 0.1125) ** 20)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_steps_are_counted_until_a_hundredth_of_the_excess_loss_is_left(share: float):
    steps = outcomes({"raw": QUADRATIC}, share)["raw"].steps
    u, losses = QUADRATIC.start.copy(), []
    for _ in range(steps + 1):
        losses.append((QUADRATIC.eigenvalues * u**2).sum() / 2)
        u = u - share * 0.25 * QUADRATIC.eigenvalues * u
    assert losses[steps] <= 0.01 * losses[0] < losses[steps - 1]


def test_at_the_limit_and_above_nothing_arrives():
    for share in (1.0, 1.2):
        assert outcomes({"raw": QUADRATIC}, share)["raw"].steps is None


def outcome(condition: float, steps: int | None, limit: float = 1.0) -> Outcome:
    return Outcome(condition, limit, steps, 0.0, 0.0)


@pytest.mark.parametrize(
    ("centred", "expected"),
    [((1e6, 24), True), ((1e6, 100), False), ((50.0, 24), False), ((1e6, None), False)],
)
def test_centring_counts_where_it_saves_the_steps_and_leaves_the_condition(centred, expected):
    found = gain({"raw": outcome(1e7, 300, 0.2), "centred": outcome(*centred),
                  "standardized": outcome(100.0, 18, 0.3)})  # fmt: skip
    assert found.condition == pytest.approx(1e5)
    assert found.limit == pytest.approx(1.5)
    assert found.centring is expected
