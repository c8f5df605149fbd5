"""What is learned afterwards lives on the axes of the input."""

import numpy as np
import pytest
import torch

import normlib
from normlib import METHODS, NormError, Spec, parameters
from normlib.recover import recover
from tests.normlib import cases
from tests.normlib.cases import LAYOUTS_OF, PAIRS, all_as, as_kind, plain, spec_of

C, CHW, NC = (6,), (6, 5, 3), (8, 6)
BOTH = ("gamma", "beta")
RUNNING = {"running_mean": C, "running_variance": C}
WHITENER = {"running_mean": C, "running_matrix": (6, 6)}
SELF = {"weight_gamma": (6, 2), "bias_gamma": C, "weight_beta": (6, 2), "bias_beta": C}
SHAPES = {  # of (8, 6, 5, 3), or of time (8, 6, 5); training first, then what prediction adds
    **{method: (dict.fromkeys(BOTH, C), RUNNING) for method in
       ("batch", "l1_batch", "act", "ghost", "sync", "precise")},
    **{method: (dict.fromkeys(BOTH, C), {}) for method in
       ("layer_position", "instance", "group", "reversible", "virtual", "cumulative_layer",
        "divisive", "local_context", "group_whitening")},
    **{method: (dict.fromkeys(BOTH, C), WHITENER) for method in
       ("pca_whitening", "zca_whitening", "cholesky_whitening", "iterative_whitening")},
    **{method: ({}, {}) for method in
       ("positional", "pixel", "mean_variance", "local_response", "weight_standardization",
        "clip_global", "centralization", "muon")},
    **{method: ({"gamma": (8,)}, {}) for method in
       ("weight_norm", "scaled_weight", "centered_weight")},
    "recurrent_batch": (dict.fromkeys(BOTH, C), dict.fromkeys(RUNNING, (6, 5))),
    "layer": (dict.fromkeys(BOTH, CHW), {}),
    "rms": ({"gamma": CHW}, {}),
    "rms_position": ({"gamma": C}, {}),
    "scale_norm": ({"gamma": ()}, {}),
    "l2": ({"gamma": C}, {}),
    "mean_only": ({"beta": C}, {"running_mean": C}),
    "filter_response": ({"gamma": C, "beta": C, "tau": C}, {}),
    "renorm": ({"gamma": C, "beta": C, **RUNNING}, {}),
    "frozen": ({"gamma": C, "beta": C, **RUNNING}, {}),
    "global_response": ({"gamma": C, "beta": C}, {}),
    "switchable": ({"gamma": C, "beta": C, "mean_weights": (3,), "variance_weights": (3,)},
                   RUNNING),
    "batch_instance": ({"gamma": C, "beta": C, "rho": C}, RUNNING),
    "dynamic_tanh": ({"gamma": C, "beta": C, "alpha": ()}, {}),
    "coloring": ({"weight": (6, 6), "beta": C}, WHITENER),
    "meta": ({"gamma": C, "beta": C, "encoder": (2, 2), "decoder_gamma": (6, 2),
              "decoder_beta": (6, 2)}, {}),
    "conditional_batch": ({"gamma": (3, 6), "beta": (3, 6), "labels": (8,)}, RUNNING),
    "conditional_instance": ({"gamma": (3, 6), "beta": (3, 6), "labels": (8,)}, {}),
    "film": (dict.fromkeys(BOTH, NC), RUNNING),
    "adaptive_layer": (dict.fromkeys(BOTH, NC), {}),
    "spade": (dict.fromkeys(BOTH, (8, 6, 5, 3)), RUNNING),
    "adaptive_instance": ({"style": (8, 6, 5, 3)}, {}),
    "cross": ({"partner": (8,)}, {}),
    "self": (SELF, {}),
    "spectral": ({"u": (8,), "v": (90,)}, {}),
    "clip_adaptive": ({"weight": (8, 6, 5, 3)}, {}),
    "lars": ({"weight": (8, 6, 5, 3)}, {}),
}  # fmt: skip
OWN = [method for method, entry in METHODS.items()
       if entry.recovery in ("identity", "scale", "shift", "affine")]  # fmt: skip


def lengthened(spec, parameter):
    """A parameter on axes of the tensor, broadcasting to it."""
    return parameter.reshape([
        size if axis in spec.parameter_axes else 1
        for axis, size in zip(spec.axes, spec.sizes, strict=True)
    ])  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_parameters_have_the_shape_and_names_of_the_lesson(method):
    training, state = SHAPES[method]
    sizes = (8, 6, 5) if METHODS[method].needs == "time" else (8, 6, 5, 3)
    spec = Spec(method, sizes)
    assert spec.parameter_shapes == training
    assert {name: shape for name, shape in spec.state_shapes.items() if name != "u"} == state


