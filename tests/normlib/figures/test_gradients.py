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
@pytest.mark.parametrize("moment", network.MOMENTS)
@pytest.mark.parametrize("net", network.NETS)
def test_every_norm_lies_within_the_axis(net, moment, method):
    weights = network.shipped(net, moment)
    found = on_gradients.compared(network.of_batch(weights), weights, method, {}).layers
    names = words("gradients.norms_chart") | words("gradients.layer_name")
    low, high = figures.norms({"first": found["first"]}, names).layout.xaxis.range
    for layer in network.LAYERS:
        assert low < np.log10(found[layer].before) < high
        assert low < np.log10(found[layer].after) < high


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
