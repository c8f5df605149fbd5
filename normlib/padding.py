"""One sequence, alone and in company: do other sequences and padding change its outputs?"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from normlib.recordings import padded, utterances
from normlib.spec import Spec
from normlib.trace import apply

COMPARED = ("batch", "recurrent_batch", "layer", "layer_position", "cumulative_layer")

ROUNDING = 1e-9  # smaller differences are no change
FIRST = 5  # the test utterance that is looked at: 16 frames, neither the longest nor the shortest


def company(count: int) -> list[np.ndarray]:
    """A test utterance of 16 frames and, after it, ``count`` others, each of shape (t, p)."""
    others = utterances("test")
    return [others.pop(FIRST), *others[:count]]


def num_steps(sequences: Sequence[np.ndarray], extra: int = 0) -> int:
    """How long the batch is: its longest sequence and ``extra`` steps of padding."""
    return max(map(len, sequences)) + extra


def normalized(
    method: str, sequences: Sequence[np.ndarray], *, steps: int = 0, masked: bool = False
) -> np.ndarray:
    """The first sequence, normalized in a batch with the others.

    Args:
        method: one of ``COMPARED``.
        sequences: each of shape (t, p), of unequal length; the batch is padded with zeros.
        steps: how long the batch is at least.
        masked: whether padding is left out of the statistics.

    Returns:
        Its own frames alone, shape (t, p), without its padding.
    """
    x, length = padded(list(sequences), steps), len(sequences[0])
    lengths = np.array([len(sequence) for sequence in sequences])
    plain = {"affine": False}
    if not masked:
        return np.asarray(apply(Spec(method, x.shape, "nct", plain), x)[0, :, :length].T)
    if method == "batch":
        frames = np.concatenate(list(sequences))
        return np.asarray(apply(Spec(method, frames.shape, "nc", plain), frames)[:length])
    if method == "recurrent_batch":
        ends = sorted({0, length, *(int(end) for end in lengths if end < length)})
        parts = (x[lengths > start, :, start:end] for start, end in pairwise(ends))
        answers = [apply(Spec(method, part.shape, "nct", plain), part)[0].T for part in parts]
        return np.concatenate(answers)
    own = x[:1, :, :length]  # no other sequence, and no padding, is looked at
    return np.asarray(apply(Spec(method, own.shape, "nct", plain), own)[0].T)


def changes(
    sequences: Sequence[np.ndarray], *, extra: int = 0, masked: bool = False
) -> dict[str, float]:
    """By method, how far company moves the outputs of the first sequence.

    ``max |y - y_alone|``, where alone means a batch of this sequence without any padding; 0 where
    there is no more than rounding.

    Args:
        sequences, masked: as for `normalized`.
        extra: steps of padding after the end of the longest sequence.
    """
    steps = num_steps(sequences, extra)
    found = {}
    for method in COMPARED:
        alone = normalized(method, sequences[:1])
        together = normalized(method, sequences, steps=steps, masked=masked)
        change = float(np.abs(together - alone).max())
        found[method] = change if change > ROUNDING else 0.0
    return found
