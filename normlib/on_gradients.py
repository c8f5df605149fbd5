"""What normalizing gradients does, layer by layer, and what Muon does to singular values."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from normlib.decorrelate import QUINTIC, QUINTIC_STEPS
from normlib.knobs import Value
from normlib.methods import METHODS
from normlib.network import Weights
from normlib.spec import Spec
from normlib.trace import apply

METHODS_OF_GRADIENTS = tuple(key for key, entry in METHODS.items() if entry.kind == "gradient")
MATRICES = ("centralization", "muon")  # leave vectors alone
BAND = (0.5, 1.5)  # "about 1": what the author of Muon calls good enough


@dataclass(frozen=True)
class Layer:
    """The gradient of one parameter before and after.

    Attributes:
        weight: norm of the parameter.
        before, after: norm of its gradient.
        cosine: between the two gradients; 0 where one of them is zero.
        row_mean: largest absolute mean of a row, before and after; one output is one row.
    """

    weight: float
    before: float
    after: float
    cosine: float
    row_mean: tuple[float, float]


def normalized(
    gradients: Weights, weights: Weights, method: str, knobs: Mapping[str, Value]
) -> dict[str, np.ndarray]:
    """Every gradient after the method, by name.

    Clipping by norm takes all parameters together, the others one by one; a vector is one row,
    and stays as it is under centralization and Muon, and under LARS where its parameter is zero.
    """
    if method == "clip_global":
        flat = np.concatenate([grad.ravel() for grad in gradients.values()])[None]
        answer = np.asarray(apply(Spec(method, flat.shape, "oi", knobs), flat)).ravel()
        ends = np.cumsum([grad.size for grad in gradients.values()])[:-1]
        parts = np.split(answer, ends)
        return {name: part.reshape(grad.shape)
                for (name, grad), part in zip(gradients.items(), parts, strict=True)}  # fmt: skip
    return {name: _alone(grad, weights[name], method, knobs) for name, grad in gradients.items()}


@dataclass(frozen=True)
class Compared:
    """All gradients before and after a method.

    Attributes:
        layers: by name of the parameter.
        totals: norm of all gradients together, before and after.
    """

    layers: Mapping[str, Layer]
    totals: tuple[float, float]


def compared(
    gradients: Weights, weights: Weights, method: str, knobs: Mapping[str, Value]
) -> Compared:
    """Apply a method and compare, parameter by parameter; arguments as for `normalized`."""
    after = normalized(gradients, weights, method, knobs)
    layers = {name: _layer(grad, after[name], weights[name]) for name, grad in gradients.items()}
    return Compared(layers, (total(gradients), total(after)))


def total(gradients: Weights) -> float:
    """Norm of all gradients together."""
    return float(np.sqrt(sum(float((grad**2).sum()) for grad in gradients.values())))


def whitened(gradient: np.ndarray) -> np.ndarray:
    """Singular values of a gradient on their way through Muon.

    Returns:
        Shape (6, singular values): over the Frobenius norm, then after each of five steps
        ``s -> a s + b s^3 + c s^5``; Jordan 2024, https://kellerjordan.github.io/posts/muon/.
    """
    values = np.linalg.svd(gradient, compute_uv=False)
    a, b, c = QUINTIC
    found = [values / (np.linalg.norm(values) + 1e-7)]
    for _ in range(QUINTIC_STEPS):
        s = found[-1]
        found.append(a * s + b * s**3 + c * s**5)
    return np.stack(found)


def in_band(values: np.ndarray) -> int:
    """How many singular values lie in `BAND`."""
    return int(((values >= BAND[0]) & (values <= BAND[1])).sum())


def _alone(
    grad: np.ndarray, weight: np.ndarray, method: str, knobs: Mapping[str, Value]
) -> np.ndarray:
    if (grad.ndim < 2 and method in MATRICES) or (method == "lars" and not weight.any()):
        return grad
    rows = grad.reshape(-1, grad.shape[-1])  # a vector is one row
    spec = Spec(method, rows.shape, "oi", knobs)
    given = {"weight": weight.reshape(rows.shape)} if "weight" in spec.parameters() else {}
    return np.asarray(apply(spec, rows, given)).reshape(grad.shape)


def _layer(before: np.ndarray, after: np.ndarray, weight: np.ndarray) -> Layer:
    lengths = float(np.linalg.norm(before)), float(np.linalg.norm(after))
    product = lengths[0] * lengths[1]
    means = tuple(float(np.abs(grad.mean(-1)).max()) for grad in (before, after))
    return Layer(
        float(np.linalg.norm(weight)), *lengths,
        float((before * after).sum() / product) if product else 0.0, (means[0], means[1]),
    )  # fmt: skip
