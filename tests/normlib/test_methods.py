"""The contract of the table: what every method keeps, on every layout, in every library."""

import re

import einops
import numpy as np
import pytest
import torch

import normlib
from normlib import METHODS
from normlib.layers import ORACLES
from normlib.method import KINDS as METHOD_KINDS
from normlib.operations import OPERATIONS
from normlib.recover import RECOVERIES
from normlib.trace import step_names
from tests.normlib import cases, lesson
from tests.normlib.cases import (
    KINDS,
    LAYOUTS_OF,
    PAIRS,
    TOLERANCES,
    all_as,
    as_kind,
    plain,
    spec_of,
)

methods = pytest.mark.parametrize("method", METHODS)
pairs = pytest.mark.parametrize(("method", "layout"), PAIRS)
kinds = pytest.mark.parametrize("kind", KINDS)
IN_STEPS = {  # method: how far float32 of two libraries may drift, relative to the largest entry
    **dict.fromkeys(cases.MIXING, 2e-5),
    "pca_whitening": 1e-4,  # axes of nearly equal variances turn with the last digit
    "muon": 3e-3,  # its quintic stretches rounding errors by 3.4445 ** 5 = 485
}


def traced(method, layout, kind, seed=0):
    """The input and its trace, in training and at prediction."""
    for training in (True, False):
        spec = spec_of(method, layout)
        x = as_kind(kind, cases.values(spec, seed))
        given = all_as(kind, cases.gamma_beta(spec, training=training))
        yield x, normlib.trace(spec, x, given, training=training)


@kinds
@methods
def test_shape_dtype_library_and_the_input_itself_are_kept(method, kind):
    for layout in LAYOUTS_OF[method]:
        for x, trace in traced(method, layout, kind):
            assert type(trace.output) is type(x)
            assert trace.output.dtype == x.dtype
            assert tuple(trace.output.shape) == trace.spec.sizes == cases.SHAPES[layout]
            assert trace["input"].array is x
            assert np.array_equal(plain(x), plain(as_kind(kind, cases.values(trace.spec))))


@kinds
@methods
def test_the_last_step_of_the_trace_is_apply_bit_for_bit(method, kind):
    for layout in LAYOUTS_OF[method]:
        for x, trace in traced(method, layout, kind):
            y = normlib.apply(trace.spec, x, trace.parameters, training=trace.training)
            assert y.dtype == trace.output.dtype
            assert np.array_equal(plain(y), plain(trace.output))
            assert trace.steps[-1].array is trace.output


@pairs
def test_steps_have_the_names_and_shapes_that_are_told_before(method, layout):
    for _, trace in traced(method, layout, "numpy float64"):
        spec, partition = trace.spec, trace.spec.partition
        assert trace.names == step_names(spec, trace.training)
        assert len(set(trace.names)) == len(trace.names)
        assert trace.names[0] == "input"
        assert trace.names[-1] == "reshape back"
        blocks = tuple(spec.lengths[axis] for axis in partition.blocks)
        columns = partition.columns // int(np.prod(blocks))
        for step in trace.steps:
            assert len(step.axes) == step.array.ndim
            if step.name in ("input", "reshape back"):
                assert step.array.shape == spec.sizes
                assert step.axes == spec.axes
            elif step.name in ("reshape", "normalize", "recover"):
                assert step.array.shape == (*blocks, partition.rows, columns)
                assert step.axes == partition.axes
            else:  # a statistic: one number per column, or a matrix that mixes them
                assert step.array.shape[-2:] in ((1, columns), (columns, columns), (1, 1))
                assert step.axes[-1] == partition.axes[-1]


@kinds
@methods
def test_both_reshapes_are_what_their_patterns_say_and_exact(method, kind):
    for layout in LAYOUTS_OF[method]:
        for x, trace in traced(method, layout, kind):
            names, partition = list(trace.names), trace.spec.partition
            if "reshape" not in names:  # prediction leaves the input as it is
                assert trace.output is x
                continue
            for name in ("reshape", "reshape back"):
                step, before = trace[name], trace.steps[names.index(name) - 1]
                made = plain(einops.rearrange(before.array, step.pattern, **partition.lengths))
                if name == "reshape back":  # half precision is rounded here
                    made = plain(as_kind(kind, made))
                assert np.array_equal(made, plain(step.array))
            matrix = trace["reshape"].array
            assert np.array_equal(plain(partition.merge(matrix)), plain(x))


