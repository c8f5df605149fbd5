"""The charts of smoothness draw the numbers of their records, and nothing that is not there."""

import numpy as np
import pytest

from normlib.figures import smoothness as figures
from normlib.landscape import shipped
from normlib.landscape.rescaled import lost
from normlib.landscape.verdicts import CURVES, Band, bands

FOUND = shipped.load("santurkar_claim")
SCALED = shipped.load("santurkar_scale")
NAMES = {name: name for name in ("none", "batch", "layer", "group")}
WORDS = NAMES | {"quantity": "how large", "step": "when"}
SCALED_WORDS = NAMES | {
    name: name for name in ("loss", "gradient", "eigenvalue", "factor", "theory")
}


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_is_drawn_with_its_band(name: str):
    known = bands(FOUND, name)
    figure = figures.over_steps(known, WORDS)
    for method, band, line in zip(known, figure.data[::2], figure.data[1::2], strict=True):
        drawn, count = known[method], len(known[method].steps)
        assert line.name == method
        assert np.array_equal(line.y, drawn.middle)
        assert np.array_equal(line.x, drawn.steps)
        assert np.array_equal(band.y[:count], drawn.high)
        assert np.array_equal(band.y[count:][::-1], drawn.low)
    assert figure.layout.yaxis.title.text == "how large"
    assert figure.layout.xaxis.title.text == "when"


def test_every_net_has_a_colour_a_dash_and_a_mark_of_its_own():
    drawn = figures.over_steps(bands(FOUND, "beta"), WORDS).data[1::2]
    for look in ("line.color", "line.dash", "marker.symbol"):
        kind, part = look.split(".")
        assert len({line[kind][part] for line in drawn}) == len(FOUND)


def test_the_net_without_normalization_looks_the_same_beside_any_other():
    shown = {name: FOUND[name] for name in ("layer", "none")}
    assert figures.styles(shown)[1] == figures.styles(FOUND)[0]


def test_what_has_no_place_on_a_logarithmic_axis_leaves_the_band():
    values = np.array([1.0, 2.0, 3.0])
    known = {"none": Band(np.arange(3), values, np.array([0.0, 1.0, 2.0]), values + 1, 0)}
    assert figures.over_steps(known, WORDS).data[0].x.tolist() == [1, 2, 2, 1]
    assert len(figures.over_steps(known, WORDS, log=False).data[0].x) == 6


def test_a_net_of_which_nothing_could_be_measured_is_an_empty_line():
    empty = {"none": Band(*(np.zeros(0) for _ in range(4)), 5)}
    assert len(figures.over_steps(empty, WORDS).data[1].x) == 0


def test_rescaled_nets_stand_beside_what_a_lost_scale_would_give():
    figure = figures.rescaled(SCALED, 2.0, SCALED_WORDS)
    lines = iter(figure.data)
    for name in figures.SCALED:
        assert np.array_equal(next(lines).y, lost(name, SCALED["none"].factors))
        for record in SCALED.values():
            assert np.array_equal(next(lines).y, np.median(record.relative(name), 0))
    assert next(lines, None) is None
    assert figure.layout.shapes[0].x0 == 2.0
    assert figure.layout.annotations[0].text == "× 2"
    assert [figure.layout[f"yaxis{n}"].title.text for n in ("", 2, 3)] == list(figures.SCALED)
    assert figure.layout.xaxis.title.text == "factor"
