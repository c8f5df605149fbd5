"""The way back from an output to its input, where there is one."""

import numpy as np
import pytest

import normlib
from normlib import METHODS, NormError, Spec
from tests.normlib import cases
from tests.normlib.cases import LAYOUTS_OF, all_as, as_kind, plain, spec_of

MORE = "more than shift and scale"
REFUSED = {  # method: what the reason names
    **dict.fromkeys((*cases.MIXING, "batch_instance", "global_response", "dynamic_tanh"), MORE),
    **dict.fromkeys(("muon", "clip_global", "clip_adaptive", "lars"), MORE),
    "filter_response": "tau",
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
        with pytest.raises(NormError, match=REFUSED[method]) as caught:
            normlib.invert(trace, trace.output)
        assert caught.value.code == "no_inverse"
        assert f"'{method}'" in str(caught.value)


@pytest.mark.parametrize("method", ["batch", "reversible", "scale_norm"])
def test_a_gamma_of_zero_is_refused(method):
    spec = spec_of(method, "nct")
    given = cases.gamma_beta(spec)
    given["gamma"] = given["gamma"] * np.arange(given["gamma"].size).reshape(given["gamma"].shape)
    trace = normlib.trace(spec, cases.values(spec), given)
    with pytest.raises(NormError, match="a gamma is 0"):
        normlib.invert(trace, trace.output)


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
