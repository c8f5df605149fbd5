"""Figures of weights: the numbers drawn are those of the record."""

import numpy as np
import pytest

from normlib import invariance, network, on_weights
from normlib.figures import weights as figures
from pages.ui import state
from tests.normlib.figures.test_sequences import words

NORMALIZED = network.shipped("normalized")


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_singular_values_norms_and_means_are_drawn_before_and_after(language):
    found = on_weights.change(NORMALIZED, "second", "centered_weight")
    said = words("gradients.spectrum", language)
    figure = figures.spectrum(found, said)
    looks = [(look, name) for name in ("singular", "norms", "means")
             for look in (found.before, found.after)]  # fmt: skip
    for trace, (look, name) in zip(figure.data, looks, strict=True):
        assert np.array_equal(trace.y, getattr(look, name))
        assert list(trace.x) == list(range(1, 33))
    assert len({(trace.marker.color, trace.marker.symbol) for trace in figure.data}) == 2
    layout = figure.layout
    assert [axis.title.text for axis in (layout.yaxis, layout.yaxis2, layout.yaxis3)] == [
        said["singular"], said["norm"], said["mean"]
    ]  # fmt: skip


def test_estimates_are_drawn_up_to_the_chosen_round_on_axes_of_the_whole():
    found = on_weights.rounds(NORMALIZED["third"])
    few, many = (figures.estimates(found, count, words("gradients.estimates")) for count in (2, 60))
    estimate, angle, u, direction = few.data
    assert np.array_equal(estimate.y, found.estimate[:2])
    assert list(estimate.x) == [1, 2]
    assert np.array_equal(angle.y, found.angle[:3])
    assert np.array_equal(u.y, found.u[2])
    assert np.array_equal(direction.y, found.direction)
    assert few.layout.shapes[0].y0 == found.singular[0]
    for name in ("xaxis", "xaxis2", "yaxis", "yaxis2", "yaxis3"):
        assert few.layout[name].range == many.layout[name].range


def test_curves_are_those_of_both_networks_with_the_line_of_one_over_alpha():
    curves = {net: invariance.curve(network.shipped(net), "first") for net in network.NETS}
    figure = figures.scaled(
        curves, 10.0, words("gradients.scaled_chart") | words("gradients.net_name")
    )
    *lines, ideal = figure.data
    for net, (gradient, output) in zip(curves, (lines[:2], lines[2:]), strict=True):
        found = list(curves[net].values())
        assert list(gradient.x) == list(invariance.FACTORS)
        assert list(gradient.y) == [one.gradient[1] for one in found]
        assert list(output.y) == [one.output or None for one in found]
        assert gradient.name == words("gradients.net_name")[net]
    np.testing.assert_allclose(
        np.array(ideal.y) * invariance.FACTORS, curves["normalized"][1.0].gradient[0]
    )
    assert {figure.layout.shapes[0].x0, figure.layout.shapes[0].x1} == {10.0}
