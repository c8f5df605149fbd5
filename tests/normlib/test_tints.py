import numpy as np
import pytest

from normlib import NormError, tints
from normlib.pictures import photo
from normlib.tints import MAPS, TINTS, read_map

PIXELS, STYLE = photo("palace", 64), photo("painting", 64)


@pytest.mark.parametrize("tint", TINTS)
def test_a_class_sets_mean_and_deviation_of_every_colour(tint):
    gamma, beta = TINTS[tint]
    found = tints.by_class(PIXELS, tint).picture
    assert found.mean((0, 1)) == pytest.approx(beta)
    assert found.std((0, 1)) == pytest.approx(np.abs(gamma))
    flat = [part.reshape(-1, 3)[:, 0] for part in (PIXELS, found)]
    assert np.corrcoef(*flat)[0, 1] == pytest.approx(np.sign(gamma[0]))


def test_a_map_of_one_tint_is_that_class():
    for number, tint in enumerate(TINTS):
        painted = np.full((8, 8), number)
        assert np.allclose(
            tints.by_map(PIXELS, painted).picture, tints.by_class(PIXELS, tint).picture
        )


def test_every_cell_gets_the_tint_of_its_digit():
    painted = read_map(MAPS["bands"])
    found = tints.by_map(PIXELS, painted).picture
    for number, tint in enumerate(TINTS):
        rows = slice(16 * number, 16 * number + 16)
        assert np.allclose(found[rows], tints.by_class(PIXELS, tint).picture[rows])


def test_the_mean_inside_a_region_is_not_the_beta_of_its_digit():
    found = tints.by_map(PIXELS, read_map(MAPS["halves"])).picture
    assert abs(found[:, 32:].mean((0, 1)) - TINTS["night"][1]).max() > 0.003


def test_adain_takes_over_means_and_deviations_and_coloring_correlations_too():
    plain, colored = tints.by_style(PIXELS, STYLE), tints.by_coloring(PIXELS, STYLE)
    assert tints.apart(plain.picture, STYLE)[:2] == pytest.approx((0, 0), abs=1e-9)
    assert tints.apart(plain.picture, STYLE)[2] > 0.1
    assert tints.apart(colored.picture, STYLE) == pytest.approx((0, 0, 0), abs=1e-9)
    assert np.allclose(tints.covariance(colored.picture), tints.covariance(STYLE))


def test_a_picture_in_its_own_style_comes_back_by_both():
    for method in (tints.by_style, tints.by_coloring):
        assert np.allclose(method(PIXELS, PIXELS).picture, PIXELS, atol=1e-9)


def test_what_a_screen_cannot_show_is_counted_and_set_to_the_nearest_end():
    found = tints.Tinted(np.array([[[-0.5, 0.5, 2.0]]]))
    assert found.beyond == pytest.approx(2 / 3)
    assert found.shown.tolist() == [[[0, 128, 255]]]


@pytest.mark.parametrize("name", MAPS)
def test_ready_maps_have_eight_lines_of_eight(name):
    assert [len(line) for line in MAPS[name].split("\n")] == [8] * 8
    assert read_map(MAPS[name]).shape == (8, 8)


def test_a_map_is_read_line_by_line_whatever_stands_between():
    text = "0123" * 16
    assert read_map(text)[0].tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    assert np.array_equal(read_map(" ".join(text)), read_map(text))


@pytest.mark.parametrize(("text", "code", "facts"), [
    ("", "map_length", {"given": 0, "wanted": 64, "side": 8}),
    ("0" * 65, "map_length", {"given": 65, "wanted": 64, "side": 8}),
    ("01 4", "map_sign", {"sign": "4", "position": 3, "most": 3}),
    ("0x", "map_sign", {"sign": "x", "position": 2, "most": 3}),
    ("٠" * 64, "map_sign", {"sign": "٠", "position": 1, "most": 3}),
])  # fmt: skip
def test_what_is_no_map_is_refused_with_a_reason(text, code, facts):
    with pytest.raises(NormError) as found:
        read_map(text)
    assert found.value.code == code
    assert found.value.facts == facts
