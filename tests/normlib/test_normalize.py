"""The accuracy that is promised: large means, constant groups, tiny and huge numbers."""

import numpy as np
import pytest

import normlib
from normlib import Spec
from tests.normlib import cases
from tests.normlib.cases import MIXING, as_kind, plain
from tests.normlib.lesson import IN_TORCH

CONSTANTS = (0.1, 1 / 3, 3.14, 1e6 + 0.3, -65504.0, 1e30)
LONG = {  # method: layout, sizes with many rows in a group
    "batch, matrix": ("batch", "nc", (65_536, 5)),
    "batch, one column": ("batch", "nc", (65_536, 1)),
    "batch, images": ("batch", "nchw", (16, 8, 64, 64)),
    "batch, channels last": ("batch", "nhwc", (16, 64, 64, 8)),
    "batch, small": ("batch", "nchw", (8, 6, 5, 3)),
    "layer, long row": ("layer", "nc", (4, 65_536)),
    "layer, samples last": ("layer", "cn", (65_536, 4)),
    "layer, images": ("layer", "nchw", (3, 16, 32, 32)),
    "layer_position": ("layer_position", "nct", (2, 65_536, 3)),
    "instance": ("instance", "nchw", (2, 3, 256, 256)),
    "group": ("group", "nchw", (2, 8, 64, 64)),
    "rms": ("rms", "nc", (4, 65_536)),
    "rms, samples last": ("rms", "cn", (65_536, 4)),
    "rms_position": ("rms_position", "nct", (2, 4096, 3)),
}
libraries = pytest.mark.parametrize("library", ["numpy", "torch"])


def exact(spec: Spec, x: np.ndarray) -> np.ndarray:
    """The formula in float64 or better on the numbers of ``x``."""
    columns = spec.partition.split(x.astype(np.longdouble))
    centred = columns if spec.entry.operation == "rms" else columns - columns.mean(0)
    square = (centred**2).mean(0) + np.longdouble(spec["eps"])
    root = square if spec.operation == "divide_by_variance" else np.sqrt(square)
    return spec.partition.merge(centred / root)


@libraries
@pytest.mark.parametrize("mean", [1e6, -1_234_567.0, 3.0])
@pytest.mark.parametrize("case", LONG)
def test_float32_with_a_large_mean_is_right_to_2e6(case, mean, library):
    method, layout, sizes = LONG[case]
    spec = Spec(method, sizes, layout)
    x = (np.random.default_rng(5).normal(size=sizes) + mean).astype(np.float32)
    y = plain(normlib.apply(spec, as_kind(f"{library} float32", x)))
    assert np.abs(y - exact(spec, x)).max() < 2e-6


@pytest.mark.parametrize("value", CONSTANTS)
@pytest.mark.parametrize("rows", [3, 10, 1000, 65_536])
def test_a_long_constant_group_among_others_gives_zero_exactly(rows, value):
    x = np.random.default_rng(0).normal(size=(rows, 3)).astype(np.float32)
    x[:, 1] = value
    for spec, given in ((Spec("batch", x.shape), x), (Spec("layer", x.T.shape), x.T)):
        y = normlib.apply(spec, given)
        y = y if spec.method == "batch" else y.T
        assert np.array_equal(y[:, 1], np.zeros(rows))
        assert np.abs(y[:, 0]).min() > 0


@libraries
@pytest.mark.parametrize("eps", [1e-5, 0.0])
@pytest.mark.parametrize("magnitude", [1e-30, 1e-12, 1.0, 1e15, 1e18, 1e30])
@pytest.mark.parametrize("method", IN_TORCH)
def test_float32_from_1e30_down_to_its_inverse_is_finite_and_right(method, magnitude, eps, library):
    x = cases.values(cases.spec_of(method, "nchw")) * magnitude
    x = x.astype(np.float32)
    for knobs in ({}, {"by_variance": True}):
        if set(knobs) <= cases.knob_names(method):
            spec = cases.spec_of(method, "nchw", eps=eps, **knobs)
            y = plain(normlib.apply(spec, as_kind(f"{library} float32", x)))
            expected = exact(spec, x).astype(float)
            assert np.isfinite(y).all()
            np.testing.assert_allclose(y, expected, 2e-6, 2e-6 * np.abs(expected).max())


