"""A smooth preview of a surface from few cells: numpy alone."""

import numpy as np

from normlib.landscape.records import Surface


def preview(coarse: Surface, a: np.ndarray, b: np.ndarray) -> Surface:
    """A surface between the cells of a coarse one, by cubic splines along both axes.

    Args:
        coarse: at least 4 cells along each side.
        a, b: coordinates within those of the coarse one.

    Returns:
        As ``coarse``, marked as not exact.
    """
    values = weights(coarse.a, a) @ coarse.values @ weights(coarse.b, b).T
    return Surface(a, b, values, coarse.statistics, coarse.path, coarse.path_values,
                   coarse.explained, exact=False)  # fmt: skip


def weights(knots: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The matrix from values at knots to the cubic spline through them, ``(points, knots)``.

    Not-a-knot: the third derivative does not jump at the second and the last but one, so a cubic
    polynomial comes out as it is.

    Args:
        knots: rising, at least 4.
        at: between the first and the last.

    Example:
        >>> knots, at = np.arange(5.0), np.array([0.5, 3.25])
        >>> bool(np.allclose(weights(knots, at) @ knots**3, at**3))
        True
    """
    count, h = len(knots), np.diff(knots)
    left, right = np.zeros((2, count, count))  # left @ curvatures = right @ values
    for k in range(1, count - 1):
        left[k, k - 1 : k + 2] = h[k - 1], 2 * (h[k - 1] + h[k]), h[k]
        right[k, k - 1 : k + 2] = 6 / h[k - 1], -6 / h[k - 1] - 6 / h[k], 6 / h[k]
    left[0, :3] = h[1], -(h[0] + h[1]), h[0]
    left[-1, -3:] = h[-1], -(h[-2] + h[-1]), h[-2]
    curvature = np.linalg.solve(left, right)
    left_of = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, count - 2)
    eye, width = np.eye(count), h[left_of]
    up, down = (at - knots[left_of]) / width, (knots[left_of + 1] - at) / width
    found = np.zeros((len(at), count))
    for share, knot in ((down, left_of), (up, left_of + 1)):
        bend = (share**3 - share) * width**2 / 6
        found += share[:, None] * eye[knot] + bend[:, None] * curvature[knot]
    return found
