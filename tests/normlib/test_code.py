"""The code that is shown is run, and leaves the answer of the trace in ``y``."""

import ast
import re

import numpy as np
import pytest

import normlib
from normlib import METHODS, Spec, code, data, parameters
from tests.normlib import cases
from tests.normlib.cases import PAIRS, plain, spec_of

WRITERS = {"numpy": code.numpy_code, "torch": code.torch_code}
libraries = pytest.mark.parametrize("library", WRITERS)


def variants(method):
    traps = (False, True) if "by_variance" in cases.knob_names(method) else (None,)
    for affine in (True, False):
        for trap in traps:
            yield {"affine": affine, "eps": 1e-3} | ({} if trap is None else {"by_variance": trap})


def run(text):
    names = {}
    exec(compile(text, "shown", "exec"), names)
    return names


@libraries
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_code_gives_the_output_of_the_trace(method, layout, library):
    for knobs in variants(method):
        spec = spec_of(method, layout, **knobs)
        x = data.make("random", spec)
        for given in ({}, parameters.seeded(spec, x), cases.gamma_beta(spec)):
            trace = normlib.trace(spec, x, given)
            names = run(WRITERS[library](spec, x, given))
            assert np.array_equal(plain(names["x"]), x)
            assert type(names["y"]).__module__ == library
            np.testing.assert_allclose(plain(names["y"]), trace.output, 1e-12, 1e-12)


@libraries
def test_one_parameter_alone_is_written(library):
    spec = spec_of("group", "nhwc")
    x = data.make("random", spec)
    for name, value in cases.gamma_beta(spec).items():
        names = run(WRITERS[library](spec, x, {name: value}))
        expected = normlib.apply(spec, x, {name: value})
        np.testing.assert_allclose(plain(names["y"]), expected, 1e-12, 1e-12)
        assert {"gamma", "beta"} & names.keys() == {name}


@libraries
@pytest.mark.parametrize("sizes", [(5, 2), (3, 4, 1, 1), (2, 6, 3)])
def test_whole_numbers_stay_floating_point(sizes, library):
    spec = Spec("batch", sizes)
    x = data.make("counting", spec) - 3
    names = run(WRITERS[library](spec, x, {}))
    assert np.array_equal(plain(names["x"]), x)
    assert str(names["y"].dtype).endswith("float64")


@pytest.mark.parametrize("method", METHODS)
def test_the_torch_code_is_one_call_of_torch(method):
    spec = spec_of(method, "nchw")
    text = code.torch_code(spec, data.make("random", spec), {})
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(text))
             if isinstance(node, ast.Call)]  # fmt: skip
    assert len([name for name in calls if re.fullmatch(r"F\.\w+", name)]) == 1
    assert "rearrange" not in text


@pytest.mark.parametrize("method", cases.CENTRING)
def test_the_code_of_the_mistake_says_so_and_uses_no_call_of_torch(method):
    spec = spec_of(method, "nchw", by_variance=True)
    for write in WRITERS.values():
        text = write(spec, data.make("random", spec), {})
        assert "a mistake" in text
        assert "F." not in text


@libraries
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_code_shows_the_pattern_and_reads_as_python(method, layout, library):
    spec = spec_of(method, layout)
    text = WRITERS[library](spec, data.make("random", spec), {})
    ast.parse(text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    if library == "numpy":
        assert f'"{spec.partition.pattern}"' in text
        assert f'"{spec.partition.inverse}"' in text
