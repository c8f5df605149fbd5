"""Errors: what every sentence holds, and that it is true on the case that it describes."""

import copy
import pickle
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
import torch

import normlib
from normlib import NormError, Spec
from normlib.errors import LONGEST, SENTENCES
from tests.normlib.error_cases import BATCH, CASES, SIZES, X


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_message_holds_what_was_asked_and_what_would_fit(case):
    with pytest.raises(NormError) as caught:
        case.call()
    assert caught.value.code == case.code
    message = str(caught.value)
    assert message == SENTENCES[case.code].format(**caught.value.facts)
    assert [fact for fact in case.facts if fact not in message] == []


def test_every_sentence_is_said_by_a_case_here_or_beside_its_subject():
    here = {case.code for case in CASES}
    others = set(Path(__file__).parent.rglob("test_*.py")) - {Path(__file__)}
    beside = "".join(path.read_text("utf-8") for path in others)
    assert here <= set(SENTENCES)
    assert {code for code in set(SENTENCES) - here if f'"{code}"' not in beside} == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_an_error_survives_pickle_and_copy(case):
    with pytest.raises(NormError) as caught:
        case.call()
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert type(again) is NormError
        assert (again.code, repr(again.facts), str(again)) == (
            caught.value.code, repr(caught.value.facts), str(caught.value)
        )  # fmt: skip


def test_a_norm_error_is_a_value_error():
    with pytest.raises(ValueError, match="Allowed groups: 1, 2, 3, 6"):
        Spec("group", SIZES, knobs={"groups": 4})


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_the_group_counts_that_the_message_allows_work(groups):
    y = normlib.apply(Spec("group", SIZES, knobs={"groups": groups}), X)
    assert np.abs(y.reshape(8, groups, -1).mean(2)).max() < 1e-14


def test_the_fixes_that_the_message_names_work():
    whole = np.arange(np.prod(SIZES)).reshape(SIZES)
    for x, names in ((whole, {"np": np}), (torch.from_numpy(whole), {})):
        with pytest.raises(NormError) as caught:
            normlib.apply(BATCH, x)
        fixed = eval(str(caught.value.facts["fix"]), {"x": x, **names})
        y = np.asarray(normlib.apply(BATCH, fixed))
        assert np.abs(y.mean((0, 2, 3))).max() < 1e-5
        assert np.abs(y.std((0, 2, 3)) - 1).max() < 1e-5


@pytest.mark.parametrize("code", SENTENCES)
def test_facts_with_braces_are_told_as_they_stand(code):
    names = [part[1] for part in Formatter().parse(SENTENCES[code]) if part[1]]
    problem = NormError(code, **dict.fromkeys(names, "{0}%s"))
    assert str(problem).count("{0}%s") == len(names)


class Mute:
    def __repr__(self):
        raise RuntimeError("no words")


@pytest.mark.parametrize(("value", "told"), [
    (Mute(), "an object of type Mute"), (10**5000, "an object of type int"), (X.sum, "<built-in"),
    (np.arange(3), "array([0, 1, 2])"), ([[1]], "[[1]]"), ("x" * 5000, "'" + "x" * LONGEST + "..."),
    (list(range(5000)), "[0, 1, 2, 3,"),
], ids=lambda value: type(value).__name__)  # fmt: skip
def test_whatever_was_asked_is_told_in_bounded_words(value, told):
    problem = NormError("data_kind", kind=value, known="random")
    assert str(problem).startswith(f"Data {told}")
    assert len(str(problem)) < LONGEST + 100
    assert pickle.loads(pickle.dumps(problem)).facts == problem.facts


@pytest.mark.parametrize("fixed", ["np.asarray(gamma)", "torch.as_tensor(gamma)"])
def test_the_arrays_that_the_message_makes_of_lists_work(fixed):
    gamma = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    x = X if fixed.startswith("np") else torch.from_numpy(X)
    with pytest.raises(NormError) as caught:
        normlib.apply(BATCH, x, {"gamma": gamma})
    assert caught.value.facts["fix"] == fixed
    y = normlib.apply(BATCH, x, {"gamma": eval(fixed)})
    assert np.abs(np.asarray(y).std((0, 2, 3)) - gamma).max() < 1e-4


@pytest.mark.parametrize("training", [True, False])
def test_a_parameter_that_is_none_counts_as_left_out(training):
    given = {"gamma": None, "beta": np.arange(6.0), "running_mean": None}
    trace = normlib.trace(BATCH, X, given, training=training)
    assert list(trace.parameters) == ["beta"]
    expected = normlib.apply(BATCH, X, {"beta": np.arange(6.0)}, training=training)
    assert np.array_equal(trace.output, expected)


def test_parameters_of_the_other_library_may_lie_in_memory_as_they_like():
    x, gamma = torch.from_numpy(X), np.arange(1.0, 7.0)
    expected = normlib.apply(BATCH, X, {"gamma": gamma})
    locked = gamma.copy()
    locked.setflags(write=False)
    for same in (
        locked,
        gamma[::-1].copy()[::-1],
        gamma.astype(">f8"),
        gamma.astype(np.longdouble),
    ):
        np.testing.assert_allclose(normlib.apply(BATCH, x, {"gamma": same}), expected, 1e-12, 1e-12)
    learned = torch.tensor(gamma, requires_grad=True)
    half = torch.tensor(gamma, dtype=torch.bfloat16)
    for same in (learned, half):
        np.testing.assert_allclose(normlib.apply(BATCH, X, {"gamma": same}), expected, 1e-12, 1e-12)
