"""Example arrays: pinned where links depend on them, checked by value elsewhere."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from normlib import Spec, data
from tests.normlib.cases import PAIRS, spec_of, specs

MATRIX = {
    0: [4.45, 1.27, 2.64, 3.67, 3.36, -0.84, 1.55, 0.07],
    7: [2.97, -0.66, 0.05, -1.04, -0.15, -0.07, -0.06, -1.15],
}
IMAGE = {0: [2.96, 1.77, 2.27, 3.38, 3.31, 0.52], 7: [-0.42, -1.46, -1.22, -1.04, -0.49, 0.04]}


@pytest.mark.parametrize("seed", [0, 7])
def test_random_numbers_are_pinned_because_links_depend_on_them(seed):
    assert data.make("random", Spec("layer", (2, 4), seed=seed)).ravel().tolist() == MATRIX[seed]
    image = data.make("random", Spec("batch", (2, 3, 2, 2), seed=seed))
    assert image.ravel()[:6].tolist() == IMAGE[seed]


@given(specs())
def test_random_numbers_depend_on_shape_and_seed_alone(spec):
    plain = "batch" if spec.entry.tensor == "activation" else "centralization"
    other = Spec(plain, spec.sizes, spec.layout, seed=spec.seed)
    assert np.array_equal(data.make("random", spec), data.make("random", other))
    assert np.array_equal(data.random(spec), np.round(data.random(spec), 2))


@pytest.mark.parametrize(("method", "layout"), PAIRS)
@pytest.mark.parametrize("kind", data.KINDS)
def test_every_kind_fits_every_shape(kind, method, layout):
    spec = spec_of(method, layout)
    x = data.make(kind, spec)
    assert x.shape == spec.sizes
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert x.flags.writeable
    x += 1  # the next reader does not see this
    assert not np.array_equal(data.make(kind, spec), x)


def test_channels_and_samples_have_their_own_means_and_spreads():
    x = data.make("random", Spec("batch", (6, 6, 16, 16)))
    assert np.ptp(x.mean((0, 2, 3))) > 0.5
    assert np.ptp(x.mean((1, 2, 3))) > 0.5
    assert np.ptp(x.std((2, 3))) > 0.3


@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_first_group_of_constant_is_constant_and_the_others_are_random(method, layout):
    spec = spec_of(method, layout)
    x, inside = data.make("constant", spec), spec.partition.group_of_entry() == 0
    assert inside.ravel()[0]
    assert set(x[inside]) == {0.1}
    assert np.array_equal(x[~inside], data.random(spec)[~inside])


def test_large_mean_is_random_one_million_higher():
    spec = Spec("batch", (4, 6, 5, 3))
    assert np.array_equal(data.make("large_mean", spec), data.make("random", spec) + 1_000_000)


def test_counting_counts_in_memory_order():
    x = data.make("counting", Spec("layer", (3, 4, 5)))
    assert all(x[index] == i for i, index in enumerate(np.ndindex(3, 4, 5)))


def test_digits_are_torchs_convolution_with_the_filters():
    images = torch.from_numpy(np.load(data.DIGITS) / 16.0)[:, None]
    filters = torch.from_numpy(data.FILTERS / np.abs(data.FILTERS).sum((1, 2), keepdims=True))
    expected = torch.nn.functional.conv2d(images, filters[:, None], padding=1).numpy()
    assert expected.shape == (10, 16, 8, 8)
    found = data.make("digits", Spec("batch", (10, 16, 8, 8)))
    np.testing.assert_allclose(found, expected, 1e-13, 1e-14)
    last = data.make("digits", Spec("batch", (10, 8, 8, 16), "nhwc"))
    assert np.array_equal(last, found.transpose(0, 2, 3, 1))
    assert np.array_equal(data.make("digits", Spec("batch", (3, 5, 4, 6))), found[:3, :5, :4, :6])
    np.testing.assert_allclose(data.make("digits", Spec("batch", (10, 16))), found.mean((2, 3)))
    assert np.array_equal(data.make("digits", Spec("batch", (10, 16, 8))), found[:, :, 4])


def test_digits_start_again_where_an_axis_is_longer():
    found = data.make("digits", Spec("batch", (12, 18, 8, 8)))
    assert np.array_equal(found[10:], found[:2])
    assert np.array_equal(found[:, 16:], found[:, :2])


def test_digits_in_five_axes_are_frames_of_the_digits_that_follow():
    flat = data.make("digits", Spec("batch", (10, 16, 8, 8)))
    film = data.make("digits", Spec("batch", (10, 16, 3, 8, 8)))
    for sample, frame in np.ndindex(10, 3):
        assert np.array_equal(film[sample, :, frame], flat[(sample + frame) % 10])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=6, max_size=6))
def test_a_table_survives_its_text(numbers):
    x = np.array(numbers).reshape(2, 3)
    again = data.from_text(data.to_text(x), np.full((2, 3), 9.0))
    assert np.array_equal(again, x)


@pytest.mark.parametrize(("text", "expected"), [
    ("", [7.5, -8, 9, 1]), ("1", [1, -8, 9, 1]), ("1,-2.5", [1, -2.5, 9, 1]),
    ("1  2,,3\n4 5 x", [1, 2, 3, 4]), ("1e3", [1000, -8, 9, 1]),
])  # fmt: skip
def test_numbers_too_many_are_left_out_and_missing_ones_stay(text, expected):
    start = np.array([[7.5, -8], [9, 1]])
    assert data.from_text(text, start).ravel().tolist() == expected
    assert start.ravel().tolist() == [7.5, -8, 9, 1]


def test_text_of_whole_numbers_is_short():
    assert data.to_text(np.array([[1.0, -2.5], [1e-9, 100.0]])) == "1,-2.5,1e-09,100"
