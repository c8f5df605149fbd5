"""Streams of batches: the numbers of the source, the batches' statistics, the records."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normlib import NormError
from normlib.conventions import CONVENTIONS
from normlib.record import start
from normlib.running import observe
from normlib.stream import Source, feed, follow, moves

SOURCE = Source(seed=3)


def test_a_batch_is_decided_by_seed_and_number_alone():
    x = SOURCE.batch(5, 4)
    assert x.shape == (4, 3, 2, 2)
    assert x.dtype == np.float64
    assert np.array_equal(x, Source(seed=3).batch(5, 4))
    assert not np.array_equal(x, SOURCE.batch(6, 4))
    assert not np.array_equal(x, replace(SOURCE, seed=4).batch(5, 4))
    assert x[0, 0, 0, 0] == pytest.approx(3.105642567770932, rel=1e-12)  # for everyone, for good


def test_a_larger_batch_begins_with_the_smaller_one():
    assert np.array_equal(SOURCE.batch(5, 64)[:4], SOURCE.batch(5, 4))


def test_the_source_has_the_mean_and_the_variance_that_it_names():
    x = SOURCE.batch(0, 100_000)
    sigma = np.sqrt(4 * 100_000)
    assert np.all(abs(x.mean((0, 2, 3)) - SOURCE.mean) < 4 * np.array(SOURCE.std) / sigma)
    assert np.allclose(x.var((0, 2, 3)), SOURCE.variance, rtol=0.02)
    assert SOURCE.variance == (4.0, 0.25, 1.0)


def test_a_drift_moves_and_stretches_the_very_same_numbers():
    x, drifted = SOURCE.batch(1, 8), SOURCE.drifted(1.5, 2).batch(1, 8)
    mean, std = (np.reshape(v, (-1, 1, 1)) for v in (SOURCE.mean, SOURCE.std))
    assert np.allclose(drifted, mean + 1.5 * std + 2 * (x - mean), atol=1e-12)


@pytest.mark.parametrize("size", [1, 3])
def test_what_is_fed_are_the_statistics_of_each_batch(size):
    fed = feed(SOURCE, size, 4)
    assert fed.count == 4 * size
    for number in range(4):
        x = SOURCE.batch(number, size)
        assert np.allclose(fed.mean[number], x.mean((0, 2, 3)), atol=1e-12)
        assert np.allclose(fed.biased[number], x.var((0, 2, 3)), rtol=1e-12)
        assert np.allclose(fed.unbiased[number], x.var((0, 2, 3), ddof=1), rtol=1e-12)


def test_one_sample_of_four_values_has_an_unbiased_variance_four_thirds_as_large():
    fed = feed(SOURCE, 1, 3)
    assert fed.factor == 4 / 3
    assert np.allclose(fed.unbiased / fed.biased, 4 / 3, rtol=1e-12)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_a_path_is_what_observing_the_batches_gives(convention):
    fed, record = feed(SOURCE, 2, 6), start(3)
    path = follow(fed, convention)
    assert path.mean[0].tolist() == [0, 0, 0]
    assert path.variance[0].tolist() == [1, 1, 1]
    for number in range(6):
        record = observe(record, SOURCE.batch(number, 2), convention=convention)
        assert np.allclose(path.mean[number + 1], record.mean, rtol=1e-12)
        assert np.allclose(path.variance[number + 1], record.variance, rtol=1e-12)


def test_a_momentum_of_the_other_side_is_obeyed_without_a_warning():  # warnings are errors
    fed = feed(SOURCE, 2, 1)
    assert np.allclose(follow(fed, "torch", 0.9).mean[1], 0.9 * fed.mean[0], rtol=1e-12)
    assert np.allclose(follow(fed, "keras", 0.1).mean[1], 0.9 * fed.mean[0], rtol=1e-12)


def test_the_same_number_means_opposite_things_and_half_means_the_same():
    fed = feed(SOURCE, 2, 10)
    assert np.allclose(follow(fed, "d2l", 0.3).mean, follow(fed, "keras", 0.7).mean, rtol=1e-12)
    assert np.array_equal(follow(fed, "d2l", 0.5).variance, follow(fed, "keras", 0.5).variance)
    assert not np.allclose(follow(fed, "d2l", 0.3).mean, follow(fed, "keras", 0.3).mean)


def test_the_pooled_path_ends_with_the_statistics_of_all_values():
    x = np.concatenate([SOURCE.batch(number, 5) for number in range(7)])
    path = follow(feed(SOURCE, 5, 7), "pooled")
    assert np.allclose(path.mean[-1], x.mean((0, 2, 3)), rtol=1e-12)
    assert np.allclose(path.variance[-1], x.var((0, 2, 3)), rtol=1e-12)


def test_a_momentum_outside_its_range_is_refused_and_passed_over_where_there_is_none():
    fed = feed(SOURCE, 2, 3)
    with pytest.raises(NormError, match="momentum"):
        follow(fed, "torch", 1.5)
    assert np.array_equal(follow(fed, "pooled", 0.3).mean, follow(fed, "pooled").mean)


@given(
    st.sampled_from(list(CONVENTIONS)), st.floats(0, 1), st.sampled_from([1, 4]),
    st.integers(0, 5), st.integers(0, 2),
)  # fmt: skip
def test_a_move_adds_up_to_the_new_record(convention, momentum, size, step, channel):
    fed = feed(SOURCE, size, 6)
    path = follow(fed, convention, momentum)
    found = moves(fed, path, momentum, step, channel)
    for name, values in (("mean", path.mean), ("variance", path.variance)):
        move = found[name]
        assert move.keeps + move.takes == pytest.approx(1)
        assert move.old == values[step, channel]
        assert move.new == values[step + 1, channel]
        total = move.keeps * move.old + move.takes * move.batch + move.extra
        assert total == pytest.approx(move.new, abs=1e-12)
    stored = fed.unbiased if CONVENTIONS[convention].unbiased else fed.biased
    assert found["variance"].batch == pytest.approx(stored[step, channel], rel=1e-12)
    assert (found["variance"].extra > 0) == (convention == "pooled" and step > 0)
