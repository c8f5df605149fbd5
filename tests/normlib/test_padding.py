import numpy as np
import pytest

from normlib.padding import COMPARED, changes, company, normalized, num_steps

ALONE_IN_TIME = ("layer_position", "cumulative_layer")


def standardized(x, others):
    """Rows against the mean and spread of other rows."""
    return (x - others.mean(0)) / np.sqrt(others.var(0) + 1e-5)


def test_the_company_is_as_large_as_asked():
    batch = company(9)
    assert [len(sequence) for sequence in batch] == [16, 19, 17, 19, 23, 13, 14, 10, 15, 29]
    assert num_steps(batch[:3], 4) == 23


@pytest.mark.parametrize("count", [0, 3, 9])
def test_masked_batch_norm_takes_the_real_frames_of_all(count):
    batch = company(count)
    frames = np.concatenate(batch)
    ours = normalized("batch", batch, steps=40, masked=True)
    np.testing.assert_allclose(ours, standardized(batch[0], frames), atol=1e-12)
    for step, y in enumerate(normalized("recurrent_batch", batch, steps=40, masked=True)):
        running = np.stack([sequence[step] for sequence in batch if step < len(sequence)])
        np.testing.assert_allclose(y, standardized(batch[0][step], running), atol=1e-12)


def test_masked_layer_norm_takes_the_real_frames_of_the_one():
    batch = company(4)
    own = (batch[0] - batch[0].mean()) / np.sqrt(batch[0].var() + 1e-5)
    np.testing.assert_allclose(normalized("layer", batch, steps=40, masked=True), own, atol=1e-12)


def test_without_a_mask_zeros_are_counted():
    batch = company(0)
    zeros = np.zeros((40, 12))
    zeros[:16] = batch[0]
    ours = normalized("batch", batch, steps=40)
    np.testing.assert_allclose(ours, standardized(batch[0], zeros), atol=1e-12)
    own = (batch[0] - zeros.mean()) / np.sqrt(zeros.var() + 1e-5)
    np.testing.assert_allclose(normalized("layer", batch, steps=40), own, atol=1e-12)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("extra", [0, 6, 20])
@pytest.mark.parametrize("count", [0, 1, 5, 9])
def test_company_moves_what_the_page_says(count, extra, masked):
    found = changes(company(count), extra=extra, masked=masked)
    padded = num_steps(company(count), extra) > 16
    moved = {method for method, change in found.items() if change > 0}
    expected = {"recurrent_batch", "batch"} if count else set()
    if padded and not masked:
        expected |= {"batch", "layer"}
    assert moved == expected
    assert set(found) == set(COMPARED)


def test_alone_batch_norm_per_step_answers_nothing_but_zeros():
    batch = company(3)
    assert not normalized("recurrent_batch", batch[:1]).any()
    together = np.abs(normalized("recurrent_batch", batch)).max()
    assert changes(batch)["recurrent_batch"] == together
