"""What a recovery can give back: the same normalized pictures, several targets, the best fit.

Pictures are a tensor ``(n, c, h, w)``: nine photos, three colours. Every recovery sees the
normalized tensor only, and is fitted to the target by least squares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from normlib.operation import Stats
from normlib.pictures import PICTURES, photo
from normlib.recover import RECOVERIES, recover
from normlib.situation import At
from normlib.spec import Spec
from normlib.trace import apply

SIZE, FEW = 32, 16  # pixels a side, and where many steps are taken
CLASSES = 3  # of pictures: 0, 1, 2, 0, ...
BANDS = 3  # of each picture, from left to right
HIDDEN = 48  # units of the MLP
NORMS = {"standardize": "batch", "zca": "zca_whitening"}  # and the entry of the table
RECOVER = ("identity", "affine", "linear", "mlp", "class", "map")
TURNED = np.array([[0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.8, 0.1, 0.1]])  # of red, green and blue


@lru_cache(maxsize=2)
def batch(size: int = SIZE) -> np.ndarray:
    """Nine photos, shape (9, 3, size, size), from 0 to 1. Nobody can write to it."""
    x = np.stack([photo(name, size) for name in PICTURES]).astype(float)
    x = np.ascontiguousarray(np.moveaxis(x, -1, 1))
    x.flags.writeable = False
    return x


def normalized(norm: str, x: np.ndarray) -> np.ndarray:
    """The pictures without their statistics, per channel or with all channels whitened; eps 0."""
    return np.asarray(apply(Spec(NORMS[norm], x.shape, "nchw", {"affine": False, "eps": 0.0}), x))


def labels(x: np.ndarray) -> np.ndarray:
    """The class of every picture, shape (n,)."""
    return np.arange(len(x)) % CLASSES


def bands(x: np.ndarray) -> np.ndarray:
    """The band of every column of pixels, shape (w,): 0 at the left."""
    return np.asarray(np.arange(x.shape[-1]) * BANDS // x.shape[-1])


def _three_ways(x: np.ndarray, which: np.ndarray) -> np.ndarray:
    """As it is, negative, or pale: by 0, 1 or 2."""
    return np.asarray(np.choose(which, [x, 1 - x, 0.3 * x + 0.5]))


TARGETS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "input": lambda x: x,
    "mixed": lambda x: np.einsum("dc,nchw->ndhw", TURNED, x),
    "bent": lambda x: 1 - abs(2 * x - 1),
    "classes": lambda x: _three_ways(x, labels(x)[:, None, None, None]),
    "places": lambda x: _three_ways(x, bands(x)),
}


@dataclass(frozen=True)
class Restored:
    """A recovery after its best fit.

    Attributes:
        answer: what it makes of the normalized pictures, of their shape.
        residual: root of the sum of squares of answer - target, over that of the target about
            its channel means: 0 is perfect, 1 no better than three constants.
        count: numbers that were fitted.
    """

    answer: np.ndarray
    residual: float
    count: int


def restore(kind: str, x: np.ndarray, target: np.ndarray) -> Restored:
    """Fit a recovery to a target by least squares.

    - ``identity``: nothing learned.
    - ``affine``: gamma and beta per channel; ``class`` per class and channel; ``map`` per band
      and channel, as a SPADE whose network sees nothing but the band of a pixel.
    - ``linear``: a matrix over the channels and beta, as in coloring.
    - ``mlp``: 48 tanh units that are drawn, with a last layer that is fitted.

    Args:
        kind: one of `RECOVER`.
        x: normalized, shape (n, 3, h, w).
        target: of the same shape.
    """
    given, key = {}, kind
    channels = x.shape[1]
    if kind == "affine":
        gamma, beta = _lines(x, target, (0, 2, 3))
        given = {"gamma": gamma, "beta": beta}
    elif kind == "class":
        parts = [_lines(x[labels(x) == k], target[labels(x) == k], (0, 2, 3))
                 for k in range(CLASSES)]  # fmt: skip
        gamma, beta = (np.concatenate(values).reshape(CLASSES, channels)
                       for values in zip(*parts, strict=True))  # fmt: skip
        key, given = "by_class", {"gamma": gamma, "beta": beta, "labels": labels(x)}
    elif kind == "map":
        parts = [_lines(x[..., bands(x) == k], target[..., bands(x) == k], (0, 2, 3))
                 for k in range(BANDS)]  # fmt: skip
        gamma, beta = (np.concatenate(values, -1)[..., bands(x)]
                       for values in zip(*parts, strict=True))  # fmt: skip
        key, given = "modulation", {"gamma": gamma - 1, "beta": beta}
    elif kind == "linear":
        weight = _least_squares(rows(x), target)
        given = {"weight": weight[:-1].T, "beta": weight[-1][:, None, None]}
    elif kind == "mlp":
        weights, thresholds = _drawn(channels)
        features = np.tanh(rows(x) @ weights + thresholds)
        weight = _least_squares(features, target)
        answer = features @ weight[:-1] + weight[-1]
        tensor = unrolled(answer, x.shape)
        return Restored(tensor, residual(tensor, target), weight.size)
    at = At(Spec("batch", x.shape, "nchw"), x, x, Stats(()))
    terms = {name: value for name, value in RECOVERIES[key].terms(given, at).items()
             if value is not None}  # fmt: skip
    answer = recover(x, **terms)
    counts = {"identity": 0, "affine": 2 * channels, "class": 2 * channels * CLASSES,
              "map": 2 * channels * BANDS, "linear": channels * (channels + 1)}  # fmt: skip
    return Restored(answer, residual(answer, target), counts[kind])


def residual(answer: np.ndarray, target: np.ndarray) -> float:
    """See `Restored`."""
    about = target - target.mean((0, 2, 3), keepdims=True)
    return float(np.sqrt(((answer - target) ** 2).sum() / (about**2).sum()))


Table = Mapping[str, Mapping[str, float]]


def table(norm: str) -> Table:
    """Residual of every recovery with every target: by recovery, then by target."""
    x = batch()
    given = normalized(norm, x)
    return {
        kind: {name: restore(kind, given, make(x)).residual for name, make in TARGETS.items()}
        for kind in RECOVER
    }


def rows(x: np.ndarray) -> np.ndarray:
    """The matrix of batch norm: pixels of all pictures down, colours across, (n h w, c)."""
    return np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])


def unrolled(matrix: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Back from `rows` to a tensor (n, c, h, w)."""
    n, c, h, w = shape
    return np.moveaxis(matrix.reshape(n, h, w, c), -1, 1)


