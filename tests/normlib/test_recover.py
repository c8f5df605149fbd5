"""Gamma and beta live on the axes of the input."""

import numpy as np
import pytest
import torch

import normlib
from normlib import Spec
from normlib.recover import NEUTRAL, recover
from tests.normlib import cases
from tests.normlib.cases import PAIRS, spec_of

SHAPES = {
    "batch": (6,), "instance": (6,), "group": (6,), "layer_position": (6,), "rms_position": (6,),
    "layer": (6, 5, 3), "rms": (6, 5, 3),
}  # fmt: skip
NAMES = {"rms": ["gamma"], "rms_position": ["gamma"]}


@pytest.mark.parametrize("method", SHAPES)
def test_parameters_have_the_shape_and_names_of_the_lesson(method):
    shapes = Spec(method, (8, 6, 5, 3)).parameter_shapes
    assert list(shapes) == NAMES.get(method, ["gamma", "beta"])
    assert set(shapes.values()) == {SHAPES[method]}
    assert Spec(method, (8, 6, 5, 3), knobs={"affine": False}).parameter_shapes == {}


def test_parameters_of_channels_last_follow_the_layout():
    assert Spec("layer", (8, 5, 3, 6), "nhwc").parameter_shapes["gamma"] == (5, 3, 6)
    assert Spec("batch", (8, 5, 3, 6), "nhwc").parameter_shapes["gamma"] == (6,)


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_output_is_gamma_times_normalized_plus_beta_on_the_inputs_axes(method, layout):
    spec = spec_of(method, layout)
    x, parameters = cases.values(spec), cases.gamma_beta(spec)
    spread = [
        size if axis in spec.parameter_axes else 1
        for axis, size in zip(spec.axes, spec.sizes, strict=True)
    ]
    expected = normlib.apply(spec_of(method, layout, affine=False), x)
    expected = expected * parameters["gamma"].reshape(spread)
    if "beta" in parameters:
        expected = expected + parameters["beta"].reshape(spread)
    assert np.array_equal(normlib.apply(spec, x, parameters), expected)


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_neutral_parameters_and_none_are_the_same(method, layout):
    spec = spec_of(method, layout)
    x = cases.values(spec)
    neutral = {name: np.full(shape, NEUTRAL[name]) for name, shape in spec.parameter_shapes.items()}
    assert np.array_equal(normlib.apply(spec, x, neutral), normlib.apply(spec, x))


def test_one_parameter_alone_leaves_the_other_neutral():
    spec = spec_of("batch", "nc")
    x, beta = cases.values(spec), cases.gamma_beta(spec)["beta"]
    shifted = normlib.apply(spec, x, {"beta": beta})
    assert np.array_equal(shifted, normlib.apply(spec, x) + beta)


@pytest.mark.parametrize(("gamma", "beta", "expected"), [
    (None, None, [0.5, -2.0]), (3.0, None, [1.5, -6.0]), (None, 1.0, [1.5, -1.0]),
    (3.0, 1.0, [2.5, -5.0]),
])  # fmt: skip
def test_recover_leaves_out_what_is_none(gamma, beta, expected):
    assert recover(np.array([0.5, -2.0]), gamma, beta).tolist() == expected


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32, torch.float64])
def test_parameters_of_another_dtype_do_not_change_the_dtype_of_the_answer(dtype):
    spec = spec_of("group", "nchw")
    x = torch.from_numpy(cases.values(spec)).to(dtype)
    for gamma in (torch.full((6,), 1.5, dtype=other) for other in (torch.float16, torch.float64)):
        y = normlib.apply(spec, x, {"gamma": gamma})
        assert y.dtype == dtype
        assert torch.equal(y, normlib.apply(spec, x, {"gamma": gamma.to(dtype)}))
        as_numpy = normlib.apply(spec, x.numpy(), {"gamma": gamma.numpy()})
        assert as_numpy.dtype == x.numpy().dtype
