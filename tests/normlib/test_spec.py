"""Spec: defaults that old links depend on, links there and back, what is refused."""

import copy
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from normlib import LAYOUTS, METHODS, NormError, Spec
from normlib.layouts import WEIGHT_LAYOUTS, layouts
from normlib.methods import default_groups, divisors
from tests.normlib.cases import PAIRS, spec_of, specs

AFFINE, EPS, MISTAKE = ("affine", True), ("eps", 1e-5), ("by_variance", False)
LEARNED, CONDITIONED = (AFFINE, EPS, MISTAKE), (EPS, MISTAKE)
DEFAULTS = {
    **dict.fromkeys(("batch", "layer", "layer_position", "instance", "reversible", "act",
                     "cumulative_layer", "recurrent_batch"), LEARNED),
    **dict.fromkeys(("rms", "rms_position", "scale_norm", "l1_batch", "frozen", "switchable",
                     "batch_instance", "pca_whitening", "zca_whitening", "cholesky_whitening",
                     "coloring"), (AFFINE, EPS)),
    **dict.fromkeys(("positional", "film", "adaptive_layer", "spade", "adaptive_instance", "self"),
                    CONDITIONED),
    **dict.fromkeys(("mean_only", "dynamic_tanh"), (AFFINE,)),
    **dict.fromkeys(("centralization", "muon"), ()),
    **dict.fromkeys(("ghost", "sync", "precise"), (("parts", 2), *LEARNED)),
    **dict.fromkeys(("weight_norm", "centered_weight"), (AFFINE, ("eps", 0.0))),
    **dict.fromkeys(("conditional_batch", "conditional_instance"), (("classes", 3), *CONDITIONED)),
    "group": (("groups", 2), *LEARNED),
    "l2": (AFFINE, ("eps", 1e-12)),
    "pixel": (("eps", 1e-8),),
    "mean_variance": (("eps", 1e-9),),
    "filter_response": (AFFINE, ("eps", 1e-6)),
    "virtual": (("reference", 1), *LEARNED),
    "renorm": (AFFINE, EPS, ("r_max", 3.0), ("d_max", 5.0)),
    "local_response": (("size", 5), ("alpha", 1e-4), ("power", 0.75), ("k", 1.0)),
    "divisive": (("reach", 1), *LEARNED),
    "local_context": (("groups", 2), ("reach", 1), *LEARNED),
    "global_response": (("eps", 1e-6),),
    "iterative_whitening": (("iterations", 5), AFFINE, EPS),
    "group_whitening": (("groups", 2), AFFINE, EPS),
    "meta": (("groups", 2), ("hidden", 2), *CONDITIONED),
    "cross": (("between_channels", False), *CONDITIONED),
    "spectral": (("iterations", 1),),
    "weight_standardization": (EPS,),
    "scaled_weight": (AFFINE, ("eps", 1e-4)),
    "clip_global": (("max_norm", 1.0),),
    "clip_adaptive": (("clipping", 0.01), ("eps", 1e-3)),
    "lars": (("trust", 1e-3), ("decay", 0.0), ("eps", 1e-8)),
}  # fmt: skip
SIZES = (8, 6, 5, 3)


@pytest.mark.parametrize("method", METHODS)
def test_defaults_are_those_that_old_links_left_out(method):
    layout = "nct" if METHODS[method].needs == "time" else "nchw"
    spec = Spec(method, SIZES[: len(layout)])
    if METHODS[method].tensor != "activation":
        layout = "oihw"
    assert (spec.layout, spec.knobs, spec.seed) == (layout, DEFAULTS[method], 0)
    sizes = {axis: str(size) for axis, size in zip(layout, SIZES, strict=False)}
    named = {} if len(layout) == 4 else {"layout": layout}
    assert Spec.from_query({"method": method, **sizes, **named}) == spec


def test_the_default_group_count_is_the_smallest_divisor_above_one():
    found = {channels: default_groups(channels) for channels in (1, 2, 3, 4, 6, 9, 15, 25, 49, 97)}
    assert found == {1: 1, 2: 2, 3: 3, 4: 2, 6: 2, 9: 3, 15: 3, 25: 5, 49: 7, 97: 97}


@pytest.mark.parametrize(("sizes", "layout"), [
    ((4, 6), "oi"), ((4, 6, 5), "oit"), ((4, 6, 5, 3), "oihw"), ((2, 3, 4, 5, 6), "oidhw"),
])  # fmt: skip
def test_weights_and_gradients_have_layouts_of_their_own(sizes, layout):
    assert Spec("spectral", sizes).layout == Spec("muon", sizes).layout == layout
    assert Spec("spectral", sizes).channels == sizes[1]


