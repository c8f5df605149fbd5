import numpy as np
import pytest

from normlib import METHODS, Spec, data, trace
from normlib.figures import group_statistics
from normlib.figures.groups import MOST_GROUPS, WORDS
from normlib.summary import Summary, summarize


def summary_of(method: str) -> Summary:
    spec = Spec(method, (3, 4, 5, 2))
    return summarize(trace(spec, data.make("random", spec)))


PLAIN = [key for key, method in METHODS.items()
         if method.operation in ("standardize", "rms") and not method.pools]  # fmt: skip


@pytest.mark.parametrize("method", PLAIN)
def test_the_summary_is_that_of_the_groups(method: str):
    spec = Spec(method, (3, 4, 5) if METHODS[method].needs == "time" else (3, 4, 5, 2))
    x = data.make("random", spec)
    found = summarize(trace(spec, x))
    matrix = spec.partition.split(x)
    assert np.allclose(found.mean_before, matrix.mean(0), atol=1e-12)
    assert np.allclose(found.std_before, matrix.std(0), atol=1e-12)
    if spec.operation == "standardize":
        assert np.allclose(found.mean_after, 0, atol=1e-12)
        assert np.allclose(found.std_after, 1, atol=1e-2)
    else:
        assert np.allclose(found.mean_after**2 + found.std_after**2, 1, atol=1e-2)


def test_the_figure_draws_the_numbers_of_the_summary_with_marks_of_their_own():
    summary = summary_of("instance")
    names = [f"n{n} c{c}" for n in range(3) for c in range(4)]
    figure = group_statistics(summary, names)
    before, after = figure.data
    assert list(before.x) == names
    assert np.array_equal(before.y, summary.mean_before)
    assert np.array_equal(after.y, summary.mean_after)
    assert np.array_equal(before.error_y.array, summary.std_before)
    assert np.array_equal(after.error_y.array, summary.std_after)
    assert before.marker.symbol != after.marker.symbol
    assert before.marker.color != after.marker.color
    assert figure.layout.title.text == WORDS["title"]
    assert figure.layout.xaxis.title.text == WORDS["group"]
    assert figure.layout.yaxis.title.text == WORDS["value"]


def test_more_groups_than_can_be_told_apart_are_cut():
    many = np.arange(100.0)
    figure = group_statistics(Summary(many, many, many, many), [f"c{i}" for i in range(100)])
    assert len(figure.data[0].x) == len(figure.data[0].y) == MOST_GROUPS


def test_an_empty_record_gives_an_empty_figure_with_titles():
    none = np.zeros(0)
    figure = group_statistics(Summary(none, none, none, none), [])
    assert len(figure.data[0].y) == 0
    assert figure.layout.title.text
