"""Who did better, and how the shipped pairs ended."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from normlib.landscape import Net, Run, Training, duel


def ended(accuracy: float | None) -> Run:
    shares = np.array([] if accuracy is None else [0.1, accuracy])
    table = np.ones((20, 4))
    return Run(Net(), Training(), np.linspace(2, 0.1, 20), table, table, table,
               np.arange(len(shares)), shares, None)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (0.967, 0.979, "alike"), (0.9, 0.95, "second"), (0.95, 0.9, "first"), (0.9, 0.9, "alike"),
        (1.0, 1.0, "alike"), (0.5, 0.56, "alike"), (0.5, 0.57, "second"), (None, 0.9, "early"),
    ],
)  # fmt: skip
def test_a_difference_counts_from_two_standard_errors_on(first, second, expected):
    assert duel.better([ended(first), ended(second)]) == expected


def test_a_standing_is_the_last_of_everything():
    found = duel.standing(ended(0.9))
    assert (found.steps, found.accuracy, found.diverged) == (20, 0.9, None)
    assert found.loss == pytest.approx(np.linspace(2, 0.1, 20)[-10:].mean())
    none = replace(ended(None), loss=np.array([]))
    assert duel.standing(none) == duel.Standing(0, None, None, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", "alike"),  # final accuracy is hardly touched
        ("faster", "alike"),
        ("too_fast", "second"),  # batch norm bears a rate at which the plain net blows up
        ("tiny_batch", "second"),  # group norm, by far
        ("wrong_labels", "first"),  # reversed: batch norm learns the wrong labels faster
    ],
)
def test_the_shipped_pairs_end_as_their_question_says(name, expected):
    preset = duel.PRESETS[name]
    assert duel.better(duel.known()[preset]) == expected


def test_with_two_in_a_batch_hardly_any_gradient_passes_batch_norm():
    batch, group = duel.known()[duel.PRESETS["tiny_batch"]]
    first, last = (np.median(batch.gradients[:, layer]) for layer in (0, -1))
    assert first < 1e-2 * last
    assert np.median(group.gradients[:, 0]) > 100 * first


def test_without_normalization_too_large_a_rate_blows_up_and_with_it_does_not():
    plain, batch = duel.known()[duel.PRESETS["too_fast"]]
    assert plain.diverged is not None
    assert batch.diverged is None


def test_shipped_pairs_need_no_torch():
    code = "import sys; from normlib.landscape import duel; duel.known(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "plotly", "streamlit"} & set(run.stdout.split())
