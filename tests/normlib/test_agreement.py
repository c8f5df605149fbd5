import numpy as np
import pytest

import normlib
from normlib import METHODS, data, layers, parameters
from normlib.agreement import Agreement, compare, tolerance
from normlib.layers.oracle import answer
from tests.normlib import cases
from tests.normlib.cases import LAYOUTS_OF, spec_of


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e-20, 1.0, 1e20])
def test_the_tolerance_is_half_the_digits_of_the_largest_output(dtype, size):
    y = (np.array([-3.0, 2.0]) * size).astype(dtype)
    assert tolerance(y, 100 * y) == pytest.approx(3 * size * np.finfo(dtype).eps ** 0.5)
    assert tolerance(0 * y, y) == tolerance(y, y)
    assert tolerance(0 * y, 0 * y) == 0


def test_the_largest_distance_decides():
    x = y = np.array([1.0, -2.0, 0.5])
    assert compare(y, y.copy(), x) == Agreement(0.0, tolerance(y, x))
    near, far = y + 1e-9, y + np.array([0, 0, 1e-6])
    assert compare(y, near, x).holds
    assert not compare(y, far, x).holds
    assert compare(y, far, x).difference == pytest.approx(1e-6)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_a_judge_without_a_number_is_no_agreement(broken):
    x = y = np.array([1.0, -2.0, 0.5])
    found = compare(y, np.array([1.0, broken, 0.25]), x)
    assert (found.broken, found.missing, found.difference) == (1, 0, 0.25)
    assert not compare(y, np.array([1.0, broken, 0.5]), x).holds


def test_an_answer_without_a_number_agrees_with_none():
    x = np.ones(3)
    found = compare(np.array([np.nan, np.inf, 1.0]), np.array([1.0, -np.inf, 1.0]), x)
    assert (found.broken, found.missing, found.holds) == (0, 2, False)
    alike = np.array([np.nan, np.inf, 1.0])
    assert compare(alike, alike.copy(), x).holds


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_agrees_with_torch_on_seeded_numbers(method, training):
    for layout in LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x = data.make("random", spec)
        given = parameters.seeded(spec, x) | cases.gamma_beta(spec, training=training)
        trace = normlib.trace(spec, x, given, training=training)
        assert compare(trace.output, answer(trace), x).holds


def test_a_mistake_is_no_agreement():
    spec = spec_of("batch", "nchw", by_variance=True)
    trace = normlib.trace(spec, x := cases.values(spec))
    assert not compare(trace.output, answer(trace), x).holds
    assert layers.largest_difference(trace) == compare(trace.output, answer(trace), x).difference