def middle(x: np.ndarray) -> np.ndarray:
    """Normalized numbers as pictures: 0 is grey, 2.5 deviations are black and white."""
    return np.asarray(0.5 + x / 5)


def album(x: np.ndarray, zoom: int = 3) -> np.ndarray:
    """Nine pictures three by three, what lies outside 0 to 1 set to the nearest end.

    Returns:
        uint8 of shape (3 h zoom, 3 w zoom, 3).
    """
    _, c, h, w = x.shape
    page = x.reshape(3, 3, c, h, w).transpose(0, 3, 1, 4, 2).reshape(3 * h, 3 * w, c)
    levels = np.round(255 * np.clip(page, 0, 1)).astype(np.uint8)
    return np.asarray(levels.repeat(zoom, 0).repeat(zoom, 1))


def _least_squares(features: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights of the features, and below them the constant."""
    with_one = np.concatenate([features, np.ones((len(features), 1))], 1)
    gram = with_one.T @ with_one  # normal equations: a hundred times faster than an SVD
    return np.asarray(np.linalg.solve(gram, with_one.T @ rows(target)))


def _lines(x: np.ndarray, target: np.ndarray, axes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Slope and height of the line of best fit, per channel, with axes of length 1."""
    x_mean, mean = x.mean(axes, keepdims=True), target.mean(axes, keepdims=True)
    variance = ((x - x_mean) ** 2).mean(axes, keepdims=True)
    gamma = ((x - x_mean) * (target - mean)).mean(axes, keepdims=True) / variance
    return gamma, mean - gamma * x_mean


def _drawn(channels: int) -> tuple[np.ndarray, np.ndarray]:
    """The hidden layer, drawn once and for all: weights and thresholds of every unit."""
    rng = np.random.RandomState(0)
    return rng.normal(size=(channels, HIDDEN)), rng.uniform(-2, 2, HIDDEN)
