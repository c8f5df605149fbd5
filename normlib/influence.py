"""What an edit reaches: change one step of one sequence, and see which outputs change."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib.spec import Spec
from normlib.trace import apply

COMPARED = ("recurrent_batch", "layer_position", "layer", "cumulative_layer")
CHANGED = 1e-9  # smaller differences are rounding


@dataclass(frozen=True, eq=False)
class Influence:
    """How far an edit moves the outputs.

    Attributes:
        sequence, step: what was edited.
        change: by method, the largest change over the features, shape (n, t).
    """

    sequence: int
    step: int
    change: Mapping[str, np.ndarray]

    def counts(self, method: str) -> dict[str, int]:
        """Steps whose outputs have changed: ``earlier``, ``same``, ``later``, ``others``.

        The first three are of the edited sequence, ``others`` of all other sequences.
        """
        moved = self.change[method] > CHANGED
        own = moved[self.sequence]
        return {
            "earlier": int(own[: self.step].sum()),
            "same": int(own[self.step]),
            "later": int(own[self.step + 1 :].sum()),
            "others": int(moved.sum() - own.sum()),
        }


def edit(
    x: np.ndarray, amount: float, *, sequence: int = 0, step: int = 0, feature: int | None = 0
) -> np.ndarray:
    """A copy of sequences (n, p, t) with ``amount`` added to one feature of a step, or to all."""
    edited = np.array(x)
    edited[sequence, slice(None) if feature is None else feature, step] += amount
    return edited


def influence(
    x: np.ndarray, amount: float, *, sequence: int = 0, step: int = 0, feature: int | None = 0
) -> Influence:
    """Compare the outputs before and after `edit`, for every method of ``COMPARED``.

    Args:
        x: sequences, shape (n, p, t), none padded.
        amount: what is added.
        sequence, step: where.
        feature: to which feature; None for all of them alike.

    Example:
        A later edit never reaches an earlier output of the causal norm.

        >>> x = np.random.default_rng(0).normal(size=(3, 5, 7))
        >>> influence(x, 1.0, step=4).counts("cumulative_layer")
        {'earlier': 0, 'same': 1, 'later': 2, 'others': 0}
    """
    edited = edit(x, amount, sequence=sequence, step=step, feature=feature)
    change = {}
    for method in COMPARED:
        spec = Spec(method, x.shape, "nct", {"affine": False})
        change[method] = np.abs(apply(spec, edited) - apply(spec, x)).max(axis=1)
    return Influence(sequence, step, change)
