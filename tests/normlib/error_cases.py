"""Every sentence of every error, said by a real call, with its facts."""

import io
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

import normlib
from normlib import METHODS, Spec, data, members, running
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
    Case("knob_number", lambda: Spec("batch", SIZES, knobs={"eps": -1.0}),
         ("'eps'", "'batch'", "-1.0", "a number from 0 to 1e+30")),
    Case("knob_number", lambda: Spec("batch", SIZES, knobs={"eps": np.inf}), ("be inf.",)),
    Case("knob_number", lambda: Spec("batch", SIZES, knobs={"eps": np.float32("nan")}), ("nan",)),
    Case("knob_number", lambda: Spec("batch", SIZES, knobs={"eps": 10**5000}),
         ("an object of type int",)),
    Case("knob_switch", lambda: Spec("batch", SIZES, knobs={"affine": 1}),
         ("'affine'", "cannot be 1.", "True or False")),
    Case("knob_whole_up", lambda: Spec("group", SIZES, knobs={"groups": 0}),
         ("'groups'", "'group'", "cannot be 0.", "a whole number from 1 up")),
    Case("knob_whole_up", lambda: Spec("group", SIZES, knobs={"groups": True}), ("be True.",)),
    Case("knob_whole", lambda: Spec("iterative_whitening", SIZES, knobs={"iterations": 101}),
         ("'iterations'", "101", "from 1 to 100")),
    Case("no_knobs", lambda: Spec("muon", (3, 4), knobs={"eps": 1.0}), ("'muon'", "'eps'")),
    Case("knobs", lambda: Spec("batch", SIZES, knobs=["eps"]), ("['eps']", "by name")),
    Case("knobs", lambda: Spec("batch", SIZES, knobs=0.1), ("0.1 is no such mapping",)),
    Case("layout", lambda: Spec("batch", SIZES, "nhwx"),
         ("'nhwx'", "4 axes", "A layout that fits: nchw.")),
    Case("layout", lambda: Spec("batch", SIZES, ("n", "c", "h", "w")), ("('n', 'c', 'h', 'w')",)),
    Case("num_axes", lambda: Spec("batch", (8,)), ("(8,)", "is 1", "nc, nct, nchw, ncdhw")),
    Case("no_sizes", lambda: Spec("batch", 6), ("6 does not",)),
    Case("sizes", lambda: Spec("batch", (8, 0, 5, 3)),
         ("(8, 0, 5, 3)", "'nchw'", "'c' has 0", "from 1 to 2147483647")),
    Case("sizes", lambda: Spec("batch", (8, "6")), ("'c' has '6'",)),
    Case("sizes", lambda: Spec("batch", (-1, 6)), ("'n' has -1", "from 0 to 2147483647")),
    Case("total", lambda: Spec("batch", (2**16, 2**16)),
         ("(65536, 65536)", "4294967296", "2147483647")),
    Case("seed", lambda: Spec("batch", SIZES, seed=-3),
         ("Seed -3", "from 0 to 1e+30.")),
    Case("seed", lambda: Spec("batch", SIZES, seed="3"), ("'3'",)),
    Case("layout", lambda: Spec("muon", SIZES, "nchw"),
         ("'nchw'", "o (output)", "i (input)", "oihw")),
    Case("needs_space", lambda: Spec("instance", (8, 6)),
         ("'instance'", "'nc'", "(8, 6)", "nct, nchw, ncdhw")),
    Case("needs_time", lambda: Spec("cumulative_layer", SIZES),
         ("'cumulative_layer'", "'nchw'", "(8, 6, 5, 3)", "layout nct.")),
    Case("parts", lambda: Spec("ghost", SIZES, knobs={"parts": 3}),
         ("'ghost'", "(8, 6, 5, 3)", "parts=3", "8 samples", "1, 2, 4, 8.")),
    Case("reference", lambda: Spec("virtual", SIZES, knobs={"reference": 9}),
         ("'virtual'", "(8, 6, 5, 3)", "reference=9", "8 samples")),
    Case("whole", lambda: normlib.apply(Spec("cross", SIZES), X, {"partner": np.arange(8) + 1}),
         ("'partner'", "'cross'", "[1, 2, 3, 4]", "0 to 7")),
    Case("whole", lambda: normlib.apply(Spec("conditional_batch", SIZES), X,
                                        {"labels": np.full(8, 0.5)}),
         ("'labels'", "0.5", "0 to 2")),
    Case("unknown_step", lambda: normlib.trace(BATCH, X)["std"],
         ("'std'", "'batch'", "mean, variance, normalize")),
    Case("num_groups", lambda: GroupNorm(4, 6), ("(6)", "(4)", "1, 2, 3, 6.")),
    Case("num_groups", lambda: GroupNorm(-2, 6), ("(6)", "(-2)", "1 or more")),
    Case("too_wide", lambda: check_num_sources(Spec("zca_whitening", (2, 500)), 1000),
         ("'zca_whitening'", "(2, 500)", "250000", "1000")),
    Case("layer_no_channels", lambda: Norm("batch"), ("'batch'", "Norm('batch', 64)")),
    Case("layer_shape", lambda: Norm("layer", 6), ("'layer'", "Norm(Spec('layer', x.shape))")),
    Case("layer_channels", lambda: Norm("batch", 0), ("be 0;", "from 1 to 2147483647")),
    Case("layer_channels", lambda: Norm("batch", "6"), ("'6'",)),
    Case("layer_groups", lambda: Norm("group", 6, groups=4),
         ("'group'", "groups=4", "6 channels", "1, 2, 3, 6.")),
    Case("layer_axis", lambda: Norm("batch", 6, channel_axis=None), ("channel_axis=None",)),
    Case("layer_beside", lambda: Norm(BATCH, 7), ("'nchw'", "channels=6", "channels=7")),
    Case("layer_beside", lambda: Norm(BATCH, channel_axis=-1),
         ("'nchw'", "channel_axis=1", "channel_axis=-1")),
    Case("layer_input", lambda: Norm("pixel", 6)(torch.ones(2, 5)),
         ("6 channels", "(2, 5)", "has 5")),
    Case("layer_input", lambda: Norm("batch", 6)(torch.ones(0, 5)), ("6 channels", "(0, 5)")),
    Case("parameter", lambda: Norm(Spec("layer", (2, 6, 4)))(torch.ones(2, 6, 5)),
         ("'gamma'", "(6, 4)", "(6, 5)")),
    Case("num_axes", lambda: Norm("batch", 6)(torch.ones(6)), ("(6,)", "is 1,")),
    Case("unwanted_condition", lambda: Norm("film", 6)(torch.ones(2, 6), labels=torch.ones(2)),
         ("Norm('film')", "'labels'", "gamma, beta")),
    Case("no_conditions", lambda: Norm("batch", 6)(torch.ones(2, 6), labels=torch.ones(2)),
         ("Norm('batch')", "'labels'")),
    Case("tensor", lambda: Norm("batch", 6)([1.0]), ("list",)),
    Case("not_for", lambda: Norm("spectral", 6), ("'spectral'", "weight")),
    Case("axis", lambda: Norm("batch", 6, channel_axis=2)(torch.ones(2, 6)), ("2",)),
    Case("weight_count", lambda: normalized_gradients([torch.ones(2)], "lars", []),
         ("'lars'", "1 gradients", "0 weights")),
    Case("weight_shape", lambda: normalized_gradients(
        [torch.ones(2), torch.ones(2, 3)], "lars", [torch.ones(2), torch.ones(3, 2)]),
         ("Gradient 1", "'lars'", "(2, 3)", "(3, 2)")),
    Case("no_weights", lambda: normalized_gradients([torch.ones(2)], "lars"), ("'lars'",)),
    Case("condition", lambda: Norm("film", 6)(torch.ones(2, 6)), ("'film'", "gamma", "beta")),
    Case("not_explained", lambda: explain(torch.nn.Linear(2, 3), torch.ones(1, 2)),
         ("Linear", "Norm")),
    Case("module_shape", lambda: explain(torch.nn.LayerNorm(3), torch.ones(2, 4)),
         ("LayerNorm", "(3,)", "(2, 4)")),
    Case("running_shape", lambda: running.observe(running.start(2), X, convention="torch"),
         ("'mean'", "(6,)", "(2,)")),
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
    Case("real", lambda: normlib.apply(BATCH, X.astype(complex)), ("complex128",)),
    Case("real", lambda: normlib.apply(BATCH, X.astype(object)), ("object",)),
    Case("real", lambda: normlib.apply(BATCH, torch.ones(SIZES, dtype=torch.complex64)),
         ("torch.complex64",)),
    Case("dtype", lambda: normlib.apply(BATCH, X > 0), ("bool",)),
    Case("library", lambda: normlib.apply(BATCH, X.tolist()), ("list", "numpy", "torch")),
    Case("parameter", lambda: normlib.apply(BATCH, X, {"gamma": np.arange(5.0)}),
         ("'gamma'", "(5,)", "'batch'", "(8, 6, 5, 3)", "takes (6,)")),
    Case("unwanted_parameter", lambda: normlib.apply(Spec("rms", SIZES), X, {"beta": X[0]}),
         ("'rms'", "'beta'", "gamma.")),
    Case("unwanted_parameter", lambda: normlib.apply(
        Spec("batch", SIZES, knobs={"affine": False}), X, {"gamma": X[0, :, 0, 0]}),
         ("'gamma'", "running_mean, running_variance.")),
    Case("no_parameters", lambda: normlib.apply(Spec("pixel", SIZES), X, {"gamma": X}),
         ("'pixel'", "'gamma'")),
    Case("parameters", lambda: normlib.apply(BATCH, X, [X[0, :, 0, 0]]), ("list", "by name")),
    Case("parameter_type", lambda: normlib.apply(BATCH, X, {"gamma": [1.0] * 6}),
         ("'gamma'", "'batch'", "list", "np.asarray(gamma)")),
    Case("parameter_type", lambda: normlib.apply(BATCH, torch.ones(SIZES), {"beta": (0.0,) * 6}),
         ("'beta'", "tuple", "torch.as_tensor(beta)")),
    Case("parameter_dtype", lambda: normlib.apply(BATCH, X, {"gamma": np.ones(6, complex)}),
         ("'gamma'", "complex128", "real numbers")),
    Case("index", lambda: members(BATCH, (0, 6, 0, 0)),
         ("(0, 6, 0, 0)", "(8, 6, 5, 3)", "axis 1", "0 to 5")),
    Case("index", lambda: members(BATCH, (0, 0, 0, -1)), ("axis 3", "0 to 2")),
    Case("index_length", lambda: members(BATCH, (0, 0)), ("(0, 0)", "is 2", "4 axes")),
    Case("index_whole", lambda: members(BATCH, (0, 0, 0, 1.5)), ("(0, 0, 0, 1.5)", "(8, 6, 5, 3)")),
    Case("index_whole", lambda: members(BATCH, 7), ("Index 7",)),
    Case("index_empty", lambda: members(Spec("batch", (0, 6)), (0, 0)), ("(0, 6)", "(0, 0)")),
    Case("query_whole", lambda: Spec.from_query(BATCH.to_query() | {"h": "five"}),
         ("'five'", "'h'", "a whole number")),
    Case("query_missing", lambda: Spec.from_query({"method": "batch", "n": "8"}),
         ("'c'", "'nchw'")),
    Case("seed", lambda: Spec.from_query(BATCH.to_query() | {"seed": "-1"}), ("Seed -1",)),
    Case("query_switch", lambda: Spec.from_query(BATCH.to_query() | {"affine": "yes"}),
         ("'yes'", "'affine'", "true or false")),
    Case("query_number", lambda: Spec.from_query(BATCH.to_query() | {"eps": "small"}),
         ("'small'", "'eps'", "a number")),
    Case("data_kind", lambda: data.make("cats", BATCH), ("'cats'", *data.KINDS)),
    Case("table", lambda: data.from_text("1, 2, x", X), ("Number 3", "'x'")),
    Case("table", lambda: data.from_text("1 nan", X), ("Number 2", "'nan'")),
    Case("file_size", lambda: read("a.npy", bytes(LIMIT + 1)), ("65537", "65536")),
    Case("file_type", lambda: read("a/b.xlsx", b"1,2"), ("'b.xlsx'", "CSV", ".npy")),
    Case("file_empty", lambda: read("a.csv", b"\n\n"), ("no numbers",)),
    Case("file_header", lambda: read("a.npy", b"1,2\n3,4"), (".npy", "header is broken")),
    Case("file_text", lambda: read("a.csv", b"\xff\xfe1"), ("CSV", "not UTF-8 text")),
    Case("file_object", lambda: read("a.npy", npy(np.array([[None]]), allow_pickle=True)),
         ("object",)),
    Case("file_claims", lambda: read("a.npy", npy(X)[:-8]), ("5760", "5752")),
    Case("file_axes", lambda: read("a.npy", npy(X[0, 0, 0])), ("1 axes", "2 to 5")),
    Case("file_ragged", lambda: read("a.csv", b"1,2\n3"), ("Line 2", "1 numbers", "2.")),
    Case("file_number", lambda: read("a.csv", b"1,2\n3,x"), ("Line 2", "column 2", "'x'")),
    Case("file_infinite", lambda: read("a.csv", b"1,2\n3,inf"), ("(1, 1)", "inf", "finite")),
]  # fmt: skip
