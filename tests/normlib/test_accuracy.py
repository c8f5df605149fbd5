"""The accuracy that is promised, of every method: large means, constant groups, tiny and huge."""

import numpy as np
import pytest
import torch

import normlib
from normlib import METHODS, Spec, layers
from tests.normlib import cases
from tests.normlib.cases import CENTRING, KINDS, LAYOUTS_OF, MIXING, all_as, as_kind, plain, spec_of
from tests.normlib.lesson import IN_TORCH

MEANS = (0.0, 1e2, 1e4, 1e6, 1e7)
SIZES = {"nct": (4, 6, 64), "nchw": (8, 6, 12, 12), "oihw": (8, 6, 3, 3)}
BAR = 2e-6  # error of float32 where numbers have spread one
# Whitening solves for a matrix of its own: in float32 that costs a few more roundings, and the
# axes of PCA turn by a rounding error over the distance of their variances.
BARS = {**dict.fromkeys(MIXING, 1e-5), "pca_whitening": 3e-5}
# They give the mean back, so that float32 can hold their answer only to the size of the mean.
GIVES_THE_MEAN_BACK = ("cross", "self")
CONSTANTS = (0.1, 1 / 3, 3.14, 1e6 + 0.3, -65504.0, 1e30)
SCALES = (1e-30, 1e-15, 1e-8, 1.0, 1e8, 1e15, 1e30)
MEASURED = {  # method: error relative to the largest answer where it exceeds 1e-6
    **BARS,
    "muon": 3e-5,  # its quintic stretches rounding errors by 3.4445 ** 5 = 485
    "renorm": 1.5e-6,  # two divisions more than batch norm
}


def exact_parameters(parameters):
    return {name: value.astype(float) if value.dtype.kind == "f" else value
            for name, value in parameters.items()}  # fmt: skip


def float32_parameters(spec, mean=0.0):
    given = {name: value.astype(np.float32) if value.dtype.kind == "f" else value
             for name, value in cases.gamma_beta(spec).items()}  # fmt: skip
    if "running_mean" in given:  # it follows the data
        given["running_mean"] += np.float32(mean)
    return given


def judged(spec, x, given):
    """The formula in float64 on the same numbers."""
    tensors = {name: torch.from_numpy(value) for name, value in exact_parameters(given).items()}
    return layers.oracle(spec, torch.from_numpy(x.astype(float)), tensors).numpy()


def shifted(spec, mean):
    """Spread one around a mean, in float32; of whitening the variances are apart, 1 to 2."""
    x = np.random.default_rng(5).normal(size=spec.sizes)
    if spec.method in MIXING:  # axes of equal variance are no axes at all
        axis = spec.axes.index("c")
        x *= np.linspace(1, 2, spec.channels).reshape(
            [-1 if i == axis else 1 for i in range(x.ndim)]
        )
    return (x + mean).astype(np.float32)


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("method", CENTRING)
def test_float32_far_from_zero_is_as_right_as_near_it(method, mean):
    layout = cases.default_layout(method)
    spec = Spec(method, SIZES[layout], layout)
    x, given = shifted(spec, mean), float32_parameters(spec, mean)
    bar = BARS.get(method, BAR)
    exact = normlib.trace(spec, x.astype(float), exact_parameters(given))
    expected = judged(spec, x, given)
    for library in ("numpy", "torch"):
        kind = f"{library} float32"
        trace = normlib.trace(spec, as_kind(kind, x), all_as(kind, given))
        normalized = plain(trace["normalize"].array)
        assert np.abs(normalized - plain(exact["normalize"].array)).max() <= bar
        allowed = bar
        if method in GIVES_THE_MEAN_BACK:
            allowed = 2 * np.spacing(np.abs(expected).max().astype(np.float32)) + bar
        assert np.abs(plain(trace.output) - expected).max() <= allowed


@pytest.mark.parametrize("mean", MEANS)
@pytest.mark.parametrize("method", IN_TORCH)
def test_torchs_own_kernels_lose_digits_to_the_mean_where_ours_do_not(method, mean):
    spec = Spec(method, SIZES["nchw"])
    x = shifted(spec, mean)
    expected = judged(spec, x, {})
    ours = np.abs(normlib.apply(spec, x) - expected).max()
    theirs = np.abs(layers.oracle(spec, torch.from_numpy(x)).numpy() - expected).max()
    assert ours <= BAR
    if method.startswith("rms") or mean == 0:
        assert theirs <= BAR  # no mean is taken away
    else:
        assert theirs >= {1e2: 3e-6, 1e4: 3e-4, 1e6: 3e-2, 1e7: 0.1}[mean]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", CENTRING)
