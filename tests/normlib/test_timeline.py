import numpy as np
import pytest

from normlib import NormError
from normlib.recordings import vowels
from normlib.timeline import Forecast, Timeline, continued, forecast, num_known, predict, timeline


@pytest.fixture
def known() -> Timeline:
    return timeline(*vowels())


def test_masked_statistics_count_only_the_sequences_that_still_run(known):
    x, lengths = vowels()
    for step in range(x.shape[2]):
        running = [sequence[:, step] for sequence, length in zip(x, lengths, strict=True)
                   if step < length]  # fmt: skip
        assert known.count[step] == len(running)
        mean = sum(running) / len(running)
        np.testing.assert_allclose(known.mean[:, step], mean, atol=1e-14)
        spread = sum((frame - mean) ** 2 for frame in running) / len(running)
        np.testing.assert_allclose(known.variance[:, step], spread, atol=1e-14)


def test_without_a_mask_padding_counts_like_any_other_number():
    x, _ = vowels()
    found = timeline(x)
    assert (found.count == len(x)).all()
    np.testing.assert_allclose(found.mean, x.mean(0), atol=1e-14)
    np.testing.assert_allclose(found.variance, x.var(0), atol=1e-14)


def test_padding_drags_the_late_statistics_towards_zero(known):
    unmasked = timeline(vowels()[0])
    share = known.count[-1] / 27
    np.testing.assert_allclose(unmasked.mean[:, -1], share * known.mean[:, -1], atol=1e-14)
    assert (unmasked.variance[:, -1] < 0.2).all()


def test_a_step_is_known_where_enough_sequences_reach_it(known):
    assert [num_known(known, least) for least in (1, 2, 3, 4, 5, 10, 27)] == [
        23, 23, 21, 21, 20, 18, 10
    ]  # fmt: skip
    assert num_known(known, 28) == 0


def test_beyond_the_known_steps_the_last_one_is_used_again(known):
    found = continued(known, 29, least=3)
    for name in ("mean", "variance"):
        ours, theirs = getattr(found, name), getattr(known, name)
        assert np.array_equal(ours[:, :21], theirs[:, :21])
        assert (ours[:, 21:] == theirs[:, 20:21]).all()
    assert found.count.tolist() == [*known.count, *[0] * 6]


def test_a_fresh_record_leaves_the_input_nearly_as_it_is(known):
    x = vowels("test")[0][-1:]
    found = continued(known, 29, beyond="fresh")
    np.testing.assert_allclose(predict(x, found)[:, :, 23:], x[:, :, 23:], rtol=1e-5)
    assert (found.mean[:, :23] == known.mean).all()


def test_what_was_given_stays_as_it_is(known):
    before = known.mean.copy(), known.variance.copy()
    continued(known, 29, beyond="fresh", least=5)
    assert np.array_equal(known.mean, before[0])
    assert np.array_equal(known.variance, before[1])


@pytest.mark.parametrize(("least", "first"), [(1, 23), (3, 21)])
def test_a_strict_predictor_names_the_first_step_that_it_does_not_know(known, least, first):
    assert continued(known, first, beyond="fail", least=least).mean.shape == (12, first)
    with pytest.raises(NormError, match=f"Step {first} .* the first {first} steps") as caught:
        continued(known, first + 1, beyond="fail", least=least)
    assert (caught.value.code, caught.value.facts["known"]) == ("unseen_step", first)


def test_prediction_divides_by_the_stored_deviation(known):
    x = vowels("test")[0][:3, :, :23]
    expected = (x - known.mean) / np.sqrt(known.variance + 1e-5)
    np.testing.assert_allclose(predict(x, known), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("beyond", ["last", "fresh", "fail"])
def test_a_forecast_reaches_as_far_as_it_is_let(known, beyond):
    found = forecast(known, vowels("test")[0][-1], beyond=beyond)
    assert isinstance(found, Forecast)
    assert found.known == 23
    assert [found.reaches(22), found.reaches(28)] == [True, beyond != "fail"]
    if beyond == "fail":
        with pytest.raises(NormError, match="Step 23"):
            found.check(23)
    found.check(22)


def test_two_sequences_estimate_a_spread_badly(known):
    """What the page says of steps 21 and 22."""
    x = vowels("test")[0][-1]
    found = forecast(known, x)
    assert known.count[21] == known.count[22] == 2
    assert found.scale[:21].max() < 2 < 6 < found.scale[21:23].min()
    trusted = forecast(known, x, least=3)
    assert trusted.scale.max() < 2
