"""Every reason is true: of every pair of methods, on every layout, in training and prediction."""

from dataclasses import replace
from itertools import combinations_with_replacement

import numpy as np
import pytest

from normlib import METHODS, Spec, data
from normlib.comparison import compare, with_knobs
from normlib.reasons import KEYS, PLAIN, Reason, why

SIZES = {"nc": (4, 6), "nct": (3, 4, 5), "nchw": (3, 4, 2, 3), "ncdhw": (2, 4, 2, 1, 2),
         "oihw": (3, 4, 2, 2)}  # fmt: skip
AGREEING = {"both", "single", "by_shape", "by_setting", "by_data", "by_values", "by_mode", "always",
            "untold"}  # fmt: skip
SETTLING = {"by_shape", "by_setting", "by_data", "always", "untold"}
UNLIKE = {"statistics", "operation", "eps", "recovery", "shapes"}


def spec_of(method, layout, learned, **knobs):
    wanted = {"affine": learned, "eps": 1e-5} | knobs
    known = {knob.name for knob in METHODS[method].knobs}
    return Spec(method, SIZES[layout], layout, {n: v for n, v in wanted.items() if n in known})


def check(found, reasons):
    """Each fact is worked out again from what the comparison holds."""
    keys = [reason.key for reason in reasons]
    first, second = (side.spec for side in found.sides)
    assert set(keys) <= set(KEYS)
    if found.agree == "equal":
        assert found.difference <= found.tolerance
        assert set(keys) <= AGREEING
        assert len(SETTLING & set(keys)) == 1
        assert ("always" not in keys) or "both" in keys
    else:
        assert found.difference > found.tolerance
        assert set(keys) & UNLIKE, (first.method, second.method)
        assert not set(keys) & AGREEING
    for reason in reasons:
        if reason.key == "statistics":
            kinds = [seen.kind for seen in found.watched]
            assert found.watched[0].sets != found.watched[1].sets or kinds[0] != kinds[1]
        elif reason.key == "operation":
            assert reason.facts["first"] == first.operates(found.training).key
            assert reason.facts["second"] == second.operates(found.training).key
            assert reason.facts["first"] != reason.facts["second"]
        elif reason.key == "recovery":
            assert first.recovery.key != second.recovery.key
        elif reason.key == "both":
            assert first.operates(found.training).key == second.operates(found.training).key
            assert found.relation == "same"
        elif "difference" in reason.facts:
            assert reason.facts["difference"] > PLAIN * found.scale / 1e3


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("layout", SIZES)
def test_the_reasons_of_every_pair_are_true(layout, training):
    methods = [key for key, method in METHODS.items() if method.fits(layout)]
    x = data.make("random", spec_of(methods[0], layout, False))
    for place, (one, two) in enumerate(combinations_with_replacement(methods, 2)):
        learned = (place + training) % 2 == 0
        first, second = (spec_of(method, layout, learned) for method in (one, two))
        found = compare(first, second, x, training=training, learned=learned)
        check(found, why(found))
        if one == two:
            assert found.agree == "equal"


def reasons_of(first, second, *, kind="random", training=True, learned=False):
    x = data.make(kind, first)
    found = compare(first, second, x, training=training, learned=learned)
    return {reason.key: reason for reason in why(found)}


def test_instance_norm_and_group_norm_agree_because_of_the_number_of_groups():
    first, second = (spec_of(method, "nchw", False, groups=4) for method in ("instance", "group"))
    reasons = reasons_of(first, second)
    facts = reasons["by_setting"].facts
    assert reasons.keys() == {"both", "by_setting"}
    assert (facts["place"], facts["knob"], facts["now"]) == (1, "groups", 4)
    other = with_knobs(compare(first, second, data.make("random", first)).sides[1],
                       groups=facts["value"])  # fmt: skip
    again = compare(first, other, data.make("random", first))
    assert again.difference == facts["difference"] > 0.1


def test_batch_norm_of_one_sample_is_instance_norm_because_of_the_shape():
    first, second = (replace(spec_of(method, "nchw", False), sizes=(1, 4, 2, 3))
                     for method in ("batch", "instance"))  # fmt: skip
    reasons = reasons_of(first, second)
    assert reasons["by_shape"].facts["sizes"] == (2, 4, 2, 3)
    assert reasons["by_mode"].facts["training"] is False


def test_rms_norm_and_layer_norm_agree_on_centred_data_because_of_the_data():
    first, second = (spec_of(method, "nc", False) for method in ("rms", "layer"))
    x = data.make("random", first)
    x = x - x.mean(1, keepdims=True)
    found = compare(first, second, x)
    keys = [reason.key for reason in why(found)]
    assert found.agree == "equal"
    assert keys[0] == "by_data"


def test_group_norm_with_one_group_and_layer_norm_differ_in_what_they_learn():
    first, second = (spec_of(method, "nchw", True, groups=1) for method in ("group", "layer"))
    assert reasons_of(first, second, learned=True).keys() == {"shapes"}
    plain = [spec_of(method, "nchw", False, groups=1) for method in ("group", "layer")]
    assert {"both", "by_setting", "by_values"} == reasons_of(*plain).keys()


def test_only_eps_is_named_where_it_is_the_only_cause():
    first, second = (spec_of(method, "nchw", False) for method in ("instance", "mean_variance"))
    assert reasons_of(first, second)["only_eps"].facts["agree"] == "equal"
    same = spec_of("instance", "nchw", False)
    reasons = reasons_of(same, with_eps(same, 0.5))
    assert reasons.keys() == {"eps", "only_eps"}
    assert reasons["eps"].facts == {"first": 1e-5, "second": 0.5}


def with_eps(spec, eps):
    return replace(spec, knobs=spec.settings | {"eps": eps})


def test_length_and_rms_differ_by_a_steady_factor():
    first, second = (spec_of(method, "nct", False, eps=0.0) for method in ("l2", "rms_position"))
    reasons = reasons_of(first, second)
    assert reasons["steady"] == Reason("steady", {"factor": pytest.approx(0.5)})
    with_some = reasons_of(with_eps(first, 1e-3), with_eps(second, 1e-3))
    assert with_some["only_eps"].facts["agree"] == "factor"


def test_at_prediction_two_that_watch_the_batch_agree_and_in_training_they_do_not():
    first, second = (spec_of(method, "nchw", False, parts=3) for method in ("batch", "ghost"))
    reasons = reasons_of(first, second, training=False)
    assert reasons["by_mode"].facts["training"] is True
    assert reasons_of(first, second).keys() >= {"statistics"}


def test_single_entries_have_nothing_to_be_compared_with():
    first, second = (Spec(method, (2, 3, 1, 1), knobs={"affine": False} | knobs)
                     for method, knobs in (("instance", {}), ("group", {"groups": 3})))  # fmt: skip
    reasons = reasons_of(first, second)
    assert {"both", "single", "by_shape"} >= reasons.keys() - {"by_setting"}
    assert "single" in reasons


def test_reasons_are_the_same_every_time():
    first, second = (spec_of(method, "nchw", True) for method in ("renorm", "frozen"))
    x = data.make("random", first)
    again = [why(compare(first, second, x, learned=True)) for _ in range(2)]
    assert again[0] == again[1]
    assert np.isfinite(again[0][0].facts.get("difference", 0.0))
