"""Every sentence of every error, said by a real call, with its facts."""

import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import numpy as np
import pytest
import torch

import normlib
from normlib import METHODS, NormError, Spec, data, members, running
from normlib.errors import SENTENCES
from normlib.layers import GroupNorm, Norm, explain, normalized_gradients
from normlib.membership import check_num_sources
from normlib.upload import LIMIT, read

SIZES = (8, 6, 5, 3)
BATCH = Spec("batch", SIZES)
X = np.random.default_rng(0).normal(size=SIZES)


class Case(NamedTuple):
    code: str
    call: Callable[[], object]
    facts: tuple[str, ...]  # must stand in the message


def npy(array, **kwargs):
    stream = io.BytesIO()
    np.save(stream, array, **kwargs)
    return stream.getvalue()


CASES = [
    Case("unknown_method", lambda: Spec("bach", SIZES), ("'bach'", *METHODS)),
    Case("unknown_method", lambda: Spec.from_query({}), ("''", *METHODS)),
    Case("unknown_knob", lambda: Spec("rms", SIZES, knobs={"groups": 2}),
         ("'rms'", "'groups'", "affine", "eps")),
    Case("knob_value", lambda: Spec("batch", SIZES, knobs={"eps": -1.0}),
         ("'eps'", "'batch'", "-1.0", "a number from 0")),
    Case("knob_value", lambda: Spec("batch", SIZES, knobs={"affine": 1}),
         ("'affine'", "cannot be 1.", "True or False")),
    Case("knob_value", lambda: Spec("group", SIZES, knobs={"groups": 0}),
         ("'groups'", "'group'", "cannot be 0.", "a whole number from 1 up")),
    Case("layout", lambda: Spec("batch", SIZES, "nhwx"),
         ("'nhwx'", "4 axes", "nc, nct, nchw, ncdhw")),
    Case("sizes", lambda: Spec("batch", (8, 0, 5, 3)), ("(8, 0, 5, 3)", "'nchw'", "2147483647")),
    Case("layout", lambda: Spec("muon", SIZES, "nchw"),
         ("'nchw'", "o (output)", "i (input)", "oi, oit, oihw, oidhw")),
    Case("needs_space", lambda: Spec("instance", (8, 6)),
         ("'instance'", "'nc'", "(8, 6)", "nct, nchw, ncdhw")),
    Case("needs_time", lambda: Spec("cumulative_layer", SIZES),
         ("'cumulative_layer'", "'nchw'", "(8, 6, 5, 3)", "fit: nct.")),
    Case("parts", lambda: Spec("ghost", SIZES, knobs={"parts": 3}),
         ("'ghost'", "(8, 6, 5, 3)", "parts=3", "8 samples", "1, 2, 4, 8.")),
    Case("reference", lambda: Spec("virtual", SIZES, knobs={"reference": 9}),
         ("'virtual'", "(8, 6, 5, 3)", "reference=9", "8 samples")),
    Case("whole", lambda: normlib.apply(Spec("cross", SIZES), X, {"partner": np.arange(8) + 1}),
         ("'partner'", "'cross'", "[1, 2, 3, 4]", "0 to 7")),
    Case("whole", lambda: normlib.apply(Spec("conditional_batch", SIZES), X,
                                        {"labels": np.full(8, 0.5)}),
         ("'labels'", "0.5", "0 to 2")),
    Case("no_inverse", lambda: normlib.invert(normlib.trace(Spec("zca_whitening", SIZES), X), X),
         ("'zca_whitening'", "more than shift and scale")),
    Case("num_groups", lambda: GroupNorm(4, 6), ("(6)", "(4)", "1, 2, 3, 6.")),
    Case("too_wide", lambda: check_num_sources(Spec("zca_whitening", (2, 500)), 1000),
         ("'zca_whitening'", "(2, 500)", "250000", "1000")),
    Case("layer_shape", lambda: Norm("batch"), ("'batch'", "Norm(")),
    Case("tensor", lambda: Norm("batch", 6)([1.0]), ("list",)),
    Case("not_for", lambda: Norm("spectral", 6), ("'spectral'", "weight")),
    Case("axis", lambda: Norm("batch", 6, channel_axis=2)(torch.ones(2, 6)), ("2",)),
    Case("no_weights", lambda: normalized_gradients([torch.ones(2)], "lars"), ("'lars'",)),
    Case("condition", lambda: Norm("film", 6)(torch.ones(2, 6)), ("'film'", "gamma", "beta")),
    Case("not_explained", lambda: explain(torch.nn.Linear(2, 3), torch.ones(1, 2)),
         ("Linear", "Norm")),
    Case("running_setting", lambda: running.start(0), ("'channels'", "0", "from 1 up")),
    Case("running_shape", lambda: running.merge(running.start(2), running.start(3)),
         ("(3,)", "(2,)")),
    Case("running_library", lambda: running.observe(
        running.start(6), torch.ones(4, 6), convention="torch"), ("numpy", "torch")),
    Case("running_nan", lambda: running.observe(
        running.start(6), np.where(X > 9, X, np.nan), convention="torch", nan="raise"),
         ("6 of 6", "not finite")),
    Case("running_single", lambda: running.observe(
        running.start(6), np.ones((1, 6)), convention="torch"), ("6 of 6", "single value")),
    Case("groups", lambda: Spec("group", SIZES, knobs={"groups": 4}),
         ("'group'", "(8, 6, 5, 3)", "groups=4", "6 channels", "1, 2, 3, 6.")),
    Case("shape", lambda: normlib.apply(BATCH, X[:7]),
         ("(7, 6, 5, 3)", "(8, 6, 5, 3)", "'nchw'")),
    Case("dtype", lambda: normlib.apply(BATCH, X.astype(np.int64)),
         ("'batch'", "int64", "x.astype(np.float32)")),
    Case("dtype", lambda: normlib.apply(BATCH, torch.ones(SIZES, dtype=torch.int32)),
         ("torch.int32", "x.float()")),
    Case("dtype", lambda: normlib.apply(BATCH, X.astype(complex)), ("complex128",)),
    Case("dtype", lambda: normlib.apply(BATCH, X > 0), ("bool",)),
    Case("library", lambda: normlib.apply(BATCH, X.tolist()), ("list", "numpy", "torch")),
    Case("parameter", lambda: normlib.apply(BATCH, X, {"gamma": np.arange(5.0)}),
         ("'gamma'", "(5,)", "'batch'", "(8, 6, 5, 3)", "takes (6,)")),
    Case("unwanted_parameter", lambda: normlib.apply(Spec("rms", SIZES), X, {"beta": X[0]}),
         ("'rms'", "'beta'", "gamma.")),
    Case("unwanted_parameter", lambda: normlib.apply(
        Spec("batch", SIZES, knobs={"affine": False}), X, {"gamma": X[0, :, 0, 0]}),
         ("'gamma'", "running_mean, running_variance.")),
    Case("unwanted_parameter", lambda: normlib.apply(Spec("pixel", SIZES), X, {"gamma": X}),
         ("'pixel'", "'gamma'", "none.")),
    Case("index", lambda: members(BATCH, (0, 6, 0, 0)),
         ("(0, 6, 0, 0)", "(8, 6, 5, 3)", "axis 1", "0 to 5")),
    Case("index", lambda: members(BATCH, (0, 0, 0, -1)), ("axis 3", "0 to 2")),
    Case("index_length", lambda: members(BATCH, (0, 0)), ("(0, 0)", "2 numbers", "4 axes")),
    Case("query", lambda: Spec.from_query(BATCH.to_query() | {"h": "five"}),
         ("'five'", "'h'", "a whole number")),
    Case("query", lambda: Spec.from_query(BATCH.to_query() | {"affine": "yes"}),
         ("'yes'", "'affine'", "true or false")),
    Case("query", lambda: Spec.from_query(BATCH.to_query() | {"eps": "small"}),
         ("'small'", "'eps'", "a number")),
    Case("query", lambda: Spec("batch", SIZES, seed=-3), ("-3", "'seed'", "from 0")),
    Case("data_kind", lambda: data.make("cats", BATCH), ("'cats'", *data.KINDS)),
    Case("table", lambda: data.from_text("1, 2, x", X), ("Entry 2", "'x'")),
    Case("table", lambda: data.from_text("1 nan", X), ("Entry 1", "'nan'")),
    Case("file_size", lambda: read("a.npy", bytes(LIMIT + 1)), ("65537", "65536")),
    Case("file_type", lambda: read("a/b.xlsx", b"1,2"), ("'b.xlsx'", "CSV", ".npy")),
    Case("file_empty", lambda: read("a.csv", b"\n\n"), ("no numbers",)),
    Case("file_broken", lambda: read("a.npy", b"1,2\n3,4"), (".npy", "broken header")),
    Case("file_broken", lambda: read("a.csv", b"\xff\xfe1"), ("CSV", "not UTF-8 text")),
    Case("file_object", lambda: read("a.npy", npy(np.array([[None]]), allow_pickle=True)),
         ("object",)),
    Case("file_claims", lambda: read("a.npy", npy(X)[:-8]), ("5760", "5752")),
    Case("file_axes", lambda: read("a.npy", npy(X[0, 0, 0])), ("1 axes", "2 to 5")),
    Case("file_ragged", lambda: read("a.csv", b"1,2\n3"), ("Line 2", "1 numbers", "2.")),
    Case("file_number", lambda: read("a.csv", b"1,2\n3,x"), ("Line 2", "column 2", "'x'")),
    Case("file_infinite", lambda: read("a.csv", b"1,2\n3,inf"), ("(1, 1)", "inf", "finite")),
]  # fmt: skip


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
    others = set(Path(__file__).parent.glob("test_*.py")) - {Path(__file__)}
    beside = "".join(path.read_text("utf-8") for path in others)
    assert here <= set(SENTENCES)
    assert {code for code in set(SENTENCES) - here if f'"{code}"' not in beside} == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_an_error_survives_pickle_and_copy(case):
    with pytest.raises(NormError) as caught:
        case.call()
    for again in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
        assert type(again) is NormError
        assert (again.code, again.facts, str(again)) == (
            caught.value.code, caught.value.facts, str(caught.value)
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
