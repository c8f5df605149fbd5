"""Which entries share statistics: against a definition written from the lesson, not the code."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import normlib
from normlib import NormError, Partition, Spec
from normlib.partition import check_index
from tests.normlib import cases
from tests.normlib.cases import specs
from tests.normlib.lesson import label

PATTERNS = {
    ("batch", "nchw"): "n c h w -> (n h w) c",
    ("layer", "nchw"): "n c h w -> (c h w) n",
    ("instance", "nchw"): "n c h w -> (h w) (n c)",
    ("group", "nchw"): "n (g k) h w -> (k h w) (n g)",
    ("layer_position", "nchw"): "n c h w -> c (n h w)",
    ("rms", "nchw"): "n c h w -> (c h w) n",
    ("rms_position", "nchw"): "n c h w -> c (n h w)",
    ("batch", "nc"): "n c -> n c",
    ("layer", "nc"): "n c -> c n",
    ("layer_position", "nc"): "n c -> c n",
    ("group", "nc"): "n (g k) -> k (n g)",
    ("group", "nhwc"): "n h w (g k) -> (h w k) (n g)",
    ("batch", "nct"): "n c t -> (n t) c",
    ("ghost", "nchw"): "(b m) c h w -> (m h w) (b c)",
    ("group_whitening", "nchw"): "n (g k) h w -> n (k h w) g",
    ("cumulative_layer", "nct"): "n c t -> c (n t)",
    ("local_context", "nchw"): "n (g k) h w -> k (n g h w)",
    ("local_response", "nct"): "n c t -> 1 (n c t)",
    ("weight_norm", "oihw"): "o i h w -> (i h w) o",
    ("clip_global", "oihw"): "o i h w -> (o i h w) 1",
    ("zca_whitening", "nchw"): "n c h w -> (n h w) c",
}


TOLD_APART = cases.DISJOINT


@pytest.mark.parametrize(("method", "layout"), PATTERNS)
def test_the_pattern_is_the_one_of_the_lesson(method, layout):
    sizes = tuple({"n": 8, "c": 6, "h": 5, "w": 3, "t": 4, "o": 7, "i": 2}[axis] for axis in layout)
    spec = Spec(method, sizes, layout)
    assert spec.partition.pattern == PATTERNS[method, layout]
    there, back = PATTERNS[method, layout].split(" -> ")
    assert spec.partition.inverse == f"{back} -> {there}"


@given(specs())
def test_every_entry_lies_in_exactly_one_group(spec):
    entries = spec.partition.entries()
    assert entries.shape == (spec.partition.rows, spec.partition.columns)
    assert sorted(entries.ravel()) == list(range(np.prod(spec.sizes)))


@given(specs(methods=TOLD_APART, largest=3))
def test_groups_are_those_of_the_lesson(spec):
    group = spec.partition.group_of_entry()
    pairs = {(label(spec, index), int(group[index])) for index in np.ndindex(*spec.sizes)}
    by_label, by_group = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    assert set(by_label.values()) == set(by_group.values()) == {1}  # one label, one group
    assert sorted(by_group) == list(range(spec.partition.columns))


@given(specs(methods=TOLD_APART, largest=3), st.data())
def test_members_are_exactly_the_entries_with_the_same_label(spec, data):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in spec.sizes)
    found = [tuple(map(int, member)) for member in spec.partition.members(index)]
    expected = [
        other for other in np.ndindex(*spec.sizes) if label(spec, other) == label(spec, index)
    ]
    assert found == expected  # in rising order, each once


@given(specs(), st.sampled_from(["float32", "float64", "int64"]))
def test_split_and_merge_are_exact_inverses(spec, dtype):
    x = (np.random.RandomState(0).normal(size=spec.sizes) * 1000).astype(dtype)
    partition = spec.partition
    assert np.array_equal(partition.merge(partition.split(x)), x)
    matrix = partition.split(x)
    assert matrix.shape[-2] == partition.rows
    assert matrix.size == partition.rows * partition.columns
    assert np.array_equal(partition.split(partition.merge(matrix)), matrix)
    assert np.array_equal(partition.flat(matrix), x.ravel()[partition.entries()])


@given(specs())
def test_swapping_h_and_w_keeps_the_statistics(spec):
    swapped = tuple({"h": "w", "w": "h"}.get(axis, axis) for axis in spec.layout)
    other = Spec(spec.method, spec.sizes, "".join(swapped), spec.knobs)
    for index in list(np.ndindex(*spec.sizes))[::7]:
        assert np.array_equal(normlib.members(spec, index), normlib.members(other, index))


@pytest.mark.parametrize(
    ("method", "sizes", "layout", "memory"),
    [
        ("batch", (4, 6), "nc", "view"),
        ("layer", (4, 6), "nc", "transposed view"),
        ("layer", (4, 6, 5, 3), "nchw", "transposed view"),
        ("batch", (4, 6, 5, 3), "nchw", "copy"),
        ("batch", (4, 5, 3, 6), "nhwc", "view"),
        ("group", (4, 6, 5, 3), "nchw", "transposed view"),
        ("group", (4, 5, 3, 6), "nhwc", "copy"),
    ],
)
def test_memory_says_whether_numbers_move(method, sizes, layout, memory):
    partition = Spec(method, sizes, layout, {"groups": 3} if method == "group" else {}).partition
    assert partition.memory() == memory
    x = np.zeros(sizes)
    assert np.shares_memory(partition.split(x), x) == (memory != "copy")


def test_lengths_split_the_channels_into_groups():
    parts = Partition(tuple("nct"), (6, 4, 5), ("b", "c"), parts=2)
    assert parts.lengths == {"c": 4, "t": 5, "b": 2, "m": 3}
    assert parts.given == {"b": 2}
    assert parts.kept == ("b", "c")
    assert parts.pooled == ("m", "t")
    blocks = Partition(tuple("nct"), (2, 6, 5), ("g",), groups=3, blocks=("n",))
    assert blocks.kept == ("n", "g")
    assert (blocks.rows, blocks.columns) == (10, 6)
    assert blocks.axes == ("n", "(k t)", "g")
    assert blocks.split(np.zeros((2, 6, 5))).shape == (2, 10, 3)
    partition = Partition(tuple("nchw"), (2, 6, 4, 5), ("n", "g"), groups=3)
    assert partition.lengths == {"n": 2, "g": 3, "k": 2, "h": 4, "w": 5}
    assert partition.pooled == ("k", "h", "w")
    assert partition.axes == ("(k h w)", "(n g)")


@pytest.mark.parametrize("bad", [(8, 0, 0), (0, -1, 0), (0, 0, 5)])
def test_an_index_outside_the_shape_is_refused(bad):
    with pytest.raises(NormError, match="outside shape") as caught:
        check_index(bad, (8, 6, 5))
    assert caught.value.facts["axis"] == next(
        axis for axis, i in enumerate(bad) if not 0 <= i < (8, 6, 5)[axis]
    )


def test_an_index_inside_the_shape_comes_back_as_plain_numbers():
    index = check_index(np.array([7, 5, 4]), (8, 6, 5))
    assert index == (7, 5, 4)
    assert all(type(i) is int for i in index)
