"""A stranger's file: numbers or one `NormError`, and no memory by what a header claims."""

import contextlib
import tracemalloc

import numpy as np
import pytest

from normlib import NormError
from normlib.upload import LIMIT, check_size, read
from tests.normlib.files import NUMERIC, forged, header, npy

GRID = np.array([[1.5, -2.0, 3.25], [4.0, 5.5, -6.75]])


def code_of(name, content):
    with pytest.raises(NormError) as caught:
        read(name, content)
    return caught.value.code


@pytest.mark.parametrize("text", [
    "1.5,-2,3.25\n4,5.5,-6.75", "1.5;-2;3.25\n4;5.5;-6.75\n", "1.5\t-2\t3.25\r\n4\t5.5\t-6.75\r\n",
    "1.5 -2   3.25\n 4 5.5 -6.75 ", "a,b,c\n1.5,-2,3.25\n4,5.5,-6.75",
    "1.5, -2,\t3.25\n4,5.5,-6.75",
    "\ufeff1.5,-2,3.25\n4,5.5,-6.75", "\ufeffx;y;z\n1.5;-2;3.25\n\n4;5.5;-6.75\n\n",
    "15e-1,-2e0,3.25\n+4,5.5,-6.75",
])  # fmt: skip
def test_a_table_is_read_whatever_separates_its_numbers(text):
    for name in ("a.csv", "A.CSV", "/tmp/my.table.csv"):
        x = read(name, text.encode())
        assert x.dtype == np.float64
        assert np.array_equal(x, GRID)


def test_one_column_and_one_row_are_tables():
    assert read("a.csv", b"1\n2\n3").tolist() == [[1], [2], [3]]
    assert read("a.csv", b"1,2,3").tolist() == [[1, 2, 3]]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("endian", ["<", ">"])
@pytest.mark.parametrize("dtype", NUMERIC)
def test_every_numeric_dtype_is_read(dtype, endian, order):
    expected = np.arange(24).reshape(2, 3, 4) % (2 if dtype == "?" else 100)
    array = np.array(expected, np.dtype(dtype).newbyteorder(endian), order=order)
    x = read("a.npy", npy(array))
    assert x.dtype == np.float64
    assert x.flags.c_contiguous or order == "F"
    assert np.array_equal(x, expected)


@pytest.mark.parametrize("shape", [(3, 8), (2, 3, 4), (1, 2, 3, 4), (1, 2, 3, 2, 2)])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_two_to_five_axes_are_read(shape, version):
    array = np.linspace(-1, 2, 24).reshape(shape)
    assert np.array_equal(read("a.npy", npy(array, version)), array)


BAD_NPY = {
    "one axis": (npy(GRID[0]), "file_axes"),
    "no axis": (npy(np.array(3.0)), "file_axes"),
    "six axes": (npy(np.full((1,) * 6, 2.0)), "file_axes"),
    "no numbers": (npy(np.zeros((0, 5))), "file_empty"),
    "no numbers in six axes": (npy(np.zeros((0,) * 6)), "file_empty"),
    "sizes beyond numpy's, and none": (forged(header((2**70, 0))), "file_empty"),
    "sizes too large together, and none": (forged(header((2**62, 2**62, 0))), "file_empty"),
    "terabytes": (forged(header((10**6, 10**6)), bytes(8)), "file_claims"),
    "terabytes in version 2": (forged(header((2**40, 1)), bytes(8), 2), "file_claims"),
    "a number too few": (npy(GRID)[:-1], "file_claims"),
    "a number too many": (npy(GRID) + b"0", "file_claims"),
    "a header of 4 GB": (forged(header((1, 1)), bytes(8), 2, 2**32 - 1), "file_header"),
    "a header of 64 KB": (forged(header((1, 1)) + " " * 5000, bytes(8)), "file_header"),
    "version 3": (npy(GRID, (3, 0)), "file_version"),
    "version 9": (b"\x93NUMPY\x09\x00" + npy(GRID)[8:], "file_version"),
    "negative": (forged(header((-1, -1)), bytes(8)), "file_shape"),
    "a size that is a truth": (forged(header((True, 1)), bytes(8)), "file_shape"),
    "a shape that is code": (forged(header("(2**3, 1)"), bytes(64)), "file_header"),
    "brackets without end": (forged("(" * 900), "file_header"),
    "objects": (npy(np.array([[None, 1]]), allow_pickle=True), "file_object"),
    "objects claimed": (forged(header((1, 1), "|O"), bytes(8)), "file_object"),
    "records": (npy(np.zeros((1, 1), [("a", "f8")])), "file_object"),
    "complex": (npy(GRID * 1j), "file_object"),
    "text": (npy(np.array([["a", "b"]])), "file_object"),
    "dates": (npy(np.zeros((1, 1), "M8[s]")), "file_object"),
    "not a number": (npy(np.array([[1, np.nan]])), "file_infinite"),
    "infinite": (npy(np.array([[1, -np.inf]], np.float16)), "file_infinite"),
    "longer than float64": (npy(np.array([[np.longdouble("1e4000")]])), "file_infinite"),
    "a zip": (b"PK\x03\x04" + bytes(60), "file_header"),
    "nothing": (b"", "file_header"),
    "only the magic": (b"\x93NUMPY", "file_header"),
}


@pytest.mark.parametrize("case", BAD_NPY)
def test_a_bad_array_is_refused_without_memory(case):
    content, code = BAD_NPY[case]
    tracemalloc.start()
    try:
        assert code_of("a.npy", content) == code
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_the_first_entry_that_is_not_finite_is_named():
    array = GRID.copy()
    array[1, 0], array[1, 2] = np.inf, np.nan
    with pytest.raises(NormError) as caught:
        read("a.npy", npy(array))
    assert caught.value.facts == {"index": (1, 0), "value": np.inf}


@pytest.mark.parametrize(("content", "code"), [
    (b"", "file_empty"), (b"a,b\n", "file_empty"), (b"\n \n", "file_empty"),
    (b"1,2\n3", "file_ragged"), (b"1,2,\n3,4,", "file_number"), (b"1,2\na,b", "file_number"),
    (b"1,,2", "file_number"), (b"id,1\n2,3", "file_number"), (b"1,nan", "file_infinite"),
    (b"1,1e999", "file_infinite"), (b"\xff\xfe1\x00", "file_text"), (b"1,0x10", "file_number"),
])  # fmt: skip
def test_a_bad_table_is_refused(content, code):
    assert code_of("a.csv", content) == code


@pytest.mark.parametrize("name", ["a.npz", "a.xlsx", "a", "", ".npy.exe", "npy"])
def test_only_two_endings_are_read(name):
    assert code_of(name, npy(GRID)) == "file_type"


def test_a_file_of_64_kib_is_read_and_one_byte_more_is_refused():
    fits = npy(np.arange(LIMIT - 128, dtype=np.uint8).reshape(2, -1))
    assert len(fits) == LIMIT == 65_536
    assert read("a.npy", fits).shape == (2, 32_704)
    assert code_of("a.npy", fits + b"0") == "file_size"
    with pytest.raises(NormError):
        check_size(LIMIT + 1)
    assert check_size(LIMIT) is None


@pytest.mark.parametrize("line", [b"1\n", b"1,", b"\n", b"x,", b",\n", b"1 1\n", b"9"])
def test_the_memory_for_a_table_is_bounded(line):
    content = line * (LIMIT // len(line))
    tracemalloc.start()
    try:
        with contextlib.suppress(NormError):
            read("a.csv", content)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