@kinds
@pytest.mark.parametrize("method", [*cases.STANDARDIZING, *cases.ROOT_MEAN_SQUARE])
def test_the_promised_statistics_are_reached(method, kind):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x = as_kind(kind, cases.values(spec))
        columns, before = (
            plain(spec.partition.split(array)) for array in (normlib.apply(spec, x), x)
        )
        tolerance = 2 * TOLERANCES[kind.split()[1]]
        if method in cases.STANDARDIZING:
            assert np.abs(columns.mean(0)).max() < tolerance
            before = before - before.mean(0)
        square = (before**2).mean(0)
        assert np.abs((columns**2).mean(0) - square / (square + spec.eps)).max() < tolerance


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@methods
def test_numpy_equals_torch_in_every_step(method, dtype):
    tolerance = 1e-12 if dtype == "float64" else IN_STEPS.get(method, 2e-6)
    for layout in LAYOUTS_OF[method]:
        roads = (traced(method, layout, f"{library} {dtype}") for library in ("numpy", "torch"))
        both = zip(*roads, strict=True)
        for (_, by_numpy), (_, by_torch) in both:
            for ours, theirs in zip(by_numpy.steps, by_torch.steps, strict=True):
                assert (ours.name, ours.axes, ours.formula) == (
                    theirs.name, theirs.axes, theirs.formula
                )  # fmt: skip
                expected = plain(ours.array)
                allowed = TOLERANCES[dtype] if ours.name == "reshape back" else tolerance
                allowed = max(allowed, tolerance) * max(1.0, np.abs(expected).max())
                np.testing.assert_allclose(plain(theirs.array), expected, 0, allowed, ours.name)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
@pytest.mark.parametrize("method", lesson.IN_TORCH)
def test_the_methods_of_torch_are_its_layers_on_60_random_shapes(method, dtype, tolerance):
    rng = np.random.default_rng(7)
    for seed in range(60):
        spec = cases.random_spec(method, rng, eps=(1e-5, 1e-3, 0.5))
        x = as_kind(f"torch {dtype}", cases.values(spec, seed))
        parameters = all_as(f"torch {dtype}", cases.gamma_beta(spec, seed))
        exact = {name: value.double() for name, value in parameters.items()}
        expected = lesson.torch_reference(spec, x.double(), exact)
        as_numpy = {name: value.numpy() for name, value in parameters.items()}
        for given, named in ((x, parameters), (x.numpy(), as_numpy)):
            y = plain(normlib.apply(spec, given, named))
            np.testing.assert_allclose(y, plain(expected), tolerance, tolerance, err_msg=str(spec))


@pytest.mark.parametrize("method", lesson.SLOW)
def test_disjoint_groups_are_the_slow_loop_over_them(method):
    rng = np.random.default_rng(3)
    for seed in range(5):
        spec = cases.random_spec(method, rng, eps=(1e-5, 1e-2))
        x, parameters = cases.values(spec, seed), cases.gamma_beta(spec, seed)
        expected = lesson.slow_reference(spec, x, parameters)
        y = normlib.apply(spec, x, parameters)
        np.testing.assert_allclose(y, expected, 1e-12, 1e-12, err_msg=str(spec))


@methods
def test_every_order_of_axes_gives_the_permuted_answer(method):
    rng = np.random.default_rng(1)
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        for training in (True, False):
            x, given = cases.values(spec), cases.gamma_beta(spec, training=training)
            expected = normlib.apply(spec, x, given, training=training)
            for order in {"".join(rng.permutation(list(layout))) for _ in range(3)}:
                other, moved, parameters = cases.permuted(spec, x, given, order)
                y = normlib.apply(other, moved, parameters, training=training)
                there = [layout.index(axis) for axis in order]
                np.testing.assert_allclose(
                    y, expected.transpose(there), 1e-11, 1e-11, err_msg=order
                )


def strided(x):
    """The same numbers, laid in memory in other ways."""
    wide = np.zeros([2 * size for size in x.shape])
    every_second = wide[(slice(None, None, 2),) * x.ndim]
    every_second[:] = x
    backwards = np.flip(np.flip(x).copy())
    assert backwards.strides[0] < 0
    yield from (np.asfortranarray(x), every_second, backwards)


