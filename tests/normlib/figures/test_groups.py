"""The figure of the groups draws the numbers of the summary and no others."""

import numpy as np
import pytest

import normlib
from normlib.figures import group_statistics
from normlib.figures.groups import MOST_GROUPS, WORDS
from normlib.summary import summarize
from tests.normlib import cases


def drawn(spec):
    summary = summarize(normlib.trace(spec, cases.values(spec)))
    names = [f"g{column}" for column in range(spec.partition.columns)]
    return summary, names, group_statistics(summary, names)


@pytest.mark.parametrize(("method", "layout"), cases.PAIRS)
def test_the_numbers_drawn_are_those_of_the_summary(method, layout):
    summary, names, figure = drawn(cases.spec_of(method, layout))
    before, after = figure.data
    for line, mean, std in (
        (before, summary.mean_before, summary.std_before),
        (after, summary.mean_after, summary.std_after),
    ):
        assert list(line.x) == names[:MOST_GROUPS]
        assert np.array_equal(line.y, mean[:MOST_GROUPS])
        assert np.array_equal(line.error_y.array, std[:MOST_GROUPS])
        assert np.isfinite(line.y).all()


def test_axes_and_lines_are_named_and_told_apart_without_colour():
    _, _, figure = drawn(cases.spec_of("batch", "nchw"))
    assert figure.layout.title.text == WORDS["title"]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("group", "value")
    assert [line.name for line in figure.data] == ["input", "normalized"]
    assert len({line.marker.symbol for line in figure.data}) == 2


def test_more_groups_than_can_be_told_apart_are_not_drawn():
    _, _, figure = drawn(normlib.Spec("batch", (5, MOST_GROUPS + 9)))
    assert {len(line.x) for line in figure.data} == {MOST_GROUPS}
