import numpy as np
import pytest

from normlib.descent import run
from normlib.figures.descent import HIGH, LOW, losses

RNG = np.random.default_rng(2)
X = RNG.normal(size=(30, 3))
WORDS = {"steps": "steps", "loss": "loss", "least": "least"}


@pytest.mark.parametrize(("kind", "rate"), [("affine", 0.5), ("linear", 0.2), ("mlp", 0.1)])
def test_the_loss_is_drawn_up_to_the_step_and_the_least_where_it_is_known(kind, rate):
    found = run(kind, X, np.abs(X), rate, most=30)
    figure = losses(found, steps=12, words=WORDS)
    assert np.array_equal(figure.data[0].y, found.losses[:13])
    assert figure.data[0].marker.size[-1] > figure.data[0].marker.size[0]
    assert [shape.y0 for shape in figure.layout.shapes] == [found.least] * (kind != "mlp")
    assert [note.text for note in figure.layout.annotations] == ["least"] * (kind != "mlp")


def test_the_axis_stays_where_it_is_and_losses_beyond_it_stand_at_its_edge():
    lost, exact = run("linear", X, np.abs(X), 2.5), run("linear", X, X + 1, 0.5)
    for found in (lost, exact):
        figure = losses(found, steps=200, words=WORDS)
        assert min(figure.data[0].y) >= LOW
        assert max(figure.data[0].y) <= HIGH
        assert figure.layout.yaxis.range == losses(lost, steps=0, words=WORDS).layout.yaxis.range
        assert np.array_equal(figure.data[0].customdata, found.losses)
    assert losses(exact, steps=1, words=WORDS).layout.shapes == ()
