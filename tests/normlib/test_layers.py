"""torch's road: `oracle` against `torch.nn`, and the taught road against both."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import normlib
from normlib import METHODS, Spec, layers
from normlib.normalize import OPERATIONS
from tests.normlib import cases
from tests.normlib.cases import PAIRS, as_kind, plain, spec_of

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


def tensors(spec, seed=0, dtype="float64"):
    x = as_kind(f"torch {dtype}", cases.values(spec, seed))
    given = cases.gamma_beta(spec, seed + 1)
    return x, {name: as_kind(f"torch {dtype}", value) for name, value in given.items()}


def close(a, b, tolerance):
    np.testing.assert_allclose(plain(a), plain(b), tolerance, tolerance)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_the_oracle_is_the_function_of_torch(method, affine):
    spec = spec_of(method, "nchw", eps=1e-3, affine=affine)
    x, given = tensors(spec)
    direct = DIRECT[method](x, given.get("gamma"), given.get("beta"))
    close(layers.oracle(spec, x, given), direct, 1e-13)
    close(normlib.apply(spec, x, given), direct, 1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_oracle_is_the_layer_of_torch_on_100_random_shapes(method):
    rng = np.random.default_rng(11)
    for seed in range(100):
        spec = cases.random_spec(method, rng, eps=(1e-5, 1e-2))
        x, given = tensors(spec, seed)
        close(layers.oracle(spec, x, given), cases.torch_reference(spec, x, given), 1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [
    ("float64", 1e-12), ("float32", 1e-5), ("float16", 4e-3), ("bfloat16", 4e-2),
])  # fmt: skip
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_taught_road_is_torchs_own(method, layout, dtype, tolerance):
    for affine in (True, False):
        spec = spec_of(method, layout, affine=affine)
        x, given = tensors(spec, dtype=dtype)
        theirs = layers.oracle(spec, x, given)
        ours = normlib.apply(spec, x, given)
        assert ours.dtype == theirs.dtype == x.dtype
        close(ours, theirs, tolerance)


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_taught_road_has_the_gradient_of_torchs(method, layout):
    spec = spec_of(method, layout)
    x, given = tensors(spec)
    leaves = [x.requires_grad_(), *(value.requires_grad_() for value in given.values())]
    weights = as_kind("torch float64", cases.values(spec, 5))
    ours, theirs = (
        torch.autograd.grad((road(spec, x, given) * weights).sum(), leaves)
        for road in (normlib.apply, layers.oracle)
    )
    for a, b in zip(ours, theirs, strict=True):
        close(a, b, 1e-11)
    if METHODS[method].operation == "standardize":
        assert spec.partition.split(ours[0]).sum(0).abs().max() < 1e-11


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_largest_difference_is_told_and_tiny(method, layout):
    spec = spec_of(method, layout)
    trace = normlib.trace(spec, cases.values(spec), cases.gamma_beta(spec))
    x, given = (tensors(spec, seed=0)[0], trace.parameters)
    answer = layers.oracle(spec, x, {name: torch.from_numpy(v) for name, v in given.items()})
    difference = layers.largest_difference(trace)
    assert difference == np.abs(answer.numpy() - trace.output).max()
    assert difference < 1e-12


def test_the_largest_difference_sees_a_mistake():
    spec = spec_of("batch", "nchw", by_variance=True)
    assert layers.largest_difference(normlib.trace(spec, cases.values(spec))) > 0.1


def test_every_oracle_is_used_and_every_operation_judged():
    assert {method.oracle for method in METHODS.values()} == set(layers.ORACLES)
    judged = {method.operation for method in METHODS.values()}
    assert judged == set(OPERATIONS) - {"divide_by_variance"}


def test_a_tensor_of_another_shape_is_refused_before_torch_sees_it():
    with pytest.raises(normlib.NormError, match="asks for"):
        normlib.apply(Spec("batch", (4, 6)), torch.ones(4, 5))
