"""Mean and standard deviation of every group, before and after."""

import numpy as np
import pytest

import normlib
from normlib.summary import summarize
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
