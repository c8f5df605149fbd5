"""Looks of pictures: what each norm forgets of a changed copy, by closed form and by number."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from normlib import looks
from normlib.looks import CHANGES, COMPARED, Change, changed, compare, survey
from normlib.pictures import PICTURES, photo

CHANGE = Change(contrast=0.6, light=0.8, cast=0.25)
OTHER = photo("painting", 96)
# What leaves no trace of itself: the change is a scale and a shift that the norm's groups share.
FORGOTTEN = {
    "batch": set(),
    "layer": {"contrast", "light"},
    "instance": {"contrast", "light", "cast"},
    "group": {"contrast", "light"},  # of one group
    "positional": {"contrast", "light"},
    "rms": {"light"},
}


def test_a_change_is_a_scale_and_a_shift_of_every_channel():
    picture = looks.tensor(photo("cat", 32))[0]
    expected = 0.8 * (0.5 + 0.6 * (picture - 0.5)) * np.reshape([1.25, 1, 0.75], (3, 1, 1))
    assert np.abs(changed(picture, CHANGE) - expected).max() < 1e-6
    assert changed(picture, CHANGE).dtype == np.float32
    assert np.array_equal(changed(picture, Change()), picture)
    assert CHANGE.alone("cast") == Change(cast=0.25)


@pytest.mark.parametrize("name", [name for name in PICTURES if name != "painting"])
def test_every_norm_forgets_what_its_groups_share_and_nothing_else(name):
    left = survey(photo(name, 96), OTHER, CHANGE, eps=1e-12).left
    for method in COMPARED:
        forgotten = {change for change in CHANGES if left[method][change] < 1e-3}
        assert forgotten == FORGOTTEN[method], (method, left[method])


@pytest.mark.parametrize("name", PICTURES)
def test_instance_norm_makes_the_copy_equal_to_the_picture(name):
    found = compare("instance", photo(name, 128), OTHER[:1, :1] + photo("cat", 128), CHANGE,
                    eps=1e-12)  # fmt: skip
    before, after = found.difference
    assert before > 0.2
    assert after < 1e-4


def test_group_norm_of_three_channels_is_one_of_two_norms_known_already():
    for groups, same in ((1, "layer"), (3, "instance")):
        ours, known = (compare(method, photo("cat", 64), photo("rocket", 64), CHANGE, groups=groups)
                       for method in ("group", same))  # fmt: skip
        assert np.abs(ours.after - known.after).max() < 1e-6


def test_no_change_leaves_no_difference():
    left = survey(photo("cat", 96), OTHER, Change()).left
    assert {value for row in left.values() for value in row.values()} == {0.0}


def test_a_survey_shows_the_picture_beside_its_copy():
    found = survey(photo("cat", 96), OTHER, CHANGE)
    assert set(found.pairs) == set(COMPARED)
    for method, pair in found.pairs.items():
        assert pair.shape == (3, 96, 192)
        alike = np.abs(pair[..., :96] - pair[..., 96:]).max() < 0.1
        assert alike == (method == "instance")


def test_a_large_picture_is_thinned_out_in_a_survey():
    large = survey(photo("cat", 512), photo("painting", 512), CHANGE)
    assert large.pairs["layer"].shape == (3, 128, 256)
    small = survey(photo("cat", 512)[::4, ::4], photo("painting", 512)[::4, ::4], CHANGE)
    assert small.left == large.left


def test_a_flat_picture_stays_finite_and_its_balance_is_not_a_number_or_infinite():
    flat = np.full((64, 64, 3), 0.5, np.float32)
    for method in COMPARED:
        assert np.isfinite(compare(method, flat, photo("cat", 64), CHANGE, eps=0.0).after).all()
    maps = np.stack([np.zeros((2, 4, 4)), np.ones((2, 4, 4))])
    within, between = looks.balance(maps)
    assert np.isnan([within, between]).all()
    maps[1, :, 0] = 3
    assert looks.balance(maps)[1] == np.inf


def test_the_norms_are_those_of_torch():
    picture, other = photo("coffee", 48), photo("palace", 48)
    for method, by_torch in {
        "batch": lambda x: F.batch_norm(x, None, None, training=True),
        "layer": lambda x: F.layer_norm(x, x.shape[1:]),
        "instance": F.instance_norm,
        "group": lambda x: F.group_norm(x, 1),
        "rms": lambda x: F.rms_norm(x, x.shape[1:], eps=looks.specify("rms", x.shape).eps),
    }.items():
        found = compare(method, picture, other, CHANGE)
        expected = by_torch(torch.from_numpy(found.before)).numpy()
        assert np.abs(found.after - expected).max() < 2e-5, method


def test_positional_norm_leaves_every_pixel_mean_0_and_at_most_spread_1():
    after = compare("positional", photo("dahlia", 64), photo("cat", 64), CHANGE).after
    assert np.abs(after.mean(1)).max() < 1e-5
    assert after.std(1).max() < 1 + 1e-5


def test_what_positional_norm_takes_away_gives_the_picture_back():
    found = compare("positional", photo("dahlia", 64), photo("cat", 64), CHANGE)
    mean, twice = looks.moment_maps(found.before[0])
    assert mean.shape == twice.shape == (1, 64, 64)
    assert twice.max() < 1
    scale = np.sqrt((twice / 2) ** 2 + found.spec.eps)
    assert np.abs(found.after[0] * scale + mean - found.before[0]).max() < 1e-5


@pytest.mark.parametrize(("method", "groups"), [
    ("batch", 1), ("layer", 1), ("instance", 1), ("group", 1), ("group", 3), ("group", 12),
    ("positional", 1), ("rms", 1),
])  # fmt: skip
def test_feature_maps_keep_the_balance_inside_their_groups(method, groups):
    found = looks.compare_maps(method, photo("palace", 96), OTHER, groups=groups)
    (within, between), after = looks.balance(found.before), looks.balance(found.after)
    assert within > 20
    assert between > 2
    keeps_within = method in ("layer", "rms") or (method, groups) == ("group", 1)
    keeps_between = method == "batch"
    assert (after[0] == pytest.approx(within, rel=1e-3)) == keeps_within
    assert (after[1] == pytest.approx(between, rel=1e-3)) == keeps_between
    if method == "instance" or groups == 12:
        assert max(after) < 1.2


def test_maps_are_shown_within_two_and_a_half_times_their_root_mean_square():
    assert looks.extent(np.array([3.0, -4.0])) == pytest.approx(2.5 * 12.5**0.5)
