"""Scatter of batch statistics, judged by the closed forms of normal numbers."""

import numpy as np
import pytest

from normlib.batch_size import FIXED, SIZES, expected, scatter, values_per_channel
from normlib.stream import Source

SOURCE = Source(seed=1)
MANY = 4000  # batches: a standard deviation is then known to about 1 / sqrt(2 * MANY)


def test_a_batch_has_four_values_per_channel_and_sample():
    assert [values_per_channel(size) for size in (1, 8)] == [4, 32]


@pytest.mark.parametrize("size", [1, 2, 8])
def test_means_and_variances_scatter_as_theory_says(size):
    found, theory = scatter(SOURCE, MANY, (size,)), expected(SOURCE, size)
    assert np.allclose(found.mean_spread[0], theory["mean_spread"], rtol=0.05)
    assert np.allclose(found.variance_spread[0], theory["variance_spread"], rtol=0.08)
    assert np.allclose(found.variance[0].mean(0), theory["variance_mean"], rtol=0.06)


def test_theory_of_one_sample_by_hand():
    theory = expected(SOURCE, 1)  # m = 4, sigma = 2, 0.5, 1
    assert np.allclose(theory["mean_spread"], [1, 0.25, 0.5])
    assert np.allclose(theory["variance_mean"], [3, 3 / 16, 3 / 4])
    assert np.allclose(theory["variance_spread"], np.sqrt(6) / 4 * np.array([4, 0.25, 1]))


def test_the_gap_is_that_of_the_fixed_sample_among_others():
    found = scatter(SOURCE, 5, (3,))
    sample, drawn = SOURCE.batch(FIXED, 1)[0], SOURCE.batch(FIXED + 1 + 3, 15)
    squares = []
    for others in drawn.reshape(5, 3, 3, 2, 2)[:, 1:]:
        batch = np.concatenate([sample[None], others])
        mean, std = (getattr(batch, f)((0, 2, 3)).reshape(3, 1, 1) for f in ("mean", "std"))
        true_mean, true_std = (np.reshape(v, (3, 1, 1)) for v in (SOURCE.mean, SOURCE.std))
        squares.append(((sample - mean) / std - (sample - true_mean) / true_std) ** 2)
    assert np.allclose(found.gap[0], np.sqrt(np.mean(squares, (0, 2, 3))), rtol=1e-9)


def test_four_times_the_batch_halves_the_gap():
    small, large = scatter(SOURCE, MANY, (16, 64)).gap
    assert np.allclose(small / large, 2, rtol=0.1)


def test_a_batch_of_one_gives_the_fixed_sample_one_output_only():
    few, many = (scatter(SOURCE, repeats, (1,)).gap for repeats in (1, 9))
    assert np.allclose(few, many, rtol=1e-12)


def test_sizes_double_from_1_to_256():
    assert SIZES == (1, 2, 4, 8, 16, 32, 64, 128, 256)
