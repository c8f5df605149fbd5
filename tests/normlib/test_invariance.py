"""Scale invariance: what holds before batch norm, and what does not without."""

import numpy as np
import pytest

from normlib import network
from normlib.invariance import FACTORS, RATE, curve, scale
from normlib.network import HIDDEN, MOMENTS


@pytest.mark.parametrize("factor", FACTORS)
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("layer", HIDDEN)
def test_before_batch_norm_without_eps_everything_holds_to_rounding(layer, moment, factor):
    found = scale(network.shipped("normalized", moment), layer, factor, eps=0.0)
    assert found.output < 1e-10
    assert found.gradient[1] * factor == pytest.approx(found.gradient[0], rel=1e-9)
    assert abs(found.along) < 1e-10
    from_w, same, squared = found.moved
    assert squared == pytest.approx(from_w, rel=1e-7)
    if factor >= 10:  # a small step: it moves the output in proportion
        assert same == pytest.approx(from_w / factor**2, rel=0.2)


@pytest.mark.parametrize("layer", HIDDEN)
def test_eps_spoils_it_where_the_variance_is_small(layer):
    weights = network.shipped("normalized", "start")
    outputs = [scale(weights, layer, 0.01, eps=eps).output for eps in (0.0, 1e-5, 1e-3)]
    assert outputs[0] < 1e-10 < 1e-3 < outputs[1] < outputs[2]
    product = scale(weights, layer, 0.01, eps=1e-3)
    assert product.gradient[1] * 0.01 < 0.95 * product.gradient[0]


@pytest.mark.parametrize(("net", "layer"), [
    ("plain", "first"), ("plain", "second"), ("plain", "third"), ("normalized", "third"),
])  # fmt: skip
def test_without_a_norm_behind_it_nothing_holds(net, layer):
    found = scale(network.shipped(net, "start"), layer, 10.0)
    assert found.output > 1
    assert not 0.5 < found.gradient[1] * 10 / found.gradient[0] < 2


def test_a_factor_of_1_changes_nothing():
    for net in network.NETS:
        found = curve(network.shipped(net), "first")[1.0]
        assert found.output == 0
        assert found.gradient[0] == found.gradient[1]
        assert len(set(found.moved)) == 1


def test_the_step_is_one_of_gradient_descent():
    weights = network.shipped("plain")
    x, _ = network.batch()
    grad = network.of_batch(weights)["first"]
    after = {**weights, "first": weights["first"] - RATE * grad}
    moved = network.forward(after, x).logits - network.forward(weights, x).logits
    found = scale(weights, "first", 2.0)
    assert found.moved[0] == pytest.approx(float(np.sqrt((moved**2).mean())), rel=1e-12)


def test_a_plain_step_makes_scale_invariant_weights_longer():
    weights = network.shipped("normalized")
    for layer in HIDDEN:
        w, grad = weights[layer], network.of_batch(weights, eps=0.0)[layer]
        after = np.linalg.norm(w - RATE * grad)
        assert after == pytest.approx(
            np.hypot(np.linalg.norm(w), RATE * np.linalg.norm(grad)), rel=1e-12
        )
        assert after > np.linalg.norm(w)
