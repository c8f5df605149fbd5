"""What a normalization does not see: measured on its gradient."""

from dataclasses import dataclass, replace

import numpy as np

from normlib.compose import GRADIENTS
from normlib.data import SEED_LIMIT
from normlib.operations import OPERATIONS
from normlib.situation import given_to
from normlib.spec import Spec

ROUNDING = 1e-9  # shares below it are nothing but rounding


@dataclass(frozen=True)
class Invariance:
    """How much of the gradient runs along a shift, and along a scaling, of a group.

    Both are shares from 0 to 1, the largest over all groups: ``|sum g| / sum |g|`` and
    ``|sum g d| / sum |g d|``. Here g is the gradient by the input of a seeded random loss and d
    what the operation divides, the input minus what it subtracts; d runs along the output of the
    operation wherever every column is divided by one number. A share of 0 says that the output
    stays as it is when the group is shifted, or scaled, by a little.

    Attributes:
        shift, scale: the shares with the eps of the spec.
        bare: the share ``scale`` at eps = 0.
        block: whether the scaling is that of a whole block of columns, not of one column.
    """

    shift: float
    scale: float
    bare: float
    block: bool

    @property
    def sees_shift(self) -> bool:
        """Whether a shift of the group changes the output."""
        return self.shift > ROUNDING

    @property
    def sees_eps(self) -> bool:
        """Whether a scaling of the group changes the output with the eps of the spec."""
        return self.scale > ROUNDING

    @property
    def sees_scale(self) -> bool:
        """Whether a scaling of the group changes the output even at eps = 0."""
        return self.bare > ROUNDING


def invariance(spec: Spec, x: np.ndarray) -> Invariance:
    """Measure both on numbers, before anything is recovered.

    Args:
        spec: method and shape; its operation is one of ``compose.COMPOSABLE``. The seed decides
            the loss.
        x: float64 of ``spec.sizes``.

    Example:
        >>> from normlib import data
        >>> spec = Spec("rms", (4, 6, 3, 3))
        >>> found = invariance(spec, data.make("random", spec))
        >>> found.sees_shift, found.sees_scale
        (True, False)
    """
    shift, scale = _shares(spec, x)
    bare = _shares(replace(spec, knobs=spec.settings | {"eps": 0.0}), x)[1] if spec.eps else scale
    return Invariance(shift, scale, bare, OPERATIONS[spec.entry.operation].mixes)


def gradient(spec: Spec, x: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """Gradient by the matrix of x, where ``grad`` is that by the normalized matrix."""
    return _backward(spec, x, grad)[0]


def _shares(spec: Spec, x: np.ndarray) -> tuple[float, float]:
    rng = np.random.RandomState((spec.seed + 2) % SEED_LIMIT)
    found, divided = _backward(spec, x, rng.normal(size=spec.partition.split(x).shape))
    over = (-2, -1) if OPERATIONS[spec.entry.operation].mixes else (-2,)
    return _share(found, (-2,)), _share(found * divided, over)


def _backward(spec: Spec, x: np.ndarray, grad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The gradient, and what the operation divides."""
    operation, matrix = OPERATIONS[spec.entry.operation], spec.partition.split(x)
    stats = operation.fit(matrix, given_to(spec, operation, {}, matrix))
    y = operation.transform(matrix, stats)
    divided = matrix
    for shift in stats.shifts:
        divided = divided - shift
    return GRADIENTS[operation.key](grad, y, stats), divided


def _share(terms: np.ndarray, over: tuple[int, ...]) -> float:
    """The largest share that a sum has of the sum of sizes; 0 where all terms are 0."""
    total, sizes = abs(terms.sum(over)), abs(terms).sum(over)
    return float(np.where(sizes > 0, total / np.where(sizes > 0, sizes, 1), 0.0).max(initial=0.0))