@methods
def test_where_numbers_lie_in_memory_makes_no_difference(method):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x, given = cases.values(spec), cases.gamma_beta(spec)
        expected = normlib.apply(spec, x, given)
        for laid in strided(x):
            y = normlib.apply(spec, laid, {name: v.copy(order="F") for name, v in given.items()})
            np.testing.assert_allclose(y, expected, 1e-12, 1e-12)
        tensors = all_as("torch float64", given)
        tensor = as_kind("torch float64", x)
        laid = [tensor.mT.contiguous().mT, tensor.repeat_interleave(2, -1)[..., ::2]]
        if x.ndim == 4:
            laid.append(tensor.to(memory_format=torch.channels_last))
        for other in laid:
            np.testing.assert_allclose(plain(normlib.apply(spec, other, tensors)), expected,
                                       1e-12, 1e-12)  # fmt: skip


@methods
def test_an_entry_of_the_table_refers_to_what_exists(method):
    entry = METHODS[method]
    assert entry.key == method
    assert entry.kind in METHOD_KINDS
    assert entry.operation in OPERATIONS
    assert not entry.predict or entry.predict in OPERATIONS
    assert entry.recovery in RECOVERIES
    assert entry.oracle in ORACLES
    assert len({knob.name for knob in entry.knobs}) == len(entry.knobs)
    assert entry.needs in ("", "space", "time")
    assert LAYOUTS_OF[method]
    assert entry.tensor in ("activation", "weight", "gradient")
    assert entry.roles == (("n", "c") if entry.tensor == "activation" else ("o", "i"))


def test_every_kind_operation_recovery_and_judge_is_used():
    entries = METHODS.values()
    assert len(METHODS) >= 40
    assert {entry.kind for entry in entries} == set(METHOD_KINDS)
    used = {name for entry in entries for name in (entry.operation, entry.predict) if name}
    assert used | {"divide_by_variance"} == set(OPERATIONS)
    assert {entry.recovery for entry in entries} | {"identity", "swap_channels"} == set(RECOVERIES)
    assert {entry.oracle for entry in entries} == set(ORACLES)


@methods
def test_the_axes_kept_apart_are_those_of_the_lesson(method):
    entry = METHODS[method]
    if method in lesson.APART and not (
        entry.pools or entry.blocks or OPERATIONS[entry.operation].mixes
    ):
        assert entry.apart == lesson.APART[method]


@methods
def test_year_and_paper_agree_and_the_link_is_an_address(method):
    entry = METHODS[method]
    if re.fullmatch(r"\d{4}\.\d{4,5}", entry.paper):
        year, month = 2000 + int(entry.paper[:2]), int(entry.paper[2:4])
        assert entry.year == year
        assert 1 <= month <= 12
        assert len(entry.paper) == (10 if year >= 2015 else 9)  # arXiv counts to 5 digits since
    else:
        assert entry.paper.startswith(("doi:10.", "https://"))
        assert 1950 < entry.year <= 2026
    assert re.fullmatch(r"https://[\w./?=#:()-]+", entry.link)


@pytest.mark.parametrize("number", [1, 2, 6, 7, 36, 97, 360])
def test_divisors_are_all_numbers_that_divide(number):
    expected = tuple(d for d in range(1, number + 1) if number % d == 0)
    assert normlib.methods.divisors(number) == expected


def test_a_huge_prime_channel_count_has_two_divisors_at_once():
    assert normlib.methods.divisors(2**31 - 1) == (1, 2**31 - 1)


@pytest.mark.parametrize("kind", ["numpy float32", "torch float64"])
@pytest.mark.parametrize("method", [m for m in METHODS if METHODS[m].tensor == "activation"])
def test_an_empty_batch_comes_back_empty(method, kind):
    for layout in LAYOUTS_OF[method]:
        sizes = [0 if axis == "n" else size for axis, size in zip(layout, cases.SHAPES[layout],
                                                                  strict=True)]  # fmt: skip
        spec = normlib.Spec(method, tuple(sizes), layout)
        x = as_kind(kind, np.empty(spec.sizes))
        for training in (True, False):
            y = normlib.apply(spec, x, training=training)
            assert type(y) is type(x)
            assert y.dtype == x.dtype
            assert tuple(y.shape) == spec.sizes
