"""What normalizing a weight does: rows, singular values, the network; power iteration by steps."""

from dataclasses import dataclass

import numpy as np

from normlib import network, parameters
from normlib.methods import METHODS
from normlib.network import Weights
from normlib.spec import Spec
from normlib.trace import apply, trace

METHODS_OF_WEIGHTS = tuple(key for key, method in METHODS.items() if method.kind == "weight")
MOST_ROUNDS = 60
NEAR = 0.01  # an estimate this close, relatively, counts as found


@dataclass(frozen=True, eq=False)
class Look:
    """What a weight (outputs, inputs) looks like.

    Attributes:
        weight: the matrix.
        means, norms: mean and Euclidean norm of each row, the weights of one output.
        singular: its singular values, falling.
    """

    weight: np.ndarray
    means: np.ndarray
    norms: np.ndarray
    singular: np.ndarray

    @property
    def condition(self) -> float:
        """Largest singular value over the smallest; infinite where that is 0 but for rounding."""
        rounding = self.singular[0] * self.weight.shape[1] * np.finfo(np.float64).eps
        return (
            float(self.singular[0] / self.singular[-1]) if self.singular[-1] > rounding else np.inf
        )


@dataclass(frozen=True, eq=False)
class Change:
    """A weight before and after, and what the network makes of it, not trained anew.

    Attributes:
        before, after: looks.
        accuracy: on held-out digits, before and after.
    """

    before: Look
    after: Look
    accuracy: tuple[float, float]


def look(weight: np.ndarray) -> Look:
    """The `Look` of a matrix (outputs, inputs)."""
    return Look(weight, weight.mean(1), np.linalg.norm(weight, axis=1),
                np.linalg.svd(weight, compute_uv=False))  # fmt: skip


def change(weights: Weights, layer: str, method: str) -> Change:
    """Normalize one matrix of a network, with gamma 1 where the method has one.

    Args:
        weights: of the network, by name.
        layer: which matrix.
        method: one of `METHODS_OF_WEIGHTS`; spectral norm after 100 rounds of power iteration.
    """
    x = weights[layer]
    spec = Spec(method, x.shape, "oi")
    given = parameters.stored(spec, x) if method == "spectral" else {}
    after = np.asarray(apply(spec, x, given, training=method != "spectral"))
    both = weights, {**weights, layer: after}
    before, after_it = (network.accuracy(one) for one in both)
    return Change(look(x), look(after), (before, after_it))


@dataclass(frozen=True, eq=False)
class Rounds:
    """Power iteration on a weight, round by round.

    Attributes:
        singular: singular values of the weight, falling.
        u: the state after each round, shape (rounds + 1, outputs); the first is the start.
        direction: the singular vector that u approaches, with the sign of the last u.
        estimate: of the largest singular value, one for each round, from round 1.
        angle: between u and the direction in degrees, one for each u.
    """

    singular: np.ndarray
    u: np.ndarray
    direction: np.ndarray
    estimate: np.ndarray
    angle: np.ndarray

    def near(self) -> int:
        """First round whose estimate is within 1 % of the truth; 0 where there is none."""
        close = np.flatnonzero(self.estimate > (1 - NEAR) * self.singular[0])
        return int(close[0]) + 1 if close.size else 0

    def largest_after(self, rounds: int) -> float:
        """Largest singular value of the weight, divided by the estimate of a round from 1."""
        return float(self.singular[0] / self.estimate[rounds - 1])


def rounds(weight: np.ndarray, *, seed: int = 0, count: int = MOST_ROUNDS) -> Rounds:
    """Spectral norm with one round of power iteration after the other, from a random state.

    ``v = W^T u / |.|``, ``u = W v / |.|``, ``sigma = u^T W v``: Miyato et al. 2018,
    arXiv:1802.05957. The estimate is never too high, and grows from round to round.

    Args:
        weight: shape (outputs, inputs).
        seed: of the direction in which u starts.
        count: how many rounds.
    """
    spec = Spec("spectral", weight.shape, "oi", {"iterations": 1}, seed)
    start = parameters.seeded(spec, weight)
    found, estimate = [start["u"]], []
    for _ in range(count):
        stats = trace(spec, weight, {**start, "u": found[-1]}).stats
        found.append(np.ravel(stats["u"]))
        estimate.append(float(np.ravel(stats["sigma"])[0]))
    left, singular, _ = np.linalg.svd(weight, full_matrices=False)
    direction = left[:, 0] * np.sign(left[:, 0] @ found[-1])
    cosine = np.clip(np.abs(np.stack(found) @ direction), 0, 1)
    return Rounds(singular, np.stack(found), direction, np.array(estimate),
                  np.degrees(np.arccos(cosine)))  # fmt: skip