@pytest.mark.parametrize("method", METHODS)
def test_the_usual_layouts_are_those_that_can_be_normalized(method):
    entry = METHODS[method]
    usual = LAYOUTS if entry.tensor == "activation" else WEIGHT_LAYOUTS
    for layout in usual:
        if layout in layouts(entry):
            assert (
                Spec(method, SIZES[: len(layout)] + (2,) * (len(layout) - 4), layout).entry is entry
            )
        else:
            with pytest.raises(NormError) as caught:
                Spec(method, (2,) * len(layout), layout)
            assert caught.value.code in ("needs_space", "needs_time")
            assert layouts(entry)[0] in str(caught.value)


@pytest.mark.parametrize("kind", ["int8", "int32", "int64", "uint16"])
def test_whole_numbers_of_numpy_serve_as_sizes_and_seed(kind):
    sizes = np.array(SIZES, kind)
    spec = Spec("batch", tuple(sizes), seed=sizes[0])
    assert spec == Spec("batch", SIZES, seed=8)
    assert all(type(size) is int for size in (*spec.sizes, spec.seed))
    assert hash(spec) == hash(Spec("batch", SIZES, seed=8))


@pytest.mark.parametrize("samples", [1, 4, 7, 12])
def test_every_divisor_is_allowed_as_number_of_parts_and_no_other(samples):
    for method in ("ghost", "sync", "precise"):
        for parts in range(1, samples + 2):
            if parts in divisors(samples):
                assert Spec(method, (samples, 2), knobs={"parts": parts})["parts"] == parts
            else:
                with pytest.raises(NormError, match=f"parts={parts} does not divide {samples}"):
                    Spec(method, (samples, 2), knobs={"parts": parts})


def test_a_reference_is_part_of_the_batch():
    assert Spec("virtual", (4, 6), knobs={"reference": 4})["reference"] == 4
    with pytest.raises(NormError, match="reference=5 is more than the 4 samples"):
        Spec("virtual", (4, 6), knobs={"reference": 5})


def test_prediction_swaps_the_operation_and_no_affine_the_recovery():
    spec = Spec("batch", SIZES)
    assert spec.operates().key == "standardize"
    assert spec.operates(training=False).key == "stored"
    assert Spec("layer", SIZES).operates(training=False).key == "standardize"
    assert spec.recovery.key == "affine"
    assert Spec("batch", SIZES, knobs={"affine": False}).recovery.key == "identity"
    assert Spec("cross", SIZES).recovery.key == "swap"
    assert Spec("cross", SIZES, knobs={"between_channels": True}).recovery.key == "swap_channels"


@pytest.mark.parametrize(("sizes", "layout"), [
    ((4, 6), "nc"), ((4, 6, 5), "nct"), ((4, 6, 5, 3), "nchw"), ((2, 3, 4, 5, 6), "ncdhw"),
])  # fmt: skip
def test_the_layout_follows_from_the_number_of_axes(sizes, layout):
    spec = Spec("batch", sizes)
    assert spec.layout == layout
    assert spec.axes == LAYOUTS[layout] == tuple(layout)


@given(specs())
def test_a_spec_survives_its_link(spec):
    query = spec.to_query()
    assert all(type(key) is str and type(value) is str for key, value in query.items())
    assert Spec.from_query(query) == spec
    assert Spec.from_query(query | {"lang": "zh", "step": "mean"}) == spec


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_a_link_names_method_layout_sizes_knobs_and_seed(method, layout):
    spec = spec_of(method, layout)
    query = spec.to_query()
    assert list(query) == ["method", "layout", *layout, *dict(spec.knobs), "seed"]
    assert {name: query[name] for name in ("groups", "affine", "eps") if name in query} == {
        name: {"groups": repr(value), "affine": "true"}.get(name, repr(value))
        for name, value in spec.knobs if name in ("groups", "affine", "eps")
    }  # fmt: skip


@given(specs(), st.data())
def test_a_damaged_link_gives_a_spec_or_a_norm_error(spec, data):
    query = spec.to_query()
    key = data.draw(st.sampled_from(sorted(query)))
    query[key] = data.draw(st.one_of(st.text(max_size=8), st.sampled_from(
        ["-1", "0", "1e400", "nan", "inf", "1e-400", "9" * 5000, "٣", "1_0", "1.5", "none", "nn"]
    )))  # fmt: skip
    try:
        changed = Spec.from_query(query)
    except NormError:
        return
    assert Spec.from_query(changed.to_query()) == changed


@pytest.mark.parametrize("missing", ["method", "n", "w"])
def test_a_link_without_a_needed_value_is_refused(missing):
    query = Spec("batch", SIZES).to_query()
    del query[missing]
    with pytest.raises(NormError):
        Spec.from_query(query)


@given(specs())
def test_equal_specs_are_one_cache_key_and_survive_a_copy(spec):
    again = Spec(spec.method, list(spec.sizes), spec.layout, dict(reversed(spec.knobs)), spec.seed)
    assert again == spec
    assert hash(again) == hash(spec)
    assert pickle.loads(pickle.dumps(spec)) == copy.deepcopy(spec) == spec


