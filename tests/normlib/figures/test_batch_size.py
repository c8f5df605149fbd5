import numpy as np

from normlib.batch_size import expected, scatter
from normlib.figures.batch_size import by_size
from normlib.stream import Source

SOURCE, SIZES, REPEATS = Source(), (1, 4, 16), 6
FOUND = scatter(SOURCE, REPEATS, SIZES)


def drawn(size, channel, mode):
    """What stands for the means, and what for the variances."""
    figure = by_size(FOUND, size=size, channel=channel)
    kept = [trace for trace in figure.data if trace.mode == mode and not trace.fill]
    assert [trace.yaxis for trace in kept] == ["y", "y2"]
    return kept


def test_every_batch_is_a_stroke_at_its_size():
    for trace, values in zip(drawn(4, 2, "lines"), (FOUND.mean, FOUND.variance), strict=True):
        assert np.array_equal(trace.y[::3], values[:, :, 2].ravel())
        assert np.array_equal(trace.y[1::3], trace.y[::3])
        assert np.all(np.isnan(trace.y[2::3]))
        assert np.array_equal(np.round(trace.x[::3]), np.repeat([0, 1, 2], REPEATS))


def test_the_batches_of_the_chosen_size_have_marks_of_their_own():
    for trace, values in zip(drawn(4, 0, "markers"), (FOUND.mean, FOUND.variance), strict=True):
        assert np.array_equal(trace.y, values[1, :, 0])
        assert np.all(np.round(trace.x) == 1)
        assert set(trace.customdata) == {4}
        assert trace.marker.symbol == "diamond"


def test_the_chosen_gap_has_a_mark_of_its_own():
    line = by_size(FOUND, size=16, channel=0).data[-1]
    assert list(line.marker.symbol) == ["circle", "circle", "diamond"]


def test_the_band_is_that_of_theory():
    bands = [trace for trace in by_size(FOUND, size=1, channel=0).data if trace.fill]
    for band, middle, spread in zip(
        bands, ("mean", "variance_mean"), ("mean_spread", "variance_spread"), strict=True
    ):
        for at, size in enumerate(SIZES):
            theory = expected(SOURCE, size)
            centre = SOURCE.mean[0] if middle == "mean" else theory[middle][0]
            assert np.isclose(band.y[at], centre + theory[spread][0])
            assert np.isclose(band.y[-1 - at], centre - theory[spread][0])


def test_the_gap_is_drawn_below_on_a_logarithmic_axis():
    figure = by_size(FOUND, size=1, channel=1)
    line = figure.data[-1]
    assert np.array_equal(line.y, FOUND.gap[:, 1])
    assert line.yaxis == "y3"
    layout = figure.layout
    assert [layout[f"yaxis{n}"].type for n in ("", 2, 3)] == [None, None, "log"]
    assert list(layout.xaxis.ticktext) == ["1", "4", "16"]
    assert layout.xaxis.title.text == "batch size"
    assert [layout[f"yaxis{n}"].title.text for n in ("", 2, 3)] == [
        "batch mean", "batch variance", "gap"
    ]  # fmt: skip
