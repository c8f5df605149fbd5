"""torch's road: `oracle` against `torch.nn`, and the taught road against both."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import normlib
from normlib import METHODS, Spec, layers
from tests.normlib import cases
from tests.normlib.cases import LAYOUTS_OF, PAIRS, all_as, as_kind, plain, spec_of
from tests.normlib.lesson import IN_TORCH, torch_reference

DIRECT = {  # on n c h w, g = 3
    "batch": lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True, eps=1e-3),
    "layer": lambda x, w, b: F.layer_norm(x, (6, 4, 5), w, b, 1e-3),
    "layer_position": lambda x, w, b: F.layer_norm(x.permute(0, 2, 3, 1), (6,), w, b, 1e-3).permute(
        0, 3, 1, 2
    ),
    "instance": lambda x, w, b: F.instance_norm(x, weight=w, bias=b, eps=1e-3),
    "group": lambda x, w, b: F.group_norm(x, 3, w, b, 1e-3),
    "rms": lambda x, w, b: F.rms_norm(x, (6, 4, 5), w, 1e-3),
    "rms_position": lambda x, w, b: F.rms_norm(x.permute(0, 2, 3, 1), (6,), w, 1e-3).permute(
        0, 3, 1, 2
    ),
}


def tensors(spec, seed=0, dtype="float64", training=True):
    x = as_kind(f"torch {dtype}", cases.values(spec, seed))
    return x, all_as(f"torch {dtype}", cases.gamma_beta(spec, seed + 1, training))


def close(a, b, tolerance):
    np.testing.assert_allclose(plain(a), plain(b), tolerance, tolerance)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("method", IN_TORCH)
def test_the_oracle_is_the_function_of_torch(method, affine):
    spec = spec_of(method, "nchw", eps=1e-3, affine=affine)
    x, given = tensors(spec)
    direct = DIRECT[method](x, given.get("gamma"), given.get("beta"))
    close(layers.oracle(spec, x, given), direct, 1e-13)
    close(normlib.apply(spec, x, given), direct, 1e-12)


@pytest.mark.parametrize("method", IN_TORCH)
def test_the_oracle_is_the_layer_of_torch_on_40_random_shapes(method):
    rng = np.random.default_rng(11)
    for seed in range(40):
        spec = cases.random_spec(method, rng, eps=(1e-5, 1e-2))
        x, given = tensors(spec, seed)
        close(layers.oracle(spec, x, given), torch_reference(spec, x, given), 1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_its_judge_on_every_usual_layout_and_on_random_ones(method):
    rng = np.random.default_rng(7)
    usual = [spec_of(method, layout) for layout in LAYOUTS_OF[method]]
    some = [cases.random_spec(method, rng, eps=(1e-5, 1e-3, 0.5)) for _ in range(12)]
    for seed, spec in enumerate((*usual, *some)):
        x = cases.values(spec, seed)
        for training in (True, False):
            given = cases.gamma_beta(spec, seed, training)
            tensors = all_as("torch float64", given)
            expected = plain(layers.oracle(spec, torch.from_numpy(x.copy()), tensors, training))
            scale = max(1.0, np.abs(expected).max())
            for array, named in ((x, given), (torch.from_numpy(x.copy()), tensors)):
                y = plain(normlib.apply(spec, array, named, training=training))
                np.testing.assert_allclose(y, expected, 0, 1e-10 * scale, err_msg=str(spec))


@pytest.mark.parametrize("method", METHODS)
def test_parameters_left_out_mean_the_same_to_the_judge(method):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x = as_kind("torch float64", cases.values(spec))
        for training in (True, False):
            expected = layers.oracle(spec, x, {}, training)
            close(normlib.apply(spec, x, training=training), expected, 1e-10)


@pytest.mark.parametrize(("dtype", "tolerance"), [
    ("float64", 1e-12), ("float32", 1e-5), ("float16", 4e-3), ("bfloat16", 4e-2),
])  # fmt: skip
@pytest.mark.parametrize("method", IN_TORCH)
def test_the_taught_road_is_torchs_own(method, dtype, tolerance):
    for layout in LAYOUTS_OF[method]:
        for affine in (True, False):
            spec = spec_of(method, layout, affine=affine)
            x, given = tensors(spec, dtype=dtype)
            theirs = layers.oracle(spec, x, given)
            ours = normlib.apply(spec, x, given)
            assert ours.dtype == theirs.dtype == x.dtype
            close(ours, theirs, tolerance)


def gradients(road, spec, x, given, weights):
    leaves = [x, *(value for value in given.values() if value.is_floating_point())]
    leaves = [leaf.detach().clone().requires_grad_() for leaf in leaves]
    names = [name for name, value in given.items() if value.is_floating_point()]
    answer = road(spec, leaves[0], given | dict(zip(names, leaves[1:], strict=True)))
    found = torch.autograd.grad((answer * weights).sum(), leaves, allow_unused=True)
    return [torch.zeros_like(leaf) if grad is None else grad
            for leaf, grad in zip(leaves, found, strict=True)]  # fmt: skip


@pytest.mark.parametrize("method", [m for m in METHODS if m not in cases.MIXING])
def test_the_taught_road_has_the_gradient_of_its_judge(method):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x, given = tensors(spec)
        weights = as_kind("torch float64", cases.values(spec, 5))
        ours, theirs = (gradients(road, spec, x, given, weights)
                        for road in (normlib.apply, layers.oracle))  # fmt: skip
        for a, b in zip(ours, theirs, strict=True):
            close(a, b, 1e-9)
        if method in cases.STANDARDIZING:
            assert spec.partition.split(ours[0]).sum(0).abs().max() < 1e-11


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_largest_difference_is_told_and_tiny(method, layout, training):
    for knobs in ({}, {"affine": False}):
        if not set(knobs) <= cases.knob_names(method):
            continue
        spec = spec_of(method, layout, **knobs)
        given = cases.gamma_beta(spec, 1, training)
        trace = normlib.trace(spec, cases.values(spec), given, training=training)
        answer = layers.oracle(spec, as_kind("torch float64", cases.values(spec)),
                               all_as("torch float64", given), training)  # fmt: skip
        difference = layers.largest_difference(trace)
        assert difference == np.abs(answer.numpy() - trace.output).max()
        assert difference < (1e-9 if method in (*cases.MIXING, "muon") else 1e-12)


def test_the_largest_difference_sees_a_mistake():
    spec = spec_of("batch", "nchw", by_variance=True)
    assert layers.largest_difference(normlib.trace(spec, cases.values(spec))) > 0.1


def test_a_tensor_of_another_shape_is_refused_before_torch_sees_it():
    with pytest.raises(normlib.NormError, match="asks for"):
        normlib.apply(Spec("batch", (4, 6)), torch.ones(4, 5))


SPEC = Spec("batch", (4, 6, 3))
MISTAKES = {
    "shape": (torch.ones(4, 6, 2), {}),
    "dtype": (torch.ones(4, 6, 3, dtype=torch.int64), {}),
    "parameter": (torch.ones(4, 6, 3), {"gamma": torch.ones(5)}),
    "unwanted_parameter": (torch.ones(4, 6, 3), {"tau": torch.ones(6)}),
}


@pytest.mark.parametrize("code", MISTAKES)
def test_the_oracle_refuses_what_the_trace_refuses_in_the_same_words(code):
    x, given = MISTAKES[code]
    found = []
    for judge in (normlib.trace, layers.oracle):
        with pytest.raises(normlib.NormError) as caught:
            judge(SPEC, x, given)
        found.append((caught.value.code, str(caught.value)))
    assert found[0] == found[1]
    assert found[0][0] == code


def test_the_oracle_takes_tensors():
    for x, given in ((np.ones((4, 6, 3)), {}), (torch.ones(4, 6, 3), {"gamma": np.ones(6)})):
        with pytest.raises(normlib.NormError, match="ndarray"):
            layers.oracle(SPEC, x, given)


def test_whole_numbers_as_parameters_are_judged_as_with_a_point():
    x = cases.values(SPEC)
    trace = normlib.trace(SPEC, x, {"gamma": np.arange(6), "beta": np.arange(6)[::-1] - 2})
    assert layers.largest_difference(trace) < 1e-12
