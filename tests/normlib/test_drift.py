"""Four sets of statistics on drifted data, judged by closed forms."""

import numpy as np
import pytest

from normlib.drift import SAMPLES, TESTED, meet, normalized, reach
from normlib.record import Running, start
from normlib.stream import Source

SOURCE = Source(seed=2)
TRUE = Running(np.array(SOURCE.mean), np.array(SOURCE.variance), 1, 1)


def outcomes(trained=TRUE, **drift):
    return {found.key: found for found in meet(trained, SOURCE.drifted(**drift))}


@pytest.mark.parametrize(("shift", "stretch"), [(0, 1), (2, 1), (-1.5, 0.5), (0, 2)])
def test_the_record_of_training_shows_the_drift_and_recomputing_repairs_it(shift, stretch):
    found = outcomes(shift=shift, stretch=stretch)
    sampling = 4 * stretch / np.sqrt(4 * SAMPLES)  # four standard errors of a mean
    assert np.all(abs(found["trained"].mean - shift) < sampling + 1e-3)
    assert np.allclose(found["trained"].std, stretch, rtol=0.3)
    assert np.all(abs(found["repaired"].mean) < 4 / np.sqrt(4 * SAMPLES) + 0.07)
    assert np.allclose(found["repaired"].std, 1, rtol=0.3)


def test_statistics_of_its_own_hide_every_drift():
    for drift in ({"shift": 0}, {"shift": 3, "stretch": 2}):
        own = outcomes(**drift)["own"]
        assert np.allclose(own.mean, 0, atol=1e-12)
        assert np.allclose(own.std, 1, atol=1e-3)


def test_a_cold_record_leaves_the_numbers_but_for_eps():
    x = SOURCE.drifted(1).batch(TESTED, SAMPLES)
    found = outcomes(shift=1)["cold"]
    assert np.allclose(found.output, np.moveaxis(x, 1, -1).reshape(-1, 3), rtol=1e-5)
    assert np.allclose(normalized(x, start(3)) * np.sqrt(1 + 1e-5), x, rtol=1e-12)


def test_without_training_the_record_of_training_is_cold():
    found = outcomes(trained=start(3), shift=1)
    assert np.array_equal(found["trained"].output, found["cold"].output)


@pytest.mark.parametrize("channel", [0, 1, 2])
@pytest.mark.parametrize("shift", [-3, 0, 3])
@pytest.mark.parametrize("stretch", [0.5, 2])
def test_means_and_spreads_stay_within_reach(channel, shift, stretch):
    low, high = reach(SOURCE, 3, 2, channel)
    for trained in (TRUE, start(3)):
        for found in outcomes(trained, shift=shift, stretch=stretch).values():
            assert low < found.mean[channel] - found.std[channel]
            assert found.mean[channel] + found.std[channel] < high
