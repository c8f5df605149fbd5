"""The way back from an output to its input, where there is one."""

import numpy as np
import pytest
import torch

import normlib
from normlib import METHODS, NormError, Spec
from tests.normlib import cases
from tests.normlib.cases import LAYOUTS_OF, all_as, as_kind, plain, spec_of

REFUSED = {  # method: code of the sentence, and what it names
    **dict.fromkeys((*cases.MIXING, "muon"), ("inverse_mixed", "mixes the columns")),
    "batch_instance": ("inverse_sum", "adds several normalizations"),
    "global_response": ("inverse_terms", "used input"),
    "dynamic_tanh": ("inverse_curve", "bends the values"),
    "filter_response": ("inverse_terms", "used tau"),
}
INVERTIBLE = [method for method in METHODS if method not in REFUSED]


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("method", INVERTIBLE)
def test_what_was_shifted_and_scaled_comes_back(method, library):
    for layout in LAYOUTS_OF[method]:
        for training in (True, False):
            spec = spec_of(method, layout)
            kind = f"{library} float64"
            given = all_as(kind, cases.gamma_beta(spec, training=training))
            x = as_kind(kind, cases.values(spec))
            trace = normlib.trace(spec, x, given, training=training)
            if "reshape" not in trace.names:
                continue  # the input itself: nothing to undo
            again = normlib.invert(trace, trace.output)
            assert type(again) is type(x)
            scale = max(1.0, np.abs(plain(x)).max())
            np.testing.assert_allclose(plain(again), plain(x), 1e-11, 1e-11 * scale)


@pytest.mark.parametrize("method", REFUSED)
def test_what_was_lost_is_refused_with_its_reason(method):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        trace = normlib.trace(spec, cases.values(spec), cases.gamma_beta(spec))
        code, words = REFUSED[method]
        with pytest.raises(NormError, match=words) as caught:
            normlib.invert(trace, trace.output)
        assert caught.value.code == code
        assert f"'{method}'" in str(caught.value)


@pytest.mark.parametrize("method", ["batch", "reversible", "scale_norm"])
def test_a_gamma_of_zero_is_refused(method):
    spec = spec_of(method, "nct")
    given = cases.gamma_beta(spec)
    given["gamma"] = given["gamma"] * np.arange(given["gamma"].size).reshape(given["gamma"].shape)
    trace = normlib.trace(spec, cases.values(spec), given)
    with pytest.raises(NormError, match=f"gamma is 0 in 1 of {given['gamma'].size} places"):
        normlib.invert(trace, trace.output)


def test_a_gradient_that_was_scaled_to_nothing_is_refused():
    spec = Spec("lars", (3, 4))
    trace = normlib.trace(spec, cases.values(spec), {"weight": np.zeros((3, 4))})
    with pytest.raises(NormError, match="factor is 0 in 1 of 1 places") as caught:
        normlib.invert(trace, trace.output)
    assert caught.value.code == "inverse_zero"


@pytest.mark.parametrize("kind", ["numpy float32", "torch float32"])
@pytest.mark.parametrize("layout", ["nct", "ntc", "tcn"])
def test_a_forecast_of_other_length_is_moved_back_to_the_scale_of_its_series(layout, kind):
    spec = Spec("reversible", tuple({"n": 2, "c": 3, "t": 40}[a] for a in layout), layout)
    axis = layout.index("t")
    x = cases.values(spec) * 7 + 1000
    given = cases.gamma_beta(spec)
    trace = normlib.trace(spec, as_kind(kind, x), all_as(kind, given))
    forecast = np.random.default_rng(1).normal(
        size=[5 if a == "t" else spec.lengths[a] for a in layout]
    )
    found = plain(normlib.invert(trace, as_kind(kind, forecast)))
    gamma, beta = (
        given[name].reshape([3 if a == "c" else 1 for a in layout]) for name in ("gamma", "beta")
    )
    std = np.sqrt(x.var(axis, keepdims=True) + spec.eps)
    expected = (forecast - beta) / gamma * std + x.mean(axis, keepdims=True)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, 1e-6)


def test_the_mean_of_a_large_series_comes_back_in_two_parts():
    spec = Spec("reversible", (2, 3, 50))
    x = (cases.values(spec) + 1e6).astype(np.float32)
    trace = normlib.trace(spec, x)
    assert np.abs(normlib.invert(trace, trace.output) - x).max() <= np.spacing(np.float32(1e6))


SERIES = Spec("reversible", (2, 3, 8))
Y = np.random.default_rng(2).normal(size=(2, 3, 8))


@pytest.mark.parametrize(("y", "code", "words"), [
    (Y[0], "inverse_axes", ("(3, 8)", "2 axes", "has 3", "'nct'")),
    (Y[:1], "inverse_shape", ("(1, 3, 8)", "(2, 3, 8)", "'n' has length 1", "2 is needed")),
    (Y[:, :2], "inverse_shape", ("'reversible'", "'c' has length 2", "3 is needed")),
    (Y.astype(int), "dtype", ("'reversible'", "int64", "x.astype(np.float32)")),
    (Y.astype(complex), "real", ("complex128",)),
    (torch.from_numpy(Y), "inverse_library", ("of numpy", "Tensor")),
    (Y.tolist(), "library", ("list",)),
])  # fmt: skip
def test_an_output_that_does_not_fit_the_statistics_is_refused(y, code, words):
    trace = normlib.trace(SERIES, cases.values(SERIES))
    with pytest.raises(NormError) as caught:
        normlib.invert(trace, y)
    assert caught.value.code == code
    assert [word for word in words if word not in str(caught.value)] == []


@pytest.mark.parametrize(("method", "knobs", "fixed"), [
    ("batch", {}, "c"), ("layer", {}, "n"), ("layer_position", {}, "nhw"), ("instance", {}, "nc"),
    ("group", {"groups": 2}, "nchw"), ("ghost", {"parts": 2}, "nchw"),
])  # fmt: skip
def test_only_axes_along_which_statistics_do_not_differ_may_be_of_another_length(
    method, knobs, fixed
):
    spec = Spec(method, (2, 4, 3, 5), knobs=knobs)
    trace = normlib.trace(spec, cases.values(spec))
    for place, axis in enumerate("nchw"):
        longer = np.repeat(trace.output, 2, place)
        if axis in fixed:
            with pytest.raises(NormError, match=f"axis '{axis}' has length"):
                normlib.invert(trace, longer)
        else:
            assert normlib.invert(trace, longer).shape == longer.shape


def test_a_gamma_fixes_the_axes_on_which_it_lives():
    spec = Spec("layer", (2, 4, 3, 1))
    trace = normlib.trace(spec, cases.values(spec), {"gamma": np.full((4, 3, 1), 2.0)})
    with pytest.raises(NormError, match="axis 'w' has length 2, and 1 is needed"):
        normlib.invert(trace, np.repeat(trace.output, 2, 3))


def test_what_was_left_alone_comes_back_as_it_is():
    for spec, training in ((Spec("batch", (0, 3)), True), (Spec("cross", (2, 3, 4)), False)):
        trace = normlib.trace(spec, cases.values(spec), training=training)
        assert normlib.invert(trace, trace.output) is trace.output


def test_half_precision_is_undone_in_float32():
    spec = Spec("reversible", (2, 3, 50))
    x = (cases.values(spec) * 1e-3 + 100).astype(np.float16)
    trace = normlib.trace(spec, x)
    again = normlib.invert(trace, trace.output)
    assert again.dtype == np.float16
    assert np.abs(again - x).max() <= np.spacing(np.float16(100))
