import numpy as np
import pytest
import torch

from normlib.blocks import PLACES, norm, recurrent, stream, transformer, utterance
from normlib.data import SEED_LIMIT
from normlib.timeline import scale

SEEDS = range(6)


def test_real_frames_are_standardized():
    for frames, count in ((utterance(), 29), (stream(), 120)):
        assert frames.shape == (count, 12)
        np.testing.assert_allclose(frames.mean(0), 0, atol=1e-12)
        np.testing.assert_allclose(frames.std(0), 1, atol=5e-3)  # eps


def test_a_block_without_norm_is_torchs_attention_and_two_layers():
    x, gain, width = utterance(), 0.7, 12
    rng = np.random.RandomState(5)
    query, key, value, out = rng.normal(size=(4, width, width)) * gain / np.sqrt(width)
    first = rng.normal(size=(width, 48)) * gain / np.sqrt(width)
    second = rng.normal(size=(48, width)) * gain * np.sqrt(2 / 48)
    q, k, v = (torch.from_numpy(x @ weight)[None, None] for weight in (query, key, value))
    mixed = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    h = x + mixed[0, 0].numpy() @ out
    h = h + np.maximum(h @ first, 0) @ second
    found = transformer(x, gain=gain, seed=5, depth=1)
    assert found.scale["none"][1] == pytest.approx(scale(h), rel=1e-12)
    assert found.change["none"][0] == pytest.approx(scale(h - x) / scale(x), rel=1e-12)
    assert found.at("none", 1) == (found.scale["none"][1], found.change["none"][0])


def test_the_norm_is_torchs_layer_norm():
    x = utterance()
    theirs = torch.nn.functional.layer_norm(torch.from_numpy(x.copy()), (12,)).numpy()
    np.testing.assert_allclose(norm(x), theirs, atol=1e-12)


def test_one_seed_gives_one_picture_and_depth_only_cuts_it():
    deep, again = (transformer(utterance(), gain=1.25, seed=3, depth=8) for _ in range(2))
    shallow = transformer(utterance(), gain=1.25, seed=3, depth=4)
    for place in PLACES:
        assert np.array_equal(deep.scale[place], again.scale[place])
        assert np.array_equal(deep.scale[place][:5], shallow.scale[place])
    assert deep.last == 8
    other = transformer(utterance(), gain=1.25, seed=4, depth=4)
    assert not np.array_equal(shallow.scale["pre"], other.scale["pre"])


@pytest.mark.parametrize("seed", SEEDS)
def test_small_weights_explode_nowhere(seed):
    found = transformer(utterance(), gain=0.25, seed=seed)
    for place in PLACES:
        assert 0.9 < found.scale[place].min() <= found.scale[place].max() < 1.5


@pytest.mark.parametrize("seed", SEEDS)
def test_without_norm_scale_grows_exponentially_and_with_pre_norm_slowly(seed):
    found = transformer(utterance(), gain=1.0, seed=seed)
    none, pre, post = (found.scale[place] for place in PLACES)
    assert none[24] > 1e4 * none[0]
    assert none[48] > 1e4 * none[24]
    assert 4 < pre[48] < 20
    assert pre[48] < 3 * pre[24]
    np.testing.assert_allclose(post[1:], 1, atol=1e-4)
    change = found.change["pre"]
    assert change[-12:].mean() < 0.5 * change[:6].mean()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_recurrent_step_grows_by_its_gain_and_layer_norm_stops_it(seed):
    for gain in (1.1, 1.5, 2.0):
        found = recurrent(stream(), gain=gain, seed=seed)
        none = found.scale["none"]
        assert (none[120] / none[60]) ** (1 / 60) == pytest.approx(gain, rel=1e-2)
        np.testing.assert_allclose(found.scale["post"][1:], 1, atol=1e-3)
    assert recurrent(stream(), gain=0.9, seed=seed).scale["none"].max() < 10


def test_the_recurrent_step_is_the_formula():
    x = stream()[:3]
    rng = np.random.RandomState(2)
    rotation = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    inward = rng.normal(size=(12, 12)) / np.sqrt(12)
    h, plain = np.zeros(12), [0.0]
    for frame in x:
        h = 1.3 * rotation @ h + frame @ inward
        plain.append(float(scale(h)))
    np.testing.assert_allclose(recurrent(x, gain=1.3, seed=2).scale["none"], plain, atol=1e-12)


def test_seeds_of_any_size_are_taken():
    ours, theirs = (recurrent(stream()[:2], seed=seed) for seed in (7, SEED_LIMIT + 7))
    assert np.array_equal(ours.scale["none"], theirs.scale["none"])
