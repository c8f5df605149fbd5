"""Two methods on one tensor: the numbers, and what counts as equal."""

import numpy as np
import pytest

from normlib import Spec, apply, data, trace
from normlib.comparison import ROUNDING, Side, agreement, alike, compare, distance, with_knobs

SIZES = (3, 4, 2, 5)


def pair(first, second, **knobs):
    sides = (with_knobs(Side(Spec(key, SIZES)), **knobs) for key in (first, second))
    return [side.spec for side in sides]


def test_the_difference_is_that_of_both_answers():
    first, second = pair("batch", "layer", affine=False)
    x = data.make("random", first)
    found = compare(first, second, x)
    expected = np.abs(apply(first, x) - apply(second, x))
    assert np.array_equal(found.gap, expected)
    assert found.difference == expected.max() > 1
    assert found.scale == max(np.abs(apply(spec, x)).max() for spec in (first, second))
    assert (found.agree, found.factor) == ("different", 0.0)
    assert found.tolerance == ROUNDING["float64"] * found.scale


def test_a_constant_multiple_is_told_from_equal_and_different():
    first, second = pair("l2", "rms_position", affine=False, eps=0.0)
    found = compare(first, second, data.make("random", first))
    assert found.agree == "factor"
    assert found.factor == pytest.approx(1 / np.sqrt(4), rel=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0], (0, 2, "equal", 1)),
        ([1.0, 2.0], [1.0 + 1e-10, 2.0], (1e-10, 2, "equal", 1)),
        ([1.0, 2.0], [1.0 + 1e-7, 2.0], (1e-7, 2, "different", 0)),
        ([2.0, 4.0], [-1.0, -2.0], (6, 4, "factor", -2)),
        ([0.0, 0.0], [1.0, 2.0], (2, 2, "different", 0)),
        ([0.0, 0.0], [0.0, 0.0], (0, 0, "equal", 1)),
        ([np.inf, 1.0], [np.inf, 1.0], (0, np.inf, "equal", 1)),
        ([np.nan, 1.0], [0.0, 1.0], (np.inf, np.nan, "different", 0)),
    ],
)
def test_what_counts_as_equal(first, second, expected):
    found = agreement(np.array(first), np.array(second))
    assert found[2] == expected[2]
    np.testing.assert_allclose([found[0], found[1], found[3]],
                               [expected[0], expected[1], expected[3]], rtol=1e-6)  # fmt: skip


def test_numbers_that_are_not_finite_differ_infinitely_unless_they_are_the_same():
    gap = distance(np.array([np.inf, np.nan, 1.0]), np.array([np.inf, 1.0, 3.0]))
    assert gap.tolist() == [0, np.inf, 2]


def test_parameters_are_the_same_wherever_name_and_shape_agree():
    batch, group, layer = (alike(Spec(key, SIZES), learned=True)
                           for key in ("batch", "group", "layer"))  # fmt: skip
    assert np.array_equal(batch["gamma"], group["gamma"])
    assert np.array_equal(batch["beta"], group["beta"])
    assert layer["gamma"].shape == (4, 2, 5)
    assert not np.array_equal(batch["gamma"], batch["beta"])
    assert not np.array_equal(
        batch["gamma"], alike(Spec("batch", SIZES, seed=1), learned=True)["gamma"]
    )


def test_stored_statistics_are_seeded_and_shared_also_where_nothing_is_learned():
    batch = alike(Spec("batch", SIZES), training=False)
    frozen = alike(Spec("frozen", SIZES))
    assert batch.keys() == frozen.keys() == {"running_mean", "running_variance"}
    assert all(np.array_equal(batch[name], frozen[name]) for name in batch)
    assert (batch["running_variance"] > 0).all()
    assert alike(Spec("layer", SIZES), training=False) == {}


def test_mode_and_learning_reach_both_sides():
    spec = Spec("batch", SIZES)
    x = data.make("random", spec)
    found = compare(spec, Spec("frozen", SIZES), x, training=False, learned=True)
    assert found.agree == "equal"
    given = alike(spec, training=False, learned=True)
    assert np.array_equal(found.outputs[0], apply(spec, x, given, training=False))
    assert compare(spec, Spec("frozen", SIZES), x, learned=True).agree == "different"


@pytest.mark.parametrize("move", ["same", "flat", "turned", "transposed"])
def test_moved_entries_come_back_to_where_they_were(move):
    x = data.make("counting", Spec("layer", (2, 3, 4)))
    side = Side(Spec("layer", x.shape), move)
    moved = side.input(x)
    assert np.array_equal(side.back(moved, x.shape), x)
    assert np.array_equal(x.ravel()[side.order(x.shape)], moved.ravel())


def test_centred_means_without_the_mean_of_every_group_and_zeros_means_nothing_left():
    spec = Spec("rms", SIZES)
    x = data.make("random", spec)
    np.testing.assert_allclose(
        Side(spec, prepared="centred").input(x).mean((1, 2, 3)), 0, atol=1e-14
    )
    assert not Side(spec, prepared="zeros").input(x).any()


def test_knobs_that_a_method_lacks_are_passed_over():
    side = with_knobs(Side(Spec("positional", SIZES)), eps=0.5, affine=False, groups=2)
    assert side.spec.settings == {"eps": 0.5, "by_variance": False}


def test_traces_are_those_of_the_library():
    spec = Spec("instance", SIZES, knobs={"affine": False})
    x = data.make("random", spec)
    found = compare(spec, spec, x)
    assert np.array_equal(found.traces[0]["mean"].array, trace(spec, x)["mean"].array)
