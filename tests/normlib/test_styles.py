"""Styles: mean and standard deviation change places, or walk along a straight line."""

from itertools import permutations

import numpy as np
import pytest

from normlib.pictures import PICTURES, photo
from normlib.styles import moments, restyle, swap, swap_channels, texture

PAIRS = [("cat", "painting"), ("palace", "retina"), ("bricks", "dahlia")]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_swap_hands_every_channel_the_place_of_its_partner(first, second):
    move = swap(photo(first, 128), photo(second, 128))
    assert move.before.shape == move.after.shape == (2, 3, 128, 128)
    assert np.abs(move.end - move.start[::-1]).max() < 2e-3  # eps
    assert np.abs(move.start[0] - move.start[1]).max() > 0.1


@pytest.mark.parametrize("channels", [(0, 1), (0, 2), (1, 2)])
def test_a_swap_of_channels_moves_two_and_leaves_the_third(channels):
    move = swap_channels(photo("coffee", 128), channels)
    expected = move.start[0].copy()
    expected[list(channels)] = expected[list(channels)][::-1]
    assert np.abs(move.end[0] - expected).max() < 2e-3
    third = ({0, 1, 2} - set(channels)).pop()
    assert np.abs(move.after[0, third] - move.before[0, third]).max() < 1e-5
    assert np.abs(move.after - move.before).max() > 0.1


@pytest.mark.parametrize(("content", "style"), PAIRS)
@pytest.mark.parametrize("strength", [0.0, 0.3, 1.0])
def test_the_strength_moves_every_channel_along_a_straight_line(content, style, strength):
    content, style = photo(content, 128), photo(style, 128)
    move = restyle(content, style, strength)
    goal = moments(style.transpose(2, 0, 1)[None])
    expected = (1 - strength) * move.start + strength * goal
    assert np.abs(move.end - expected).max() < 2e-3
    if not strength:
        assert np.array_equal(move.after, move.before)


def test_the_style_of_itself_changes_nothing():
    move = restyle(photo("palace", 96), photo("palace", 96), 1.0)
    assert np.abs(move.after - move.before).max() < 1e-3


def test_moments_are_those_of_numpy():
    x = np.random.default_rng(0).normal(3, 2, (2, 3, 20, 30)).astype(np.float32)
    found = moments(x)
    assert np.abs(found[..., 0] - x.astype(float).mean((2, 3))).max() < 1e-6
    assert np.abs(found[..., 1] - x.astype(float).std((2, 3))).max() < 1e-6


def test_what_lies_outside_is_counted():
    move = swap(photo("bricks", 64), photo("palace", 64))
    share = ((move.after < 0) | (move.after > 1)).sum() / move.after.size
    assert move.outside == pytest.approx(share)
    assert 0 < move.outside < 0.5


def test_texture_does_not_see_contrast_and_light():
    x = photo("cat", 96).transpose(2, 0, 1)
    assert texture(0.3 * x + 0.2) == pytest.approx(texture(x), rel=1e-4)


def test_a_flat_picture_has_no_texture_to_measure():
    assert np.isnan(texture(np.full((3, 32, 32), 0.5, np.float32)))


@pytest.mark.parametrize(("content", "style"), list(permutations(PICTURES, 2)))
def test_a_new_style_keeps_the_texture_within_a_fifth(content, style):
    move = restyle(photo(content)[::2, ::2], photo(style)[::2, ::2], 1.0)
    before, after = (texture(x[0]) for x in (move.before, move.after))
    assert 1 / 1.2 < after / before < 1.2
