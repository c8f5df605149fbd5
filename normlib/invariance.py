"""Scale the weights before a normalized layer: the output stays, gradient and step do not."""

from dataclasses import dataclass

import numpy as np

from normlib import network
from normlib.network import EPS, Weights

FACTORS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
RATE = 0.1  # learning rate of the step that is tried


@dataclass(frozen=True, eq=False)
class Scaled:
    """A network whose one matrix W became alpha W, compared with what it was.

    Attributes:
        output: largest change of a logit.
        gradient: Frobenius norm of the gradient by the matrix, at W and at alpha W.
        along: cosine between the matrix and its gradient at alpha W; 0: at a right angle.
        moved: how far one step of the matrix moves the logits (root mean square): from W at the
            learning rate, from alpha W at the same rate, from alpha W at alpha^2 times the rate.
    """

    output: float
    gradient: tuple[float, float]
    along: float
    moved: tuple[float, float, float]


def scale(weights: Weights, layer: str, factor: float, *, eps: float = EPS) -> Scaled:
    """Multiply one matrix, look at the output, the gradient and one step of gradient descent.

    Where batch norm follows the matrix and eps is 0, ``f(alpha W) = f(W)``, so the gradient is
    ``1 / alpha`` of what it was, and a step from alpha W with rate ``alpha^2 lr`` does what a step
    from W with rate lr does: van Laarhoven 2017, arXiv:1706.05350; Hoffer et al. 2018,
    arXiv:1803.01814.

    Args:
        weights: of the network, by name.
        layer: which matrix.
        factor: alpha.
        eps: of batch norm; it spoils all this where the variance is not far above it.
    """
    x, labels = network.batch()
    w = weights[layer]

    def at(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        changed = {**weights, layer: matrix}
        passed = network.forward(changed, x, eps=eps)
        return passed.logits, network.gradients(changed, passed, labels)[layer]

    def moved(matrix: np.ndarray, rate: float) -> float:
        before, grad = at(matrix)
        after = network.forward({**weights, layer: matrix - rate * grad}, x, eps=eps).logits
        return float(np.sqrt(((after - before) ** 2).mean()))

    (before, grad), (after, grad_after) = at(w), at(factor * w)
    size = np.linalg.norm(grad_after)
    return Scaled(
        float(np.abs(after - before).max()),
        (float(np.linalg.norm(grad)), float(size)),
        float((w * grad_after).sum() / np.linalg.norm(w) / size) if size else 0.0,
        (moved(w, RATE), moved(factor * w, RATE), moved(factor * w, RATE * factor**2)),
    )


def curve(weights: Weights, layer: str, *, eps: float = EPS) -> dict[float, Scaled]:
    """`scale` for every factor of `FACTORS`."""
    return {factor: scale(weights, layer, factor, eps=eps) for factor in FACTORS}
