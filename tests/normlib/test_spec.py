"""Spec: defaults that old links depend on, links there and back, what is refused."""

import copy
import math
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normlib import LAYOUTS, METHODS, NormError, Spec
from normlib.methods import default_groups, divisors
from tests.normlib.cases import PAIRS, spec_of, specs

DEFAULTS = {
    **dict.fromkeys(
        ("batch", "layer", "layer_position", "instance"),
        (("affine", True), ("eps", 1e-5), ("by_variance", False)),
    ),
    "group": (("groups", 2), ("affine", True), ("eps", 1e-5), ("by_variance", False)),
    **dict.fromkeys(("rms", "rms_position"), (("affine", True), ("eps", 1e-5))),
}
SIZES = (8, 6, 5, 3)


@pytest.mark.parametrize("method", METHODS)
def test_defaults_are_those_that_old_links_left_out(method):
    spec = Spec(method, SIZES)
    assert (spec.layout, spec.knobs, spec.seed) == ("nchw", DEFAULTS[method], 0)
    sizes = {"n": "8", "c": "6", "h": "5", "w": "3"}
    assert Spec.from_query({"method": method, **sizes}) == spec


def test_the_default_group_count_is_the_smallest_divisor_above_one():
    found = {channels: default_groups(channels) for channels in (1, 2, 3, 4, 6, 9, 15, 25, 49, 97)}
    assert found == {1: 1, 2: 2, 3: 3, 4: 2, 6: 2, 9: 3, 15: 3, 25: 5, 49: 7, 97: 97}


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
    assert query["eps"] == "1e-05"
    assert query["affine"] == "true"


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
    (0, 6), (-2, 6), (2.0, 6), (True, 6), ("2", 6), (2**31, 1), (2**16, 2**16),
])  # fmt: skip
def test_sizes_are_whole_positive_and_bounded(sizes):
    with pytest.raises(NormError, match="do not fit layout"):
        Spec("batch", sizes, "nc")


@pytest.mark.parametrize("layout", [
    "nch", "nchww", "nchg", "nchk", "nchp", "NCHW", "abcd", "nxhw", "ñchw", "n hw", "nchwt",
])  # fmt: skip
def test_a_layout_names_every_axis_once_by_a_letter_that_is_free(layout):
    with pytest.raises(NormError, match="Layouts that fit") as caught:
        Spec("batch", SIZES, layout)
    assert caught.value.code == "layout"


@pytest.mark.parametrize("sizes", [(4,), (), (2, 3, 4, 5, 6, 7)])
def test_one_axis_and_six_axes_are_refused(sizes):
    with pytest.raises(NormError, match=f"does not describe {len(sizes)} axes"):
        Spec("batch", sizes)


def test_by_variance_swaps_the_operation():
    assert Spec("batch", SIZES, knobs={"by_variance": True}).operation == "divide_by_variance"
    assert Spec("batch", SIZES).operation == "standardize"
    assert Spec("rms", SIZES).operation == "rms"
