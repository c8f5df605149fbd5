"""Histograms of groups: as many as there are groups, and the shares that numpy counts."""

import numpy as np
import pytest

from normlib.histograms import BINS, COUNTED, REACH, histograms
from normlib.looks import Change, compare
from normlib.pictures import photo

CHANGE = Change(contrast=0.6, light=0.8, cast=0.25)


@pytest.mark.parametrize(("method", "groups", "count"), [
    ("batch", 1, 3), ("layer", 1, 2), ("instance", 1, 6), ("group", 1, 2), ("group", 3, 6),
    ("positional", 1, 2), ("rms", 1, 2),
])  # fmt: skip
def test_histograms_are_those_of_numpy_one_for_each_group(method, groups, count):
    found = compare(method, photo("cat", 64), photo("rocket", 64), CHANGE, groups=groups)
    drawn = histograms(found)
    assert len(drawn.groups) == len(drawn.before) == len(drawn.after) == count
    assert drawn.tiny == (method == "positional")
    for shares in (drawn.before, drawn.after):
        assert np.allclose(shares.sum(1), 1)
    sample, channel = drawn.groups[-1]
    values = found.after[:, channel] if sample is None else (
        found.after[sample] if channel is None else found.after[sample, channel])  # fmt: skip
    edges = np.linspace(-REACH, REACH, BINS + 1)
    values = np.clip(values.ravel(), edges[0] + 1e-6, edges[-1] - 1e-6)
    expected = np.histogram(values, edges)[0] / values.size
    assert np.abs(drawn.after[-1] - expected).max() < 5e-4
    if not drawn.tiny and method != "rms":
        mean = (drawn.after * drawn.middles).sum(1)
        assert np.abs(mean).max() < 0.02


def test_of_a_large_picture_every_so_many_th_pixel_is_counted():
    cat, other = photo("cat", 2 * COUNTED), photo("rocket", 2 * COUNTED)
    found = compare("instance", cat, other, CHANGE)
    drawn = histograms(found)
    part = found.after[0, 0, ::2, ::2]
    assert drawn.after[0].argmax() == np.histogram(part, BINS, (-REACH, REACH))[0].argmax()
    whole = np.histogram(found.after[0, 0], BINS, (-REACH, REACH))[0] / found.after[0, 0].size
    assert np.abs(drawn.after[0] - whole).max() < 0.01
