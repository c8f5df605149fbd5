"""Reading a stranger's file: the header first, then its bounds, then the numbers."""

import io
import math
from pathlib import PurePath

import numpy as np

from normlib.errors import NormError

LIMIT = 64 * 1024  # bytes
MOST_AXES, FEWEST_AXES = 5, 2
MOST_HEADER = 1024  # bytes; numpy writes about a hundred


def read(name: str, content: bytes) -> np.ndarray:
    """The array in a .csv or .npy file, as float64 of 2 to 5 axes.

    Nothing is allocated by what the file claims: a .npy header is compared with the bytes that
    are there before any number is read, and pickled objects are refused.

    Args:
        name: file name; its ending decides the format.
        content: at most ``LIMIT`` bytes. A .csv file is UTF-8 text, one row of numbers a line,
            separated by commas, semicolons, tabs or blanks; its first line may hold headings. A
            .npy file is of version 1 or 2 and holds real numbers, whole numbers or truths.

    Returns:
        float64 with at least one entry, all finite; of a .csv file two axes.

    Raises:
        NormError: one sentence on what is wrong with the file: its size, type, header, text,
            shape or numbers.
    """
    check_size(len(content))
    readers = {".npy": _read_npy, ".csv": _read_csv}
    suffix = PurePath(name).suffix.lower()
    if suffix not in readers:
        raise NormError("file_type", name=PurePath(name).name[-60:])
    x = readers[suffix](content)
    if not FEWEST_AXES <= x.ndim <= MOST_AXES:
        raise NormError("file_axes", given=x.ndim)
    if not x.size:
        raise NormError("file_empty")
    with np.errstate(over="ignore", invalid="ignore"):
        x = x.astype(np.float64)
    if not np.isfinite(x).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(x))[0])
        raise NormError("file_infinite", index=index, value=float(x[index]))
    return x


def check_size(size: int) -> None:
    """Raise `NormError` for a file of more than ``LIMIT`` bytes, before its bytes are touched.

    Args:
        size: of the file in bytes.
    """
    if size > LIMIT:
        raise NormError("file_size", size=size, limit=LIMIT)


def _read_npy(content: bytes) -> np.ndarray:
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, fortran, dtype = header(stream, max_header_size=MOST_HEADER)
    except KeyError:
        raise NormError("file_version") from None
    except Exception:  # numpy raises many kinds here, all meaning the same
        raise NormError("file_header") from None
    if dtype.kind not in "fiub":
        raise NormError("file_object", dtype=str(dtype)[:40])
    if any(type(size) is not int or size < 0 for size in shape):
        raise NormError("file_shape", shape=shape)
    held = content[stream.tell() :]
    claimed = math.prod(shape) * dtype.itemsize
    if claimed != len(held):
        raise NormError("file_claims", claimed=claimed, held=len(held))
    if not claimed:
        raise NormError("file_empty")
    if len(shape) > MOST_AXES:
        raise NormError("file_axes", given=len(shape))
    return np.frombuffer(held, dtype).reshape(shape, order="F" if fortran else "C")


def _read_csv(content: bytes) -> np.ndarray:
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise NormError("file_text") from None
    rows: list[list[float]] = []
    for number, line in enumerate(lines, start=1):
        words = _words(line)
        if not words or (not rows and number == 1 and not any(map(_is_number, words))):
            continue  # a blank line, or a first line of headings
        for column, word in enumerate(words, start=1):
            if not _is_number(word):
                raise NormError("file_number", line=number, column=column, value=word[:40])
        if rows and len(words) != len(rows[0]):
            raise NormError("file_ragged", line=number, given=len(words), wanted=len(rows[0]))
        rows.append([float(word) for word in words])
    if not rows:
        raise NormError("file_empty")
    return np.array(rows)


def _words(line: str) -> list[str]:
    for separator in (",", ";", "\t"):
        if separator in line:
            return [word.strip() for word in line.split(separator)]
    return line.split()


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
