"""Twelve fixed filters, and the feature maps that they make of a picture."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

RADIUS = 7  # a filter is a square of 2 RADIUS + 1 pixels a side
ANGLES = (0, 45, 90, 135)  # degrees
WIDE, NARROW, GABOR = 2.0, 1.2, 2.5  # standard deviations of the Gaussians, in pixels
WAVE = 6.0  # pixels from one stripe to the next
NAMES = (
    *(f"edge{angle}" for angle in ANGLES),
    *(f"stripes{angle}" for angle in ANGLES),
    "blur", "spot", "red_green", "yellow_blue",
)  # fmt: skip
GREY, RED_GREEN, YELLOW_BLUE = (1 / 3, 1 / 3, 1 / 3), (1.0, -1.0, 0.0), (0.5, 0.5, -1.0)
COLORS: Mapping[str, tuple[float, float, float]] = {
    "red_green": RED_GREEN,
    "yellow_blue": YELLOW_BLUE,
}


@lru_cache(maxsize=1)
def kernels() -> np.ndarray:
    """The filters: float32 of shape (12, 3, 15, 15), in the order of ``NAMES``, not writeable.

    With ``u`` along an angle (0 degrees: to the right, 90: down) and ``G`` a Gaussian that adds
    up to 1: edges are ``u G / s^2``, the derivative of a Gaussian; stripes are
    ``(cos(2 pi u / WAVE) - m) G`` with the m that makes them add up to 0, a Gabor filter; the spot
    is ``(2 - r^2 / s^2) G / s^2 - m G``, a Laplacian of a Gaussian turned over. These nine and the
    blur, ``G`` itself, look at the mean of red, green and blue. The last two blur differences of
    colours: red less green, and their mean less blue.
    """
    found = np.zeros((len(NAMES), 3, 2 * RADIUS + 1, 2 * RADIUS + 1))
    for row, name in enumerate(NAMES):
        color = np.array(COLORS.get(name, GREY))
        found[row] = color[:, None, None] * _shape(name)
    made = found.astype(np.float32)
    made.flags.writeable = False
    return made


def feature_maps(picture: np.ndarray) -> np.ndarray:
    """The twelve maps of a picture, by Fourier transforms; the picture is mirrored at its edges.

    As in networks the filter is laid on the picture as it is, not turned round.

    Args:
        picture: shape (h, w, 3), each side longer than ``RADIUS``.

    Returns:
        float32 of shape (12, h, w).
    """
    h, w, _ = picture.shape
    edge = ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0))
    wide = np.pad(np.asarray(picture, np.float32), edge, mode="reflect").transpose(2, 0, 1)
    shape = wide.shape[1], wide.shape[2]
    spectrum = np.einsum("chw,kchw->khw", np.fft.rfft2(wide), _spectra(shape))
    maps = np.fft.irfft2(spectrum, s=shape)
    return np.ascontiguousarray(maps[:, :h, :w], dtype=np.float32)


@lru_cache(maxsize=4)
def _spectra(shape: tuple[int, int]) -> np.ndarray:
    """Conjugate transforms: they lay the filters on as they are."""
    return np.fft.rfft2(kernels(), s=shape).conj()


def _shape(name: str) -> np.ndarray:
    """What a filter does to one channel."""
    angle = int(name.lstrip("abcdefghijklmnopqrstuvwxyz_") or 0)
    down, right = np.mgrid[-RADIUS : RADIUS + 1, -RADIUS : RADIUS + 1].astype(float)
    u = right * np.cos(np.deg2rad(angle)) + down * np.sin(np.deg2rad(angle))
    square = right**2 + down**2
    if name.startswith("edge"):
        return np.asarray(u * _gaussian(square, NARROW) / NARROW**2)
    if name.startswith("stripes"):
        return _balanced(np.cos(2 * np.pi * u / WAVE), _gaussian(square, GABOR))
    if name == "spot":
        return _balanced((2 - square / NARROW**2) / NARROW**2, _gaussian(square, NARROW))
    return _gaussian(square, WIDE)


def _gaussian(square: np.ndarray, spread: float) -> np.ndarray:
    bell = np.exp(-square / (2 * spread**2))
    return np.asarray(bell / bell.sum())


def _balanced(wave: np.ndarray, window: np.ndarray) -> np.ndarray:
    """The wave in the window, shifted so that all adds up to 0; the window adds up to 1."""
    return np.asarray((wave - (wave * window).sum()) * window)
