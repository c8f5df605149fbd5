"""What a comparison says, on curves whose ratios are known."""

import dataclasses

import numpy as np
import pytest

from normlib.landscape import Net, Smoothness, Training, training
from normlib.landscape.verdicts import BLOWN_UP, CURVES, asked, bands, curve, verdict, whole

SEEDS, STEPS = 3, 5


def record(scale: float = 1.0, spread: tuple[float, ...] = (1, 1, 1), **changed) -> Smoothness:
    """Curves that are constant over the steps: range, change and beta are ``scale * spread``."""
    ones = np.ones((SEEDS, STEPS))
    rows = ones * scale * np.array(spread)[:, None]
    along = np.stack((0 * rows, rows), 2)
    held = {
        "net": Net(depth=2), "training": Training(rate=0.5), "seeds": tuple(range(SEEDS)),
        "steps": np.arange(0, 20, 4), "multiples": np.array([1.0, 2.0]),
        "loss": ones, "gradient": ones, "along": along, "change": along,
        "lengths": np.broadcast_to([3.0, 4.0, 9.0], (SEEDS, STEPS, 3)), "eigenvalue": rows,
    }  # fmt: skip
    return Smoothness(**held | changed)


@pytest.mark.parametrize("name", ["loss_range", "gradient_change", "beta", "eigenvalue"])
@pytest.mark.parametrize(
    ("spread", "says"),
    [
        ((2, 3, 4), "holds"), ((0.2, 0.3, 0.4), "reversed"), ((0.9, 1.0, 1.1), "absent"),
        ((0.9, 3, 4), "absent"), ((0.2, 0.3, 1.1), "absent"), ((1.1, 1.2, 1.3), "absent"),
    ],
)  # fmt: skip
def test_a_verdict_needs_a_clear_ratio_and_all_seeds(name, spread, says):
    found = {"none": record(spread=spread), "batch": record()}
    one = verdict(found, "batch", name)
    assert (one.ratio, one.least, one.most) == pytest.approx(
        (np.median(spread), min(spread), max(spread))
    )
    assert one.says == says
    assert one.compared == SEEDS


def broken_in(seed: int, **curves) -> Smoothness:
    good = record()
    for name in curves or {"along": None}:
        values = getattr(good, name).copy()
        values[seed, 3:] = np.nan
        good = dataclasses.replace(good, **{name: values})
    return good


def test_seeds_that_broke_down_in_either_net_are_left_out():
    found = {"none": record(spread=(2, 4, 8)), "batch": broken_in(2)}
    one = verdict(found, "batch", "beta")
    assert one.compared == 2
    assert one.ratio == pytest.approx(3)
    assert bands(found, "beta")["batch"].left_out == 1
    assert whole(found["batch"]).tolist() == [True, True, False]


def test_a_loss_that_rose_a_thousandfold_has_diverged_even_where_it_is_finite():
    loss = np.ones((SEEDS, STEPS))
    loss[1, 2] = 1.001 * BLOWN_UP
    loss[2, 2] = 0.999 * BLOWN_UP
    assert whole(record(loss=loss)).tolist() == [True, False, True]
    assert BLOWN_UP == training.BLOWN_UP


def test_a_gradient_of_zero_has_no_beta():
    zero = np.zeros((SEEDS, STEPS))
    dead = record(gradient=zero, change=np.zeros((SEEDS, STEPS, 2)))
    assert not whole(dead).any()


def test_one_seed_of_three_is_too_few_to_say_anything():
    blown = record(loss=np.array([[1.0] * STEPS, [np.nan] * STEPS, [np.inf] * STEPS]))
    one = verdict({"none": record(), "batch": blown}, "batch", "beta")
    assert (one.says, one.compared) == ("broken", 1)
    band = bands({"batch": blown}, "beta")["batch"]
    assert (len(band.steps), band.left_out) == (0, 2)


def test_where_no_seed_is_left_nothing_is_compared_and_nothing_drawn():
    blown = np.full((SEEDS, STEPS, 2), np.inf)
    found = {"none": record(along=blown), "batch": record()}
    assert verdict(found, "batch", "loss_range").says == "broken"
    for name in CURVES:
        assert len(bands(found, name)["none"].steps) == 0


def test_a_band_is_the_median_between_smallest_and_largest():
    band = bands({"none": record(spread=(1, 5, 2))}, "loss_range")["none"]
    assert (band.low[0], band.middle[0], band.high[0]) == (1, 2, 5)
    assert band.steps.tolist() == [0, 4, 8, 12, 16]


def test_the_length_of_hidden_weights_leaves_the_head_out():
    assert curve(record(), "hidden_length")[0, 0] == pytest.approx(5)


def test_eigenvalues_that_were_not_measured_are_no_curve():
    without = {"none": record(eigenvalue=np.full((SEEDS, STEPS), np.nan))}
    assert not asked(without, "eigenvalue")
    assert asked(without, "beta")
    assert asked({"none": record()}, "eigenvalue")
