import pytest
from hypothesis import given
from hypothesis import strategies as st

from normlib import METHODS, Spec
from pages.ui import state


def test_defaults_are_those_of_old_links():
    assert state.defaults() == {
        "lang": "en", "method": "batch", "layout": "nchw", "n": 4, "c": 6, "h": 4, "w": 4, "t": 8,
        "d": 2, "o": 4, "i": 6, "groups": 2, "affine": True,
        "mode": "training", "eps": -1.0, "by_variance": False,
        "parts": -1, "reference": -1, "r_max": -1.0, "d_max": -1.0, "size": -1, "alpha": -1.0,
        "power": -1.0, "k": -1.0, "reach": -1, "iterations": -1, "hidden": -1, "classes": -1,
        "between_channels": False, "max_norm": -1.0, "clipping": -1.0, "trust": -1.0,
        "decay": -1.0, "kind": "all", "since": 1998, "seed": 0,
        "data": "random", "values": "", "cell": "", "drawing": "cards", "color": "group",
        "paint": "value", "step": "input", "digits": "4", "recovery": "seeded", "gamma": "",
        "beta": "",
        "training": "batches", "fed": 6, "batch_size": 4, "channel": 0, "convention": "torch",
        "beside": "keras", "momentum": 0.1, "trained": 50, "shift": 1.5, "stretch": 1.0,
        "sequences": "norms", "sequence_norm": "recurrent_batch", "utterances": 4, "frames": 8,
        "time_step": 21, "feature": 0, "masked": True, "least": 1, "beyond": "last",
        "edit_step": 12, "edit_by": 1.0, "edit_all": False, "others": 3, "extra": 6,
        "network": "blocks", "depth": 24, "weights": 1.0, "gain": 1.1,
        "confusion": "own", "guess": "none", "other": "layer", "other_groups": 2,
        "same_eps": True, "learned": False, "share": 0.5,
        "pictures": "pixels", "picture": "cat", "companion": "painting",
        "picture_norm": "instance", "picture_groups": 1, "contrast": 0.5, "light": 0.9,
        "cast": 0.3, "map_groups": 3, "swapped": "pictures", "strength": 0.8,
        "failure": "single", "dial": -1.0, "second": -1.0,
        "gradients": "weights", "net": "normalized", "of_layer": "first", "moment": "start",
        "weight_method": "weight_norm", "gradient_method": "clip_global", "rounds": 3,
        "factor": 10.0, "layer_eps": 1e-5, "muon_step": 5,
        "task": "recognize", "per_device": "many", "architecture": "cnn",
        "whitening": "cloud", "cloud": "gauss", "correlation": 0.8, "whitener": "zca",
        "newton_steps": 5, "turn": 30, "trails": True, "spread_ratio": 1.3, "axis_angle": 45,
        "batch_rows": 32, "sign_rule": "largest", "few_rows": 9, "shrinkage": 0.2,
        "patch_photo": "cat", "patch_shrinkage": 1e-4,
        "recovering": "fit", "normed": "standardize", "goal": "input", "restored_by": "affine",
        "learner": "affine", "recovery_rate": 0.5, "descended": 0, "tinted": "palace",
        "tint": "night", "style_photo": "painting",
        "painted": "00000000\n00011000\n00111100\n01111110\n01111110\n00111100\n00011000\n00000000",
        "compose": "n g", "operation": "standardize", "gives_back": "affine", "per": "channel",
        "bench": "gradient", "library": "NumPy",
        "santurkar": "figure", "figure_first": "batch", "figure_second": "layer",
        "figure_third": "group", "figure_depth": 3, "figure_width": 100,
        "figure_activation": "relu", "figure_init": "he", "figure_loss": "cross_entropy",
        "figure_rate": 0.1, "figure_steps": 100, "figure_seeds": 5, "figure_eigenvalues": True,
        "hidden_factor": 2.0,
        # Smooth or not
        "smooth": "quadratic", "step_share": 0.9, "curvature": 1.0, "first_point": -0.5,
        "second_point": 0.4, "line_of": "none", "dataset": "wine", "scaling": "raw",
        "plane_steps": 20, "deep_norm": "none", "init_gain": 1.0,
        # Learning rates
        "rates": "sweep", "hidden_layers": 3, "start_weights": "he", "curve": "relu",
        "third": "layer", "edge_case": "full",
        "surface": "contour", "surface_first": "none", "surface_second": "batch",
        "surface_depth": 3, "surface_steps": 100, "surface_activation": "relu",
        "surface_init": "he", "surface_statistics": "batch", "surface_scale": "log",
        "surface_shared": True, "plane": "random", "camera": 40,
        "lab_method": "none", "lab_method_other": "batch", "lab_depth": 3, "lab_depth_other": 3,
        "lab_activation": "relu", "lab_activation_other": "relu", "lab_init": "he",
        "lab_init_other": "he", "lab_rate": 0.5, "lab_rate_other": 0.5, "lab_batch": 128,
        "lab_steps": 200, "lab_noise": 0.0,
    }  # fmt: skip


def any_value(field: state.Field) -> st.SearchStrategy:
    if field.choices:
        return st.sampled_from(field.choices)
    if field.ends:
        return (st.floats if isinstance(field.default, float) else st.integers)(*field.ends)
    return st.booleans() if isinstance(field.default, bool) else st.text("0123,.-e ", max_size=40)


@given(st.fixed_dictionaries({key: any_value(field) for key, field in state.FIELDS.items()}))
def test_a_link_restores_the_state(wanted: state.State):
    assert state.from_query(state.to_query(wanted)) == wanted


def test_the_default_state_needs_no_parameters():
    assert state.to_query(state.defaults()) == {}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("method", "zzz"), ("n", "0"), ("n", "9"), ("n", "4.5"), ("n", "nan"), ("c", "1e9"),
        ("affine", "maybe"), ("eps", "-1"), ("eps", "nan"), ("eps", "inf"), ("seed", "-1"),
        ("seed", "4294967296"), ("layout", "nhwc"), ("step", "__class__"), ("lang", "de"),
        ("values", "1" * 6001), ("digits", "5"), ("groups", "0"), ("n", ""), ("n", "٤٤"),
    ],
)  # fmt: skip
def test_an_impossible_value_is_reported_and_leaves_the_default(key: str, text: str):
    refused: dict[str, str] = {}
    found = state.from_query({key: text, "w": "3"}, refused.__setitem__)
    assert refused == {key: text}
    assert found == state.defaults() | {"w": 3}


def test_unknown_parameters_are_passed_over():
    refused: dict[str, str] = {}
    assert state.from_query({"utm": "1"}, refused.__setitem__) == state.defaults()
    assert not refused


@pytest.mark.parametrize("method", METHODS)
def test_the_app_reads_the_query_of_a_spec(method: str):
    sizes = (3, 8, 5) if METHODS[method].needs == "time" else (3, 8, 2, 5)
    spec = Spec(method, sizes, seed=9)
    found = state.from_query(spec.to_query(), lambda key, text: pytest.fail(f"{key}={text}"))
    assert tuple(found[axis] for axis in spec.axes) == spec.sizes
    assert found["method"] == method
    assert found["seed"] == 9
    assert {name: found[name] for name, _ in spec.knobs} == dict(spec.knobs)
