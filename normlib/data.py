"""Example arrays: seeded ones, real ones, typed ones. One seed gives everyone the same numbers."""

from collections.abc import Callable, Mapping
from functools import cache
from math import prod
from pathlib import Path

import numpy as np

from normlib.errors import NormError
from normlib.spec import Spec

DIGITS = Path(__file__).parents[1] / "assets" / "data" / "digits.npy"
SEED_LIMIT = 2**32  # numpy's frozen generator takes seeds below this

# RandomState, not Generator: numpy promises that its streams never change between versions,
# so a link shows the same numbers for good.


def random(spec: Spec) -> np.ndarray:
    """Normal numbers, two decimals; every channel and every sample has its own mean and spread.

    Returns:
        float64 of ``spec.sizes``, decided by sizes, layout and seed (modulo 2^32), mostly between
        -5 and 5.
    """
    rng = np.random.RandomState(spec.seed % SEED_LIMIT)
    sample, channel = spec.entry.roles
    by_channel, by_sample = _along(spec, channel), _along(spec, sample)
    x = rng.normal(size=spec.sizes)
    x = x * rng.uniform(0.4, 1.2, by_channel) + rng.normal(0, 0.8, by_channel)
    return np.round(x * rng.uniform(0.6, 1.4, by_sample) + rng.normal(0, 0.5, by_sample), 2)


def counting(spec: Spec) -> np.ndarray:
    """0, 1, 2, ... in memory order: float64 of ``spec.sizes``."""
    return np.arange(prod(spec.sizes), dtype=np.float64).reshape(spec.sizes)


def constant(spec: Spec) -> np.ndarray:
    """As `random`, but the group of the very first entry holds 0.1 throughout.

    Returns:
        float64 of ``spec.sizes``.
    """
    x = random(spec)
    x[spec.partition.group_of_entry() == 0] = 0.1
    return x


def large_mean(spec: Spec) -> np.ndarray:
    """As `random`, moved up by one million: float64 of ``spec.sizes``."""
    return random(spec) + 1e6


def digits(spec: Spec) -> np.ndarray:
    """Responses of sixteen fixed 3x3 filters on ten handwritten digits, cut to the shape.

    Shape (10, 16, 8, 8) before the cut. Two axes: the mean over all pixels; three: the middle
    row; five: the digits that follow as frames. Longer axes start again from the beginning.
    Grey levels are divided by 16, and every filter by the sum of its absolute weights, so that
    the numbers, float64 of ``spec.sizes``, lie between -1 and 1.
    Source: Alpaydin and Kaynak 1998, UCI Optical Recognition of Handwritten Digits, CC BY 4.0.
    """
    maps = _feature_maps()
    space = [axis for axis in spec.axes if axis not in spec.entry.roles]
    if not space:
        maps = maps.mean((2, 3))
    elif len(space) == 1:
        maps = maps[:, :, maps.shape[2] // 2]
    elif len(space) == 3:
        maps = np.stack([np.roll(maps, -frame, axis=0) for frame in range(len(maps))], axis=2)
    usual = [*spec.entry.roles, *space]
    for axis, name in enumerate(usual):
        size = spec.sizes[spec.axes.index(name)]
        maps = np.take(maps, np.arange(size) % maps.shape[axis], axis)
    return np.ascontiguousarray(maps.transpose([usual.index(name) for name in spec.axes]))


KINDS: Mapping[str, Callable[[Spec], np.ndarray]] = {
    "random": random,
    "digits": digits,
    "counting": counting,
    "constant": constant,
    "large_mean": large_mean,
}


def make(kind: str, spec: Spec) -> np.ndarray:
    """Example array of ``spec.sizes`` in float64, decided by kind, shape and seed alone.

    Args:
        kind: a key of `KINDS`: random, digits, counting, constant or large_mean.
        spec: layout, shape and seed; its method tells only which axes are samples and channels,
            and for ``constant`` what a group is.

    Raises:
        NormError: for an unknown kind.
    """
    if not isinstance(kind, str) or kind not in KINDS:
        raise NormError("data_kind", kind=kind, known=", ".join(KINDS))
    return KINDS[kind](spec)


def from_text(text: str, start: np.ndarray) -> np.ndarray:
    """Numbers typed by hand, separated by commas or blanks, in memory order.

    Args:
        text: the numbers; those beyond the size of ``start`` are left out.
        start: gives the shape, and the numbers where the text has none.

    Returns:
        float64, of the shape of ``start``.

    Raises:
        NormError: for an entry that is not a finite number; it is counted from 1.
    """
    x = np.array(start, dtype=np.float64)
    for position, word in enumerate(text.replace(",", " ").split()[: x.size]):
        try:
            x.flat[position] = float(word)
        except ValueError:
            raise NormError("table", position=position + 1, value=word[:40]) from None
        if not np.isfinite(x.flat[position]):
            raise NormError("table", position=position + 1, value=word[:40])
    return x


def to_text(x: np.ndarray) -> str:
    """The numbers as `from_text` reads them, nothing lost.

    Args:
        x: of any shape; its numbers are written in memory order.

    Example:
        >>> to_text(np.array([[1.0, 0.1]]))
        '1,0.1'
    """
    return ",".join(repr(float(value)).removesuffix(".0") for value in x.ravel())


FILTERS = np.array(
    [
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],  # Sobel, left to right
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],  # Sobel, top to bottom
        [[1, 2, 1], [2, 4, 2], [1, 2, 1]],  # binomial blur
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],  # Laplacian
        [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]],  # Sobel, diagonals
        [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
        [[-1, -1, -1], [2, 2, 2], [-1, -1, -1]],  # lines in four directions
        [[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]],
        [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]],
        [[2, -1, -1], [-1, 2, -1], [-1, -1, 2]],
        [[0, 0, 0], [0, 1, 0], [0, 0, 0]],  # the pixel itself
        [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],  # sharpening
        [[1, 1, 1], [1, 1, 1], [1, 1, 1]],  # box blur
        [[5, 5, 5], [-3, 0, -3], [-3, -3, -3]],  # Kirsch, north and west
        [[5, -3, -3], [5, 0, -3], [5, -3, -3]],
        [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],  # emboss
    ],
    dtype=np.float64,
)


@cache
def images() -> np.ndarray:
    """The ten digits themselves, grey levels from 0 to 1, shape (10, 8, 8); source as `digits`."""
    grey: np.ndarray = np.load(DIGITS, allow_pickle=False) / 16
    grey.flags.writeable = False
    return grey


@cache
def _feature_maps() -> np.ndarray:
    scaled = FILTERS / np.abs(FILTERS).sum((1, 2), keepdims=True)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(images(), ((0, 0), (1, 1), (1, 1))), (3, 3), axis=(1, 2)
    )
    maps: np.ndarray = np.einsum("nhwij,cij->nchw", windows, scaled)
    maps.flags.writeable = False
    return maps


def _along(spec: Spec, axis: str) -> tuple[int, ...]:
    return tuple(
        size if name == axis else 1 for name, size in zip(spec.axes, spec.sizes, strict=True)
    )
