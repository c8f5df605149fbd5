"""Files as a stranger may send them."""

import io
import struct

import numpy as np

NUMERIC = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g"]


def npy(array, version=None, **kwargs):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version, **kwargs)
    return stream.getvalue()


def forged(header, body=b"", version=1, length=None):
    """A .npy file with any header text."""
    text = header.encode("latin1").ljust(118) + b"\n"
    size = struct.pack("<H" if version == 1 else "<I", len(text) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + size + text + body


def header(shape, descr="<f8"):
    return f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}"
