"""Formulas with numbers: worked out as they stand, they give the number that is shown."""

import math

import numpy as np
import pytest

import normlib
from normlib import METHODS, NormError, Spec, data, formula, parameters
from normlib.formula import FORMULAS, digits_for, evaluate, show
from normlib.normalize import OPERATIONS
from normlib.recover import RECOVERIES
from tests.normlib import cases
from tests.normlib.cases import PAIRS, spec_of

TINY = 1e-14


def traced(method, layout, kind="random", **knobs):
    spec = spec_of(method, layout, **knobs)
    x = data.make(kind, spec)
    return normlib.trace(spec, x, parameters.seeded(spec, x))


def variants(method, layout, kind):
    yield traced(method, layout, kind)
    yield traced(method, layout, kind, affine=False, eps=0.3)
    if "by_variance" in cases.knob_names(method):
        yield traced(method, layout, kind, by_variance=True)


def allowed(key, found):
    """The rounding of the operands, carried to the result."""
    result = abs(found[FORMULAS[key].result])
    mean, spread = abs(found.get("mean", 0.0)), abs(found["x"])
    if key.endswith("normalize"):
        root = found.get("variance", found.get("mean_square")) + found["eps"]
        root = root if key.startswith("divide") else math.sqrt(root)
        return TINY * (result + (spread + mean) / root)
    if key.endswith("variance"):
        deviation = math.sqrt(found["variance"])
        return TINY * (result + deviation * mean)
    if key.startswith("recover"):
        return TINY * (result + abs(found.get("gamma", 1) * found["normalized"]))
    return TINY * max(result, spread)


@pytest.mark.parametrize("kind", ["random", "large_mean", "digits"])
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_every_formula_worked_out_gives_the_number_shown(method, layout, kind):
    rng = np.random.default_rng(0)
    for trace in variants(method, layout, kind):
        for _ in range(4):
            index = tuple(int(rng.integers(size)) for size in trace.spec.sizes)
            found = formula.numbers(trace, index)
            for step in trace.steps:
                result = at(trace, step, found, index)
                shown = found[FORMULAS[step.formula].result]
                assert shown == result
                worked_out = evaluate(formula.plain(step.formula, found, 0))
                assert abs(worked_out - result) <= allowed(step.formula, found), step.name


def at(trace, step, found, index):
    if step.array.shape == trace.spec.sizes and step.name in ("input", "reshape back"):
        return step.array[index]
    return step.array[0 if len(step.array) == 1 else found["row"], found["column"]]


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_numbers_are_those_of_the_entry_and_its_group(method, layout):
    trace = traced(method, layout)
    x, spec = trace["input"].array, trace.spec
    for index in list(np.ndindex(*spec.sizes))[::23]:
        found = formula.numbers(trace, index)
        group = x[tuple(normlib.members(spec, index).T)]
        centre = 0.0 if spec.entry.operation == "rms" else group.mean()
        assert found["x"] == x[index]
        assert found["recovered"] == trace.output[index]
        assert found["count"] == group.size == spec.partition.rows
        assert found["index"] == ",".join(map(str, index))
        assert {found["first"], found["second"], found["last"]} <= set(group.tolist())
        assert found["total"] == pytest.approx(math.fsum(group), rel=1e-12, abs=1e-12)
        assert found["squares"] == pytest.approx(((group - centre) ** 2).sum(), rel=1e-12)


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_arrays_hold_the_numbers_of_all_entries_and_groups(method, layout):
    trace = traced(method, layout)
    spec, found = trace.spec, formula.arrays(trace)
    assert np.array_equal(found["x"], trace["input"].array)
    assert np.array_equal(found["recovered"], trace.output)
    columns = {"total", "squares", *(name.replace(" ", "_") for name, _ in trace.stats.named)}
    assert {found[name].shape for name in columns} == {(spec.partition.columns,)}
    for name, value in trace.parameters.items():
        shape = [size if axis in spec.parameter_axes else 1
                 for axis, size in zip(spec.axes, spec.sizes, strict=True)]  # fmt: skip
        assert np.array_equal(found[name], np.broadcast_to(value.reshape(shape), spec.sizes))


def test_parameters_left_out_are_shown_as_one_and_zero():
    spec = spec_of("batch", "nc")
    found = formula.numbers(normlib.trace(spec, data.make("random", spec)), (1, 2))
    assert (found["gamma"], found["beta"]) == (1.0, 0.0)


