"""Mean and standard deviation of every group, before and after."""

from math import prod

import numpy as np
import pytest

import normlib
from normlib import METHODS
from normlib.summary import statistic_shapes, stored_statistics, summarize
from tests.normlib import cases
from tests.normlib.cases import PAIRS, spec_of


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_a_summary_holds_the_statistics_of_every_group(method, layout):
    spec = spec_of(method, layout)
    x = cases.values(spec)
    trace = normlib.trace(spec, x, cases.gamma_beta(spec))
    found = summarize(trace)
    group = spec.partition.group_of_entry()
    after = spec.partition.merge(trace["normalize"].array)  # before gamma and beta
    for column in range(spec.partition.columns):
        for array, mean, std in (
            (x, found.mean_before, found.std_before),
            (after, found.mean_after, found.std_after),
        ):
            members = array[group == column]
            assert mean[column] == pytest.approx(members.mean(), abs=1e-12)
            assert std[column] == pytest.approx(members.std(), abs=1e-12)


def test_dividing_by_the_variance_shows_in_the_summary():
    spec = spec_of("batch", "nchw", by_variance=True, eps=0.0)
    found = summarize(normlib.trace(spec, cases.values(spec)))
    np.testing.assert_allclose(found.std_after, 1 / found.std_before, 1e-12)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_statistics_hold_as_many_numbers_as_their_shapes_say(method, training):
    for layout in cases.LAYOUTS_OF[method]:
        spec = cases.spec_of(method, layout)
        x, given = cases.values(spec), cases.gamma_beta(spec, training=training)
        found = normlib.trace(spec, x, given, training=training).stats
        shapes = statistic_shapes(spec, training=training)
        assert list(shapes) == [name for name, _ in found.named]
        for name, value in found.named:
            if name in ("covariance", "whitening", "polynomial"):
                assert np.squeeze(value).shape == np.squeeze(np.empty(shapes[name])).shape
            else:
                distinct, whole = len(np.unique(np.asarray(value).round(9))), prod(shapes[name])
                alike = name == "factor" or method in ("virtual", "divisive", "local_context")
                assert distinct == whole or (alike and distinct < whole)  # some windows are equal


@pytest.mark.parametrize("method", METHODS)
def test_what_is_stored_stays_the_same_for_another_input(method):
    spec = cases.spec_of(method)
    given = cases.gamma_beta(spec, training=False)
    if spec.entry.forgets:
        return
    one, other = (normlib.trace(spec, cases.values(spec, seed), given, training=False).stats
                  for seed in (1, 2))  # fmt: skip
    same = {name for name, value in one.named if np.array_equal(value, other[name])}
    assert same - {"factor", "weight norm"} == set(stored_statistics(spec.operates(False)))
