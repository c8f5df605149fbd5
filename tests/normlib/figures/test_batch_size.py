import numpy as np

from normlib.batch_size import expected, scatter
from normlib.figures.batch_size import funnels, gap
from normlib.stream import Source

SOURCE, SIZES, REPEATS = Source(), (1, 4, 16), 6
FOUND = scatter(SOURCE, REPEATS, SIZES)


def test_every_batch_is_a_dot_at_its_size():
    figure = funnels(FOUND, size=4, channel=2)
    dots = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    for name, values in (("batch mean", FOUND.mean), ("batch variance", FOUND.variance)):
        assert np.array_equal(dots[name].y, values[:, :, 2].ravel())
        assert list(dots[name].customdata) == [size for size in SIZES for _ in range(REPEATS)]
        assert np.all(np.round(np.asarray(dots[name].x, float)) == np.repeat([0, 1, 2], REPEATS))


def test_the_chosen_size_has_a_mark_of_its_own():
    dots = next(
        trace for trace in funnels(FOUND, size=4, channel=2).data if trace.mode == "markers"
    )
    marked = np.array(dots.marker.symbol) == "diamond"
    assert np.array_equal(marked, np.repeat([False, True, False], REPEATS))
    line = gap(FOUND, size=16, channel=0).data[0]
    assert list(line.marker.symbol) == ["circle", "circle", "diamond"]


def test_the_band_is_that_of_theory():
    bands = [trace for trace in funnels(FOUND, size=1, channel=0).data if trace.fill]
    for band, middle, spread in zip(
        bands, ("mean", "variance_mean"), ("mean_spread", "variance_spread"), strict=True
    ):
        for at, size in enumerate(SIZES):
            theory = expected(SOURCE, size)
            centre = SOURCE.mean[0] if middle == "mean" else theory[middle][0]
            assert np.isclose(band.y[at], centre + theory[spread][0])
            assert np.isclose(band.y[-1 - at], centre - theory[spread][0])


def test_the_gap_is_drawn_on_logarithmic_axes_with_the_sizes_as_ticks():
    figure = gap(FOUND, size=1, channel=1)
    assert np.array_equal(figure.data[0].y, FOUND.gap[:, 1])
    assert figure.layout.yaxis.type == "log"
    assert list(figure.layout.xaxis.ticktext) == ["1", "4", "16"]
    assert figure.layout.xaxis.title.text == "batch size"
    assert figure.layout.yaxis.title.text == "difference of the outputs"
