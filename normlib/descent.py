"""Gradient descent on the parameters of a recovery, every gradient written out.

The loss is ``mean over rows of sum over channels of (y - t)^2 / 2``. With gamma and beta alone,
and columns of mean 0 and variance 1, its Hessian is the identity: a step of size 1 arrives at
once, and from 2 on nothing converges. For a linear layer its eigenvalues are those of the
covariance of the columns, and 1 for beta.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

Parameters = dict[str, np.ndarray]
KINDS = ("affine", "linear", "mlp")
HIDDEN = 16  # units of the MLP
MOST = 200  # steps of a run
SHOWN = (*range(11), 12, 14, 16, 18, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, MOST)
EXACT = 1e-20  # a least loss below which only rounding is left
LOST = 1e6  # times the first loss, beyond which a run is over


@dataclass(frozen=True)
class Step:
    """A run after ``number`` steps.

    Attributes:
        number: how many steps were taken.
        loss: at these parameters.
        parameters: by name.
    """

    number: int
    loss: float
    parameters: Parameters


def start(kind: str, channels: int, seed: int = 0) -> Parameters:
    """Parameters of a new layer: gamma 1, the identity matrix, or a small drawn MLP; beta 0."""
    zero = np.zeros(channels)
    if kind == "affine":
        return {"gamma": np.ones(channels), "beta": zero}
    if kind == "linear":
        return {"weight": np.eye(channels), "beta": zero}
    rng = np.random.RandomState(seed)
    return {
        "inner": rng.normal(size=(HIDDEN, channels)) / np.sqrt(channels),
        "threshold": rng.uniform(-1, 1, HIDDEN),
        "outer": rng.normal(size=(channels, HIDDEN)) / HIDDEN,
        "beta": zero,
    }


def answer(kind: str, x: np.ndarray, p: Mapping[str, np.ndarray]) -> np.ndarray:
    """What a recovery makes of rows.

    ``affine``: ``gamma x + beta``; ``linear``: ``weight x + beta``;
    ``mlp``: ``outer tanh(inner x + threshold) + beta``.

    Args:
        kind: one of `KINDS`.
        x: shape (rows, channels).
        p: as `start` gives them.
    """
    if kind == "affine":
        return np.asarray(x * p["gamma"] + p["beta"])
    if kind == "linear":
        return np.asarray(x @ p["weight"].T + p["beta"])
    return np.asarray(np.tanh(x @ p["inner"].T + p["threshold"]) @ p["outer"].T + p["beta"])


def loss(y: np.ndarray, target: np.ndarray) -> float:
    """Half the squared distance from the target, mean over rows."""
    return float(((y - target) ** 2).sum() / 2 / len(y))


def affine(x: np.ndarray, off: np.ndarray, p: Mapping[str, np.ndarray]) -> Parameters:
    """Gradient of gamma and beta, where ``off`` is (y - t) / rows."""
    return {"gamma": (off * x).sum(0), "beta": off.sum(0)}


def linear(x: np.ndarray, off: np.ndarray, p: Mapping[str, np.ndarray]) -> Parameters:
    """Gradient of the matrix and beta."""
    return {"weight": off.T @ x, "beta": off.sum(0)}


def mlp(x: np.ndarray, off: np.ndarray, p: Mapping[str, np.ndarray]) -> Parameters:
    """Gradient of both layers: the outer first, then through tanh' = 1 - tanh^2 the inner."""
    hidden = np.tanh(x @ p["inner"].T + p["threshold"])
    back = (off @ p["outer"]) * (1 - hidden**2)
    return {"inner": back.T @ x, "threshold": back.sum(0), "outer": off.T @ hidden,
            "beta": off.sum(0)}  # fmt: skip


GRADIENTS: Mapping[
    str, Callable[[np.ndarray, np.ndarray, Mapping[str, np.ndarray]], Parameters]
] = {"affine": affine, "linear": linear, "mlp": mlp}


