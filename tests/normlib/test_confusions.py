"""Every classic confusion: its claim in numbers, and what its text says about torch."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from normlib import Spec, apply, data
from normlib.confusions import CLAIMS, CONFUSIONS, USUAL, blend, hold_side_by_side, original
from normlib.folding import fold_digits
from normlib.reasons import why

PAIRS = [key for key, confusion in CONFUSIONS.items() if confusion.first]
KINDS = ("random", "digits", "large_mean")
torch.set_num_threads(1)


def held(key, *, affine=False, kind="random", **lengths):
    confusion = CONFUSIONS[key]
    return hold_side_by_side(
        confusion, data.make(kind, original(confusion, lengths)), affine=affine
    )


def tensor(*sizes, seed=0):
    return torch.from_numpy(np.random.default_rng(seed).normal(1, 2, size=sizes))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", PAIRS)
def test_a_claim_holds_on_data_of_every_kind(key, kind):
    plain, learned = held(key, kind=kind), held(key, kind=kind, affine=True)
    claim = CONFUSIONS[key].claim
    if claim == "equal":
        assert (plain.agree, learned.agree) == ("equal", "equal")
    elif claim == "different":
        assert (plain.agree, learned.agree) == ("different", "different")
        assert plain.difference > 0.1 * plain.scale
    else:
        assert "factor" in {plain.agree, learned.agree} or (
            plain.agree == "equal" and learned.agree == "different"
        )


@pytest.mark.parametrize("key", PAIRS)
def test_a_confusion_comes_with_reasons_also_where_axes_have_one_entry(key):
    for lengths in ({}, {"h": 1, "w": 1, "t": 1}, {"n": 1, "c": 1}, {"n": 4, "c": 4}):
        for affine in (False, True):
            assert why(held(key, affine=affine, **lengths))


def test_all_claims_and_sources_are_there():
    assert {confusion.claim for confusion in CONFUSIONS.values()} == set(CLAIMS)
    for key, confusion in CONFUSIONS.items():
        assert key == confusion.key
        assert confusion.source.startswith("https://")
        assert set(confusion.layout) <= USUAL.keys()


def test_group_norm_with_one_group_is_layer_norm_until_it_learns():
    x, group, layer = tensor(2, 6, 4, 5), torch.nn.GroupNorm(1, 6), torch.nn.LayerNorm([6, 4, 5])
    torch.testing.assert_close(group.double()(x), layer.double()(x), rtol=1e-12, atol=1e-12)
    assert (group.weight.shape, layer.weight.shape) == ((6,), (6, 4, 5))
    with pytest.raises(RuntimeError, match="size mismatch"):
        layer.load_state_dict(group.state_dict())


def test_group_norm_with_one_group_is_not_layer_norm_per_pixel_but_for_one_pixel():
    x, group, layer = tensor(2, 6, 4, 5), torch.nn.GroupNorm(1, 6), torch.nn.LayerNorm(6)

    def per_pixel(x):
        return layer.double()(x.movedim(1, -1)).movedim(-1, 1)

    assert (group.double()(x) - per_pixel(x)).abs().max() > 0.1
    torch.testing.assert_close(group(x[..., :1, :1]), per_pixel(x[..., :1, :1]))
    layer.load_state_dict(group.state_dict())  # shapes do not tell them apart
    assert held("one_group_pixel", h=1, w=1).agree == "equal"
    mean = held("one_group_pixel").outputs[1].mean(1)
    np.testing.assert_allclose(mean, 0, atol=1e-12)  # no pixel is brighter than another


def test_group_norm_with_a_group_per_channel_is_instance_norm_and_learns_the_same():
    x = tensor(2, 6, 4, 5)
    group, instance = torch.nn.GroupNorm(6, 6), torch.nn.InstanceNorm2d(6, affine=True)
    for tensor_of in (group.weight, group.bias):
        tensor_of.data = torch.arange(6.0) + 0.5
    instance.load_state_dict(group.state_dict())
    torch.testing.assert_close(group.double()(x), instance.double()(x))
    assert torch.nn.InstanceNorm2d(6).weight is None  # unless it is told to learn
    assert torch.nn.GroupNorm(6, 6).weight is not None


def test_batch_norm_of_samples_as_channels_is_instance_norm_once_gamma_is_repeated():
    x, gamma, beta = tensor(3, 4, 5, 5), tensor(4, seed=1), tensor(4, seed=2)
    flat = functional.batch_norm(x.reshape(1, 12, 5, 5), None, None, gamma.repeat(3),
                                 beta.repeat(3), training=True)  # fmt: skip
    expected = functional.instance_norm(x, weight=gamma, bias=beta)
    torch.testing.assert_close(flat.reshape(x.shape), expected)
    found = held("samples_as_channels", n=3, c=4)
    assert found.sides[0].spec.sizes == (1, 12, 3, 3)
    assert found.relation == "same"


def test_rms_norm_after_a_layer_that_centres_is_layer_norm():
    x, linear = tensor(8, 5), torch.nn.Linear(5, 6).double()
    expected = functional.layer_norm(linear(x), (6,))
    linear.weight.data -= linear.weight.data.mean(0)
    linear.bias.data -= linear.bias.data.mean()
    torch.testing.assert_close(functional.rms_norm(linear(x), (6,), eps=1e-5), expected)
    assert (
        functional.rms_norm(x, (5,), eps=1e-5) - functional.layer_norm(x, (5,))
    ).abs().max() > 0.1


@pytest.mark.parametrize("channels", [1, 4, 9])
def test_the_length_is_the_root_of_c_times_the_rms(channels):
    found = held("length", c=channels)
    assert found.factor == pytest.approx(channels**-0.5, rel=1e-9)
    x = tensor(7, channels)
    by_length = functional.normalize(x, dim=-1) * channels**0.5
    torch.testing.assert_close(by_length, functional.rms_norm(x, (channels,), eps=1e-30))


def test_layer_norm_of_tokens_and_instance_norm_cross():
    assert held("tokens").relation == "crossing"
    x = tensor(2, 6, 6)  # T = C: the forgotten transpose runs without complaint
    forgotten = torch.nn.LayerNorm(6).double()(x)
    np.testing.assert_allclose(forgotten.detach().mean(2), 0, atol=1e-12)
    torch.testing.assert_close(forgotten, functional.instance_norm(x))


def test_batch_norm_of_the_transpose_has_gammas_for_samples():
    found = held("transposed", n=5, c=3)
    assert found.agree == "equal"
    assert [side.spec.parameter_shapes for side in found.sides] == [{}, {}]
    learned = held("transposed", affine=True, n=5, c=3)
    assert [side.spec.parameter_shapes["gamma"] for side in learned.sides] == [(3,), (5,)]


def test_instance_norm_of_one_pixel_forgets_the_input_and_torch_refuses():
    found = held("one_pixel", affine=True)
    assert np.ptp(found.outputs[0], axis=0).max() == 0  # beta, whatever the sample was
    np.testing.assert_array_equal(held("one_pixel").outputs[0], 0)
    with pytest.raises(ValueError, match="Expected more than 1 spatial element when training"):
        torch.nn.InstanceNorm2d(3)(torch.ones(2, 3, 1, 1))
    with pytest.raises(ValueError, match="Expected more than 1 value per channel when training"):
        torch.nn.BatchNorm2d(3)(torch.ones(1, 3, 1, 1))


def test_a_frozen_batch_norm_goes_into_the_convolution():
    assert CONFUSIONS["folding"].claim == fold_digits(3, 4).agree == "equal"


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_batch_norm_is_affine_at_prediction_and_not_in_training(share):
    spec = Spec("batch", (4, 3, 2, 5))
    assert blend(spec, share, training=False).agree == "equal"
    training = blend(spec, share, training=True)
    assert (training.agree == "equal") == (share in (0.0, 1.0))
    if share == 0.3:
        assert training.difference > 0.05 * training.scale


def test_torch_agrees_that_batch_norm_is_affine_in_evaluation_mode_only():
    norm = torch.nn.BatchNorm2d(3).double()
    norm.running_mean.data += 2
    norm.running_var.data *= 3
    x, z = tensor(4, 3, 2, 5), tensor(4, 3, 2, 5, seed=1) * 3
    for training in (False, True):
        norm.train(training)
        gap = (norm(0.3 * x + 0.7 * z) - 0.3 * norm(x) - 0.7 * norm(z)).abs().max()
        assert (gap < 1e-12) == (not training)


def test_a_blend_shows_the_answer_to_the_mixture():
    spec = Spec("batch", (4, 3, 2, 5))
    found = blend(spec, 1.0, training=True)
    assert np.array_equal(found.mixed, data.make("random", spec))
    assert np.array_equal(found.outputs[0], found.outputs[1])
    assert apply(spec, found.mixed).shape == found.outputs[0].shape
