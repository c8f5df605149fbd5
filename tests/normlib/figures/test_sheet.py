"""Charts made without plotly's checks pass them all the same."""

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from normlib import batch_size, drift, reported, stream
from normlib.figures.batch_size import by_size
from normlib.figures.drift import outcomes
from normlib.figures.reported import errors
from normlib.figures.sheet import across, note, on, rows, sheet, ticks
from normlib.figures.stream import convergence
from normlib.record import start

SOURCE = stream.Source()
FED = stream.feed(SOURCE, 2, 8)
PATHS = [stream.follow(FED, key) for key in ("torch", "pooled")]
FOUND = batch_size.scatter(SOURCE, 4, (1, 8))
FIGURES = {
    "nothing fed": convergence(FED, PATHS, ["a", "b"], steps=0, channel=0),
    "some fed": convergence(FED, PATHS, ["a", "b"], steps=5, channel=1),
    "all fed": convergence(FED, PATHS[:1], ["a"], steps=8, channel=2),
    "batch size": by_size(FOUND, size=8, channel=0),
    "drift": outcomes(drift.meet(start(3), SOURCE), channel=0, reach=(-8, 8)),
    "reported": errors(reported.GROUP_NORM),
}


@pytest.mark.parametrize("name", FIGURES)
def test_plotly_finds_every_property_right(name: str):
    drawn = FIGURES[name].to_dict()
    checked = go.Figure(drawn["data"], drawn["layout"])  # raises where a property is wrong
    assert [trace.name for trace in checked.data] == [trace["name"] for trace in drawn["data"]]


def test_the_checks_of_plotly_find_what_is_wrong():
    wrong = sheet([{"type": "scatter", "mode": "dots"}], {}).to_dict()
    with pytest.raises(ValueError, match="mode"):
        go.Figure(wrong["data"], wrong["layout"])


def test_pieces_of_a_row_stand_on_its_axes():
    line, words = across(3, 1), note("here", row=1, x=1, y=4)
    assert (line["yref"], line["y0"], line["y1"]) == ("y2", 3, 3)
    assert (words["xref"], words["yref"], words["x"], words["y"]) == ("x", "y2", 1, 4)
    assert note("there", x=0, xref="x domain", y=1)["xref"] == "x domain"
    assert [on(row)["yaxis"] for row in range(3)] == ["y", "y2", "y3"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_rows_fill_the_chart_from_top_to_bottom_without_touching(count: int):
    axes = rows({"range": [0, 1]}, *({"title": str(row)} for row in range(count)))
    domains = [axis["domain"] for name, axis in axes.items() if name != "xaxis"]
    assert (domains[0][1], domains[-1][0]) == (pytest.approx(1), pytest.approx(0))
    for upper, lower in itertools.pairwise(domains):
        assert lower[0] < lower[1] < upper[0]
    assert axes["xaxis"]["anchor"] == on(count - 1)["yaxis"]


def test_a_stroke_goes_through_each_point_and_none_joins_another():
    found = ticks(np.array([1.0, 2.0]), np.array([5.0, 7.0]), wide=0.5, high=0.25)
    assert np.array_equal(found["x"], [0.5, 1.5, np.nan, 1.5, 2.5, np.nan], equal_nan=True)
    assert np.array_equal(found["y"], [4.75, 5.25, np.nan, 6.75, 7.25, np.nan], equal_nan=True)
