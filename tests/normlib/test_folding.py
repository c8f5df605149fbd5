"""A convolution takes in the batch norm after it; torch is the judge."""

import numpy as np
import pytest
import torch
from torch.nn.utils import fusion

from normlib import data
from normlib.folding import DTYPES, MOST_FILTERS, convolve, fold, fold_digits

ROUNDINGS = {"float64": 1e-14, "float32": 5e-6}


def layers(dtype, inputs=3, outputs=5, size=3):
    """A convolution and a batch norm in evaluation mode, nothing at its initial value."""
    generator = torch.Generator().manual_seed(0)
    conv = torch.nn.Conv2d(inputs, outputs, size, padding=size // 2).to(dtype)
    norm = torch.nn.BatchNorm2d(outputs).to(dtype).eval()
    for tensor in (*conv.parameters(), *norm.parameters(), norm.running_mean):
        tensor.data = torch.randn(tensor.shape, generator=generator, dtype=dtype)
    norm.running_var.data = torch.rand(outputs, generator=generator, dtype=dtype) + 0.5
    return conv, norm


def folded(conv, norm):
    weight, bias, gamma, beta, mean, variance = (
        tensor.detach().numpy()
        for tensor in (conv.weight, conv.bias, norm.weight, norm.bias, norm.running_mean,
                       norm.running_var)
    )  # fmt: skip
    return fold(weight, bias, gamma=gamma, beta=beta, mean=mean, variance=variance, eps=norm.eps)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_folding_is_that_of_torch(dtype, size):
    conv, norm = layers(dtype, size=size)
    fused = fusion.fuse_conv_bn_eval(conv.eval(), norm)
    weight, bias = folded(conv, norm)
    assert weight.dtype == bias.dtype == fused.weight.detach().numpy().dtype
    tolerance = ROUNDINGS[str(dtype).removeprefix("torch.")]
    np.testing.assert_allclose(weight, fused.weight.detach(), tolerance, tolerance)
    np.testing.assert_allclose(bias, fused.bias.detach(), tolerance, tolerance)


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_convolution_is_that_of_torch(size):
    conv, _ = layers(torch.float64, size=size)
    x = np.random.default_rng(0).normal(size=(2, 3, 6, 7))
    y = convolve(x, conv.weight.detach().numpy(), conv.bias.detach().numpy())
    np.testing.assert_allclose(y, conv(torch.from_numpy(x)).detach(), 1e-13, 1e-13)


@pytest.mark.parametrize("dtype", DTYPES)
def test_on_real_digits_both_roads_agree_to_rounding(dtype):
    found = fold_digits(10, MOST_FILTERS, dtype=dtype)
    assert {array.dtype.name for array in (*found.outputs, *found.plain, *found.folded)} == {dtype}
    assert found.agree == "equal"
    assert found.difference <= ROUNDINGS[dtype] * found.scale
    assert found.scale > 1
    assert found.outputs[0].std((0, 2, 3)).min() > 0.01  # every channel shows something


def test_rounding_is_smaller_in_float64_and_is_there_in_float32():
    fine, rough = (fold_digits(4, 6, dtype=dtype).difference for dtype in DTYPES)
    assert fine * 1e6 < rough
    assert rough > 0


def test_what_is_folded_is_neither_the_filter_nor_without_effect():
    found = fold_digits(2, 6, seed=3)
    assert np.abs(found.folded[0] - found.plain[0]).max() > 0.01
    without_bias = convolve(found.images, found.folded[0], found.plain[1])
    assert np.abs(without_bias - found.outputs[0]).max() > 0.1


def test_the_images_are_the_digits_and_start_again_after_the_last():
    images = fold_digits(12, 2).images
    assert np.array_equal(images[:10, 0], data.images())
    assert np.array_equal(images[10:], images[:2])