def gradient(
    kind: str, x: np.ndarray, target: np.ndarray, p: Mapping[str, np.ndarray]
) -> Parameters:
    """Gradient of the loss by every parameter."""
    return GRADIENTS[kind](x, (answer(kind, x, p) - target) / len(x), p)


def descend(
    kind: str, x: np.ndarray, target: np.ndarray, rate: float, *, seed: int = 0
) -> Iterator[Step]:
    """Yield the start, and then one `Step` after the other without end.

    A run that is lost, its loss beyond a million times the first one, yields nothing more.

    Args:
        kind: one of `KINDS`.
        x: normalized rows, shape (rows, channels).
        target: of the same shape.
        rate: learning rate, the size of a step.
        seed: of the MLP's first parameters.
    """
    parameters, number, first = start(kind, x.shape[1], seed), 0, np.inf
    while True:
        found = loss(answer(kind, x, parameters), target)
        first = min(first, LOST * found) if number == 0 else first
        yield Step(number, found, parameters)
        if not found <= first:
            return
        slope = gradient(kind, x, target, parameters)
        parameters = {name: value - rate * slope[name] for name, value in parameters.items()}
        number += 1


def curvature(kind: str, x: np.ndarray) -> np.ndarray | None:
    """Eigenvalues of the loss's Hessian, falling; None for an MLP, where they change.

    They are the same for every channel of the answer: of gamma and beta of one channel they are
    those of ``[[mean x^2, mean x], [mean x, 1]]``, of a row of the matrix and its beta those of
    the second moments of (x, 1).
    """
    if kind == "mlp":
        return None
    with_one = np.concatenate([x, np.ones((len(x), 1))], 1)
    moments = with_one.T @ with_one / len(x)
    if kind == "affine":
        places = [[i, x.shape[1]] for i in range(x.shape[1])]
        values = [np.linalg.eigvalsh(moments[np.ix_(place, place)]) for place in places]
        return np.sort(np.concatenate(values))[::-1]
    return np.asarray(np.linalg.eigvalsh(moments)[::-1])


def least(kind: str, x: np.ndarray, target: np.ndarray) -> float | None:
    """The least loss that any parameters reach, by least squares; None for an MLP."""
    if kind == "mlp":
        return None
    one = np.ones((len(x), 1))
    if kind == "linear":
        parts = [(np.concatenate([x, one], 1), target)]
    else:
        parts = [(np.concatenate([x[:, i, None], one], 1), target[:, i]) for i in range(x.shape[1])]
    return sum(loss(features @ np.linalg.lstsq(features, goal, rcond=None)[0], goal)
               for features, goal in parts)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """The first steps of a descent.

    Attributes:
        steps: in order, the start first; fewer than asked for where the run is lost.
        least: the least loss that can be reached; None where it is not known.
        curvature: as the function of that name says.
    """

    steps: tuple[Step, ...]
    least: float | None
    curvature: np.ndarray | None

    @property
    def losses(self) -> np.ndarray:
        """Of every step, shape (steps,)."""
        return np.array([step.loss for step in self.steps])

    def at(self, number: int) -> Step:
        """The run after so many steps, or the last before it was lost."""
        return self.steps[min(number, len(self.steps) - 1)]

    @property
    def limit(self) -> float | None:
        """The learning rate below which every start converges: 2 over the largest curvature."""
        return None if self.curvature is None else float(2 / self.curvature[0])

    @property
    def even(self) -> bool:
        """Whether the loss bends equally in all directions, rounding aside."""
        return self.condition is not None and self.condition < 1 + 1e-6

    @property
    def condition(self) -> float | None:
        """Largest curvature over the smallest: how much faster some directions are than others."""
        return None if self.curvature is None else float(self.curvature[0] / self.curvature[-1])


def run(kind: str, x: np.ndarray, target: np.ndarray, rate: float, most: int = MOST) -> Run:
    """At most so many steps of `descend`."""
    steps = tuple(islice(descend(kind, x, target, rate), most + 1))
    return Run(steps, least(kind, x, target), curvature(kind, x))
