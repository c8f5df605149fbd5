"""A small real network on handwritten digits: forward, backward by hand, training, shipped weights.

Three matrices, 64 pixels to 32, 32 and 10 units, ReLU between them; once with batch norm after
the first two, once without. All in numpy, so that whoever reads it sees every step.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from normlib import backward
from normlib.normalize import standardize
from normlib.operation import Given, Stats, transform

FOLDER = Path(__file__).parents[1] / "assets" / "data"
NETS = ("normalized", "plain")
LAYERS = {"first": (32, 64), "second": (32, 32), "third": (10, 32)}  # outputs, inputs
HIDDEN = ("first", "second")
MOMENTS = {"start": 0, "early": 30, "trained": 300}  # steps of training behind them
NUM_TRAINING, BATCH = 1200, 100  # images; the other 597 are held out
EPS, RATE, MOMENTUM, SEED = 1e-5, 0.1, 0.9, 0
Weights = Mapping[str, np.ndarray]


@cache
def digits(part: str = "training") -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits, 8 x 8 grey levels from 0 to 1, and what they are.

    Source: Alpaydin and Kaynak 1998, UCI Optical Recognition of Handwritten Digits, CC BY 4.0.

    Args:
        part: ``training``, 1200 images, or ``held out``, 597.

    Returns:
        Shape (n, 64) in float64, and (n,). Nobody can write to either.
    """
    assert part in ("training", "held out"), part
    table = np.load(FOLDER / "digits_table.npy", allow_pickle=False)
    table = table[:NUM_TRAINING] if part == "training" else table[NUM_TRAINING:]
    x, labels = table[:, :64] / 16, table[:, 64].astype(np.int64)
    x.flags.writeable = labels.flags.writeable = False
    return x, labels


def batch() -> tuple[np.ndarray, np.ndarray]:
    """The first 100 images of training: the batch whose gradients are looked at."""
    x, labels = digits()
    return x[:BATCH], labels[:BATCH]


@dataclass(frozen=True, eq=False)
class Pass:
    """What a forward pass leaves behind.

    Attributes:
        logits: shape (n, 10).
        inputs: what each layer got, by layer.
        normalized: answer of each batch norm before gamma and beta, with its statistics.
        active: where each ReLU lets through, by layer.
    """

    logits: np.ndarray
    inputs: Weights
    normalized: Mapping[str, tuple[np.ndarray, Stats]]
    active: Weights


def forward(
    weights: Weights, x: np.ndarray, *, eps: float = EPS, statistics: Pass | None = None
) -> Pass:
    """From images to logits.

    Args:
        weights: matrices by layer, ``gamma`` and ``beta`` of batch norm or a ``bias``.
        x: shape (n, 64).
        eps: of batch norm.
        statistics: a pass whose means and variances are used, as in prediction; None for those
            of x itself, as in training.
    """
    inputs, normalized, active = {}, {}, {}
    for layer in HIDDEN:
        inputs[layer], x = x, x @ weights[layer].T
        if f"{layer} gamma" in weights:
            stats = (statistics.normalized[layer][1] if statistics
                     else standardize(x, Given(eps)))  # fmt: skip
            x = np.asarray(transform(x, stats))
            normalized[layer] = x, stats
            x = x * weights[f"{layer} gamma"]
        x = x + weights[f"{layer} beta"]
        active[layer] = x > 0
        x = np.where(active[layer], x, 0.0)
    inputs["third"] = x
    return Pass(x @ weights["third"].T + weights["third beta"], inputs, normalized, active)


def loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean cross entropy."""
    return float(-np.log(_softmax(logits)[np.arange(len(labels)), labels]).mean())


def gradients(weights: Weights, passed: Pass, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Gradient of the `loss` by every parameter, from a forward pass in training.

    Returns:
        By name, each of the shape of its parameter.
    """
    wanted = np.eye(passed.logits.shape[1])[labels]
    grad = (_softmax(passed.logits) - wanted) / len(labels)
    found = {"third": grad.T @ passed.inputs["third"], "third beta": grad.sum(0)}
    grad = grad @ weights["third"]
    for layer in reversed(HIDDEN):
        grad = grad * passed.active[layer]
        found[f"{layer} beta"] = grad.sum(0)
        if layer in passed.normalized:
            y, stats = passed.normalized[layer]
            found[f"{layer} gamma"] = (grad * y).sum(0)
            grad = backward.standardize(grad * weights[f"{layer} gamma"], y, stats)
        found[layer] = grad.T @ passed.inputs[layer]
        grad = grad @ weights[layer]
    return {name: found[name] for name in weights}


def of_batch(weights: Weights, *, eps: float = EPS) -> dict[str, np.ndarray]:
    """Gradients of the loss on `batch`."""
    x, labels = batch()
    return gradients(weights, forward(weights, x, eps=eps), labels)


def accuracy(weights: Weights) -> float:
    """Share of the held-out digits that are recognized; batch norm by statistics of training."""
    x, labels = digits("held out")
    of_training = forward(weights, digits()[0])
    said = forward(weights, x, statistics=of_training).logits.argmax(1)
    return float((said == labels).mean())


def initial(net: str) -> dict[str, np.ndarray]:
    """Weights before training, of variance 2 / inputs: He et al. 2015, arXiv:1502.01852."""
    rng = np.random.RandomState(SEED)
    found = {layer: rng.normal(size=shape) * np.sqrt(2 / shape[1])
             for layer, shape in LAYERS.items()}  # fmt: skip
    if net == "normalized":
        found |= {f"{layer} gamma": np.ones(LAYERS[layer][0]) for layer in HIDDEN}
    return found | {f"{layer} beta": np.zeros(shape[0]) for layer, shape in LAYERS.items()}


def train(net: str) -> np.ndarray:
    """Gradient descent with momentum: all parameters at the steps of `MOMENTS`, one row for each.

    Returns:
        Shape (moments, parameters), float32, parameters in the order of `initial`.
    """
    weights, rng = initial(net), np.random.RandomState(SEED)
    velocity = {name: np.zeros_like(value) for name, value in weights.items()}
    x, labels = digits()
    rows, order = [], np.arange(0)
    for step in range(max(MOMENTS.values()) + 1):
        if step in MOMENTS.values():
            rows.append(np.concatenate([value.ravel() for value in weights.values()]))
        if not len(order):
            order = rng.permutation(len(x))
        chosen, order = order[:BATCH], order[BATCH:]
        grad = gradients(weights, forward(weights, x[chosen]), labels[chosen])
        velocity = {name: MOMENTUM * velocity[name] + grad[name] for name in weights}
        weights = {name: weights[name] - RATE * velocity[name] for name in weights}
    return np.stack(rows).astype(np.float32)


def save() -> None:
    """Train both networks anew and write what is shipped."""
    for net in NETS:
        np.save(FOLDER / f"network_{net}.npy", train(net))


@cache
def shipped(net: str, moment: str = "trained") -> Weights:
    """The shipped weights of a network in float64, by name; nobody can write to them."""
    rows = np.load(FOLDER / f"network_{net}.npy", allow_pickle=False)
    row = rows[list(MOMENTS).index(moment)].astype(np.float64)
    row.flags.writeable = False
    shapes = {name: value.shape for name, value in initial(net).items()}
    parts = np.split(row, np.cumsum([np.prod(shape) for shape in shapes.values()])[:-1])
    return MappingProxyType({
        name: part.reshape(shape)
        for (name, shape), part in zip(shapes.items(), parts, strict=True)
    })  # fmt: skip


def _softmax(logits: np.ndarray) -> np.ndarray:
    power = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(power / power.sum(1, keepdims=True))
