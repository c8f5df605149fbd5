"""What the pages say about smoothness, measured: five seeds, without and with batch norm.

Ratios are none / batch norm, of medians over the steps of a training; the median of the seeds is
what is said.
"""

from functools import cache

import numpy as np
import pytest

from normlib.landscape import Limits, Net, Training, ratios
from normlib.landscape.smoothness import smoothness
from normlib.landscape.sweep import sweep

SEEDS = (0, 1, 2, 3, 4)
DEFAULT = ()
TORCH = (("init", "torch"),)
SHALLOW = (("depth", 1),)
TANH = (("activation", "tanh"), ("init", "xavier"))


def ratio(quantity, setting=DEFAULT, steps=40, loss="cross_entropy", other="batch"):
    return ratios(*(measured(method, setting, steps, loss) for method in ("none", other)))[quantity]


@cache
def measured(method, setting, steps, loss):
    eigenvalues = setting == DEFAULT and loss == "cross_entropy" and method in ("none", "batch")
    return smoothness(
        Net(method=method, **dict(setting)), Training(steps=steps, loss=loss), SEEDS,
        every=4, eigenvalues=eigenvalues,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "least"),
    [("beta", 3), ("gradient_change", 8), ("loss_range", 2), ("eigenvalue", 5)],
)
def test_batch_norm_makes_the_default_net_smoother(quantity, least):
    found = ratio(quantity, steps=60)
    assert np.median(found) >= least
    assert found.min() > 1


def test_the_default_start_of_torch_reverses_it():
    """Small initial weights: without normalization gradients are tiny, and nothing moves."""
    assert ratio("beta", TORCH).max() <= 0.5


def test_one_hidden_layer_reverses_the_range_of_the_loss():
    assert ratio("loss_range", SHALLOW).max() < 1


def test_tanh_and_xavier_leave_little_of_it():
    assert 0.8 <= np.median(ratio("beta", TANH)) <= 1.6


def test_the_squared_loss_reverses_it():
    assert ratio("beta", DEFAULT, 40, "squared").max() < 1


@pytest.mark.parametrize("method", ["layer", "group", "rms"])
def test_methods_that_normalize_each_sample_do_not_make_it_smoother(method):
    assert np.median(ratio("beta", DEFAULT, 40, other=method)) < 1


@pytest.mark.parametrize(("depth", "least"), [(3, 5), (6, 8)])
def test_batch_norm_allows_a_larger_rate(depth, least):
    rates = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
    none, batch = (
        sweep(Net(method=method, depth=depth), Training(steps=60), rates, SEEDS).largest
        for method in ("none", "batch")
    )
    assert (none > 0).all()
    assert np.median(batch) >= least * np.median(none)
    assert (batch > none).all()


def test_three_numbers_for_the_largest_rate_are_three():
    net, training = Net(method="batch"), Training(steps=20)
    looked = smoothness(net, training, SEEDS[:2], every=10, eigenvalues=True)
    tried = sweep(net, training, (0.5, 1000.0), SEEDS[:2])
    found = Limits.of(looked, tried)
    assert found.at_start == pytest.approx(np.median(2 / looked.eigenvalue[:, 0]))
    assert found.on_path == pytest.approx(np.median(2 / np.median(looked.beta, 1)))
    assert found.empirical == 0.5
    assert 0 < found.on_path < 1e3
