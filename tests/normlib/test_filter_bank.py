"""The filter bank: its filters in closed form, its maps against torch, its answers to stripes."""

import numpy as np
import pytest
import torch

from normlib.filter_bank import ANGLES, NAMES, RADIUS, WAVE, feature_maps, kernels
from normlib.pictures import photo

AT = dict(zip(NAMES, range(len(NAMES)), strict=True))


def test_the_filters_are_there_and_nobody_can_write_to_them():
    assert kernels().shape == (12, 3, 15, 15)
    assert kernels().dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        kernels()[0] = 0


def test_all_but_the_blur_add_up_to_nothing_and_the_blur_to_one():
    sums = kernels().sum((1, 2, 3))
    assert np.abs(np.delete(sums, AT["blur"])).max() < 1e-5
    assert sums[AT["blur"]] == pytest.approx(1, abs=1e-5)


def test_edges_and_the_blur_are_those_of_their_formulas():
    down, right = np.mgrid[-7:8, -7:8]
    narrow = np.exp(-(down**2 + right**2) / (2 * 1.2**2))
    edge = right * narrow / narrow.sum() / 1.2**2 / 3
    assert np.abs(kernels()[AT["edge0"], 1] - edge).max() < 1e-7
    assert np.abs(kernels()[AT["edge90"], 1] - edge.T).max() < 1e-7
    wide = np.exp(-(down**2 + right**2) / 8)
    assert np.abs(kernels()[AT["blur"], 0] - wide / wide.sum() / 3).max() < 1e-7


def test_a_ramp_has_slope_one_along_the_edge_filter():
    ramp = np.repeat(np.arange(40.0)[None, :, None], 40, 0).repeat(3, 2)
    inside = feature_maps(ramp)[:, 10:-10, 10:-10]
    for angle in ANGLES:
        slope = np.cos(np.deg2rad(angle))
        assert np.abs(inside[AT[f"edge{angle}"]] - slope).max() < 2e-3
    assert np.abs(inside[AT["blur"]] - ramp[10:-10, 10:-10, 0]).max() < 2e-2


@pytest.mark.parametrize("shape", [(40, 56), (41, 33)])
def test_the_maps_are_those_of_a_convolution_of_torch(shape):
    picture = np.random.default_rng(0).random((*shape, 3), np.float32)
    x = torch.from_numpy(picture).permute(2, 0, 1)[None]
    wide = torch.nn.functional.pad(x, (RADIUS,) * 4, mode="reflect")
    expected = torch.nn.functional.conv2d(wide, torch.tensor(np.array(kernels())))[0].numpy()
    found = feature_maps(picture)
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 1e-5


@pytest.mark.parametrize("angle", ANGLES)
def test_stripes_answer_most_to_their_own_filter(angle):
    down, right = np.mgrid[:64, :64]
    u = right * np.cos(np.deg2rad(angle)) + down * np.sin(np.deg2rad(angle))
    stripes = np.repeat(0.5 + 0.5 * np.cos(2 * np.pi * u / WAVE)[..., None], 3, 2)
    strength = feature_maps(stripes).std((1, 2))
    of_stripes = {other: strength[AT[f"stripes{other}"]] for other in ANGLES}
    assert max(of_stripes, key=of_stripes.get) == angle
    assert of_stripes[angle] > 5 * max(v for other, v in of_stripes.items() if other != angle)


def test_colours_answer_to_colour_filters_alone_and_grey_does_not():
    grey = np.full((20, 20, 3), 0.7)
    assert np.abs(feature_maps(grey)[-2:]).max() < 1e-5
    red = np.zeros((20, 20, 3))
    red[..., 0] = 1
    maps = feature_maps(red)
    assert maps[AT["red_green"]].mean() == pytest.approx(1, abs=1e-4)
    assert maps[AT["yellow_blue"]].mean() == pytest.approx(0.5, abs=1e-4)


def test_a_photo_has_answers_of_very_different_strength():
    strength = feature_maps(photo("palace", 128)).std((1, 2))
    assert strength[AT["blur"]] > 10 * strength[AT["stripes45"]]
