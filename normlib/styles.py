"""Moving the look of one picture to another: mean and standard deviation of every channel."""

from dataclasses import dataclass

import numpy as np

from normlib.filter_bank import NAMES, feature_maps
from normlib.looks import tensor
from normlib.spec import Spec
from normlib.trace import apply


@dataclass(frozen=True, eq=False)
class Move:
    """Pictures before and after, and where their channels stand in the (mean, std) plane.

    Attributes:
        spec: the method.
        before, after: shape (n, 3, h, w).
        start, end: mean and standard deviation of every channel, shape (n, 3, 2).
    """

    spec: Spec
    before: np.ndarray
    after: np.ndarray
    start: np.ndarray
    end: np.ndarray

    @property
    def outside(self) -> float:
        """The share of values after the move that no screen can show: below 0 or above 1."""
        return float(((self.after < 0) | (self.after > 1)).mean())


def swap(first: np.ndarray, second: np.ndarray) -> Move:
    """Cross norm between two pictures: every channel gets mean and std of the other picture's.

    Tang et al. 2021, arXiv:2102.02811.

    Args:
        first, second: of equal shape (h, w, 3).
    """
    x = tensor(first, second)
    spec = Spec("cross", x.shape)
    return _move(spec, x, apply(spec, x, {"partner": np.array([1, 0])}))


def swap_channels(picture: np.ndarray, channels: tuple[int, int]) -> Move:
    """Cross norm between two channels of a picture; the third one stays.

    Args:
        picture: shape (h, w, 3).
        channels: two of 0 (red), 1 (green) and 2 (blue).
    """
    x = tensor(picture)
    spec = Spec("cross", x.shape, knobs={"between_channels": True})
    partner = np.arange(3)
    partner[list(channels)] = partner[list(channels)][::-1]
    return _move(spec, x, apply(spec, x, {"partner": partner}))


def restyle(content: np.ndarray, style: np.ndarray, strength: float) -> Move:
    """AdaIN with a strength, as a mixture of the content and its restyled form.

    ``(1 - strength) * content + strength * AdaIN(content, style)``: Huang and Belongie 2017,
    arXiv:1703.06868, mix feature maps of a trained network like this; here pixels are mixed.

    Args:
        content, style: of equal shape (h, w, 3).
        strength: from 0 to 1.

    Returns:
        The `Move` of the content alone, n = 1.
    """
    x = tensor(content)
    spec = Spec("adaptive_instance", x.shape)
    fully = apply(spec, x, {"style": tensor(style)})
    return _move(spec, x, x + np.float32(strength) * (fully - x))


def texture(x: np.ndarray) -> float:
    """How strong edges and stripes are beside the contrast: a number that contrast cancels from.

    The root mean square of the eight maps of edges and stripes, over the standard deviation of
    the mean of red, green and blue. NaN for a picture without contrast.

    Args:
        x: one picture of shape (3, h, w).
    """
    picture = x.transpose(1, 2, 0)
    fine = [name.startswith(("edge", "stripes")) for name in NAMES]
    maps = feature_maps(picture)[fine]
    contrast = picture.mean(2).std()
    return float(np.sqrt(np.square(maps).mean()) / contrast) if contrast else float("nan")


def moments(x: np.ndarray) -> np.ndarray:
    """Mean and standard deviation of every channel, shape (n, c, 2), of an array (n, c, h, w)."""
    rows = x.reshape(*x.shape[:2], -1)
    mean = rows.mean(-1)
    std = np.sqrt(np.square(rows - mean[..., None]).mean(-1))
    return np.stack([mean, std], -1, dtype=np.float64)


def _move(spec: Spec, before: np.ndarray, after: np.ndarray) -> Move:
    return Move(spec, before, after, moments(before), moments(after))
