"""The contract of the table: what every method keeps, on every layout, in every library."""

import re

import einops
import numpy as np
import pytest

import normlib
from normlib import METHODS, Spec
from normlib.normalize import OPERATIONS
from normlib.recover import RECOVERIES
from normlib.trace import step_names
from tests.normlib import cases
from tests.normlib.cases import KINDS, PAIRS, TOLERANCES, as_kind, plain, spec_of

STATISTICS = {"standardize": ("mean", "variance"), "rms": ("mean square",)}
pairs = pytest.mark.parametrize(("method", "layout"), PAIRS)
kinds = pytest.mark.parametrize("kind", KINDS)


def traced(method, layout, kind):
    """The input and its trace, with parameters and without."""
    for affine in (True, False):
        spec = spec_of(method, layout, affine=affine)
        x = as_kind(kind, cases.values(spec))
        parameters = {name: as_kind(kind, value) for name, value in cases.gamma_beta(spec).items()}
        assert bool(parameters) == affine
        yield x, normlib.trace(spec, x, parameters)


@kinds
@pairs
def test_shape_dtype_library_and_the_input_itself_are_kept(method, layout, kind):
    for x, trace in traced(method, layout, kind):
        assert type(trace.output) is type(x)
        assert trace.output.dtype == x.dtype
        assert tuple(trace.output.shape) == trace.spec.sizes == cases.SHAPES[layout]
        assert trace["input"].array is x
        assert np.array_equal(plain(x), plain(as_kind(kind, cases.values(trace.spec))))


@kinds
@pairs
def test_the_last_step_of_the_trace_is_apply_bit_for_bit(method, layout, kind):
    for x, trace in traced(method, layout, kind):
        y = normlib.apply(trace.spec, x, trace.parameters)
        assert y.dtype == trace.output.dtype
        assert np.array_equal(plain(y), plain(trace.output))


@pairs
def test_steps_have_the_names_that_are_taught(method, layout):
    for _, trace in traced(method, layout, "numpy float64"):
        middle = STATISTICS[METHODS[method].operation]
        expected = ("input", "reshape", *middle, "normalize", "recover", "reshape back")
        assert trace.names == step_names(trace.spec) == expected
        for name in middle:
            assert tuple(trace[name].array.shape) == (1, trace.spec.partition.columns)


@kinds
@pairs
def test_both_reshapes_are_what_their_patterns_say_and_exact(method, layout, kind):
    for x, trace in traced(method, layout, kind):
        names, lengths = list(trace.names), trace.spec.partition.lengths
        for name in ("reshape", "reshape back"):
            step, before = trace[name], trace.steps[names.index(name) - 1]
            made = plain(einops.rearrange(before.array, step.pattern, **lengths))
            if name == "reshape back":  # half precision is rounded here
                made = plain(as_kind(kind, made))
            assert np.array_equal(made, plain(step.array))
        matrix = trace["reshape"].array
        assert tuple(matrix.shape) == (trace.spec.partition.rows, trace.spec.partition.columns)
        assert np.array_equal(plain(trace.spec.partition.merge(matrix)), plain(x))


@kinds
@pairs
def test_the_promised_statistics_are_reached(method, layout, kind):
    *_, (x, trace) = traced(method, layout, kind)
    columns = plain(trace.spec.partition.split(trace.output))
    before = plain(trace.spec.partition.split(x))
    eps, tolerance = trace.spec["eps"], 2 * TOLERANCES[kind.split()[1]]
    if METHODS[method].operation == "standardize":
        assert np.abs(columns.mean(0)).max() < tolerance
        expected = before.var(0) / (before.var(0) + eps)
        assert np.abs(columns.var(0) - expected).max() < tolerance
    else:
        square = (before**2).mean(0)
        assert np.abs((columns**2).mean(0) - square / (square + eps)).max() < tolerance


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pairs
def test_numpy_equals_torch(method, layout, dtype):
    tolerance = TOLERANCES["float64" if dtype == "float64" else "float32"]
    both = zip(*(traced(method, layout, f"{library} {dtype}") for library in ("numpy", "torch")),
               strict=True)  # fmt: skip
    for (_, by_numpy), (_, by_torch) in both:
        for ours, theirs in zip(by_numpy.steps, by_torch.steps, strict=True):
            assert ours.name == theirs.name
            allowed = TOLERANCES[dtype] if ours.name == "reshape back" else tolerance
            np.testing.assert_allclose(plain(theirs.array), plain(ours.array), allowed, allowed)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_torchs_on_200_random_shapes(method, dtype, tolerance):
    rng = np.random.default_rng(7)
    for seed in range(200):
        spec = cases.random_spec(method, rng, eps=(1e-5, 1e-3, 0.5))
        x = as_kind(f"torch {dtype}", cases.values(spec, seed))
        parameters = {
            name: as_kind(f"torch {dtype}", value)
            for name, value in cases.gamma_beta(spec, seed).items()
        }
        exact = {name: value.double() for name, value in parameters.items()}
        expected = cases.torch_reference(spec, x.double(), exact)
        for given, named in ((x, parameters), (x.numpy(), as_numpy(parameters))):
            y = plain(normlib.apply(spec, given, named))
            np.testing.assert_allclose(y, plain(expected), tolerance, tolerance, err_msg=str(spec))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_the_slow_loop_over_its_group(method):
    rng = np.random.default_rng(3)
    for seed in range(12):
        spec = cases.random_spec(method, rng, eps=(1e-5, 1e-2))
        x, parameters = cases.values(spec, seed), cases.gamma_beta(spec, seed)
        centre = method not in ("rms", "rms_position")
        expected = cases.slow_reference(spec, x, parameters, centre)
        y = normlib.apply(spec, x, parameters)
        np.testing.assert_allclose(y, expected, 1e-12, 1e-12, err_msg=str(spec))


@pytest.mark.parametrize("method", METHODS)
def test_an_entry_of_the_table_refers_to_what_exists(method):
    entry = METHODS[method]
    assert entry.key == method
    assert entry.operation in OPERATIONS
    assert entry.recovery in RECOVERIES
    assert len({knob.name for knob in entry.knobs}) == len(entry.knobs)
    assert Spec(method, (2, 6, 4, 5)).parameter_shapes.keys() <= {"gamma", "beta"}


def test_only_batch_norm_predicts_otherwise_and_only_instance_norm_needs_space():
    assert [key for key, method in METHODS.items() if method.mode_dependent] == ["batch"]
    assert [key for key, method in METHODS.items() if method.needs_space] == ["instance"]


@pytest.mark.parametrize("method", METHODS)
def test_the_year_is_that_of_the_paper(method):
    entry = METHODS[method]
    assert re.fullmatch(r"\d{4}\.\d{5}", entry.paper)
    assert entry.year == 2000 + int(entry.paper[:2])


@pytest.mark.parametrize("number", [1, 2, 6, 7, 36, 97, 360])
def test_divisors_are_all_numbers_that_divide(number):
    expected = tuple(d for d in range(1, number + 1) if number % d == 0)
    assert normlib.methods.divisors(number) == expected


def test_a_huge_prime_channel_count_has_two_divisors_at_once():
    assert normlib.methods.divisors(2**31 - 1) == (1, 2**31 - 1)


def as_numpy(parameters):
    return {name: value.numpy() for name, value in parameters.items()}
