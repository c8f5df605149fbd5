"""Width and height of a picture, read from its first bytes; ValueError where they hold none."""

from collections.abc import Callable, Mapping

STARTS: Mapping[str, bytes] = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8", "webp": b"RIFF"}
MOST_SCANS = 64  # of a JPEG, about ten in any honest one; each takes time for all pixels


def kind_of(content: bytes) -> str | None:
    """The kind of file, ``png``, ``jpeg`` or ``webp``, by its first bytes; None for any other."""
    return next((kind for kind, start in STARTS.items() if content.startswith(start)), None)


def png(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG file."""
    if content[12:16] != b"IHDR":
        raise ValueError
    return _number(content, 16, 4, "big"), _number(content, 20, 4, "big")


def jpeg(content: bytes) -> tuple[int, int]:
    """The largest width and height that a JPEG file names before its pixels begin."""
    if content.count(b"\xff\xda") > MOST_SCANS:
        raise ValueError
    at, width, height = 2, 0, 0
    while (marker := _number(content, at, 2, "big")) != 0xFFDA:
        if marker == 0xFFFF:  # a byte of filling
            at += 1
            continue
        if marker >> 8 != 0xFF:
            raise ValueError
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height = max(height, _number(content, at + 5, 2, "big"))
            width = max(width, _number(content, at + 7, 2, "big"))
        at += 2 + max(2, _number(content, at + 2, 2, "big"))
    return width, height


def webp(content: bytes) -> tuple[int, int]:
    """Width and height of a WebP file, for which Pillow makes room as soon as it opens it."""
    kind = content[8:16]
    if kind == b"WEBPVP8X":
        return 1 + _number(content, 24, 3), 1 + _number(content, 27, 3)
    if kind == b"WEBPVP8 ":
        return _number(content, 26, 2) & 0x3FFF, _number(content, 28, 2) & 0x3FFF
    if kind == b"WEBPVP8L":
        bits = _number(content, 21, 4)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise ValueError


def _number(content: bytes, at: int, length: int, order: str = "little") -> int:
    part = content[at : at + length]
    if len(part) < length:
        raise ValueError
    return int.from_bytes(part, "big" if order == "big" else "little")


SIZES: Mapping[str, Callable[[bytes], tuple[int, int]]] = {"png": png, "jpeg": jpeg, "webp": webp}
