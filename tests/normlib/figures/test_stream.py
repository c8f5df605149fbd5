import numpy as np
import pytest

from normlib.figures.stream import GAP, convergence
from normlib.stream import Source, feed, follow

FED = feed(Source(), 2, 10)
PATHS = [follow(FED, "torch", 0.1), follow(FED, "keras", 0.1)]
NAMES = ["one", "two"]


def drawn(steps, channel=1, paths=PATHS):
    return convergence(FED, paths, NAMES, steps=steps, channel=channel)


def by_name(figure, axis):
    return {trace.name: trace for trace in figure.data if trace.yaxis == axis}


def labels(figure, axis):
    return {note.text: note.y for note in figure.layout.annotations if note.yref == axis}


def test_batches_are_dots_and_records_lines_with_the_numbers_of_the_record():
    figure = drawn(6)
    means, variances = by_name(figure, "y"), by_name(figure, "y2")
    assert list(means) == ["batch mean", "one", "two"]
    assert np.array_equal(means["batch mean"].y, FED.mean[:6, 1])
    assert np.array_equal(variances["batch variance, biased"].y, FED.biased[:6, 1])
    assert np.array_equal(variances["batch variance, unbiased"].y, FED.unbiased[:6, 1])
    for path, name in zip(PATHS, NAMES, strict=True):
        assert list(means[name].x) == list(range(7))
        assert np.array_equal(means[name].y, path.mean[:7, 1])
        assert np.array_equal(variances[name].y, path.variance[:7, 1])
    assert means["one"].line.dash != means["two"].line.dash
    assert {shape.y0 for shape in figure.layout.shapes} == {-1.0, 0.25}


def test_the_axes_stay_while_batches_come():
    few, all_of_them = drawn(1).layout, drawn(10).layout
    for name in ("xaxis", "yaxis", "yaxis2"):
        assert few[name].range == all_of_them[name].range
    assert few.xaxis.title.text == "batches fed"
    assert (few.yaxis.title.text, few.yaxis2.title.text) == ("mean", "variance")


@pytest.mark.parametrize("steps", [0, 1, 6, 10])
@pytest.mark.parametrize("axis", ["y", "y2"])
def test_every_line_has_its_label_and_no_two_touch(steps, axis):
    figure = drawn(steps)
    found = labels(figure, axis)
    assert found.keys() == {"true", "one", "two"}
    low, high = figure.layout["yaxis" if axis == "y" else "yaxis2"].range
    assert found["true"] in (-1, 0.25)
    places = sorted(found.values())
    assert np.all(np.diff(places) >= 0.999 * GAP * (high - low))


def test_before_the_first_batch_there_are_no_dots():
    figure = drawn(0)
    assert len(by_name(figure, "y")["batch mean"].y) == 0
    assert list(by_name(figure, "y")["one"].y) == [0]
    assert list(by_name(figure, "y2")["one"].y) == [1]


def test_one_record_alone_is_drawn_once():
    assert list(by_name(drawn(3, paths=PATHS[:1]), "y")) == ["batch mean", "one"]
