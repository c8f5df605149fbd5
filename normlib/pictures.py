"""The shipped pictures: photographs and a painting, each with its origin and its licence."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from normlib.picture_files import LARGEST, read_picture

FOLDER = Path(__file__).parents[1] / "assets" / "pictures"
LICENCES: Mapping[str, str] = {
    "cc0": "CC0 1.0",
    "by": "CC BY 2.0",
    "by_sa": "CC BY-SA 4.0",
    "public": "public domain",
}
CC0, CC_BY, CC_BY_SA, PUBLIC = LICENCES


@dataclass(frozen=True)
class Picture:
    """One shipped picture; ``assets/pictures/README.md`` says more about each."""

    file: str  # in assets/pictures, a square of at most 512 x 512 pixels
    author: str
    licence: str  # a key of LICENCES
    link: str  # where it comes from


def _picture(name: str, author: str, licence: str, link: str) -> Picture:
    return Picture(f"{name}.webp", author, licence, link)


_FLICKR = "https://www.flickr.com/photos/"
_SKIMAGE = "https://scikit-image.org/docs/stable/api/skimage.data.html#skimage.data."
PICTURES: Mapping[str, Picture] = {
    "palace": _picture("palace", "danielbuechele", CC_BY, f"{_FLICKR}danielbuechele/6061409035/"),
    "cat": _picture("cat", "Stefan van der Walt", CC0, f"{_SKIMAGE}chelsea"),
    "coffee": _picture("coffee", "Rachel Michetti", CC0, f"{_SKIMAGE}coffee"),
    "rocket": _picture("rocket", "SpaceX", PUBLIC, f"{_SKIMAGE}rocket"),
    "dahlia": _picture("dahlia", "vultilion", CC_BY, f"{_FLICKR}vultilion/6056698931/"),
    "astronaut": _picture("astronaut", "NASA", PUBLIC, f"{_SKIMAGE}astronaut"),
    "retina": _picture("retina", "Mikael Häggström", CC0, f"{_SKIMAGE}retina"),
    "bricks": _picture("bricks", "CC0 Textures", CC0, f"{_SKIMAGE}brick"),
    "painting": _picture("painting", "Louis Durrant", CC_BY_SA,
                         "https://invent.kde.org/plasma/plasma-workspace-wallpapers"),
}  # fmt: skip


@lru_cache(maxsize=32)
def photo(name: str, size: int = LARGEST) -> np.ndarray:
    """A shipped picture as red, green and blue, scaled to a square.

    Args:
        name: a key of `PICTURES`.
        size: pixels a side.

    Returns:
        float32 of shape (size, size, 3), from 0 to 1, sRGB. Nobody can write to it.

    Example:
        The retina glows red, and its contrast is low.

        >>> pixels = photo("retina", 64)
        >>> pixels.shape, [f"{mean:.1f}" for mean in pixels.mean((0, 1))]
        ((64, 64, 3), ['0.8', '0.3', '0.2'])
    """
    pixels = read_picture((FOLDER / PICTURES[name].file).read_bytes(), size)
    pixels.flags.writeable = False
    return pixels
