"""Charts made without plotly's checks pass them all the same."""

import numpy as np
import plotly.graph_objects as go
import pytest

from normlib import batch_size, drift, reported, stream
from normlib.figures.batch_size import funnels, gap
from normlib.figures.drift import outcomes
from normlib.figures.reported import errors
from normlib.figures.sheet import across, note, sheet, ticks
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
    "funnels": funnels(FOUND, size=8, channel=0),
    "gap": gap(FOUND, size=1, channel=0),
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
    line, words = across(3, "2"), note("here", row="2", x=1, y=4)
    assert (line["xref"], line["yref"], line["y0"], line["y1"]) == ("x2 domain", "y2", 3, 3)
    assert (words["xref"], words["yref"], words["x"], words["y"]) == ("x2", "y2", 1, 4)
    assert note("there", x=0, xref="x domain", y=1)["xref"] == "x domain"


def test_a_stroke_goes_through_each_point_and_none_joins_another():
    found = ticks(np.array([1.0, 2.0]), np.array([5.0, 7.0]), wide=0.5, high=0.25)
    assert np.array_equal(found["x"], [0.5, 1.5, np.nan, 1.5, 2.5, np.nan], equal_nan=True)
    assert np.array_equal(found["y"], [4.75, 5.25, np.nan, 6.75, 7.25, np.nan], equal_nan=True)
