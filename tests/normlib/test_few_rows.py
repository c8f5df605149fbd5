import numpy as np
import pytest

from normlib.few_rows import FEATURES, LEAST, MOST, draw, repair, source, spectrum, sweep
from normlib.shrinkage import shrink


@pytest.mark.parametrize("rows", range(LEAST, MOST + 1))
def test_n_rows_have_spread_in_n_minus_1_directions_and_shrinkage_gives_the_rest(rows):
    plain, shrunk = (repair(draw(rows, 0), amount) for amount in (0.0, 0.2))
    assert plain.rank == min(rows - 1, FEATURES)
    assert shrunk.rank == FEATURES
    assert (plain.condition == np.inf) == (rows <= FEATURES)
    assert shrunk.condition < np.inf


def test_lost_directions_are_answered_with_zero_by_new_rows_too():
    lost, kept = repair(draw(5, 1), 0.0), repair(draw(12, 1), 0.0)
    assert lost.smallest == pytest.approx(0, abs=1e-12)
    assert np.allclose(lost.own @ lost.own, lost.own)  # white in four directions, 0 in four
    assert np.trace(lost.own) == pytest.approx(4)
    assert lost.deviation > 0.3
    assert kept.smallest > 0.1
    assert kept.deviation == pytest.approx(0, abs=1e-9)


def test_the_eigenvalues_are_those_of_the_shrunk_covariance():
    rows = draw(11, 2)
    expected = np.linalg.eigvalsh(shrink(np.cov(rows.T, bias=True), 0.3))[::-1]
    assert repair(rows, 0.3).eigenvalues == pytest.approx(expected)


def test_the_covariance_of_new_rows_is_what_many_of_them_show():
    found = repair(draw(9, 0), 0.0)
    rng = np.random.RandomState(5)
    many = rng.normal(size=(200_000, FEATURES)) @ np.linalg.cholesky(source()).T
    rows = draw(9, 0)
    sample = np.cov(rows.T, bias=True)
    values, axes = np.linalg.eigh(sample)
    white = many @ (axes / np.sqrt(values) @ axes.T)
    assert np.linalg.eigvalsh(np.cov(white.T))[-1] == pytest.approx(found.largest, rel=0.02)


@pytest.mark.parametrize("seed", range(6))
def test_new_rows_come_out_far_too_large_just_above_the_column_count_and_shrinkage_helps(seed):
    found = sweep(0.2, seed)
    at = FEATURES + 1 - LEAST
    assert found.rows[at] == FEATURES + 1
    assert found.plain[at] > 8
    assert found.shrunk[at] < found.plain[at] / 3


@pytest.mark.parametrize("seed", range(6))
def test_with_two_rows_shrinkage_makes_new_rows_larger_not_whiter(seed):
    """The seven directions come back with a variance that is much too small."""
    found = sweep(0.2, seed)
    assert found.shrunk[0] > 3 * found.plain[0]


def test_the_sweep_agrees_with_each_count_by_itself():
    found = sweep(0.4, 3)
    assert found.plain[7] == repair(draw(9, 3), 0.0).largest
    assert found.shrunk[7] == repair(draw(9, 3), 0.4).largest


def test_the_source_has_variances_of_one():
    assert np.diag(source()).tolist() == [1] * FEATURES
    assert spectrum().sum() == pytest.approx(FEATURES)
    assert (np.diff(spectrum()) < 0).all()
