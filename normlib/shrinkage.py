"""Shrinkage: a covariance that few rows can carry, and how far to go.

``C(a) = (1 - a) S + a m I`` with m the mean of S's diagonal: every eigenvalue moves towards their
mean by the share a. So the trace stays, the axes stay, and for a > 0 nothing is singular any more.
"""

import numpy as np


def shrink(covariance: np.ndarray, amount: float) -> np.ndarray:
    """``(1 - amount) S + amount m I``.

    Args:
        covariance: S of shape (features, features).
        amount: a in [0, 1]; 0 leaves S as it is, 1 leaves its mean variance only.

    Source: Ledoit and Wolf 2004, J. Multivariate Analysis 88, doi:10.1016/S0047-259X(03)00096-4.
    """
    features = len(covariance)
    mean = np.trace(covariance) / features
    return np.asarray((1 - amount) * covariance + amount * mean * np.eye(features))


def estimated(rows: np.ndarray) -> float:
    """The amount that Ledoit and Wolf estimate from the rows themselves.

    ``a = min(b^2, d^2) / d^2`` with ``d^2 = |S - m I|^2``, how far the sample covariance is from
    a multiple of I, and ``b^2 = sum_k |x_k x_k^T - S|^2 / n^2``, how much of that is chance; norms
    are those of Frobenius, covariances biased. It estimates the amount with the least expected
    squared error, for many rows and columns. 1 where the sample says nothing beyond m.

    Args:
        rows: shape (rows, features); their mean is taken away.
    """
    centred = rows - rows.mean(0)
    count, features = centred.shape
    sample = centred.T @ centred / count
    distance = float(((sample - shrink(sample, 1)) ** 2).sum())
    if distance <= features * np.finfo(float).eps ** 2 * float((sample**2).sum()):
        return 1.0
    lengths = (centred**2).sum(1)  # |x x^T - S|^2 summed over rows = sum |x|^4 - n |S|^2
    chance = (float((lengths**2).sum()) / count - float((sample**2).sum())) / count
    return float(min(max(chance, 0.0), distance) / distance)
