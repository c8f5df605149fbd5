"""Gamma and beta that depend: on a class, on a painted map, on another picture.

One table of four tints serves twice: a class picks one row for the whole picture, a map picks a
row for every pixel. A style is no table: its gamma and beta are another picture's statistics.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from normlib import whiten
from normlib.errors import NormError
from normlib.spec import Spec
from normlib.trace import apply

SIZE = 192  # pixels a side
GRID = 8  # cells a side of a painted map
TINTS: Mapping[str, tuple[Sequence[float], Sequence[float]]] = {  # gamma and beta, per colour
    "day": ((0.24, 0.24, 0.24), (0.55, 0.55, 0.52)),
    "night": ((0.08, 0.10, 0.16), (0.12, 0.16, 0.30)),
    "autumn": ((0.25, 0.18, 0.10), (0.60, 0.42, 0.22)),
    "negative": ((-0.24, -0.24, -0.24), (0.50, 0.50, 0.50)),
}
_MAPS = {  # ready ones, line by line
    "disc": "00000000 00011000 00111100 01111110 01111110 00111100 00011000 00000000",
    "halves": "00001111 00001111 00001111 00001111 00001111 00001111 00001111 00001111",
    "bands": "00000000 00000000 11111111 11111111 22222222 22222222 33333333 33333333",
    "chess": "00330033 00330033 33003300 33003300 00330033 00330033 33003300 33003300",
}
MAPS = {name: painted.replace(" ", "\n") for name, painted in _MAPS.items()}


@dataclass(frozen=True)
class Tinted:
    """A picture with another gamma and beta.

    Attributes:
        picture: the answer, shape (h, w, 3); it may leave the range from 0 to 1.
    """

    picture: np.ndarray

    @property
    def beyond(self) -> float:
        """Share of the values below 0 or above 1, which a screen cannot show."""
        outside = (self.picture < 0) | (self.picture > 1)
        return float(outside.mean())

    @property
    def shown(self) -> np.ndarray:
        """The picture with what lies beyond set to the nearest end, uint8."""
        return np.asarray(np.round(255 * np.clip(self.picture, 0, 1)), np.uint8)


def table() -> tuple[np.ndarray, np.ndarray]:
    """Gamma and beta of the tints, each (4, 3)."""
    gamma, beta = zip(*TINTS.values(), strict=True)
    return np.array(gamma), np.array(beta)


def by_class(pixels: np.ndarray, tint: str) -> Tinted:
    """Conditional instance norm: one tint for the whole picture.

    Args:
        pixels: shape (h, w, 3).
        tint: a key of `TINTS`, the class.
    """
    gamma, beta = table()
    labels = np.array([list(TINTS).index(tint)])
    return _through("conditional_instance", pixels, {"classes": len(TINTS), "eps": 0.0},
                    {"gamma": gamma, "beta": beta, "labels": labels})  # fmt: skip


def read_map(text: str) -> np.ndarray:
    """A painted map: 8 lines of 8 digits, each the number of a tint.

    Args:
        text: the digits, 0 to 3; blanks and line ends between them do not count.

    Returns:
        Shape (8, 8), whole numbers.

    Raises:
        NormError: for another number of digits, or for another sign.
    """
    signs = "".join(text.split())
    for position, sign in enumerate(signs):
        if sign not in "0123"[: len(TINTS)]:
            raise NormError("map_sign", sign=sign, position=position + 1, most=len(TINTS) - 1)
    if len(signs) != GRID**2:
        raise NormError("map_length", given=len(signs), wanted=GRID**2, side=GRID)
    return np.array([int(sign) for sign in signs]).reshape(GRID, GRID)


def by_map(pixels: np.ndarray, painted: np.ndarray) -> Tinted:
    """SPADE: a tint for every pixel.

    The paper lets a small network find gamma and beta from the map; here it is a table.

    Args:
        pixels: shape (h, w, 3), h and w multiples of 8.
        painted: number of the tint of every cell, shape (8, 8).
    """
    gamma, beta = table()
    height, width = (length // GRID for length in pixels.shape[:2])
    each = np.kron(painted, np.ones((height, width), int))
    at = {name: np.moveaxis(values[each], -1, 0)[None]
          for name, values in (("gamma", gamma - 1), ("beta", beta))}  # fmt: skip
    return _through("spade", pixels, {"eps": 0.0}, at)


def by_style(pixels: np.ndarray, style: np.ndarray) -> Tinted:
    """AdaIN on colours: mean and standard deviation of another picture, colour by colour."""
    return _through("adaptive_instance", pixels, {"eps": 0.0}, {"style": _tensor(style)})


def by_coloring(pixels: np.ndarray, style: np.ndarray) -> Tinted:
    """Whitening and coloring: mean and whole covariance of another picture.

    The matrix of the linear layer is the lower Cholesky factor of the style's covariance.
    """
    weight = whiten.cholesky(covariance(style))["lower factor"]
    return _through("coloring", pixels, {"eps": 0.0},
                    {"weight": weight, "beta": style.mean((0, 1), dtype=float)})  # fmt: skip


def covariance(pixels: np.ndarray) -> np.ndarray:
    """Biased covariance of red, green and blue, (3, 3)."""
    flat = pixels.reshape(-1, 3).astype(float)
    return np.asarray(whiten.covariance(flat - flat.mean(0), 0.0))


def apart(pixels: np.ndarray, style: np.ndarray) -> tuple[float, float, float]:
    """Largest difference of two pictures: of means, standard deviations and correlations."""
    of = [(p.mean((0, 1), dtype=float), covariance(p)) for p in (pixels, style)]
    deviations = [np.sqrt(np.diag(c)) for _, c in of]
    correlations = [c / np.outer(d, d) for (_, c), d in zip(of, deviations, strict=True)]
    pairs = ([mean for mean, _ in of], deviations, correlations)
    found = [float(np.abs(one - other).max()) for one, other in pairs]
    return found[0], found[1], found[2]


def _through(
    method: str, pixels: np.ndarray, knobs: Mapping[str, int | float],
    parameters: Mapping[str, np.ndarray],
) -> Tinted:  # fmt: skip
    x = _tensor(pixels)
    y = apply(Spec(method, x.shape, "nchw", {**knobs}), x, parameters)
    return Tinted(np.moveaxis(np.asarray(y)[0], 0, -1))


def _tensor(pixels: np.ndarray) -> np.ndarray:
    return np.moveaxis(pixels.astype(float), -1, 0)[None]
