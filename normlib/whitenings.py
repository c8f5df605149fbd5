"""Whitenings side by side on one cloud: how white they make it, and how far they move it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from normlib import whiten
from normlib.spec import Spec
from normlib.trace import trace

METHOD = {  # the entry of the table behind each choice
    "center": "mean_only",
    "standardize": "batch",
    "pca": "pca_whitening",
    "zca": "zca_whitening",
    "cholesky": "cholesky_whitening",
    "newton": "iterative_whitening",
}
WHITE = ("pca", "zca", "cholesky")  # those that reach the identity exactly
MOST_STEPS = 20  # of Newton's iteration on a page
SAME = 1e-9  # deviation from the identity below which only rounding is left


@dataclass(frozen=True)
class Whitened:
    """One cloud before and after.

    Attributes:
        before: the points as they came, shape (rows, features).
        after: the normalized points, same shape.
        matrix: what turns a centred row into its answer, ``row @ matrix.T``; (features, features).
    """

    before: np.ndarray
    after: np.ndarray
    matrix: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """Of the points before, shape (features,)."""
        return np.asarray(self.before.mean(0))

    @property
    def centred(self) -> np.ndarray:
        """The points before, their mean taken away."""
        return np.asarray(self.before - self.mean)

    @cached_property
    def covariance(self) -> np.ndarray:
        """Biased covariance before, (features, features)."""
        return _covariance(self.before)

    @cached_property
    def covariance_after(self) -> np.ndarray:
        """Biased covariance after, (features, features)."""
        return _covariance(self.after)

    @cached_property
    def axes(self) -> np.ndarray:
        """Principal axes before, one in each row, each as long as the deviation along it."""
        found = whiten.pca(self.covariance)
        return np.asarray(np.sqrt(found["eigenvalues"])[:, None] * found["axes"])

    @property
    def axes_after(self) -> np.ndarray:
        """Where the same axes lie after."""
        return np.asarray(self.axes @ self.matrix.T)

    @property
    def marked(self) -> np.ndarray:
        """Three points to follow: farthest along axis 1, along axis 2, and against axis 1."""
        along = self.centred @ self.axes[:2].T
        return np.array([along[:, 0].argmax(), along[:, 1].argmax(), along[:, 0].argmin()])

    def apart(self, other: "Whitened") -> float:
        """Largest distance between two answers to the same point."""
        return float(np.sqrt(((self.after - other.after) ** 2).sum(1)).max())

    @property
    def largest(self) -> float:
        """Largest absolute entry of the two covariances."""
        return float(max(np.abs(self.covariance).max(), np.abs(self.covariance_after).max()))

    @property
    def deviation(self) -> float:
        """Largest absolute entry of covariance after - I."""
        return float(np.abs(self.covariance_after - np.eye(len(self.matrix))).max())

    @property
    def moved(self) -> float:
        """Root mean square distance between each centred point and its answer."""
        return float(np.sqrt(((self.after - self.centred) ** 2).sum(1).mean()))


def whitened(kind: str, points: np.ndarray, *, iterations: int = 5) -> Whitened:
    """Normalize a cloud, eps 0, by the method of the table behind ``kind``.

    Args:
        kind: a key of `METHOD`.
        points: shape (rows, features).
        iterations: of Newton's iteration, 1 or more.
    """
    knobs: dict[str, bool | int | float] = {"affine": False}
    if kind != "center":
        knobs["eps"] = 0.0
    if kind == "newton":
        knobs["iterations"] = iterations
    found = trace(Spec(METHOD[kind], points.shape, "nc", knobs), points)
    matrix = found.stats.matrix
    if matrix is None:
        scale = found.stats.scale
        matrix = np.eye(points.shape[1]) if scale is None else np.diag(1 / np.ravel(scale))
    features = points.shape[1]
    return Whitened(points, found.output, np.reshape(matrix, (features, features)))


def compare(points: np.ndarray, *, iterations: int = 5) -> Mapping[str, Whitened]:
    """Every choice on the same cloud, in the order of `METHOD`."""
    return {kind: whitened(kind, points, iterations=iterations) for kind in METHOD}


def least_moved(covariance: np.ndarray) -> float:
    """The least root mean square distance of any whitening: ``sqrt(sum (sqrt(l) - 1)^2)``.

    l are the eigenvalues of the covariance. ``E |W x - x|^2 = p + tr C - 2 tr(W C)``, and among
    all W with ``W C W^T = I`` the last term is largest for ``W = C^(-1/2)``, that is ZCA.

    Source: Kessy, Lewin and Strimmer 2018, arXiv:1512.00809.
    """
    values = np.maximum(np.linalg.eigvalsh(covariance), 0)
    return float(np.sqrt(((np.sqrt(values) - 1) ** 2).sum()))


@dataclass(frozen=True)
class Iterations:
    """Newton's iteration from T = 0 on, step by step.

    Attributes:
        residual: Frobenius norm of ``W C W^T - I``, shape (T + 1,).
        variances: after whitening, along each principal axis, the strongest first:
            shape (T + 1, features); 1 is reached in the end.
    """

    residual: np.ndarray
    variances: np.ndarray


def iterate(covariance: np.ndarray, most: int = MOST_STEPS) -> Iterations:
    """What Newton's iteration reaches after 0, 1, ... ``most`` steps; see `whiten.newton`."""
    axes = whiten.pca(covariance)["axes"]
    residual, variances = [], []
    for steps in range(most + 1):
        found = whiten.newton(covariance, steps)
        reached = found.matrix @ covariance @ found.matrix.T
        residual.append(float(found["residual"][0, 0]))
        variances.append(np.diag(axes @ reached @ axes.T))
    return Iterations(np.array(residual), np.array(variances))


def _covariance(points: np.ndarray) -> np.ndarray:
    return np.asarray(whiten.covariance(points - points.mean(0), 0.0))
