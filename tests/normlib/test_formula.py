"""Formulas with numbers: worked out as they stand, they give the number that is shown."""

import math
import re

import numpy as np
import pytest

import normlib
from normlib import METHODS, NormError, Spec, data, formula, parameters
from normlib.formula import digits_for, evaluate, show
from normlib.formulas import FORMULAS
from tests.normlib import cases, lesson
from tests.normlib.cases import LAYOUTS_OF, PAIRS, spec_of

TINY = 1e-14
OTHER = {  # values of knobs that change a formula or which side of a bound is met
    "affine": False, "eps": 0.3, "by_variance": True, "between_channels": True, "decay": 0.5,
    "r_max": 1.1, "d_max": 0.1, "max_norm": 1e6, "clipping": 1e6,
}  # fmt: skip
methods = pytest.mark.parametrize("method", METHODS)


def traced(method, layout="", kind="random", training=True, **knobs):
    spec = spec_of(method, layout, **knobs)
    x = data.make(kind, spec)
    given = parameters.seeded(spec, x) if training else cases.gamma_beta(spec, training=False)
    return normlib.trace(spec, x, given, training=training)


def variants(method, layout="", kind="random"):
    """Training and prediction, with the knobs that change formulas."""
    for training in (True, False):
        yield traced(method, layout, kind, training)
        for knob in sorted(cases.knob_names(method) & set(OTHER)):
            yield traced(method, layout, kind, training, **{knob: OTHER[knob]})


def allowed(key, found):
    """The rounding of every operand, carried to the result by nudging one after the other."""
    value = evaluate(formula.plain(key, found, 0))
    names = set(re.findall(r"{(\w+)}", FORMULAS[key].numbers))
    nudge, total = 2.0**-20, abs(value)
    for name in names:
        nudged = dict(found) | {name: found[name] * (1 + nudge)}
        total += abs(evaluate(formula.plain(key, nudged, 0)) - value) / nudge
    if "squares" in names or "absolute" in names:  # of deviations from a rounded mean
        root = math.sqrt(found.get("squares", 0.0) / max(found["count"], 1))
        total += max(root, abs(value)) * abs(found.get("mean", found.get("batch_mean", 0.0)))
    if "total" in names:  # entries of both signs may leave little
        total += abs(found["first"]) + math.sqrt(found["squares"] / found["count"])
    return TINY * total


def at(trace, step, found, index):
    """The number that a step shows for an entry."""
    if step.name in ("input", "reshape back"):
        return step.array[index]
    if step.name in ("reshape", "normalize", "recover"):
        return trace.spec.partition.flat(step.array)[found["row"], found["column"]]
    array = step.array
    if array.shape[-2] == array.shape[-1] != 1:  # a matrix that mixes columns: its diagonal
        array = np.diagonal(array, 0, -2, -1)
    return np.ravel(array)[found["column"] if array.size > 1 else 0]


@pytest.mark.parametrize("kind", ["random", "large_mean"])
@methods
def test_every_formula_worked_out_gives_the_number_shown(method, kind):
    rng = np.random.default_rng(0)
    layouts = LAYOUTS_OF[method] if kind == "random" else ("",)
    for trace in (trace for layout in layouts for trace in variants(method, layout, kind)):
        for _ in range(2):
            index = tuple(int(rng.integers(size)) for size in trace.spec.sizes)
            found = formula.numbers(trace, index)
            for step in trace.steps:
                result = at(trace, step, found, index)
                assert found[FORMULAS[step.formula].result] == result, step.name
                for key in {step.formula, formula.shown(trace, step.name)}:
                    worked_out = evaluate(formula.plain(key, found, 0))
                    assert abs(worked_out - result) <= allowed(key, found), step.name


@pytest.mark.parametrize("method", [*lesson.SLOW, "cumulative_layer", "divisive", "local_context",
                                    "virtual"])  # fmt: skip
