"""Half precision in layers: every answer is rounded once, whatever the parameters are kept in."""

import pytest
import torch

from normlib import Spec
from normlib.layers import Norm
from normlib.layers.kernels import KERNELS
from tests.normlib.named_cases import NAMES, OURS, THEIRS, batch, build, shape_of, shuffle

HALF = (torch.bfloat16, torch.float16)
FLOOR = 2.0**-7  # smaller answers are differences of larger numbers: counted in units of this one


def units(y, exact):
    """Largest error in units of the last place of the rounded result."""
    rounded = exact.to(y.dtype).double()
    _, exponent = torch.frexp(rounded.abs().clamp(min=FLOOR))
    last = torch.finfo(y.dtype).eps * 2.0 ** (exponent - 1)
    return float(((y.double() - rounded).abs() / last).max())


@pytest.mark.parametrize("accurate", [False, True])
@pytest.mark.parametrize("kept", [torch.float32, "the same", "nothing"])
@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("method", [*KERNELS, "batch"])
def test_a_norm_is_within_one_unit_of_the_rounded_float64_result(method, dtype, kept, accurate):
    knobs = {"groups": 3} if method == "group" else {}
    spec = Spec(method, (4, 6, 5, 8), knobs=knobs | {"affine": kept != "nothing"})
    layer = Norm(spec, accurate=accurate)
    shuffle(layer)
    if kept == "the same":
        layer.to(dtype)
    exact = Norm(spec, accurate=True, dtype=torch.float64)
    exact.load_state_dict(layer.state_dict())
    x = batch((4, 6, 5, 8), dtype=dtype, mean=20.0)
    y = layer(x).detach()
    assert y.dtype == dtype
    assert units(y, exact(x.double()).detach()) <= 1


@pytest.mark.parametrize("kept", [torch.float32, "the same"])
@pytest.mark.parametrize("dtype", HALF)
@pytest.mark.parametrize("name", NAMES)
def test_accurate_named_layers_are_within_one_unit(name, dtype, kept):
    layer = build(OURS, name)
    layer.accurate = True
    shuffle(layer)
    if kept == "the same":
        layer.to(dtype)
    exact = build(THEIRS, name, dtype=torch.float64)
    exact.load_state_dict(layer.state_dict())
    x = batch(shape_of(name), dtype=dtype, mean=20.0)
    y = layer(x).detach()
    assert y.dtype == dtype
    if name == "RMSNorm":  # without an eps of its own it takes that of the dtype
        exact.eps = torch.finfo(dtype).eps
    assert units(y, exact(x.double()).detach()) <= 1
