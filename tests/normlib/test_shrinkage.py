import numpy as np
import pytest

from normlib.shrinkage import estimated, shrink

ROWS = np.random.RandomState(3).normal(size=(7, 4)) @ np.diag([2.0, 1.0, 1.0, 0.3])


def slow(rows):
    """Ledoit and Wolf's amount, row by row, as the paper writes it."""
    x = rows - rows.mean(0)
    n, p = x.shape
    sample = sum(np.outer(row, row) for row in x) / n
    m = np.trace(sample) / p
    d2 = ((sample - m * np.eye(p)) ** 2).sum() / p
    b2 = sum(((np.outer(row, row) - sample) ** 2).sum() / p for row in x) / n**2
    return min(b2, d2) / d2


@pytest.mark.parametrize("amount", [0.0, 0.3, 1.0])
def test_every_eigenvalue_moves_towards_their_mean_by_the_amount(amount):
    sample = np.cov(ROWS.T, bias=True)
    before, after = np.linalg.eigvalsh(sample), np.linalg.eigvalsh(shrink(sample, amount))
    assert after == pytest.approx((1 - amount) * before + amount * before.mean())
    assert np.trace(shrink(sample, amount)) == pytest.approx(np.trace(sample))


@pytest.mark.parametrize("count", [2, 3, 7])
def test_the_estimate_is_that_of_the_formula_written_out(count):
    assert estimated(ROWS[:count]) == pytest.approx(slow(ROWS[:count]), abs=1e-14)


def test_two_rows_do_not_show_any_chance():
    """Centred, they are opposite: both say exactly what the sample covariance says."""
    assert estimated(ROWS[:2]) == pytest.approx(0, abs=1e-14)


def test_the_estimate_finds_about_the_amount_that_errs_least():
    rng = np.random.RandomState(0)
    true = 0.7 ** np.abs(np.subtract.outer(range(30), range(30)))
    root, amounts = np.linalg.cholesky(true), np.linspace(0, 1, 101)
    errors, advice = np.zeros(101), []
    for _ in range(40):
        rows = rng.normal(size=(40, 30)) @ root.T
        sample = np.cov(rows.T, bias=True)
        errors += [((shrink(sample, a) - true) ** 2).sum() for a in amounts]
        advice.append(estimated(rows))
    assert np.mean(advice) == pytest.approx(amounts[errors.argmin()], abs=0.05)


@pytest.mark.parametrize("rows", [np.ones((5, 3)), np.array([[1.0], [2.0], [4.0]])])
def test_where_the_sample_says_nothing_beyond_its_mean_variance_the_amount_is_one(rows):
    assert estimated(rows) == 1.0
