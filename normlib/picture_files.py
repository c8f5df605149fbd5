"""Pictures as files: reading a stranger's, header first, then bounds, then pixels; writing one."""

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from normlib import picture_headers
from normlib.errors import NormError

if TYPE_CHECKING:  # importing normlib does not load Pillow
    from PIL import Image

MOST_BYTES = 8 * 2**20
MOST_PIXELS = 2**24  # of a JPEG, which is scaled down while it is decoded: 4096 x 4096
MOST_DECODED = 2**23  # of the others, which are decoded whole: a screen of 3840 x 2160 fits
LARGEST = 512  # pixels along the longer side of what is returned
QUALITY = 90  # of JPEG: a tenth of the time of PNG, and nothing to see
_ORIENTATION = 0x0112  # the tag of EXIF
_decoding = threading.Lock()  # one picture at a time: this bounds the memory of all sessions


def read_picture(content: bytes, size: int | None = None) -> np.ndarray:
    """The pixels of a PNG, JPEG or WebP file as red, green and blue.

    Width and height are read from the header and compared with the limits before anything is
    decoded. Of an animation the first picture counts. What is transparent stands on white, grey
    becomes three equal channels, 16 bits become 8, CMYK becomes RGB, and a photo that EXIF says
    is turned is turned upright. All else that the file tells about itself is dropped.

    Args:
        content: at most ``MOST_BYTES``, of at most ``MOST_PIXELS`` pixels (JPEG) or
            ``MOST_DECODED`` (PNG and WebP).
        size: cut the middle square out and scale it to this many pixels a side. Without it the
            picture keeps its shape, scaled down where a side is longer than ``LARGEST``.

    Returns:
        float32 of shape (h, w, 3), from 0 to 1, in the encoding of the file (mostly sRGB).

    Raises:
        NormError: one sentence on what is wrong with the file: its size, its type, its number of
            pixels, or that it is broken.
    """
    check_size(len(content))
    kind = picture_headers.kind_of(content)
    if kind is None:
        raise NormError("picture_type")
    with _broken():
        width, height = picture_headers.SIZES[kind](content)
    limit = MOST_PIXELS if kind == "jpeg" else MOST_DECODED
    if not 0 < width * height <= limit:
        raise NormError("picture_pixels", width=width, height=height, limit=limit)
    with _decoding, _broken():
        return _decoded(content, size, limit)


def encode(values: np.ndarray, low: float = 0.0, high: float = 1.0) -> bytes:
    """A picture of numbers, as a JPEG file; whatever lies beyond an end gets the end's colour.

    Args:
        values: shape (c, h, w) with three channels, red, green and blue, or with one, grey.
        low: this number becomes black.
        high: this number becomes white.
    """
    from PIL import Image

    scaled = np.multiply(values, np.float32(255 / (high - low)), dtype=np.float32)
    scaled += np.float32(0.5 - 255 * low / (high - low))
    planes = [Image.fromarray(one) for one in np.clip(scaled, 0, 255, out=scaled).astype(np.uint8)]
    picture = Image.merge("RGB", planes) if len(planes) == 3 else planes[0]
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY, subsampling=0)
    return stream.getvalue()


def check_size(size: int) -> None:
    """Raise `NormError` for a file of more than ``MOST_BYTES``, before its bytes are touched.

    Args:
        size: of the file in bytes.
    """
    if size > MOST_BYTES:
        raise NormError("picture_size", size=size, limit=MOST_BYTES)


@contextmanager
def _broken() -> Iterator[None]:
    """Whatever a reader raises in here means that the file is broken."""
    try:
        yield
    except Exception:  # Pillow raises a dozen kinds, from SyntaxError to struct.error
        raise NormError("picture_broken") from None


def _decoded(content: bytes, size: int | None, limit: int) -> np.ndarray:
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as file:
        if file.width * file.height > limit:  # it has two headers, and they differ
            raise ValueError
        turn = _TURNS.get(_orientation(file))
        file.draft("RGB", (2 * LARGEST, 2 * LARGEST))  # JPEG decodes fewer pixels at once
        picture = _colored(file)
    if size is not None:
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        whole = (left, top, left + side, top + side)
        picture = picture.crop(whole).resize((size, size), Image.Resampling.LANCZOS)
    elif max(picture.size) > LARGEST:
        picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    if turn is not None:
        picture = picture.transpose(Image.Transpose[turn])
    return np.asarray(picture.convert("RGB"), np.float32) / np.float32(255)


def _colored(file: "Image.Image") -> "Image.Image":
    """The decoded picture in RGB, or in RGBA where something may be transparent."""
    from PIL import Image

    if file.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip at 255
        return Image.fromarray((np.asarray(file) >> 8).astype(np.uint8))
    clear = "A" in file.mode or "a" in file.mode or "transparency" in file.info
    return file.convert("RGBA" if clear else "RGB")


def _orientation(file: "Image.Image") -> int:
    """How a photo is turned, by its EXIF; one that cannot be read turns nothing."""
    try:
        return int(file.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


_TURNS: Mapping[int, str] = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
