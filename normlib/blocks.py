"""Activation scale over depth and over time: small random networks, with and without norms.

The weights are those of a network before training, drawn from a seed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from normlib.data import SEED_LIMIT
from normlib.recordings import utterances
from normlib.spec import Spec
from normlib.timeline import scale
from normlib.trace import apply

PLACES = ("none", "pre", "post")
DEEPEST = 48
HIDDEN = 4  # times the width, in the middle of the two-layer network

FRAMES = 120  # of the stream
Layer = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Scales:
    """Root mean square of the activations, by variant.

    Attributes:
        scale: one number for the input and one after each block or step.
        change: what each block or step adds, or how far it moves the state, relative to the
            scale of its input; one number for each.
    """

    scale: Mapping[str, np.ndarray]
    change: Mapping[str, np.ndarray]

    @property
    def last(self) -> int:
        """Number of blocks or steps."""
        return len(next(iter(self.change.values())))

    def at(self, variant: str, place: int) -> tuple[float, float]:
        """Scale after the block or step with this number, from 1, and what it has changed."""
        return float(self.scale[variant][place]), float(self.change[variant][place - 1])


@cache
def utterance() -> np.ndarray:
    """The longest test utterance, every feature standardized: shape (29, 12)."""
    return _standardized(utterances("test")[-1])


@cache
def stream() -> np.ndarray:
    """Test utterances one after the other, every feature standardized: shape (120, 12)."""
    return _standardized(np.concatenate(utterances("test"))[:FRAMES])


def transformer(x: np.ndarray, *, gain: float = 1.0, seed: int = 0, depth: int = DEEPEST) -> Scales:
    """A stack of Transformer blocks, without norm, with pre-norm and with post-norm.

    A block is causal attention with one head and a two-layer network with ReLU, each around a
    residual connection: ``h + f(h)``, ``h + f(norm(h))`` or ``norm(h + f(h))``. The norm is layer
    norm per step. Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745.

    Args:
        x: frames, shape (t, p).
        gain: standard deviation of the weights, times the root of 1 / inputs (after ReLU 2 /
            inputs). At 1 a layer keeps the mean square of independent inputs.
        seed: of the weights; the three variants share them.
        depth: number of blocks.
    """
    scales: dict[str, list[float]] = {place: [float(scale(x))] for place in PLACES}
    change: dict[str, list[float]] = {place: [] for place in PLACES}
    state = dict.fromkeys(PLACES, x)
    rng = np.random.RandomState(seed % SEED_LIMIT)
    for _ in range(depth):
        layers = _attention(rng, x.shape[1], gain), _two_layers(rng, x.shape[1], gain)
        for place in PLACES:
            before = after = state[place]
            for layer in layers:
                after = _step(after, layer, place)
            state[place] = after
            scales[place].append(float(scale(after)))
            change[place].append(float(scale(after - before) / scale(before)))
    return Scales(*({place: np.array(found[place]) for place in PLACES}
                    for found in (scales, change)))  # fmt: skip


def recurrent(x: np.ndarray, *, gain: float = 1.0, seed: int = 0) -> Scales:
    """A linear recurrent step over time, without norm and with layer norm at every step.

    ``h = gain * Q h + U x`` with Q orthogonal, and the same followed by layer norm (Ba, Kiros and
    Hinton 2016, arXiv:1607.06450). Q alone changes no length, so ``gain`` is the factor by which
    every step stretches what is remembered.

    Args:
        x: frames, shape (t, p).
        gain: from 0 up.
        seed: of Q and U, whose entries have variance 1 / p.
    """
    rng = np.random.RandomState(seed % SEED_LIMIT)
    width = x.shape[1]
    rotation = np.linalg.qr(rng.normal(size=(width, width)))[0]
    driven = x @ (rng.normal(size=(width, width)) / np.sqrt(width))
    found, moved = {}, {}
    for place in ("none", "post"):
        states = [np.zeros(width)]
        for frame in driven:
            h = gain * (rotation @ states[-1]) + frame
            states.append(h if place == "none" else norm(h[None])[0])
        h = np.array(states)
        found[place] = scale(h, axis=1)
        moved[place] = scale(np.diff(h, axis=0), axis=1) / np.maximum(found[place][:-1], 1e-300)
    return Scales(found, moved)


def norm(x: np.ndarray) -> np.ndarray:
    """Layer norm of every row, shape (t, p)."""
    return np.asarray(apply(_norm_on(x.shape), x))


def _standardized(x: np.ndarray) -> np.ndarray:
    y = np.asarray(apply(Spec("batch", x.shape, "nc", {"affine": False}), x))
    y.flags.writeable = False
    return y


@cache
def _norm_on(shape: tuple[int, ...]) -> Spec:
    return Spec("layer_position", shape, "nc", {"affine": False})


def _step(h: np.ndarray, layer: Layer, place: str) -> np.ndarray:
    if place == "pre":
        return h + layer(norm(h))
    return norm(h + layer(h)) if place == "post" else h + layer(h)


def _attention(rng: np.random.RandomState, width: int, gain: float) -> Layer:
    """Softmax attention of one head to this step and those before it."""
    query, key, value, out = rng.normal(size=(4, width, width)) * (gain / np.sqrt(width))

    def layer(x: np.ndarray) -> np.ndarray:
        scores = (x @ query) @ (x @ key).T / np.sqrt(width)
        scores = np.where(np.tri(len(x), dtype=bool), scores, -np.inf)
        weights = np.exp(scores - scores.max(1, keepdims=True))
        mixed: np.ndarray = weights / weights.sum(1, keepdims=True) @ (x @ value) @ out
        return mixed

    return layer


def _two_layers(rng: np.random.RandomState, width: int, gain: float) -> Layer:
    """A network with one hidden layer of ReLU."""
    inner = HIDDEN * width
    first = rng.normal(size=(width, inner)) * (gain / np.sqrt(width))
    second = rng.normal(size=(inner, width)) * (gain * np.sqrt(2 / inner))

    def layer(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.maximum(x @ first, 0) @ second)

    return layer
