import numpy as np
import pytest

from normlib.landscape import Net
from normlib.landscape.scales import layer_scales


def test_standardized_features_have_scale_one_and_no_mean():
    found = layer_scales(Net(), "standardized")
    varied = 61 / 64  # pixels that are not always blank
    assert found.rms[0] == pytest.approx(varied**0.5, rel=0.02)
    assert found.mean[0] < 1e-12
    np.testing.assert_allclose(found.rms**2, found.mean**2 + found.spread**2)


def test_standardizing_the_input_gives_no_inner_layer_mean_0():
    """Behind a relu every unit has a mean, whatever the input."""
    found = layer_scales(Net(depth=6), "standardized")
    assert (found.mean[1:] > 0.5 * found.spread[1:]).all()


def test_gain_reaches_the_deep_layers_of_a_net_without_normalization_only():
    rms = {
        method: [layer_scales(Net(method=method, gain=gain)).rms for gain in (1, 2)]
        for method in ("none", "batch", "layer")
    }
    for method in ("batch", "layer"):
        once, twice = rms[method]
        assert (np.abs(np.log(twice / once)) < np.log(1.05)).all()
    once, twice = rms["none"]
    np.testing.assert_allclose(twice / once, [1, 2, 4, 8])


def test_standardizing_or_not_matters_little_behind_batch_norm():
    raw, standardized = (layer_scales(Net(method="batch"), how) for how in ("raw", "standardized"))
    np.testing.assert_allclose(raw.rms[1:], standardized.rms[1:], rtol=0.05)
    assert standardized.rms[0] > 1.5 * raw.rms[0]
