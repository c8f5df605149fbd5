"""What normalizations keep of the look of a picture: contrast, light and cast of colour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from normlib.filter_bank import feature_maps
from normlib.methods import METHODS
from normlib.spec import Spec
from normlib.trace import apply

COMPARED = ("batch", "layer", "instance", "group", "positional", "rms")
CHANGES = ("contrast", "light", "cast")
SURVEYED = 128  # pixels a side at most, where all methods and all changes are compared
GONE = 0.1  # standard deviations: a typical difference that is hardly seen


@dataclass(frozen=True)
class Change:
    """How a copy of a picture is changed; the default changes nothing.

    Attributes:
        contrast: factor of the distance from middle grey, 0.5.
        light: factor of all values.
        cast: above 0 red is multiplied by ``1 + cast`` and blue by ``1 - cast``; green stays.
    """

    contrast: float = 1.0
    light: float = 1.0
    cast: float = 0.0

    def alone(self, name: str) -> "Change":
        """Only the change of that name, nothing else."""
        return replace(Change(), **{name: getattr(self, name)})


def changed(picture: np.ndarray, change: Change) -> np.ndarray:
    """The changed copy, of shape (3, h, w) as the picture; values may leave 0..1.

    Every channel is multiplied by a number and shifted by another, so nothing is lost.
    """
    gains = change.light * np.array([1 + change.cast, 1, 1 - change.cast])[:, None, None]
    copy = picture * np.float32(gains * change.contrast)
    copy += np.float32(gains * 0.5 * (1 - change.contrast))
    return copy


def tensor(*pictures: np.ndarray) -> np.ndarray:
    """Pictures of equal shape (h, w, 3) as one float32 batch of shape (n, 3, h, w)."""
    x = np.empty((len(pictures), 3, *pictures[0].shape[:2]), np.float32)
    for place, picture in zip(x, pictures, strict=True):
        place[:] = picture.transpose(2, 0, 1)
    return x


def specify(method: str, shape: tuple[int, ...], groups: int = 1, eps: float | None = None) -> Spec:
    """The method on a batch of that shape, nothing learned.

    Args:
        method: key in ``METHODS``.
        shape: n, c, h and w.
        groups: of channels, where the method has groups.
        eps: None takes the method's own.
    """
    wanted = {"affine": False, "groups": groups} | ({} if eps is None else {"eps": eps})
    names = [knob.name for knob in METHODS[method].knobs]
    return Spec(method, shape, "nchw", {name: wanted[name] for name in names if name in wanted})


@dataclass(frozen=True, eq=False)
class Comparison:
    """A batch before and after: a picture and its changed copy, or maps of two pictures.

    Attributes:
        spec: the normalization.
        before, after: shape (n, c, h, w).
    """

    spec: Spec
    before: np.ndarray
    after: np.ndarray

    @property
    def difference(self) -> tuple[float, float]:
        """``max |x[1] - x[0]|``, before and after: how far the copy is from the picture."""
        before, after = (float(np.abs(x[1] - x[0]).max()) for x in (self.before, self.after))
        return before, after


def compare(
    method: str, picture: np.ndarray, other: np.ndarray, change: Change, *, groups: int = 1,
    eps: float | None = None,
) -> Comparison:  # fmt: skip
    """Normalize a picture, its changed copy and another picture as one batch.

    Args:
        method: one of ``COMPARED``.
        picture, other: shape (h, w, 3).
        change: what makes the copy.
        groups: of channels, 1 or 3, for group norm.
        eps: None takes the method's own.

    Returns:
        Batches of three: the picture, its copy, the other one.

    Example:
        Instance norm makes the copy equal to the picture.

        >>> picture, other = np.random.default_rng(0).random((2, 8, 8, 3))
        >>> found = compare("instance", picture, other, Change(contrast=0.5, cast=0.3))
        >>> [round(difference, 1) for difference in found.difference]
        [0.5, 0.0]
    """
    x = tensor(picture, picture, other)
    x[1] = changed(x[0], change)
    spec = specify(method, x.shape, groups, eps)
    return Comparison(spec, x, apply(spec, x))


def moment_maps(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What positional norm takes away: the mean of every pixel's colours, and twice their std.

    Twice, because the standard deviation of three values from 0 to 1 is at most 0.48.

    Args:
        picture: shape (3, h, w).

    Returns:
        Two arrays of shape (1, h, w).
    """
    return picture.mean(0)[None], 2 * picture.std(0)[None]


def compare_maps(
    method: str, picture: np.ndarray, other: np.ndarray, *, groups: int = 1
) -> Comparison:
    """Normalize the feature maps of two pictures as one batch, shape (2, 12, h, w).

    Args:
        method: one of ``COMPARED``.
        picture, other: shape (h, w, 3).
        groups: of maps, for group norm: 1, 2, 3, 4, 6 or 12.
    """
    x = np.stack([feature_maps(picture), feature_maps(other)])
    spec = specify(method, x.shape, groups)
    return Comparison(spec, x, apply(spec, x))


def extent(x: np.ndarray) -> float:
    """Where black and white lie for feature maps: 2.5 times the root mean square of them all."""
    return float(2.5 * np.sqrt(np.square(x).mean()))


def balance(x: np.ndarray) -> tuple[float, float]:
    """How unequal the strengths (standard deviations) of feature maps are.

    Args:
        x: shape (2, c, h, w), maps of two pictures.

    Returns:
        The strongest map of the first picture over its weakest; and the largest ratio of the
        strengths of one and the same map in both pictures, whichever is stronger. Infinite
        where a map is flat, NaN where both are.
    """
    strength = x.std((2, 3))
    with np.errstate(divide="ignore", invalid="ignore"):  # a flat picture has maps of strength 0
        within = strength[0].max() / strength[0].min()
        between = np.maximum(strength[0] / strength[1], strength[1] / strength[0]).max()
    return float(within), float(between)


@dataclass(frozen=True, eq=False)
class Survey:
    """What is left of changes under every method of ``COMPARED``.

    Attributes:
        left: by method and change: root mean square of copy less picture, each copy with that
            change alone.
        pairs: by method: the normalized picture beside its copy with all changes, shape
            (3, h, 2 w).
    """

    left: Mapping[str, Mapping[str, float]]
    pairs: Mapping[str, np.ndarray]


def survey(
    picture: np.ndarray, other: np.ndarray, change: Change, *, groups: int = 1,
    eps: float | None = None,
) -> Survey:  # fmt: skip
    """Normalize a picture, all its copies and another picture as one batch, by every method.

    Only every so many-th pixel is used, so that no side is longer than ``SURVEYED``.

    Args:
        picture, other, change, groups, eps: as for `compare`.
    """
    stride = -(-max(picture.shape) // SURVEYED)
    small, beside = tensor(*(one[::stride, ::stride] for one in (picture, other)))
    copies = [changed(small, change.alone(name)) for name in CHANGES]
    x = np.stack([small, changed(small, change), *copies, beside])
    left, pairs = {}, {}
    for method in COMPARED:
        y = apply(specify(method, x.shape, groups, eps), x)
        away = np.sqrt(np.square(y[2:-1] - y[0]).mean((1, 2, 3)))
        left[method] = dict(zip(CHANGES, map(float, away), strict=True))
        pairs[method] = np.concatenate(y[:2], axis=2)
    return Survey(left, pairs)
