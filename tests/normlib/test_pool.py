"""Who gives an entry its statistics: by definition, by disturbing every entry, and merged."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import normlib
from normlib import METHODS, Spec
from normlib.membership import num_sources
from normlib.operations import OPERATIONS
from normlib.pool import Pool
from tests.normlib import cases
from tests.normlib.cases import plain, spec_of, specs
from tests.normlib.lesson import shares

SMALL = {"nct": (3, 4, 4), "nchw": (2, 4, 3, 3), "oihw": (3, 2, 2, 2)}
RELATIONS = ("all", "past", "near", "first")
NO_STATISTICS = {
    "frozen",  # stored ones, whatever the input: its groups share them, but do not give them
    "dynamic_tanh",  # none at all
}
WATCHING = tuple(method for method in METHODS if method not in NO_STATISTICS)


def small(method, **knobs):
    layout = cases.default_layout(method)
    if "groups" in cases.knob_names(method):
        knobs["groups"] = 2
    return Spec(method, SMALL[layout], layout, knobs)


def seen_by_columns(spec, x, given):
    """All numbers that the entries of a column meet, one row per column."""
    stats = normlib.trace(spec, x, given).stats
    columns = spec.partition.columns
    found = []
    for part in [part for _, part in stats.parts] or [stats]:
        for value in (*part.shifts, part.scale, part.factor, part.offset):
            if value is not None:
                found.append(np.broadcast_to(np.ravel(value), (columns,)))
        if part.matrix is not None:
            matrix = np.asarray(part.matrix)
            found += list(np.moveaxis(matrix, -1, 0).reshape(matrix.shape[-1], columns))
    found += [np.ravel(value) for _, value in stats.named if np.size(value) == columns]
    return np.stack(found, 1) if found else np.zeros((columns, 1))


@pytest.mark.parametrize("method", METHODS)
def test_disturbing_an_entry_changes_the_statistics_of_its_members_and_of_no_one_else(method):
    spec = small(method)
    x, given = cases.values(spec), cases.gamma_beta(spec)
    before, group = seen_by_columns(spec, x, given), spec.partition.group_of_entry()
    found = np.zeros((x.size, x.size), bool)  # entry, disturbed entry
    for disturbed in range(x.size):
        other = x.copy()
        other.flat[disturbed] += 0.37
        changed = (seen_by_columns(spec, other, given) != before).any(1)
        found[:, disturbed] = changed[group.ravel()]
    told = np.zeros_like(found)
    for entry, index in enumerate(np.ndindex(*spec.sizes)):
        members = normlib.members(spec, index)
        told[entry, np.ravel_multi_index(tuple(members.T), spec.sizes)] = True
    assert found.any() == (method not in NO_STATISTICS)
    assert np.array_equal(found, told)


@given(specs(methods=WATCHING, largest=3), st.data())
def test_members_are_exactly_those_of_the_lesson(spec, data):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in spec.sizes)
    found = [tuple(map(int, member)) for member in normlib.members(spec, index)]
    assert found == [other for other in np.ndindex(*spec.sizes) if shares(spec, index, other)]
    assert index in found


@given(specs(methods=sorted(NO_STATISTICS)), st.data())
def test_what_takes_no_statistics_from_its_input_has_no_members(spec, data):
    index = tuple(data.draw(st.integers(0, size - 1)) for size in spec.sizes)
    assert normlib.members(spec, index).shape == (0, len(spec.sizes))
    assert [window.tolist() for window in normlib.sources(spec)] == [[]] * spec.partition.columns
    assert num_sources(spec) == 0


def test_operations_that_watch_nothing_are_those_without_statistics_of_the_columns():
    blind = {key for key, operation in OPERATIONS.items() if not operation.watches}
    assert blind == {"tanh", "stored", "stored_steps", "stored_outside", "stored_center",
                     "stored_whitening"}  # fmt: skip


@given(specs(methods=WATCHING))
def test_every_column_is_among_its_own_sources(spec):
    found = normlib.sources(spec)
    assert len(found) == spec.partition.columns
    for column, window in enumerate(found):
        assert column in window
        assert np.array_equal(window, np.unique(window))
        assert window[0] >= 0
        assert window[-1] < spec.partition.columns


@given(specs(methods=tuple(m for m in cases.DISJOINT if m in WATCHING)))
def test_disjoint_groups_are_their_own_only_sources(spec):
    assert [window.tolist() for window in normlib.sources(spec)] == [
        [column] for column in range(spec.partition.columns)
    ]


@st.composite
def pools(draw):
    lengths = {axis: draw(st.integers(1, 5)) for axis in "abc"[: draw(st.integers(1, 3))]}
    named = draw(st.lists(st.sampled_from(sorted(lengths)), unique=True))
    relations = {axis: draw(st.sampled_from(RELATIONS)) for axis in named}
    reach = st.integers(0, 3)
    return Pool(lengths, relations, draw(reach), draw(reach), draw(st.integers(1, 5)))


@given(pools(), st.integers(0, 99), st.booleans())
def test_merged_statistics_are_those_of_all_entries_of_the_window(pool, seed, tensors):
    columns = int(np.prod(list(pool.lengths.values())))
    x = np.random.default_rng(seed).normal(size=(4, columns)) + 3
    mean, spread = x.mean(0, keepdims=True), x.var(0, keepdims=True)
    given = (torch.from_numpy(mean), torch.from_numpy(spread)) if tensors else (mean, spread)
    merged = [plain(value) for value in pool.merge(*given)]
    windows = [x[:, window] for window in pool.sources()]
    np.testing.assert_allclose(merged[0][0], [w.mean() for w in windows], 1e-13)
    np.testing.assert_allclose(merged[1][0], [w.var() for w in windows], 1e-12)
    assert pool.sizes().tolist() == [len(window) for window in pool.sources()]


@given(pools(), st.floats(-1e150, 1e150), st.booleans())
def test_columns_of_one_number_merge_to_that_number_without_spread(pool, value, tensors):
    columns = int(np.prod(list(pool.lengths.values())))
    mean, spread = np.full((1, columns), value), np.zeros((1, columns))
    given = (torch.from_numpy(mean), torch.from_numpy(spread)) if tensors else (mean, spread)
    merged = [plain(found) for found in pool.merge(*given)]
    assert np.array_equal(merged[0], mean)
    assert np.array_equal(merged[1], spread)


@pytest.mark.parametrize(("kind", "settings", "expected"), [
    ("all", {}, [[0, 1, 2, 3]] * 4),
    ("past", {}, [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]),
    ("near", {"before": 1, "after": 1}, [[0, 1], [0, 1, 2], [1, 2, 3], [2, 3]]),
    ("near", {"before": 2, "after": 0}, [[0], [0, 1], [0, 1, 2], [1, 2, 3]]),
    ("near", {}, [[0], [1], [2], [3]]),
    ("first", {"count": 2}, [[0, 1], [0, 1], [0, 1, 2], [0, 1, 3]]),
])  # fmt: skip
def test_windows_along_one_axis(kind, settings, expected):
    found = Pool({"t": 4}, {"t": kind}, **settings).sources()
    assert [window.tolist() for window in found] == expected


def test_a_window_over_two_axes_is_the_product_of_both():
    pool = Pool({"h": 3, "w": 3}, {"h": "near", "w": "near"}, 1, 1)
    assert pool.sources()[0].tolist() == [0, 1, 3, 4]
    assert pool.sources()[4].tolist() == list(range(9))
    assert pool.sizes().tolist() == [4, 6, 4, 6, 9, 6, 4, 6, 4]


@pytest.mark.parametrize(("method", "reach"), [("divisive", 0), ("local_context", 0)])
def test_a_window_of_one_position_is_a_norm_per_position(method, reach):
    spec = spec_of(
        method, "nchw", reach=reach, **{"groups": 1} if method == "local_context" else {}
    )
    x = cases.values(spec)
    plain_norm = normlib.apply(spec_of("positional", "nchw"), x)
    np.testing.assert_allclose(normlib.apply(spec, x), plain_norm, 1e-12, 1e-12)


def test_a_window_over_everything_is_layer_norm():
    spec = spec_of("divisive", "nchw", reach=9)
    x = cases.values(spec)
    np.testing.assert_allclose(normlib.apply(spec, x), normlib.apply(spec_of("layer", "nchw"), x),
                               1e-12, 1e-12)  # fmt: skip


@pytest.mark.parametrize("method", ["sync", "precise"])
def test_merged_workers_are_batch_norm_of_all(method):
    for parts in (1, 2, 4):
        spec = spec_of(method, "nchw", parts=parts)
        x, parameters = cases.values(spec), cases.gamma_beta(spec)
        expected = normlib.apply(spec_of("batch", "nchw"), x, parameters)
        np.testing.assert_allclose(normlib.apply(spec, x, parameters), expected, 1e-12, 1e-12)


def test_virtual_norm_with_the_whole_batch_as_reference_is_batch_norm():
    spec = spec_of("virtual", "nchw", reference=4)
    x, parameters = cases.values(spec), cases.gamma_beta(spec)
    expected = normlib.apply(spec_of("batch", "nchw"), x, parameters)
    np.testing.assert_allclose(normlib.apply(spec, x, parameters), expected, 1e-12, 1e-12)


def test_the_first_sample_of_virtual_norm_alone_is_instance_norm():
    spec = spec_of("virtual", "nchw", reference=1)
    x = cases.values(spec)
    expected = normlib.apply(spec_of("instance", "nchw"), x)
    y = normlib.apply(spec, x)
    np.testing.assert_allclose(y[0], expected[0], 1e-12, 1e-12)
    assert np.abs(y[1:] - expected[1:]).max() > 0.1
