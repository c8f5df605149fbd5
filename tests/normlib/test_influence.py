import numpy as np
import pytest

from normlib.influence import COMPARED, edit, influence
from normlib.recordings import abreast

X = abreast()


@pytest.mark.parametrize("step", [0, 1, 9, 17, 18])
@pytest.mark.parametrize("amount", [-3.0, 0.25, 1.0])
def test_an_edit_reaches_what_each_normalization_says(step, amount):
    found = influence(X, amount, step=step)
    counts = {method: tuple(found.counts(method).values()) for method in COMPARED}
    later = 18 - step
    assert counts == {
        "recurrent_batch": (0, 1, 0, 3),
        "layer_position": (0, 1, 0, 0),
        "layer": (step, 1, later, 0),
        "cumulative_layer": (0, 1, later, 0),
    }


@pytest.mark.parametrize("sequence", range(4))
def test_the_edited_sequence_may_be_any(sequence):
    found = influence(X, 1.0, sequence=sequence, step=5)
    assert found.counts("layer") == {"earlier": 5, "same": 1, "later": 13, "others": 0}
    assert found.counts("recurrent_batch")["others"] == 3


def test_the_same_number_added_to_all_features_is_invisible_to_layer_norm_per_step():
    found = influence(X, 1.0, step=5, feature=None)
    reached = {method: sum(found.counts(method).values()) for method in COMPARED}
    assert reached == {"recurrent_batch": 4, "layer_position": 0, "layer": 19,
                       "cumulative_layer": 14}  # fmt: skip


def test_no_edit_changes_nothing():
    found = influence(X, 0.0, step=5)
    assert not any(sum(found.counts(method).values()) for method in COMPARED)


def test_the_change_is_the_largest_over_the_features():
    edited = edit(X, 2.0, sequence=1, step=3, feature=4)
    assert np.argwhere(edited != X).tolist() == [[1, 4, 3]]

    def plain(x: np.ndarray) -> np.ndarray:
        return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-5)

    found = influence(X, 2.0, sequence=1, step=3, feature=4)
    expected = np.abs(plain(edited) - plain(X)).max(1)
    np.testing.assert_allclose(found.change["layer_position"], expected, atol=1e-12)
