"""The small network: its gradients against torch, and the shipped weights against new training."""

import numpy as np
import pytest
import torch

from normlib import data, network
from normlib.network import LAYERS, MOMENTS, NETS

CASES = [(net, moment) for net in NETS for moment in MOMENTS]


def of_torch(weights, x, eps):
    """The same network in torch: logits, in training."""
    for layer in ("first", "second"):
        x = torch.nn.functional.linear(x, weights[layer])
        if f"{layer} gamma" in weights:
            x = torch.nn.functional.batch_norm(
                x, None, None, weights[f"{layer} gamma"], weights[f"{layer} beta"], True, eps=eps
            )
        else:
            x = x + weights[f"{layer} beta"]
        x = torch.relu(x)
    return torch.nn.functional.linear(x, weights["third"], weights["third beta"])


@pytest.mark.parametrize("eps", [1e-5, 1e-3])
@pytest.mark.parametrize(("net", "moment"), CASES)
def test_output_loss_and_gradients_are_those_of_torch(net, moment, eps):
    weights = network.shipped(net, moment)
    x, labels = network.batch()
    passed = network.forward(weights, x, eps=eps)
    theirs = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
    logits = of_torch(theirs, torch.tensor(x), eps)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    loss.backward()
    np.testing.assert_allclose(passed.logits, logits.detach().numpy(), atol=1e-10)
    assert network.loss(passed.logits, labels) == pytest.approx(loss.item(), rel=1e-10)
    ours = network.of_batch(weights, eps=eps)
    assert list(ours) == list(weights)
    for name, grad in ours.items():
        np.testing.assert_allclose(grad, theirs[name].grad.numpy(), atol=1e-11, err_msg=name)


@pytest.mark.parametrize("net", NETS)
def test_training_anew_gives_the_shipped_weights(net):
    shipped = np.load(network.FOLDER / f"network_{net}.npy", allow_pickle=False)
    assert shipped.dtype == np.float32
    np.testing.assert_allclose(network.train(net), shipped, atol=2e-3)


@pytest.mark.parametrize("net", NETS)
def test_training_makes_a_beginner_a_good_reader_of_digits_it_never_saw(net):
    start, early, trained = (network.accuracy(network.shipped(net, moment)) for moment in MOMENTS)
    assert start < 0.2 < 0.7 < early < trained
    assert round(trained, 2) in (0.93, 0.94)  # the page says about 93 %


def test_prediction_takes_the_statistics_of_training_and_not_those_of_the_batch():
    weights = network.shipped("normalized")
    of_training = network.forward(weights, network.digits()[0])
    x, _ = network.digits("held out")
    alone, together = (network.forward(weights, part, statistics=of_training).logits[:3]
                       for part in (x[:3], x))  # fmt: skip
    np.testing.assert_allclose(alone, together, atol=1e-10)


def test_digits_are_those_of_the_ten_that_were_there_before():
    x, labels = network.digits()
    assert (labels[:10] == np.arange(10)).all()
    np.testing.assert_array_equal(x[:10].reshape(10, 8, 8), data.images())
    assert [len(network.digits(part)[0]) for part in ("training", "held out")] == [1200, 597]
    for array in network.digits("held out"):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_shipped_weights_have_the_shapes_of_the_network_and_cannot_be_changed():
    for net, moment in CASES:
        weights = network.shipped(net, moment)
        assert {layer: weights[layer].shape for layer in LAYERS} == LAYERS
        assert ("first gamma" in weights) == (net == "normalized")
        for value in weights.values():
            assert not value.flags.writeable
    start = network.initial("plain")
    for name, value in network.shipped("plain", "start").items():
        np.testing.assert_array_equal(value, start[name].astype(np.float32))


def test_weights_grow_in_training_and_most_without_norm():
    def growth(net, layer):
        start, end = (np.linalg.norm(network.shipped(net, moment)[layer])
                      for moment in ("start", "trained"))  # fmt: skip
        return end / start

    for layer in network.HIDDEN:  # the page says so
        assert 1 < growth("normalized", layer) < growth("plain", layer)