def test_a_spec_cannot_be_changed():
    with pytest.raises(AttributeError):
        Spec("batch", SIZES).seed = 1
    knobs = {"groups": 3}
    spec = Spec("group", SIZES, knobs=knobs)
    knobs["groups"] = 2
    assert spec.groups == 3


@pytest.mark.parametrize("channels", [1, 6, 7, 12])
def test_every_divisor_is_allowed_as_group_count_and_no_other(channels):
    for groups in range(1, channels + 2):
        if groups in divisors(channels):
            assert Spec("group", (2, channels), knobs={"groups": groups}).groups == groups
        else:
            with pytest.raises(NormError, match=f"groups={groups} does not divide {channels}"):
                Spec("group", (2, channels), knobs={"groups": groups})


@pytest.mark.parametrize("value", [-1e-9, math.nan, math.inf, 1e31, 10**400, "1e-5", True, None])
def test_eps_is_a_number_from_zero_to_1e30(value):
    with pytest.raises(NormError, match="from 0 to 1e"):
        Spec("batch", SIZES, knobs={"eps": value})


def test_a_whole_number_serves_as_eps():
    assert Spec("batch", SIZES, knobs={"eps": 0}) == Spec("batch", SIZES, knobs={"eps": 0.0})
    assert type(Spec("batch", SIZES, knobs={"eps": 1})["eps"]) is float


@pytest.mark.parametrize("sizes", [
    (6, 0), (-2, 6), (2.0, 6), (True, 6), ("2", 6), (2**31, 1), (2, 10**5000),
])  # fmt: skip
def test_sizes_are_whole_positive_and_bounded(sizes):
    with pytest.raises(NormError, match="do not fit layout"):
        Spec("batch", sizes, "nc")


def test_too_many_entries_are_told_by_their_number():
    with pytest.raises(NormError, match="make 4294967296 entries; at most 2147483647") as caught:
        Spec("batch", (2**16, 2**16))
    assert caught.value.code == "total"


def test_only_a_batch_may_be_empty():
    assert Spec("batch", (6, 0), "cn").lengths == {"c": 6, "n": 0}
    with pytest.raises(NormError, match="axis 'n' has 0, and a whole number from 1 to"):
        Spec("weight_norm", (3, 4, 0), "oin")


@pytest.mark.parametrize("layout", [
    "nch", "nchww", "nchg", "nchk", "nchp", "NCHW", "abcd", "nxhw", "ñchw", "n hw", "nchwt",
])  # fmt: skip
def test_a_layout_names_every_axis_once_by_a_letter_that_is_free(layout):
    with pytest.raises(NormError, match="A layout that fits: nchw") as caught:
        Spec("batch", SIZES, layout)
    assert caught.value.code == "layout"


@pytest.mark.parametrize("sizes", [(4,), (), (2, 3, 4, 5, 6, 7)])
def test_one_axis_and_six_axes_are_refused(sizes):
    with pytest.raises(NormError, match=f"is {len(sizes)}, and 2 to 5 are needed"):
        Spec("batch", sizes)


def test_by_variance_swaps_the_operation():
    assert Spec("batch", SIZES, knobs={"by_variance": True}).operation == "divide_by_variance"
    assert Spec("batch", SIZES).operation == "standardize"
    assert Spec("rms", SIZES).operation == "rms"


@pytest.mark.parametrize(("method", "numpys", "pythons"), [
    ("group", {"groups": np.int64(3), "affine": np.bool_(False)}, {"groups": 3, "affine": False}),
    ("group", {"groups": np.array(3), "eps": np.float64(1e-3)}, {"groups": 3, "eps": 1e-3}),
    ("batch", {"eps": np.float32(1e-5)}, {"eps": float(np.float32(1e-5))}),
    ("batch", {"eps": np.longdouble(0.5)}, {"eps": 0.5}),
    ("batch", {"eps": np.uint8(1)}, {"eps": 1.0}),
])  # fmt: skip
def test_numbers_of_numpy_make_the_same_spec(method, numpys, pythons):
    ours = Spec(method, np.array(SIZES), np.str_("nchw"), numpys, np.int32(4))
    theirs = Spec(method, SIZES, "nchw", pythons, 4)
    assert (ours, hash(ours), ours.to_query()) == (theirs, hash(theirs), theirs.to_query())
    values = (*ours.settings.values(), *ours.sizes, ours.seed, ours.layout)
    assert {type(value) for value in values} <= {bool, int, float, str}
    assert Spec.from_query(ours.to_query()) == ours


@pytest.mark.parametrize("value", [np.bool_(True), True, 2.0, np.float64(2), np.array([2]), "2"])
def test_only_whole_numbers_count_groups(value):
    with pytest.raises(NormError, match="a whole number from 1 up"):
        Spec("group", SIZES, knobs={"groups": value})
