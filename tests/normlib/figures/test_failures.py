import numpy as np
import pytest

from normlib.failures import FAILURES, Images, Lines, reproduce
from normlib.figures import curves, images

WORDS = {name: name for name in (
    "x", "y", "mark", "one_pass", "two_pass", "twice_centred", "mean", "spread", "wrong", "right",
    "scatter", "height", "width",
)}  # fmt: skip


def drawn(kind: type) -> list:
    return [(key, each) for key in FAILURES for each in reproduce(key).drawings
            if isinstance(each, kind)]  # fmt: skip


@pytest.mark.parametrize(("key", "lines"), drawn(Lines))
def test_curves_are_those_of_the_record_each_with_a_dash_and_a_colour_of_its_own(key, lines):
    figure = curves(lines, WORDS)
    for trace, (name, y) in zip(figure.data, lines.series.items(), strict=True):
        assert trace.name == name
        assert np.array_equal(trace.x, lines.x)
        assert np.array_equal(trace.customdata, y)
        assert np.array_equal(trace.y, np.maximum(y, lines.floor) if lines.floor else y)
        assert np.isfinite(trace.y).all()
    looks = [(trace.line.dash, trace.line.color) for trace in figure.data]
    assert len({dash for dash, _ in looks}) == len({color for _, color in looks}) == len(looks)
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("x", "y")
    assert figure.layout.xaxis.type == ("log" if lines.log_x else "linear")


def test_the_mark_stands_where_the_slider_is():
    lines = next(each for key, each in drawn(Lines) if key == "large_mean")
    figure = curves(lines, WORDS)
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == lines.mark
    assert figure.layout.annotations[0].x == pytest.approx(np.log10(lines.mark))
    lines = next(each for key, each in drawn(Lines) if key == "momentum")
    assert not curves(lines, WORDS).layout.shapes


def test_pictures_share_one_range_of_grey_and_have_row_0_on_top():
    (_, pictures), *_ = drawn(Images)
    figure = images(pictures, WORDS)
    assert [np.array_equal(trace.z, z) for trace, z in
            zip(figure.data, pictures.pictures.values(), strict=True)] == [True, True]  # fmt: skip
    assert {trace.coloraxis for trace in figure.data} == {"coloraxis"}
    assert figure.layout.yaxis.autorange == figure.layout.yaxis2.autorange == "reversed"
    assert [title.text for title in figure.layout.annotations] == ["wrong", "right"]
