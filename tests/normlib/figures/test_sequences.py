import numpy as np
import plotly.graph_objects as go
import pytest

from normlib import blocks, influence, recordings, timeline
from normlib.figures import sequences as figures
from pages.ui import state, text

UTTERANCE = recordings.vowels("test")[0][-1]
KNOWN = timeline.timeline(*recordings.vowels())


def words(name: str, language: str = "en") -> dict[str, str]:
    start = f"{name}."
    labels = text.labels(language)
    return {key[len(start) :]: labels[key] for key in labels if key.startswith(start)}


def over_time(beyond: str = "last", feature: int = 3, chosen: int = 21) -> go.Figure:
    found = timeline.forecast(KNOWN, UTTERANCE, beyond=beyond)
    return figures.over_time(
        found.used, UTTERANCE, found.scale, feature=feature, known=found.known, chosen=chosen,
        words=words("over_time"),
    )  # fmt: skip


def test_the_plots_over_time_draw_the_numbers_of_the_record():
    found = timeline.forecast(KNOWN, UTTERANCE)
    band, mean, utterance, output, left = over_time().data
    assert np.array_equal(mean.y, found.used.mean[3])
    deviation = np.sqrt(found.used.variance[3])
    assert np.array_equal(band.y[:29], found.used.mean[3] + deviation)
    assert np.array_equal(band.y[29:][::-1], found.used.mean[3] - deviation)
    assert np.array_equal(utterance.y, UTTERANCE[3])
    assert np.array_equal(output.y, found.scale)
    assert list(left.y) == [*KNOWN.count, *[0] * 6]


def test_steps_that_training_never_saw_are_shaded_and_said():
    line, shade = over_time(chosen=25).layout.shapes
    assert (line.x0, line.x1) == (25, 25)
    assert (shade.x0, shade.x1) == (22.5, 28.5)
    assert over_time().layout.annotations[0].text == "not known"
    used = timeline.continued(KNOWN, 20)
    x = UTTERANCE[:, :20]
    known = figures.over_time(used, x, np.ones(20), feature=0, known=20, chosen=0,
                              words=words("over_time"))  # fmt: skip
    assert len(known.layout.shapes) == 1
    assert not known.layout.annotations


def test_where_prediction_is_refused_the_lines_end():
    _, mean, utterance, output, _ = over_time("fail").data
    assert [len(line.y) for line in (mean, utterance, output)] == [23, 29, 23]


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_axes_are_named_in_every_language(language):
    found = timeline.forecast(KNOWN, UTTERANCE)
    said = words("over_time", language)
    figure = figures.over_time(found.used, UTTERANCE, found.scale, feature=0, known=found.known,
                               chosen=0, words=said)  # fmt: skip
    layout = figure.layout
    assert [axis.title.text for axis in (layout.xaxis, layout.yaxis, layout.yaxis2, layout.yaxis3)
            ] == [said[key] for key in ("step", "feature", "scale", "count")]  # fmt: skip


def test_a_map_is_filled_exactly_where_an_output_has_changed():
    found = influence.influence(recordings.abreast(), 1.0, step=7)
    figure = figures.reach(found, words("short"), words("reach"))
    every, moved, marks = figure.data
    for block, (method, change) in enumerate(found.change.items()):
        rows = slice(5 * block + 1, 5 * block + 5)  # after the row of the title
        drawn = moved.z[rows]
        filled = np.isfinite(drawn)
        assert filled.sum() == sum(found.counts(method).values())
        assert np.array_equal(drawn[filled], change[filled])
        assert (every.z[rows] == 0).all()
        assert np.isnan(every.z[5 * block]).all()
        title = figure.layout.annotations[block]
        assert (title.text, title.y) == (words("short")[method], 5 * block)
        assert moved.text[5 * block + 2][0] == f"{title.text}, Utterance 1"
    assert list(zip(marks.x, marks.y, strict=True)) == [(7, 1), (7, 6), (7, 11), (7, 16)]
    assert list(figure.layout.yaxis.ticktext) == ["0", "1", "2", "3"] * 4


def test_a_map_without_any_change_is_drawn():
    found = influence.influence(recordings.abreast(), 0.0, step=7)
    figure = figures.reach(found, words("short"), words("reach"))
    assert np.isnan(figure.data[1].z).all()


def test_bars_carry_their_numbers():
    changes = {"batch": 2.43, "layer": 0.0}
    (bars,) = figures.bars(changes, words("short"), "change").data
    assert list(bars.x) == [2.43, 0.0]
    assert list(bars.y) == [words("short")[method] for method in changes]
    assert list(bars.text) == ["2.43", "0"]


def test_scales_are_drawn_up_to_the_chosen_depth_on_axes_of_the_whole():
    found = blocks.transformer(blocks.utterance(), depth=6)
    names = {place: place for place in found.scale}
    small, large = (figures.scales(found, names, last=last, axes=("depth", "scale"))
                    for last in (2, 6))  # fmt: skip
    for trace in small.data:
        assert np.array_equal(trace.y, found.scale[trace.name][:3])
    assert small.layout.xaxis.range == large.layout.xaxis.range == (0, 6)
    assert small.layout.yaxis.range == large.layout.yaxis.range
    looks = {(trace.line.color, trace.line.dash, trace.marker.symbol) for trace in small.data}
    assert len(looks) == 3
    assert (small.layout.xaxis.title.text, small.layout.yaxis.title.text) == ("depth", "scale")


def test_a_state_that_starts_at_nought_is_left_out_of_a_logarithmic_axis():
    found = blocks.recurrent(blocks.stream()[:5])
    names = {place: place for place in found.scale}
    figure = figures.scales(found, names, last=5, axes=("step", "scale"))
    assert all(np.isnan(trace.y[0]) and np.isfinite(trace.y[1:]).all() for trace in figure.data)
