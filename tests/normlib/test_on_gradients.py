"""Gradients of the network, normalized: against torch's road, and Muon by its singular values."""

import numpy as np
import pytest
import torch

from normlib import network
from normlib.layers import normalized_gradients
from normlib.network import LAYERS, MOMENTS, NETS
from normlib.on_gradients import (
    BAND,
    METHODS_OF_GRADIENTS,
    compared,
    in_band,
    normalized,
    total,
    whitened,
)
from normlib.spec import Spec
from normlib.trace import apply

CASES = [(net, moment) for net in NETS for moment in MOMENTS]


@pytest.mark.parametrize(("net", "moment"), CASES)
@pytest.mark.parametrize("method", METHODS_OF_GRADIENTS)
def test_all_gradients_come_out_as_from_the_torch_layer(method, net, moment):
    weights = network.shipped(net, moment)
    before = network.of_batch(weights)
    ours = normalized(before, weights, method, {})
    theirs = normalized_gradients([torch.tensor(grad) for grad in before.values()], method,
                                  [torch.tensor(value) for value in weights.values()])  # fmt: skip
    for (name, grad), other in zip(ours.items(), theirs, strict=True):
        np.testing.assert_allclose(grad, other.numpy(), rtol=1e-9, atol=1e-12, err_msg=name)


def test_clipping_by_norm_takes_all_parameters_together():
    weights = network.shipped("normalized", "start")
    before = network.of_batch(weights)
    found = compared(before, weights, "clip_global", {"max_norm": 0.5})
    assert found.totals[0] == total(before)
    assert found.totals[1] == pytest.approx(0.5, rel=1e-5)
    assert {round(one.after / one.before, 9) for one in found.layers.values()} == {
        round(found.totals[1] / found.totals[0], 9)
    }
    untouched = compared(before, weights, "clip_global", {"max_norm": 5.0})
    assert untouched.totals[1] == pytest.approx(untouched.totals[0], rel=1e-12)


def test_after_training_the_default_limit_is_out_of_reach():
    for net in NETS:
        assert total(network.of_batch(network.shipped(net))) < 1


def test_lars_moves_every_layer_by_the_same_share_and_longer_if_need_be():
    weights = network.shipped("normalized")
    found = compared(network.of_batch(weights), weights, "lars", {})
    for layer in LAYERS:
        one = found.layers[layer]
        assert one.after / one.weight == pytest.approx(1e-3, rel=1e-4)
        assert one.cosine == pytest.approx(1, abs=1e-12)
    longer = compared(network.of_batch(weights), weights, "lars", {"trust": 0.1}).layers["third"]
    assert longer.after > longer.before


def test_centralization_takes_means_away_and_shortens():
    weights = network.shipped("plain", "start")
    found = compared(network.of_batch(weights), weights, "centralization", {})
    for layer in LAYERS:
        one = found.layers[layer]
        assert one.row_mean[1] < 1e-12 < one.row_mean[0]
        assert one.after < one.before
        assert one.cosine == pytest.approx(one.after / one.before, rel=1e-9)  # a projection


def test_muon_gives_lengths_that_depend_on_the_shape_roughly():
    for net, moment in CASES:
        weights = network.shipped(net, moment)
        found = compared(network.of_batch(weights), weights, "muon", {})
        for layer, (rows, columns) in LAYERS.items():
            one = found.layers[layer]
            assert 0.5 < one.after / np.sqrt(min(rows, columns)) < 1.1
            assert one.after > one.before


@pytest.mark.parametrize(("net", "moment"), CASES)
@pytest.mark.parametrize("layer", LAYERS)
def test_the_steps_end_at_the_singular_values_of_the_method(layer, net, moment):
    grad = network.of_batch(network.shipped(net, moment))[layer]
    steps = whitened(grad)
    answer = np.asarray(apply(Spec("muon", grad.shape, "oi"), grad))
    theirs = np.sort(np.linalg.svd(answer, compute_uv=False))
    np.testing.assert_allclose(np.sort(steps[-1]), theirs, atol=1e-9)
    assert np.linalg.norm(steps[0]) == pytest.approx(1, rel=1e-5)
    assert steps[-1].max() < 1.21


def test_most_arrive_near_1_but_not_at_it_and_zero_stays_zero():
    start = whitened(network.of_batch(network.shipped("normalized", "start"))["first"])
    assert in_band(start[-1]) == 32
    assert start[0][0] / start[0][-1] > 100  # the page says: a factor of a hundred and more
    assert 0.65 < start[-1].min() < 0.75
    assert 1.1 < start[-1].max() < 1.25
    assert abs(start[-1] - 1).max() > 0.15
    for net, moment in CASES:
        grads = network.of_batch(network.shipped(net, moment))
        last = whitened(grads["third"])[-1]
        assert (last < 1e-10).sum() == 1  # softmax minus target sums to zero
        arrived = [in_band(whitened(network.of_batch(network.shipped(net, one))["first"])[-1])
                   for one in MOMENTS]  # fmt: skip
        assert arrived[0] == max(arrived)


def test_the_band_counts_both_ends():
    assert in_band(np.array([0.49, *BAND, 1.51])) == 2