@pytest.mark.parametrize("magnitude", [1e-200, 1e-100, 1e100, 1e200])
@pytest.mark.parametrize("method", IN_TORCH)
def test_float64_beyond_the_square_root_of_its_range_is_right(method, magnitude):
    spec = cases.spec_of(method, "nct", eps=0.0)
    x = cases.values(spec) * magnitude
    for library in ("numpy", "torch"):
        y = plain(normlib.apply(spec, as_kind(f"{library} float64", x)))
        np.testing.assert_allclose(y, exact(spec, x).astype(float), 1e-12, 1e-12)


@pytest.mark.parametrize("kind", ["numpy float16", "torch float16", "torch bfloat16"])
@pytest.mark.parametrize("method", cases.METHODS)
def test_half_precision_is_computed_in_float32_and_rounded_once(method, kind):
    spec = cases.spec_of(method)
    x = as_kind(kind, cases.values(spec) + 100)
    wide = as_kind(f"{kind.split()[0]} float32", plain(x))
    trace, expected = normlib.trace(spec, x), normlib.trace(spec, wide)
    for step, other in zip(trace.steps[1:-1], expected.steps[1:-1], strict=True):
        assert str(step.array.dtype).endswith("float32")
        assert np.array_equal(plain(step.array), plain(other.array))
    rounded = as_kind(kind, plain(expected.output))
    assert np.array_equal(plain(trace.output), plain(rounded))


@pytest.mark.parametrize("order", [">f4", ">f8", "<f8"])
def test_byte_order_is_kept(order):
    spec = cases.spec_of("group", "nchw")
    x = cases.values(spec).astype(order)
    y = normlib.apply(spec, x)
    assert y.dtype == x.dtype
    np.testing.assert_allclose(y.astype(float), normlib.apply(spec, x.astype(float)), 1e-5, 1e-5)


def test_dividing_by_the_variance_leaves_standard_deviation_one_over_sigma():
    spec = cases.spec_of("batch", "nchw", by_variance=True, eps=0.0)
    x = cases.values(spec)
    y = normlib.apply(spec, x)
    np.testing.assert_allclose(y.std((0, 2, 3)), 1 / x.std((0, 2, 3)), 1e-12)


def test_mean_and_variance_are_shown_with_the_biased_variance():
    spec = cases.spec_of("batch", "nc")
    x = cases.values(spec)
    trace = normlib.trace(spec, x)
    np.testing.assert_allclose(trace["mean"].array[0], x.mean(0), 1e-14)
    np.testing.assert_allclose(trace["variance"].array[0], x.var(0, ddof=0), 1e-13)
    assert np.abs(trace["variance"].array[0] / x.var(0, ddof=1) - 1).min() > 0.05


@pytest.mark.parametrize("method", MIXING)
def test_whitening_shows_the_covariance_with_eps_on_its_diagonal(method):
    spec = cases.spec_of(method, "nchw", eps=0.25)
    x = cases.values(spec)
    trace = normlib.trace(spec, x)
    columns = trace["reshape"].array
    for block in np.ndindex(*columns.shape[:-2]):
        expected = np.cov(columns[block], rowvar=False, bias=True) + 0.25 * np.eye(
            columns.shape[-1]
        )
        np.testing.assert_allclose(trace["covariance"].array[block], expected, 1e-12, 1e-12)
        mixed = (columns[block] - columns[block].mean(0)) @ trace["whitening"].array[block].T
        np.testing.assert_allclose(trace["normalize"].array[block], mixed, 1e-11, 1e-11)
