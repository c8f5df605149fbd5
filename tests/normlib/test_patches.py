import numpy as np
import pytest

from normlib import patches
from normlib.patches import MIDDLE, SHRINKAGES, SIDE, SIZE
from normlib.pictures import PICTURES, photo


def of(name, shrinkage=0.0):
    return patches.patches(patches.grey(photo(name, SIZE)), shrinkage)


@pytest.mark.parametrize("name", PICTURES)
def test_zca_filters_are_local_and_pca_axes_are_not(name):
    found = of(name, 1e-4)
    assert patches.locality(found.filters) > 0.8
    assert patches.locality(found.axes) < 0.35


@pytest.mark.parametrize("name", ["cat", "bricks", "palace"])
def test_a_zca_filter_is_bright_in_its_own_pixel_with_dark_neighbours(name):
    filters = of(name, 1e-4).filters.reshape(-1, SIDE * SIDE)
    assert (filters.argmax(1) == np.arange(SIDE * SIDE)).all()
    middle = of(name, 1e-4).filters[MIDDLE]
    row, column = divmod(MIDDLE, SIDE)
    for down, right in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        assert middle[row + down, column + right] < 0


def test_patches_are_white_without_shrinkage_and_less_so_with_more():
    deviations = [of("coffee", amount).deviation for amount in SHRINKAGES]
    assert deviations[0] < 1e-9
    assert (np.diff(deviations) > 0).all()


def test_the_answer_is_the_middle_column_of_the_whitened_patches():
    grey = patches.grey(photo("dahlia", 64))
    found = patches.patches(grey, 0.0)
    windows = np.lib.stride_tricks.sliding_window_view(grey, (SIDE, SIDE))
    rows = windows[::2, ::2].reshape(-1, SIDE * SIDE)
    white = (rows - rows.mean(0)) @ found.filters.reshape(SIDE * SIDE, -1).T
    assert found.count == len(rows)
    assert np.allclose(found.answer[::2, ::2].ravel(), white[:, MIDDLE])
    assert found.answer[::2, ::2].var() == pytest.approx(1, rel=1e-6)


def test_axes_come_by_falling_variance():
    found = of("cat")
    assert (np.diff(found.eigenvalues) <= 0).all()
    assert found.condition == found.eigenvalues[0] / found.eigenvalues[-1]
    assert np.ptp(np.sign(found.axes[0])) == 0  # the strongest is the brightness of the patch


def test_locality_of_equal_weights_and_of_a_single_one():
    single = np.zeros((1, SIDE, SIDE))
    single[0, 3, 4] = -2
    assert patches.locality(single) == 1
    equal = np.ones((1, SIDE, SIDE))
    assert patches.locality(equal) == 4 / 64  # the first is taken, in a corner


def test_tiles_show_zero_grey_and_the_largest_black_or_white():
    two = np.array([[[0.0, -2.0], [1.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]]])
    picture = patches.tiles(two, columns=1, zoom=2)
    assert picture.shape == (10, 5)
    assert picture[0, :4].tolist() == [128, 128, 0, 0]
    assert picture[2, :4].tolist() == [191, 191, 255, 255]
    assert set(picture[5:9, :4].ravel()) == {128}
    assert set(picture[4]) == {255}


def test_a_picture_is_shown_around_its_mean():
    shown = patches.shown(np.array([[0.0, 10.0]]), 2, deviations=2.0)
    assert shown.tolist() == [[63, 63, 191, 191]] * 2
    assert set(patches.shown(np.full((2, 2), 7.0), 1).ravel()) == {127}
