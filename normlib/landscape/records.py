"""What is measured, as frozen records of numpy arrays: what pages read and figures draw."""

from dataclasses import dataclass, field

import numpy as np


def _no_points() -> np.ndarray:
    return np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Line:
    """The loss along one direction.

    Attributes:
        a: coordinates ``(points,)``, in units of the direction.
        values: loss at ``weights + a * direction``, ``(points,)``, float64.
        statistics: of batch norm and its kin: ``batch`` or ``running``.
    """

    a: np.ndarray
    values: np.ndarray
    statistics: str = "batch"


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
