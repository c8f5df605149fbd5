import numpy as np
import pytest

from normlib.axis_flips import BATCHES, PROBE, ROWS, SIGN_RULES, flips


@pytest.mark.parametrize("sign", SIGN_RULES)
def test_every_batch_has_two_axes_at_right_angles_signed_by_the_rule(sign):
    axes = flips(1.2, 30, 16, sign=sign).axes
    assert np.allclose(axes @ axes.swapaxes(1, 2), np.eye(2))
    decides = axes[..., 0] if sign == "first" else np.take_along_axis(
        axes, np.abs(axes).argmax(-1, keepdims=True), -1)  # fmt: skip
    assert (decides > 0).all()


def test_changes_are_counted_as_the_page_defines_them():
    found = flips(1.0, 0, 8, seed=3)
    for now in range(1, BATCHES):
        cosines = found.axes[now] @ found.axes[now - 1].T
        swapped = abs(cosines[0, 1]) > abs(cosines[0, 0])
        nearest = [1, 0] if swapped else [0, 1]
        assert found.swapped[now] == swapped
        assert list(found.turned[now]) == [cosines[i, nearest[i]] < 0 for i in (0, 1)]
    assert found.swapped.any()
    assert found.turned.any()
    assert not found.swapped[0]
    assert not found.turned[0].any()


def test_order_is_chance_where_variances_are_equal_and_safe_where_they_differ():
    assert flips(1.0, 45, 32).swapped.sum() > BATCHES / 4
    assert flips(4.0, 45, 256).swapped.sum() == 0


@pytest.mark.parametrize(("angle", "unsafe"), [(45, "largest"), (0, "first")])
def test_each_rule_for_the_sign_breaks_at_a_direction_of_its_own(angle, unsafe):
    """As the question below the chart says: at ratio 4 with 32 rows nothing changes places."""
    for sign in SIGN_RULES:
        found = flips(4.0, angle, 32, sign=sign)
        assert found.swapped.sum() == 0
        assert (found.turned.sum() > 5) == (sign == unsafe)


@pytest.mark.parametrize("rows", ROWS)
def test_the_same_row_is_whitened_in_every_batch(rows):
    found = flips(1.3, 45, rows)
    assert {places.shape for places in found.landed.values()} == {(BATCHES, 2)}
    assert np.linalg.norm(found.landed["pca"], axis=1) == pytest.approx(
        np.linalg.norm(found.landed["zca"], axis=1)
    )  # one turns into the other


def test_with_many_rows_zca_lands_where_the_source_says():
    """The source is nearly round, so its ZCA is nearly the identity."""
    found = flips(1.0, 0, ROWS[-1])
    assert found.landed["zca"].mean(0) == pytest.approx(PROBE, abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_pca_scatters_more_than_zca_where_axes_swap(seed):
    found = flips(1.3, 45, 32, seed=seed)
    assert found.scatter("pca") > 1.5 * found.scatter("zca")


def test_the_sign_rule_touches_neither_zca_nor_cholesky():
    largest, first = (flips(1.3, 45, 32, sign=sign) for sign in SIGN_RULES)
    for kind in ("zca", "cholesky"):
        assert np.array_equal(largest.landed[kind], first.landed[kind])
    assert not np.array_equal(largest.landed["pca"], first.landed["pca"])