def test_a_constant_tensor_gives_beta_to_the_last_bit(method, kind):
    narrow = kind.endswith(" float16")
    for layout in LAYOUTS_OF[method]:
        for value in CONSTANTS:
            value = float(np.float16(value % 1000)) if narrow and abs(value) > 65504 else value
            for eps in ({"eps": 1e-5}, {"eps": 0.0}):
                spec = spec_of(method, layout, **eps if "eps" in cases.knob_names(method) else {})
                x, given = as_kind(kind, np.full(spec.sizes, value)), cases.gamma_beta(spec)
                if method == "renorm":  # elsewhere d moves the answer away from beta
                    given["running_mean"] = np.full(spec.channels, plain(x).flat[0])
                given = all_as(kind, given)
                if method == "adaptive_instance":
                    given = {"style": x}
                trace = normlib.trace(spec, x, given)
                assert not plain(trace["normalize"].array).any(), (layout, value, eps)
                expected = as_kind(kind, np.broadcast_to(shift_of(trace), spec.sizes))
                assert np.array_equal(plain(trace.output), plain(expected))


def shift_of(trace):
    """What stays where the normalized values are zero."""
    spec, given = trace.spec, trace.parameters
    if spec.method in ("adaptive_instance", "cross"):
        return plain(trace["input"].array)  # the mean of a constant is the constant
    if spec.method in ("meta", "self"):
        return plain(trace.terms["beta"])  # worked out from the statistics
    if "labels" in given:
        beta, place = plain(given["beta"])[plain(given["labels"]).astype(int)], ("n", "c")
    else:
        beta, place = plain(given.get("beta", np.zeros(()))), spec.parameter_axes
    if beta.ndim:
        order = sorted(range(len(place)), key=lambda i: spec.axes.index(place[i]))
        beta = beta.transpose(order).reshape(
            [size if axis in place else 1 for axis, size in spec.lengths.items()]
        )
    return beta


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("method", METHODS)
def test_float32_of_any_size_is_finite_and_right(method, scale):
    if method == "meta" and scale == 1e30:
        pytest.skip("its network is shown the variance, which float32 cannot hold")
    bar = MEASURED.get(method, 1e-6)
    for eps in ({}, {"eps": 0.0}):
        if not set(eps) <= cases.knob_names(method):
            continue
        spec = spec_of(method, **eps)
        x = (cases.values(spec) * scale).astype(np.float32)
        given = float32_parameters(spec)
        expected = normlib.apply(spec, x.astype(float), exact_parameters(given))
        largest = max(1.0, np.abs(expected).max())
        for library in ("numpy", "torch"):
            kind = f"{library} float32"
            y = plain(normlib.apply(spec, as_kind(kind, x), all_as(kind, given)))
            assert np.isfinite(y).all()
            assert np.abs(y - expected).max() <= bar * largest


def test_meta_norm_of_huge_numbers_needs_float64():
    spec = spec_of("meta")
    x, given = cases.values(spec) * 1e30, cases.gamma_beta(spec)
    np.testing.assert_allclose(normlib.apply(spec, x, given), judged(spec, x, given), 1e-12, 1e-12)


HALF = ("numpy float16", "torch float16", "torch bfloat16")
ULPS = {  # method: units in the last place that were measured where one is exceeded
    "muon": 4,  # as above
    "pca_whitening": 2,
}
FLOOR = 2.0**-7  # smaller answers are differences of larger numbers: counted in units of this one


@pytest.mark.parametrize("kind", HALF)
@pytest.mark.parametrize("method", METHODS)
def test_half_precision_is_within_one_unit_of_the_rounded_float64_result(method, kind):
    for layout in LAYOUTS_OF[method]:
        for training in (True, False):
            spec = spec_of(method, layout)
            x = as_kind(kind, cases.values(spec))
            given = all_as(kind, cases.gamma_beta(spec, training=training))
            y = normlib.apply(spec, x, given, training=training)
            assert str(y.dtype).endswith(kind.split()[1])
            wide = {name: plain(value) if "int" not in str(value.dtype) else np.asarray(value)
                    for name, value in given.items()}  # fmt: skip
            exact = normlib.apply(spec, plain(x), wide, training=training)
            rounded = plain(as_kind(kind, exact))
            _, exponent = np.frexp(np.maximum(np.abs(rounded), FLOOR))
            digits = torch.finfo(getattr(torch, kind.split()[1])).eps
            units = np.abs(plain(y) - rounded) / np.ldexp(digits, exponent - 1)
            assert units.max() <= ULPS.get(method, 1), (layout, training)


