"""Figures of gradients: the numbers drawn are those of the record."""

import numpy as np
import pytest

from normlib import network, on_gradients
from normlib.figures import gradients as figures
from tests.normlib.figures.test_sequences import words

WEIGHTS = network.shipped("normalized", "start")
GRADIENTS = network.of_batch(WEIGHTS)


def test_norms_before_and_after_are_joined_layer_by_layer():
    found = on_gradients.compared(GRADIENTS, WEIGHTS, "muon", {}).layers
    shown = {layer: found[layer] for layer in network.LAYERS}
    names = words("gradients.layer_name")
    *joins, before, after = figures.norms(shown, words("gradients.norms_chart") | names).data
    assert list(before.x) == [one.before for one in shown.values()]
    assert list(after.x) == [one.after for one in shown.values()]
    assert list(before.y) == list(after.y) == list(names.values())
    assert list(before.text) == [f"{one.before:.3g}" for one in shown.values()]
    for join, one in zip(joins, shown.values(), strict=True):
        assert tuple(join.x) == (one.before, one.after)


@pytest.mark.parametrize("method", on_gradients.METHODS_OF_GRADIENTS)
def test_the_axis_of_norms_stays_the_same_with_every_method(method):
    names = words("gradients.norms_chart") | words("gradients.layer_name")
    for net in network.NETS:
        for moment in network.MOMENTS:
            weights = network.shipped(net, moment)
            found = on_gradients.compared(network.of_batch(weights), weights, method, {}).layers
            shown = {layer: found[layer] for layer in network.LAYERS}
            assert figures.norms(shown, names).layout.xaxis.range == figures.USUAL


@pytest.mark.parametrize(("knobs", "after"), [({"trust": 1000.0}, 7800), ({"trust": 0.0}, 0)])
def test_a_norm_beyond_the_usual_axis_widens_it_and_none_does_no_harm(knobs, after):
    found = on_gradients.compared(GRADIENTS, WEIGHTS, "lars", knobs).layers
    shown = {layer: found[layer] for layer in network.LAYERS}
    names = words("gradients.norms_chart") | words("gradients.layer_name")
    low, high = figures.norms(shown, names).layout.xaxis.range
    assert found["first"].after == pytest.approx(after, rel=0.01)
    assert low == figures.USUAL[0]
    assert high == pytest.approx(
        np.log10(found["first"].after) + 0.3 if after else figures.USUAL[1]
    )


@pytest.mark.parametrize("chosen", [0, 3, 5])
def test_singular_values_before_stand_beside_those_of_the_chosen_step(chosen):
    steps = on_gradients.whitened(GRADIENTS["third"])
    figure = figures.whitening(steps, chosen, words("gradients.whitening_chart"))
    band, before, *after = figure.data
    assert {*band.y} == {*on_gradients.BAND}
    assert len(after) == (chosen > 0)
    for trace, row in zip((before, *after), (steps[0], steps[chosen]), strict=False):
        assert np.array_equal(trace.customdata, row)
        np.testing.assert_array_equal(trace.y, np.maximum(row, figures.SMALLEST))
        assert trace.marker.symbol != band.marker.symbol
