import numpy as np

from normlib.drift import meet
from normlib.figures.drift import WORDS, outcomes
from normlib.record import start
from normlib.stream import Source

FOUND = meet(start(3), Source().drifted(1, 2))


def test_every_row_shows_its_outputs_their_mean_and_standard_deviation():
    figure = outcomes(FOUND, channel=1, reach=(-8, 8))
    rows = list(zip(figure.data[::2], figure.data[1::2], strict=True))
    assert len(rows) == len(FOUND)
    for outcome, (dots, mean) in zip(FOUND, rows, strict=True):
        assert np.array_equal(dots.x[::3], outcome.output[:, 1])
        assert list(mean.x) == [outcome.mean[1]]
        assert list(mean.error_x.array) == [outcome.std[1]]
        assert mean.name == WORDS[outcome.key]
    assert list(figure.layout.xaxis.range) == [-8, 8]
    assert figure.layout.xaxis.title.text == "output"


def test_every_row_is_named_with_its_numbers_and_no_zero_is_negative():
    notes = [note.text for note in outcomes(FOUND, channel=0, reach=(-8, 8)).layout.annotations]
    for outcome, note in zip(FOUND, notes, strict=True):
        assert WORDS[outcome.key] in note
        assert f"{outcome.std[0]:.2f}" in note
    assert "+0.00 ± 1.00" in notes[0]
