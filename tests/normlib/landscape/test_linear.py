import numpy as np
import pytest

from normlib import NormError
from normlib.landscape.linear import (
    comparison,
    conditioning,
    descend,
    excess,
    scaled,
    steps_needed,
)
from normlib.tasks import TASKS, task


@pytest.mark.parametrize("name", TASKS)
def test_standardizing_gives_mean_0_and_variance_1_where_there_is_any(name):
    x = task(name).x
    before = x.copy()
    centred, standardized = (scaled(x, how) for how in ("centred", "standardized"))
    assert np.array_equal(scaled(x, "raw"), before)
    assert np.array_equal(x, before)
    assert np.abs(centred.mean(0) / np.maximum(1e-9, np.abs(x).max(0))).max() < 1e-14
    np.testing.assert_allclose(centred.std(0), x.std(0), rtol=1e-12)
    varied = np.ptp(x, axis=0) > 0
    np.testing.assert_allclose(standardized[:, varied].var(0), 1)
    assert not standardized[:, ~varied].any()


@pytest.mark.parametrize("how", ["raw", "centred", "standardized"])
def test_eigenvalues_are_those_of_the_hessian(how):
    x = np.column_stack([scaled(task("wine").x, how), np.ones(128)])
    want = np.linalg.eigvalsh(x.T @ x / 128)[::-1]
    found = conditioning("wine", how)
    np.testing.assert_allclose(found.eigenvalues, want, rtol=1e-6, atol=1e-10 * want[0])
    assert found.limit == 2 / found.eigenvalues[0]
    assert found.condition == found.eigenvalues[0] / found.eigenvalues[-1]


def test_steps_are_those_that_gradient_descent_takes():
    """Run it, in plain lines, from weights 0 on the standardized wines."""
    data = task("wine")
    x = np.column_stack([scaled(data.x, "standardized"), np.ones(len(data.x))])
    y = np.where(data.y == 0, 1.0, -1.0)
    best = 0.5 * np.mean((x @ np.linalg.lstsq(x, y)[0] - y) ** 2)
    found = conditioning("wine", "standardized")
    w, above = np.zeros(x.shape[1]), []
    for _ in range(found.steps + 1):
        above.append(0.5 * np.mean((x @ w - y) ** 2) - best)
        w -= found.rate * x.T @ (x @ w - y) / len(x)
    assert above[-1] <= 0.01 * above[0] < above[-2]
    for step in (0, 3, found.steps):
        assert excess(found.eigenvalues, found.start, found.rate, step) == pytest.approx(
            above[step]
        )


def test_just_below_2_over_lambda_converges_and_just_above_diverges():
    top = np.array([4.0, 0.1])
    start = np.array([1.0, 1.0])
    limit = 2 / top.max()
    low, high = (descend(top, start, share * limit, 2000) for share in (0.99, 1.01))
    assert np.abs(low[-1]).max() < 1e-9
    assert np.abs(high[-1, 0]) > 1e9
    assert steps_needed(top, start, 0.99 * limit, 0.01) < 2000
    assert steps_needed(top, start, 1.01 * limit, 0.01) is None
    np.testing.assert_allclose(low[:3, 0], [1, 1 - 1.98, (1 - 1.98) ** 2])


@pytest.mark.parametrize("name", TASKS)
def test_standardizing_improves_the_condition_ten_thousandfold(name):
    found = comparison(name)
    assert found["raw"].condition > 1e4 * found["standardized"].condition
    assert found["raw"].condition > found["centred"].condition
    assert found["raw"].limit < found["standardized"].limit
    assert found["raw"].steps > 10 * found["standardized"].steps


def test_centring_alone_may_allow_a_larger_rate_than_standardizing():
    """Of the digits: pixels between 0 and 1 have variances below 1."""
    found = comparison("digits")
    assert found["centred"].limit > found["standardized"].limit
    assert found["centred"].steps > found["standardized"].steps


def test_an_unknown_scaling_is_refused():
    with pytest.raises(NormError) as caught:
        conditioning("wine", "whitened")
    assert caught.value.code == "net_choice"
