"""Parabola and valley: what is drawn is the record, in one frame for all."""

import numpy as np
import plotly.graph_objects as go
import pytest

from normlib.figures.quadratic import parabola, valley
from normlib.landscape import Conditioning
from normlib.landscape.parabola import descend
from normlib.landscape.valley import valley as plane

WORDS = {name: name.upper() for name in ("w", "loss", "step", "start", "minimum", "flat", "steep")}
QUADRATIC = Conditioning("wine", "raw", np.array([8.0, 0.5]), np.ones(2), 0.1, 0.01, 5)


def checked(figure: go.Figure) -> go.Figure:
    """The figure, once plotly has found every property right."""
    drawn = figure.to_dict()
    go.Figure(drawn["data"], drawn["layout"])  # raises where one is wrong
    return figure


@pytest.mark.parametrize("share", [0.2, 0.9, 1.1])
def test_the_path_lies_on_the_parabola_and_its_losses_below(share: float):
    found = descend(2.0, share, 12)
    curve, path, losses = checked(parabola(found, WORDS)).data
    assert np.allclose(curve.y, 2 * np.array(curve.x) ** 2 / 2)
    assert np.array_equal(path.x, found.w)
    assert np.array_equal(path.y, found.loss)
    assert np.array_equal(losses.y, found.loss)
    assert list(losses.x) == list(range(13))


def test_a_loss_of_zero_is_left_out_of_the_logarithmic_axis():
    losses = parabola(descend(1.0, 0.5, 3), WORDS).data[2]
    assert losses.y[0] == 0.5
    assert np.all(np.isnan(losses.y[1:]))


def test_the_frame_is_the_same_for_every_curvature_and_rate():
    frames = {
        tuple(tuple(parabola(descend(*settings, 9), WORDS).layout[axis].range)
              for axis in ("xaxis", "yaxis", "yaxis2"))
        for settings in ((0.5, 0.3), (4.0, 1.2))
    }  # fmt: skip
    assert len(frames) == 1


def test_axes_are_named():
    layout = parabola(descend(1.0, 0.5, 3), WORDS).layout
    assert (layout.xaxis.title.text, layout.xaxis2.title.text) == ("W", "STEP")
    assert layout.yaxis.title.text == layout.yaxis2.title.text == "LOSS"


def test_the_valley_holds_the_logarithm_of_the_loss_and_the_path():
    found = plane(QUADRATIC, 0.9, 6)
    contours, path, end = checked(valley(found, WORDS)).data
    seen = found.loss > 1e-8
    assert np.allclose(np.array(contours.z)[seen], np.log10(found.loss[seen]))
    assert np.all(np.isfinite(contours.z))
    assert np.array_equal(np.stack([path.x, path.y], 1), found.path)
    assert [end.x[0], end.y[0]] == found.path[-1].tolist()


def test_the_valley_has_one_unit_in_both_directions():
    layout = valley(plane(QUADRATIC, 0.9, 6), WORDS).layout
    assert layout.yaxis.scaleanchor == "x"
    assert (layout.xaxis.title.text, layout.yaxis.title.text) == ("FLAT", "STEEP")