def test_numbers_of_an_entry_outside_the_shape_are_refused():
    with pytest.raises(NormError, match="outside shape"):
        formula.numbers(traced("batch", "nc"), (12, 0))


@pytest.mark.parametrize("method", METHODS)
def test_every_step_of_every_method_has_a_formula(method):
    for trace in variants(method, "nchw", "random"):
        assert {step.formula for step in trace.steps} <= set(FORMULAS)


def test_every_formula_belongs_to_a_step():
    of_operations = {f"{o.key}.{name}" for o in OPERATIONS.values()
                     for name in (*o.statistics, "normalize")}  # fmt: skip
    of_recovery = {f"recover.{'_'.join(r.parameters) or r.key}" for r in RECOVERIES.values()}
    assert set(FORMULAS) == {"input", "reshape", "reshape back"} | of_operations | of_recovery


@pytest.mark.parametrize("digits", [0, 3, 6])
@pytest.mark.parametrize("method", METHODS)
def test_the_typeset_formula_ends_in_its_result_and_leaves_no_gap(method, digits):
    for trace in variants(method, "nchw", "random"):
        found = formula.numbers(trace, (1, 2, 3, 4))
        for step in trace.steps:
            text = formula.latex(step.formula, found, digits)
            assert text.count("{") == text.count("}")
            assert not any(mark in text for mark in "<>")
            end = show(found[FORMULAS[step.formula].result], digits)
            assert text.removesuffix(")").endswith((end, "}}"))
            assert "e-" not in text  # a power of ten is typeset


def test_the_typeset_formula_reads_as_in_the_lesson():
    spec = spec_of("batch", "nc")
    trace = normlib.trace(spec, data.make("counting", spec))
    found = formula.numbers(trace, (0, 0))
    assert formula.latex("standardize.mean", found, 4) == (
        r"\mu = \frac{1}{m}\sum_{i=1}^{m} x_i = \frac{0 + 6 + \cdots + 66}{12}"
        r" = \frac{396}{12} = 33"
    )
    assert formula.latex("standardize.normalize", found, 4) == (
        r"\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}"
        r" = \frac{0 - 33}{\sqrt{429 + 1 \times 10^{-5}}} = -1.593"
    )
    assert formula.plain("standardize.normalize", found, 4) == "(0 - 33) / sqrt(429 + 1e-05)"


def test_negative_numbers_stand_in_brackets_only_where_a_sign_or_a_power_meets_them():
    spec = Spec("rms", (1, 3), knobs={"eps": 0.5})
    x = np.array([[-1.0, 2.0, -3.0]])
    found = formula.numbers(normlib.trace(spec, x), (0, 0))
    right = formula.latex("rms.mean square", found, 3).split(" = ")[2]
    assert right == r"\frac{(-1)^2 + 2^2 + \cdots + (-3)^2}{3}"
    assert r"\frac{-1}{\sqrt{4.67 + 0.5}}" in formula.latex("rms.normalize", found, 3)
    found = {"x": -1.0, "mean": -2.0, "variance": 4.0, "eps": 0.0, "normalized": 0.5}
    assert formula.plain("standardize.normalize", found, 3) == "(-1 - (-2)) / sqrt(4 + 0)"
    assert r"\frac{-1 - (-2)}{\sqrt{4 + 0}}" in formula.latex("standardize.normalize", found, 3)
    found = {"gamma": -2.0, "normalized": -3.0, "beta": -1.0, "recovered": 5.0}
    assert formula.plain("recover.gamma_beta", found, 3) == "-2 * (-3) + (-1)"


@pytest.mark.parametrize(("method", "layout"), PAIRS)
@pytest.mark.parametrize("digits", [3, 6])
def test_enough_digits_are_shown_to_tell_entries_from_their_mean(method, layout, digits):
    small, large = traced(method, layout), traced(method, layout, "large_mean")
    assert digits_for(small, digits) in (digits, digits + 1)
    assert digits_for(large, digits) >= digits + 4
    assert digits_for(small, 0) == digits_for(large, 0) == 0
    matrix = large["reshape"].array
    spread = np.ptp(matrix, axis=0).max()
    for value in matrix.ravel().tolist():
        assert abs(float(show(value, digits_for(large, digits))) - value) < 5 * 10 ** (
            1 - digits
        ) * max(spread, 1e-9)


def test_never_more_digits_than_a_float_has():
    spec = spec_of("batch", "nc")
    x = data.make("random", spec) * 1e-3 + 1e12
    assert digits_for(normlib.trace(spec, x), 6) == 17