@pytest.mark.parametrize("method", [m for m in METHODS if "affine" in cases.knob_names(m)])
def test_without_affine_only_statistics_and_mixtures_are_left(method):
    names = set(spec_of(method, affine=False).parameter_shapes)
    assert not names & {"gamma", "beta", "tau", "weight"}


def test_cross_norm_between_channels_takes_a_partner_for_each_channel():
    spec = Spec("cross", (8, 6, 5, 3), knobs={"between_channels": True})
    assert spec.parameter_shapes == {"partner": (6,)}


def test_parameters_of_channels_last_follow_the_layout():
    assert Spec("layer", (8, 5, 3, 6), "nhwc").parameter_shapes["gamma"] == (5, 3, 6)
    assert Spec("batch", (8, 5, 3, 6), "nhwc").parameter_shapes["gamma"] == (6,)
    assert Spec("spade", (8, 5, 3, 6), "nhwc").parameter_shapes["gamma"] == (8, 5, 3, 6)
    assert Spec("film", (6, 5, 3, 8), "chwn").parameter_shapes["gamma"] == (6, 8)


@pytest.mark.parametrize("method", OWN)
def test_output_is_gamma_times_normalized_plus_beta_on_the_inputs_axes(method):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x, given = cases.values(spec), cases.gamma_beta(spec)
        trace = normlib.trace(spec, x, given)
        expected = spec.partition.merge(trace["normalize"].array)
        if "gamma" in given:
            expected = expected * lengthened(spec, given["gamma"])
        if "beta" in given:
            expected = expected + lengthened(spec, given["beta"])
        assert np.array_equal(trace.output, expected)


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_neutral_parameters_and_none_are_the_same(method, layout):
    spec = spec_of(method, layout)
    x = cases.values(spec)
    given = parameters.initial(spec, x)
    np.testing.assert_allclose(normlib.apply(spec, x, given), normlib.apply(spec, x), 1e-13, 1e-13)


def test_one_parameter_alone_leaves_the_other_neutral():
    spec = spec_of("batch", "nc")
    x, beta = cases.values(spec), cases.gamma_beta(spec)["beta"]
    shifted = normlib.apply(spec, x, {"beta": beta})
    assert np.array_equal(shifted, normlib.apply(spec, x) + beta)


@pytest.mark.parametrize(("terms", "expected"), [
    ({}, [0.5, -2.0]), ({"gamma": 3.0}, [1.5, -6.0]), ({"beta": 1.0}, [1.5, -1.0]),
    ({"gamma": 3.0, "beta": 1.0}, [2.5, -5.0]),
    ({"gamma": 3.0, "others": 0.25, "beta": 1.0, "input": 10.0}, [12.75, 5.25]),
    ({"beta": 1.0, "tau": np.array([0.0, 0.5])}, [1.5, 0.5]),
])  # fmt: skip
def test_recover_leaves_out_what_is_not_there(terms, expected):
    assert recover(np.array([0.5, -2.0]), **terms).tolist() == expected


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


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("method", METHODS)
def test_parameters_of_the_other_library_serve_as_well(method, library):
    spec = spec_of(method)
    x, given = cases.values(spec), cases.gamma_beta(spec)
    other = {"numpy": "torch", "torch": "numpy"}[library]
    y = normlib.apply(spec, as_kind(f"{library} float64", x), all_as(f"{other} float64", given))
    np.testing.assert_allclose(plain(y), normlib.apply(spec, x, given), 1e-10, 1e-10)


@pytest.mark.parametrize(("method", "name", "bad", "last"), [
    ("conditional_batch", "labels", [0, 1, 2, 3], 2), ("conditional_instance", "labels",
                                                       [0, -1, 2, 1], 2),
    ("conditional_batch", "labels", [0.0, 1.0, 2.0, 1.0], 2),
    ("cross", "partner", [1, 2, 3, 4], 3), ("cross", "partner", [1.0, 2.0, 3.0, 0.0], 3),
])  # fmt: skip
def test_whole_numbers_within_their_bounds_are_needed(method, name, bad, last):
    spec = spec_of(method, "nchw")
    for kind in ("numpy float64", "torch float64"):
        x = as_kind(kind, cases.values(spec))
        with pytest.raises(NormError, match=f"whole numbers from 0 to {last}") as caught:
            normlib.apply(spec, x, {name: as_kind(kind, np.array(bad))})
        assert caught.value.code == "whole"