def test_numbers_are_those_of_the_entry_and_its_group(method):
    centred = lesson.SLOW.get(method, (True,))[0]
    for layout in LAYOUTS_OF[method]:
        trace = traced(method, layout)
        x, spec = trace["input"].array, trace.spec
        for index in list(np.ndindex(*spec.sizes))[::23]:
            found = formula.numbers(trace, index)
            group = x[tuple(normlib.members(spec, index).T)]
            centre = group.mean() if centred else 0.0
            assert found["x"] == x[index]
            assert found["recovered"] == trace.output[index]
            if method not in ("sync", "precise") or spec["parts"] == 1:
                assert found["count"] == group.size
            assert found["index"] == ",".join(map(str, index))
            assert {found["first"], found["second"], found["last"]} <= set(group.tolist())
            assert found["total"] == pytest.approx(math.fsum(group), rel=1e-12, abs=1e-12)
            expected = ((group - centre) ** 2).sum()
            assert found["squares"] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_arrays_hold_the_numbers_of_all_entries_and_groups(method, layout, training):
    trace = traced(method, layout, training=training)
    spec, found = trace.spec, formula.arrays(trace)
    if "reshape" not in trace.names:
        assert found.keys() == {"x"}
        assert np.array_equal(found["x"], trace.output)
        assert digits_for(trace, 4) in (4, 5)
        return
    assert np.array_equal(found["x"], trace["input"].array)
    assert np.array_equal(found["recovered"], trace.output)
    columns = {"total", "squares", *(name.replace(" ", "_") for name, _ in trace.stats.named)}
    assert {found[name].shape for name in columns} == {(spec.partition.columns,)}
    for name, value in trace.terms.items():
        assert np.array_equal(found[name], np.broadcast_to(value, spec.sizes))
    for name, value in spec.settings.items():
        assert found[name] == value or name in ("groups", "parts")


def test_parameters_left_out_are_shown_as_one_and_zero():
    spec = spec_of("batch", "nc")
    found = formula.numbers(normlib.trace(spec, data.make("random", spec)), (1, 2))
    assert (found["gamma"], found["beta"]) == (1.0, 0.0)


def test_numbers_of_an_entry_outside_the_shape_are_refused():
    with pytest.raises(NormError, match="outside shape"):
        formula.numbers(traced("batch", "nc"), (12, 0))


@methods
def test_every_step_of_every_method_has_a_formula(method):
    for trace in variants(method):
        assert {step.formula for step in trace.steps} <= set(FORMULAS)


def test_every_formula_belongs_to_a_step():
    used = {step.formula for method in METHODS for trace in variants(method)
            for step in trace.steps}  # fmt: skip
    never = {key for key in set(FORMULAS) - used if not key.startswith(("recover.", "modulate."))}
    assert never == set()


@pytest.mark.parametrize("key", FORMULAS)
def test_a_formula_has_balanced_braces_and_names_in_both_forms(key):
    found = FORMULAS[key]
    for text in (found.symbols, found.numbers, found.latex):
        assert text.count("{") == text.count("}")
        assert text.count("(") == text.count(")")
        depth = 0
        for character in text:
            depth += {"{": 1, "}": -1}.get(character, 0)
            assert depth >= 0
    assert set(re.findall(r"{(\w+)}", found.numbers)) or key == "input"
    assert re.fullmatch(r"\w+", found.result)


@pytest.mark.parametrize("digits", [0, 3, 6])
@methods
def test_the_typeset_formula_ends_in_its_result_and_leaves_no_gap(method, digits):
    for trace in variants(method):
        found = formula.numbers(trace, tuple(size - 1 for size in trace.spec.sizes))
        for step in trace.steps:
            text = formula.latex(step.formula, found, digits)
            assert text.count("{") == text.count("}")
            assert not re.search(r"<\w+>", text)
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


@pytest.mark.parametrize(("method", "layout"), [
    pair for pair in PAIRS if METHODS[pair[0]].tensor == "activation"
])  # fmt: skip
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


def test_where_prediction_leaves_the_input_alone_there_is_a_number_and_a_formula():
    t = traced("cross", training=False)
    assert set(formula.arrays(t)) == {"x"}
    assert digits_for(t, 4) >= 4
    found = formula.numbers(t, (1, 0, 0, 0))
    assert evaluate(formula.plain(t["reshape back"].formula, found, 0)) == t.output[1, 0, 0, 0]


@pytest.mark.parametrize("method", ["adaptive_layer", "spade"])
def test_a_gamma_to_which_one_is_added_is_shown_as_it_is_given(method):
    t = traced(method)
    found = formula.numbers(t, (0,) * len(t.spec.sizes))
    gamma = t.parameters["gamma"].ravel()[0]
    assert found["modulation"] == gamma
    factor = f"({gamma})" if gamma < 0 else f"{gamma}"
    text = formula.plain(formula.shown(t, "recover"), found, 0)
    assert text.startswith(f"(1 + {factor}) * ")
    assert r"(1 + \gamma)" in FORMULAS[formula.shown(t, "recover")].symbols
    plain = normlib.trace(t.spec, t["input"].array)
    assert formula.numbers(plain, (0,) * len(t.spec.sizes))["modulation"] == 0


def test_the_gamma_of_a_matrix_is_its_diagonal():
    t = traced("coloring")
    assert "w_{cc}" in FORMULAS[formula.shown(t, "recover")].symbols
    assert r"\approx" in FORMULAS[traced("iterative_whitening")["whitening"].formula].symbols
