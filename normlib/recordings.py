"""Real sequences of unequal length: short utterances, cut into frames."""

from functools import cache
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parents[1] / "assets" / "data"
NUM_TRAINING = 27  # utterances; those that follow are for testing
FRAME_SHIFT = 6.4  # milliseconds from one frame to the next


@cache
def vowels(part: str = "training") -> tuple[np.ndarray, np.ndarray]:
    """Nine men say /ae/: twelve LPC cepstrum coefficients for every 6.4 milliseconds.

    Source: Kudo, Toyama and Shimbo 1999, UCI Japanese Vowels, doi:10.24432/C5NS47, CC BY 4.0.

    Args:
        part: ``training``, 27 utterances of 10 to 23 frames, or ``test``, 10 utterances of 10 to
            29 frames, the longest one last.

    Returns:
        The utterances, shape (n, p, t), float64, zeros after the end of each; and the number of
        frames of each, shape (n,). Nobody can write to either.
    """
    training = part == "training"
    assert training or part == "test", part
    frames = np.load(FOLDER / "vowels.npy", allow_pickle=False).astype(np.float64)
    lengths = np.load(FOLDER / "vowel_lengths.npy", allow_pickle=False).astype(np.int64)
    every = np.split(frames, np.cumsum(lengths)[:-1])
    chosen = slice(NUM_TRAINING) if training else slice(NUM_TRAINING, None)
    x, lengths = padded(every[chosen]), lengths[chosen]
    lengths.flags.writeable = False
    return x, lengths


def padded(sequences: list[np.ndarray], steps: int = 0) -> np.ndarray:
    """Sequences of shape (t, p) as one array (n, p, t), zeros after the end of each.

    Args:
        sequences: at least one, all of the same width.
        steps: how long the array is at least.
    """
    longest = max(steps, *(len(sequence) for sequence in sequences))
    x = np.zeros((len(sequences), sequences[0].shape[1], longest))
    for place, sequence in zip(x, sequences, strict=True):
        place[:, : len(sequence)] = sequence.T
    x.flags.writeable = False
    return x


def utterances(part: str) -> list[np.ndarray]:
    """The utterances of `vowels` without their padding, each of shape (t, p)."""
    x, lengths = vowels(part)
    return [one[:, :length].T for one, length in zip(x, lengths, strict=True)]


def valid(lengths: np.ndarray, steps: int) -> np.ndarray:
    """The mask: which step of which sequence holds a frame, shape (n, t)."""
    return np.asarray(np.arange(steps) < lengths[:, None])


@cache
def abreast(count: int = 4) -> np.ndarray:
    """The longest test utterances, cut to the shortest of them: no padding anywhere.

    Args:
        count: how many, from 1 to 10, the longest first.

    Returns:
        Shape (n, p, t), float64; four of them have 19 steps. Nobody can write to it.
    """
    x, lengths = vowels("test")
    longest = np.argsort(-lengths, kind="stable")[:count]
    cut = x[longest, :, : lengths[longest].min()]
    cut.flags.writeable = False
    return cut
