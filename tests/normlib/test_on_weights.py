"""Weights of the trained network, normalized; power iteration against the singular values."""

import numpy as np
import pytest
import torch

from normlib import network
from normlib.network import LAYERS, NETS
from normlib.on_weights import METHODS_OF_WEIGHTS, MOST_ROUNDS, change, look, rounds

CENTRED = ("weight_standardization", "scaled_weight", "centered_weight")


@pytest.mark.parametrize("net", NETS)
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("method", METHODS_OF_WEIGHTS)
def test_a_normalized_weight_keeps_what_its_method_promises(method, layer, net):
    weights = network.shipped(net)
    found = change(weights, layer, method)
    w, after = weights[layer], found.after
    assert np.array_equal(found.before.weight, w)
    if method == "spectral":
        assert after.singular[0] == pytest.approx(1, abs=1e-3)
        np.testing.assert_allclose(after.weight, w / found.before.singular[0], rtol=1e-3)
    if method == "weight_norm":
        np.testing.assert_allclose(
            after.weight,
            torch._weight_norm(
                torch.tensor(w), torch.ones(len(w), 1, dtype=torch.float64), 0
            ).numpy(),
            rtol=1e-12,
        )
    if method in CENTRED:
        np.testing.assert_allclose(after.means, 0, atol=1e-12)
        length = np.sqrt(w.shape[1]) if method == "weight_standardization" else 1
        np.testing.assert_allclose(after.norms, length, rtol=1e-3)


def test_a_look_tells_rows_and_singular_values():
    found = look(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert found.means.tolist() == [3.5, 0]
    assert found.norms.tolist() == [5, 0]
    np.testing.assert_allclose(found.singular, [5, 0], atol=1e-12)
    assert found.condition == np.inf
    assert look(np.diag([4.0, 2.0])).condition == pytest.approx(2)


def test_centring_a_square_weight_takes_a_direction_away():
    found = change(network.shipped("normalized"), "second", "centered_weight")
    assert np.isfinite(found.before.condition)
    assert found.after.condition == np.inf


def test_weight_norm_before_batch_norm_changes_no_answer_and_without_it_does():
    x, _ = network.digits("held out")
    for net in NETS:
        weights = network.shipped(net)
        found = change(weights, "first", "weight_norm")
        changed = {**weights, "first": found.after.weight}
        answers = [network.forward(one, x).logits.argmax(1) for one in (weights, changed)]
        assert np.array_equal(*answers) == (net == "normalized")
        assert (found.accuracy[0] == found.accuracy[1]) == (net == "normalized")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("layer", LAYERS)
def test_estimates_rise_and_are_never_too_high(layer, seed):
    found = rounds(network.shipped("normalized")[layer], seed=seed)
    assert len(found.estimate) == MOST_ROUNDS
    assert len(found.u) == len(found.angle) == MOST_ROUNDS + 1
    assert (np.diff(found.estimate) > -1e-12).all()
    assert (found.estimate <= found.singular[0] * (1 + 1e-12)).all()
    assert (np.diff(found.angle) < 1e-9).all()
    np.testing.assert_allclose(np.linalg.norm(found.u, axis=1), 1, atol=1e-12)
    assert all(found.largest_after(count) >= 1 - 1e-12 for count in (1, MOST_ROUNDS))
    near = found.near()
    if near:
        assert found.estimate[near - 1] > 0.99 * found.singular[0]
        assert near == 1 or found.estimate[near - 2] <= 0.99 * found.singular[0]


def test_rounds_are_those_of_the_formula():
    w = network.shipped("normalized")["second"]
    found = rounds(w, seed=3, count=4)
    u = found.u[0]
    for count in range(4):
        v = w.T @ u / np.linalg.norm(w.T @ u)
        u = w @ v / np.linalg.norm(w @ v)
        assert found.estimate[count] == pytest.approx(u @ w @ v, rel=1e-12)
        np.testing.assert_allclose(found.u[count + 1], u, atol=1e-12)
        cosine = abs(np.linalg.svd(w)[0][:, 0] @ u)
        assert found.angle[count + 1] == pytest.approx(np.degrees(np.arccos(cosine)), abs=1e-6)


def test_with_seed_0_the_first_layer_has_a_fair_estimate_long_before_its_vector():
    found = rounds(network.shipped("normalized")["first"])
    assert 0.9 < found.estimate[2] / found.singular[0] < 0.95
    assert found.angle[3] > 85
    assert found.near() > 10
