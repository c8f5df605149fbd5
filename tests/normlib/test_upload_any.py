"""Whatever a stranger sends: an array or one `NormError`, nothing else."""

import warnings

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from normlib import NormError
from normlib.upload import read
from tests.normlib.files import NUMERIC, forged, header, npy


def read_or_norm_error(name, content):
    """The array, or None for a `NormError`; anything else fails, warnings in the open too."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Reading `.npy`")  # numpy, on headers of Python 2
        try:
            x = read(name, content)
        except NormError:
            return None
    assert x.dtype == np.float64
    assert 2 <= x.ndim <= 5
    assert x.size > 0
    assert np.isfinite(x).all()
    return x


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.npy"]))
@example(b"\x93NUMPY\x01\x00", "a.npy")
def test_any_bytes_give_an_array_or_a_norm_error(content, name):
    read_or_norm_error(name, content)


@settings(max_examples=200)
@given(st.text(alphabet="0123456789.,;-+e \t\n\rx\"'_naif\0\ufeff٣", max_size=80))
def test_any_text_gives_an_array_or_a_norm_error(text):
    read_or_norm_error("a.csv", text.encode())


@settings(max_examples=400)
@given(
    hnp.arrays(st.sampled_from(NUMERIC), hnp.array_shapes(max_dims=6, min_side=0, max_side=3)),
    st.lists(st.tuples(st.integers(0, 250), st.integers(0, 255)), max_size=4),
    st.integers(-3, 3),
)
def test_a_damaged_array_gives_an_array_or_a_norm_error(array, damage, cut):
    content = bytearray(npy(array))
    for place, byte in damage:
        content[place % len(content)] = byte
    content = bytes(content[:cut] if cut < 0 else content + bytes(cut))
    read_or_norm_error("a.npy", content)


@settings(max_examples=300)
@given(
    st.one_of(
        st.tuples(), st.lists(st.integers(-2, 2**70), max_size=7).map(tuple),
        st.sampled_from(["[2, 2]", "'ab'", "None", "(1e3, 2)", "(1, 2L)", "{}", "(2,(2,))", "1"]),
    ),
    st.sampled_from(["<f8", ">i2", "|O", "|V8", "<U3", "f8,i4", "<f3", "", "|b1", "<c8", "<m8"]),
    st.binary(max_size=64),
    st.sampled_from([1, 2, 3]),
)  # fmt: skip
def test_a_forged_header_gives_an_array_or_a_norm_error(shape, descr, body, version):
    read_or_norm_error("a.npy", forged(header(shape, descr), body, version))
