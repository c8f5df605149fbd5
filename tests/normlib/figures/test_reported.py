from normlib.figures.reported import WORDS, errors
from normlib.reported import GROUP_NORM


def test_the_chart_shows_every_number_of_the_table_as_printed():
    figure = errors(GROUP_NORM)
    for trace, (key, values) in zip(figure.data, GROUP_NORM.errors.items(), strict=True):
        assert tuple(trace.y) == values
        assert list(trace.text) == [f"{value:.1f}" for value in values]
        assert list(trace.x) == ["32", "16", "8", "4", "2"]
        assert trace.name == WORDS[key]
    batch, group = figure.data
    assert batch.line.dash != group.line.dash
    assert batch.marker.symbol != group.marker.symbol
    assert [note.text for note in figure.layout.annotations] == [
        "<b>batch norm</b>", "<b>group norm</b>"
    ]  # fmt: skip
    assert figure.layout.yaxis.title.text == "validation error (%)"
