import numpy as np
import pytest

from normlib.recordings import abreast, padded, valid, vowels


@pytest.mark.parametrize(("part", "count", "longest"), [("training", 27, 23), ("test", 10, 29)])
def test_utterances_are_padded_with_zeros_after_their_end(part, count, longest):
    x, lengths = vowels(part)
    assert x.shape == (count, 12, longest)
    assert x.dtype == np.float64
    assert (lengths.min(), lengths.max()) == (10, longest)
    mask = valid(lengths, longest)
    assert mask.sum() == lengths.sum()
    frames = x.transpose(0, 2, 1)
    assert not frames[~mask].any()
    assert (np.abs(frames[mask]) > 0).any(axis=1).all()
    assert 0.8 < frames[mask][:, 0].mean() < 1.3  # as in the file of the repository


def test_the_first_numbers_are_those_of_the_repository():
    x, _ = vowels()
    expected = [[1.860936, 1.891651, 1.939205], [-0.207383, -0.193249, -0.239664]]
    np.testing.assert_allclose(x[0, :2, :3], expected, rtol=1e-6)


def test_testing_has_steps_that_training_never_saw():
    (_, training), (_, test) = vowels(), vowels("test")
    assert training.max() < test.max() == test[-1]


def test_nobody_can_write_to_what_all_sessions_share():
    for array in (*vowels(), *vowels("test")):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


def test_padding_may_be_longer_than_the_longest():
    x = padded([np.ones((2, 3)), np.full((1, 3), 2.0)], 4)
    assert x[:, 0].tolist() == [[1, 1, 0, 0], [2, 0, 0, 0]]


def test_abreast_has_no_padding():
    x = abreast()
    test, lengths = vowels("test")
    assert x.shape == (4, 12, 19)
    assert sorted(lengths, reverse=True)[:4] == [29, 23, 19, 19]
    assert np.array_equal(x[0], test[-1, :, :19])
    assert (np.abs(x) > 0).any(axis=1).all()
