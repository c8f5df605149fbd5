"""What is measured, as frozen records of numpy arrays: what pages read and figures draw."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from normlib.landscape.settings import Net, Training


def _no_points() -> np.ndarray:
    return np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Line:
    """The loss along one direction.

    Attributes:
        a: coordinates ``(points,)``, in units of the direction.
        values: loss at ``weights + a * direction``, ``(points,)``, float64.
        slopes: its derivative in a, likewise.
        statistics: of batch norm and its kin: ``batch`` or ``running``.
    """

    a: np.ndarray
    values: np.ndarray
    slopes: np.ndarray
    statistics: str = "batch"

    @property
    def beta(self) -> float:
        """Largest change of the slope over the distance between any two points of the line.

        The usual Lipschitz constant L of the slope, as far as these points show it; its square
        where a text squares both sides. Neighbours suffice: no pair is steeper than the steepest
        of the neighbours between.
        """
        return float(np.abs(np.diff(self.slopes) / np.diff(self.a)).max())


@dataclass(frozen=True, eq=False)
class Surface:
    """The loss on a plane through the weights of a net.

    Attributes:
        a, b: coordinates ``(rows,)`` and ``(columns,)``, in units of the two directions.
        values: loss at ``weights + a[i] * first + b[j] * second``, ``(rows, columns)``, float64.
        statistics: of batch norm and its kin: ``batch`` or ``running``.
        path: coordinates of a training trajectory in the plane, ``(points, 2)``; may be empty.
        path_values: loss that the trajectory itself had at these points, ``(points,)``. The plane
            holds only the shadow of the trajectory, so the surface there may lie elsewhere.
        explained: share of the trajectory's variance along each direction; empty without one.
        exact: whether every value was evaluated; False for an interpolated preview.
    """

    a: np.ndarray
    b: np.ndarray
    values: np.ndarray
    statistics: str = "batch"
    path: np.ndarray = field(default_factory=_no_points)
    path_values: np.ndarray = field(default_factory=lambda: np.zeros(0))
    explained: tuple[float, ...] = ()
    exact: bool = True


@dataclass(frozen=True, eq=False)
class Moment:
    """One step of a training, as things stood before it.

    Attributes:
        step: its number, from 0.
        loss: of its mini-batch.
        scales: root mean square of what enters every layer, the head last, ``(layers + 1,)``.
        gradients: length of the gradient of every layer's weight, ``(layers + 1,)``.
        lengths: length of every layer's weight, ``(layers + 1,)``.
        diverged: whether the loss is no longer finite, or over a thousand times the first one.
    """

    step: int
    loss: float
    scales: np.ndarray
    gradients: np.ndarray
    lengths: np.ndarray
    diverged: bool


@dataclass(frozen=True, eq=False)
class Run:
    """A training from start to end, or to where it diverged.

    Attributes:
        net, training: what was trained, and how.
        loss: of every mini-batch, ``(steps,)``.
        scales, gradients, lengths: of every layer as in `Moment`, ``(steps, layers + 1)``.
        checked: after how many steps the accuracy was measured, ``(checks,)``.
        accuracy: on the held-back samples at prediction, 0 to 1, ``(checks,)``.
        diverged: number of the step at which the training blew up; None where it did not.
    """

    net: Net
    training: Training
    loss: np.ndarray
    scales: np.ndarray
    gradients: np.ndarray
    lengths: np.ndarray
    checked: np.ndarray
    accuracy: np.ndarray
    diverged: int | None

    @classmethod
    def of(
        cls,
        net: Net,
        training: Training,
        moments: Sequence[Moment],
        checked: np.ndarray,
        accuracy: np.ndarray,
    ) -> "Run":
        """The moments so far, one after the other."""
        layers = net.depth + 1
        scales, gradients, lengths = (
            np.array([getattr(moment, name) for moment in moments]).reshape(-1, layers)
            for name in ("scales", "gradients", "lengths")
        )
        ended = moments[-1].step if moments and moments[-1].diverged else None
        loss = np.array([moment.loss for moment in moments])
        return cls(net, training, loss, scales, gradients, lengths, checked, accuracy, ended)


@dataclass(frozen=True)
class Eigenvalue:
    """The largest eigenvalue of a Hessian.

    Attributes:
        value: the estimate.
        bound: there is an eigenvalue within this distance of it: the length of ``H v - value v``,
            measured.
        products: how many products with the Hessian it took.
        converged: whether the bound is within the tolerance that was asked for.
    """

    value: float
    bound: float
    products: int
    converged: bool


@dataclass(frozen=True, eq=False)
class Conditioning:
    """The quadratic loss of a linear model, and gradient descent on it.

    Attributes:
        task, scaling: which data, and how its features are scaled.
        eigenvalues: of the Hessian, falling, ``(directions,)``; those that are 0 are left out.
        start: where gradient descent begins, seen from the minimum, along the eigenvectors.
        rate: learning rate with which ``steps`` are counted.
        precision: share of the initial excess loss that is left then.
        steps: how many that takes; None for over 10^12.
    """

    task: str
    scaling: str
    eigenvalues: np.ndarray
    start: np.ndarray
    rate: float
    precision: float
    steps: int | None

    @property
    def condition(self) -> float:
        """Largest over smallest eigenvalue."""
        return float(self.eigenvalues[0] / self.eigenvalues[-1])

    @property
    def limit(self) -> float:
        """``2 / lambda_max``: gradient descent converges below and diverges above."""
        return float(2 / self.eigenvalues[0])


@dataclass(frozen=True, eq=False)
class Scales:
    """How large the input of every layer is, before any training.

    Attributes:
        net: which net.
        scaling: of the features that enter it.
        rms: root mean square of what enters each layer, the head last, ``(layers + 1,)``.
        mean: absolute mean over samples, root mean square over features, likewise.
        spread: standard deviation over samples, root mean square over features, likewise.
    """

    net: Net
    scaling: str
    rms: np.ndarray
    mean: np.ndarray
    spread: np.ndarray
