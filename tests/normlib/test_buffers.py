"""The records of a stream beside the buffers of torch, step by step."""

import numpy as np
import pytest
import torch

from normlib.conventions import CONVENTIONS
from normlib.layers.buffers import buffers, distance
from normlib.stream import Source, feed, follow

SOURCE, STEPS = Source(seed=4), 12


@pytest.mark.parametrize("size", [1, 4, 32])
@pytest.mark.parametrize(
    ("convention", "momentum"),
    [*(("torch", m) for m in (0.0, 0.01, 0.1, 0.5, 0.9, 1.0)), ("cumulative", 0.1)],
)
def test_the_record_is_torchs_at_every_step(convention, momentum, size):
    path = follow(feed(SOURCE, size, STEPS), convention, momentum)
    batches = [SOURCE.batch(number, size) for number in range(STEPS)]
    mean, variance = buffers(batches, momentum if convention == "torch" else None)
    assert mean.shape == variance.shape == (STEPS + 1, 3)
    assert np.abs(path.mean - mean).max() < 1e-12
    assert np.abs(path.variance - variance).max() < 1e-12
    assert distance(feed(SOURCE, size, STEPS), path, momentum).equal


@pytest.mark.parametrize("key", CONVENTIONS)
def test_every_convention_has_torchs_mean_and_only_two_have_its_variance(key):
    fed = feed(SOURCE, 2, STEPS)
    found = distance(fed, follow(fed, key, 0.3), 0.3)
    assert found.mean < 1e-12
    assert found.equal == CONVENTIONS[key].unbiased
    assert found.variance > 0.01 or found.equal


def test_a_batch_of_one_value_per_channel_stops_torch_with_the_words_that_are_shown():
    from pages.ui import state, text

    with pytest.raises(ValueError, match="Expected more than 1 value") as caught:
        torch.nn.BatchNorm1d(3)(torch.ones(1, 3))
    for language in state.LANGUAGES:
        shown = text.page(language, "training").split("`Expected")[1].split("`")[0]
        assert f"Expected{shown}" in str(caught.value)