WHITENING_TO_THE_END = ("pca_whitening", "zca_whitening", "cholesky_whitening")


@pytest.mark.parametrize("condition", [1.0, 1e3, 1e6])
@pytest.mark.parametrize("method", WHITENING_TO_THE_END)
def test_the_covariance_of_whitened_channels_is_the_identity_to_1e_minus_8(method, condition):
    for d, rows in ((2, 8), (6, 24), (16, 200)):
        rng = np.random.default_rng(d)
        axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
        x = rng.normal(size=(rows, d)) * np.geomspace(1, condition**-0.5, d) @ axes.T + 3
        spec = Spec(method, x.shape, knobs={"eps": 0.0, "affine": False})
        for y in (normlib.apply(spec, x), plain(normlib.apply(spec, torch.from_numpy(x)))):
            assert np.abs(y.mean(0)).max() < 1e-8
            assert np.abs(y.T @ y / rows - np.eye(d)).max() < 1e-8


def test_the_covariance_of_whitened_groups_is_the_identity_to_1e_minus_8():
    spec = Spec("group_whitening", (3, 12, 5, 7), knobs={"groups": 4, "eps": 0.0, "affine": False})
    y = normlib.apply(spec, cases.values(spec)).reshape(3, 4, -1)
    reached = y @ y.transpose(0, 2, 1) / y.shape[2]
    assert np.abs(reached - np.eye(4)).max() < 1e-8


def cumulative(x, eps):
    """Layer norm of all that came before, once more for every step: O(T^2)."""
    y = np.empty(x.shape)
    for t in range(x.shape[2]):
        past = x[:, :, : t + 1].astype(float)
        mean = past.mean((1, 2), keepdims=True)
        variance = ((past - mean) ** 2).mean((1, 2), keepdims=True)
        y[:, :, t] = ((past[:, :, t:] - mean) / np.sqrt(variance + eps))[:, :, 0]
    return y


@pytest.mark.parametrize("mean", [0.0, 1e4, 1e7])
@pytest.mark.parametrize(("dtype", "bar"), [("float64", 1e-11), ("float32", 2e-6)])
def test_cumulative_layer_norm_is_the_loop_over_all_steps(dtype, bar, mean):
    x = (np.random.default_rng(0).normal(size=(2, 4, 300)) + mean).astype(dtype)
    spec = Spec("cumulative_layer", x.shape)
    expected = cumulative(x, spec.eps)
    allowed = bar * max(1.0, mean * 1e-2 if dtype == "float64" else 1.0)
    for library in ("numpy", "torch"):
        y = plain(normlib.apply(spec, as_kind(f"{library} {dtype}", x)))
        assert np.abs(y - expected).max() <= allowed


def test_cumulative_layer_norm_stays_right_over_2000_steps():
    x = (np.random.default_rng(1).normal(size=(1, 2, 2000)) + 1e6).astype(np.float32)
    spec = Spec("cumulative_layer", x.shape)
    for library in ("numpy", "torch"):
        y = plain(normlib.apply(spec, as_kind(f"{library} float32", x)))
        assert np.abs(y - cumulative(x, spec.eps)).max() <= BAR


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("later", [0.0, -7.5, 6e4, 1e30])
def test_a_later_step_never_reaches_an_earlier_one(kind, later):
    if "float16" in kind and "bfloat16" not in kind:
        later = min(later, 6e4)
    for layout in ("nct", "tnc", "ctn"):
        spec = Spec("cumulative_layer", {"nct": (2, 3, 40), "tnc": (40, 2, 3),
                                         "ctn": (3, 40, 2)}[layout], layout)  # fmt: skip
        x, axis = cases.values(spec), layout.index("t")
        given = all_as(kind, cases.gamma_beta(spec))
        before = plain(normlib.apply(spec, as_kind(kind, x), given))
        for t in (1, 20, 39):
            changed = np.moveaxis(x.copy(), axis, 0)
            changed[t:] = later
            after = plain(normlib.apply(spec, as_kind(kind, np.moveaxis(changed, 0, axis)), given))
            earlier = np.take(after, range(t), axis), np.take(before, range(t), axis)
            assert np.array_equal(*earlier)
            assert not np.array_equal(np.take(after, [t], axis), np.take(before, [t], axis))
