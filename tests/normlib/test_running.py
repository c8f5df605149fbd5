"""Running statistics, judged by torch's buffers, slow loops and the statistics of all values."""

import copy
import dataclasses
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from normlib import NormError
from normlib.conventions import (
    CONVENTIONS,
    NAN_POLICIES,
    SINGLE_POLICIES,
    meant_for_the_other_side,
)
from normlib.running import (
    Running,
    merge,
    observe,
    start,
    update,
)

ROOT = Path(__file__).parents[2]
SAMPLES = (4, 1, 7, 2, 5)  # in unequal batches
KINDS = {"numpy": np.float64, "torch": torch.float64}
FIELDS = ("mean", "variance", "count", "batches")
MOVING = [key for key, rule in CONVENTIONS.items() if rule.weighs != "count"]


def batches(samples=SAMPLES, seed=0):
    """Images of 3 channels that differ in mean and spread, and drift."""
    rng = np.random.default_rng(seed)
    spread, offset = np.array([1.0, 5.0, 0.01]), np.array([0.0, -3.0, 100.0])
    return [
        rng.normal(size=(n, 3, 2, 4)) * spread[:, None, None] + offset[:, None, None] + i
        for i, n in enumerate(samples)
    ]


def as_kind(kind, x):
    return torch.from_numpy(x) if kind == "torch" else x


def after(xs, kind="numpy", **settings):
    record = start(3, dtype=KINDS[kind])
    for x in xs:
        record = observe(record, as_kind(kind, x), **settings)
    return record


def plain(record):
    """Every field as numpy."""
    return {name: np.asarray(getattr(record, name)) for name in FIELDS}


def same(a, b, rtol=1e-12):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=rtol, atol=0)


def identical(a, b):
    a, b = plain(a), plain(b)
    return all(np.array_equal(a[name], b[name], equal_nan=True) for name in FIELDS)


def slow(xs, key, momentum):
    """Batch by batch and channel by channel, as the documentation of each one writes it."""
    mean, variance = [0.0] * 3, [1.0] * 3
    for step, x in enumerate(xs, 1):
        for c in range(3):
            flat = [float(value) for value in x[:, c].ravel()]
            n, mu = len(flat), sum(flat) / len(flat)
            biased = sum((value - mu) ** 2 for value in flat) / n
            if key in ("keras", "onnx", "d2l_old"):
                mean[c] = momentum * mean[c] + (1 - momentum) * mu
                variance[c] = momentum * variance[c] + (1 - momentum) * biased
            elif key == "d2l":
                mean[c] = (1 - momentum) * mean[c] + momentum * mu
                variance[c] = (1 - momentum) * variance[c] + momentum * biased
            elif key == "torch":
                mean[c] = (1 - momentum) * mean[c] + momentum * mu
                variance[c] = (1 - momentum) * variance[c] + momentum * biased * n / (n - 1)
            else:
                assert key == "cumulative"
                mean[c] += (mu - mean[c]) / step
                variance[c] += (biased * n / (n - 1) - variance[c]) / step
    return mean, variance


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("convention", "momentum"), [("torch", 0.1), ("torch", 0.3), ("cumulative", None)]
)
def test_torch_conventions_give_the_buffers_of_batch_norm(convention, momentum, kind):
    layer = nn.BatchNorm2d(3, momentum=momentum, dtype=torch.float64)
    record = start(3, dtype=KINDS[kind])
    for x in batches():
        layer(torch.from_numpy(x))
        record = observe(record, as_kind(kind, x), convention=convention, momentum=momentum)
        same(record.mean, layer.running_mean)
        same(record.variance, layer.running_var)
    assert set(record.batches.tolist()) == {int(layer.num_batches_tracked)} == {5}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", MOVING)
def test_a_convention_does_what_its_source_writes(key, kind):
    others = {"new": [0.4], "old": [0.6], "batches": []}[CONVENTIONS[key].weighs]
    for momentum in [CONVENTIONS[key].momentum, *others]:
        record = after(batches(), kind, convention=key, momentum=momentum)
        mean, variance = slow(batches(), key, momentum)
        same(record.mean, mean)
        same(record.variance, variance)


def test_the_table_holds_the_defaults_of_the_frameworks():
    assert {key: (rule.weighs, rule.momentum, rule.unbiased)
            for key, rule in CONVENTIONS.items()} == {
        "torch": ("new", nn.BatchNorm2d(1).momentum, True),
        "keras": ("old", 0.99, False),
        "onnx": ("old", 0.9, False),
        "d2l_old": ("old", 0.9, False),
        "d2l": ("new", 0.1, False),
        "cumulative": ("batches", None, True),
        "pooled": ("count", None, False),
    }  # fmt: skip
    for key, rule in CONVENTIONS.items():
        assert rule.key == key
        assert rule.source
        default = after(batches(), convention=key)
        assert identical(default, after(batches(), convention=key, momentum=rule.momentum))


def test_the_keras_record_of_a_constant_batch_follows_the_geometric_series():
    record = start(1)
    for _ in range(50):
        record = update(record, [8.0], [3.0], 10, convention="keras")
    same(record.mean, [8 * (1 - 0.99**50)])
    same(record.variance, [3 + (1 - 3) * 0.99**50])


@pytest.mark.parametrize(("m_old", "m_new"), [(None, None), (0.75, 0.25)])
def test_the_two_forms_of_d2l_agree_where_their_momenta_add_up_to_one(m_old, m_new):
    old = after(batches(), convention="d2l_old", momentum=m_old)
    new = after(batches(), convention="d2l", momentum=m_new)
    same(old.mean, new.mean)
    same(old.variance, new.variance)
    assert abs(old.mean - after(batches(), convention="d2l", momentum=0.4).mean).max() > 0.1


@pytest.mark.parametrize(("n", "ratio"), [(2, 2), (4, 4 / 3), (100, 100 / 99)])
def test_biased_and_unbiased_records_differ_by_n_over_n_minus_1(n, ratio):
    x = np.random.default_rng(1).normal(size=(n, 3))
    unbiased = observe(start(3), x, convention="cumulative").variance
    biased = observe(start(3), x, convention="pooled").variance
    same(unbiased / biased, [ratio] * 3)
    same(unbiased, x.var(0, ddof=1))


@pytest.mark.parametrize("kind", KINDS)
def test_the_pooled_record_of_unequal_batches_is_that_of_all_values(kind):
    xs = batches()
    record = after(xs, kind, convention="pooled")
    whole = np.concatenate(xs)
    same(record.mean, whole.mean((0, 2, 3)))
    same(record.variance, whole.var((0, 2, 3)))
    assert record.count.tolist() == [8 * sum(SAMPLES)] * 3
    assert record.batches.tolist() == [len(SAMPLES)] * 3
    for other in ("torch", "cumulative"):
        gap = plain(after(xs, kind, convention=other))["mean"] - whole.mean((0, 2, 3))
        assert abs(gap).max() > 0.1


TINY = 1e-300  # squares may fall below the normal numbers
VALUES = st.lists(
    st.tuples(*[st.floats(-1e3, 1e3, allow_subnormal=False)] * 2), min_size=1, max_size=40
)


@given(VALUES, st.lists(st.integers(0, 40), max_size=6), st.sampled_from(list(KINDS)), st.data())
def test_pooled_over_any_split_in_any_order_is_the_whole(rows, cuts, kind, data):
    x = np.array(rows)
    parts = np.split(x, sorted(min(cut, len(x)) for cut in cuts))
    parts = data.draw(st.permutations(parts))
    record = start(2, dtype=KINDS[kind])
    single = []
    for part in parts:
        record = observe(record, as_kind(kind, part), convention="pooled")
        single.append(
            observe(start(2, dtype=KINDS[kind]), as_kind(kind, part), convention="pooled")
        )
    middle = data.draw(st.integers(0, len(single)))
    of_two = merge(merge(start(2, dtype=KINDS[kind]), *single[:middle]), *single[middle:])
    size = abs(x).max(0)
    for answer in (record, merge(*single), of_two):
        assert (abs(np.asarray(answer.mean) - x.mean(0)) <= 1e-12 * size + TINY).all()
        assert (abs(np.asarray(answer.variance) - x.var(0)) <= 1e-12 * size**2 + TINY).all()
        assert answer.count.tolist() == [len(x)] * 2


def test_merging_is_neutral_to_records_that_saw_nothing():
    record = after(batches(), convention="pooled")
    for merged in (merge(record), merge(record, start(3)), merge(start(3), start(3), record)):
        assert identical(merged, record)
    assert identical(merge(start(3), start(3)), start(3))
    nothing = Running(np.full(3, np.nan), np.full(3, np.inf), 0, 0)
    assert identical(merge(nothing, record), record)
    assert identical(merge(record, nothing), record)


def test_a_pooled_record_keeps_float32_precision_far_from_zero():
    x = np.random.default_rng(2).normal(1e4, 1, size=(64, 3)).astype(np.float32)
    record = start(3, dtype=np.float32)
    for part in np.split(x, 16):
        record = observe(record, part, convention="pooled")
    assert record.variance.dtype == np.float32
    same(record.variance, x.astype(float).var(0), rtol=1e-3)
    assert abs((x * x).mean(0) - x.mean(0) ** 2 - x.astype(float).var(0)).max() > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_a_first_batch_of_huge_values_is_taken_as_it_is(kind):
    x = as_kind(kind, np.array([[1e200], [1e200]]))
    record = observe(start(1, dtype=KINDS[kind]), x, convention="pooled")
    assert (record.mean.tolist(), record.variance.tolist()) == ([1e200], [0.0])


def test_a_far_value_among_many_does_not_overflow():
    one = Running(np.array([1e160]), np.zeros(1), 1, 1)
    many = Running(np.zeros(1), np.zeros(1), 10**18, 1)
    same(merge(many, one).variance, [1e302])
    same(merge(one, many).variance, [1e302])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", CONVENTIONS)
@pytest.mark.parametrize("policy", NAN_POLICIES)
def test_an_empty_batch_changes_nothing(key, kind, policy):
    record = after(batches(), kind, convention=key)
    empty = as_kind(kind, np.empty((0, 3, 2, 4)))
    assert identical(observe(record, empty, convention=key, nan=policy), record)
    nothing = as_kind(kind, np.full(3, np.nan))
    assert identical(update(record, nothing, nothing, 0, convention=key, nan=policy), record)


def test_an_empty_channel_beside_others_changes_nothing_there():
    count = np.array([4, 0, 9])
    record = update(start(3), np.ones(3), np.full(3, 2.0), count, convention="d2l")
    same(record.mean + 1, [1.1, 1.0, 1.1])
    same(record.variance, [1.1, 1.0, 1.1])
    assert (record.count.tolist(), record.batches.tolist()) == ([4, 0, 9], [1, 0, 1])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_batches_accumulate_in_float32(dtype):
    record, slip = start(2, dtype=torch.float32), torch.zeros((), dtype=dtype)
    x = torch.full((8, 2), 100.0, dtype=dtype)
    for _ in range(300):
        record = observe(record, x, convention="torch")
        slip = slip * 0.9 + x[0, 0] * 0.1
    assert record.mean.dtype == record.variance.dtype == torch.float32
    assert abs(record.mean - 100).max() < 0.05
    assert abs(slip - 100) > 0.05  # what accumulating in half precision would give
    assert start(2, dtype=dtype).mean.dtype == torch.float32
    assert Running(x[0], x[0], 1, 1).mean.dtype == torch.float32


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, np.float16])
def test_statistics_of_half_precision_are_taken_in_float32(dtype):
    x = np.random.default_rng(5).normal(3, 1, size=(500, 3))
    half = x.astype(dtype) if dtype is np.float16 else torch.from_numpy(x).to(dtype)
    record = observe(start(3, dtype=dtype), half, convention="pooled")
    exact = half.astype(float) if dtype is np.float16 else half.double().numpy()
    same(record.mean, exact.mean(0), rtol=2e-6)
    same(record.variance, exact.var(0), rtol=2e-6)


def test_a_record_has_the_wider_precision_of_record_and_batch():
    x = np.random.default_rng(3).normal(size=(8, 3))
    for kept, given_, wide in (("16", "16", "32"), ("32", "64", "64"), ("64", "32", "64")):
        for xp, batch in ((np, x), (torch, torch.from_numpy(x))):
            kinds = [getattr(xp, f"float{bits}") for bits in (kept, given_, wide)]
            batch = batch.astype(kinds[1]) if xp is np else batch.to(kinds[1])
            for key in ("torch", "cumulative", "pooled"):
                record = observe(start(3, dtype=kinds[0]), batch, convention=key)
                assert record.mean.dtype == record.variance.dtype == kinds[2]
                assert record.count.dtype == record.batches.dtype == xp.int64
    record = observe(start(3, dtype=np.float32), x, convention="torch")
    same(record.variance, 0.9 + 0.1 * x.var(0, ddof=1))  # not rounded to float32 on the way


@pytest.mark.parametrize("axis", [0, 1, 2, 3, -1, -3])
def test_the_channel_axis_may_stand_anywhere(axis):
    x = batches()[0]
    moved = np.moveaxis(x, 1, axis)
    for array in (moved, torch.from_numpy(moved)):
        record = observe(start(3, dtype=KINDS["numpy" if array is moved else "torch"]), array,
                         channel_axis=axis, convention="pooled")  # fmt: skip
        same(record.mean, x.mean((0, 2, 3)))
        same(record.variance, x.var((0, 2, 3)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("key", CONVENTIONS)
def test_a_value_that_is_not_finite_is_propagated_omitted_or_refused(key, bad, kind):
    good, spoiled = batches((4, 2))
    clean = spoiled.copy()
    spoiled[1, 2, 0, 3] = bad
    before = after([good], kind, convention=key)

    told = plain(after([good, spoiled], kind, convention=key))
    assert not np.isfinite(told["mean"][2])
    assert np.isnan(told["variance"][2])
    right = plain(after([good, clean], kind, convention=key))
    for name in FIELDS:
        same(told[name][:2], right[name][:2])

    omitted = plain(after([good, spoiled], kind, convention=key, nan="omit"))
    for name in FIELDS:
        same(omitted[name][:2], right[name][:2])
        assert omitted[name][2] == plain(before)[name][2]

    with pytest.raises(NormError, match="1 of 3 channels are not finite") as caught:
        observe(before, as_kind(kind, spoiled), convention=key, nan="raise")
    assert (caught.value.code, caught.value.facts) == ("running_nan", {"bad": 1, "channels": 3})
    assert identical(after([good, clean], kind, convention=key, nan="raise"),
                     after([good, clean], kind, convention=key))  # fmt: skip


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_propagating_is_what_torch_does(bad):
    x = batches()[0]
    x[0, 1, 1, 1] = bad
    layer = nn.BatchNorm2d(3, dtype=torch.float64)
    layer(torch.from_numpy(x))
    record = observe(start(3), x, convention="torch")
    for ours, theirs in ((record.mean, layer.running_mean), (record.variance, layer.running_var)):
        same(ours[[0, 2]], theirs[[0, 2]])
        assert not np.isfinite(ours[1])
        assert not theirs[1].isfinite()


def test_a_channel_omitted_before_weighs_the_next_batch_as_its_first():
    x, y = batches((4, 4))
    x[0, 0, 0, 0] = np.nan
    record = after([x, y], convention="cumulative", nan="omit")
    assert record.batches.tolist() == [1, 2, 2]
    same(record.mean[0], y[:, 0].mean())
    same(record.variance[0], y[:, 0].var(ddof=1))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("key", MOVING)
def test_a_single_value_per_channel_is_refused_or_of_variance_zero(key, kind):
    one = as_kind(kind, np.array([[5.0, -2.0, 0.5]]))
    with pytest.raises(NormError, match="In 3 of 3 channels the batch holds a single value"):
        observe(start(3, dtype=KINDS[kind]), one, convention=key)
    record = observe(start(3, dtype=KINDS[kind]), one, convention=key, single="zero")
    taken_as_zero = as_kind(kind, np.full(3, 7.0))
    momentum = CONVENTIONS[key].momentum
    kept = {"new": lambda: 1 - momentum, "old": lambda: momentum, "batches": lambda: 0.0}
    same(record.variance, [kept[CONVENTIONS[key].weighs]()] * 3)
    assert identical(record, update(start(3, dtype=KINDS[kind]), one[0], taken_as_zero, 1,
                                    convention=key, single="zero"))  # fmt: skip
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(3, dtype=torch.float64)(torch.from_numpy(np.asarray(one)))


def test_a_pooled_record_takes_single_values_without_a_policy():
    x = np.random.default_rng(4).normal(size=(6, 3))
    record = start(3)
    for row in x:
        record = observe(record, row[None], convention="pooled")
    same(record.mean, x.mean(0))
    same(record.variance, x.var(0))


OTHER_SIDE = [
    ("torch", 0.9, "keras"), ("torch", 0.99, "onnx"), ("torch", 0.51, "d2l_old"),
    ("d2l", 0.9, "d2l_old"), ("keras", 0.1, "torch"), ("onnx", 0.01, "torch"),
    ("d2l_old", 0.1, "d2l"), ("keras", 0.49, "torch"),
]  # fmt: skip


def warned(code):
    """Warnings of a fresh process, where nothing was warned of before."""
    setup = (
        "import numpy as np, warnings; warnings.simplefilter('always')\n"
        "from normlib.running import start, update, observe; one = np.ones(1)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", setup + code], cwd=ROOT, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return run.stderr.count("UserWarning"), run.stderr


@pytest.mark.parametrize(("convention", "momentum", "other"), OTHER_SIDE)
def test_a_momentum_of_the_other_side_is_warned_of_and_obeyed(convention, momentum, other):
    from normlib.conventions import _warn_of_the_other_side

    _warn_of_the_other_side.cache_clear()
    with pytest.warns(UserWarning, match=f"Momentum {momentum:g} weighs the") as caught:
        record = update(start(1), [1.0], [1.0], 4, convention=convention, momentum=momentum)
    message = str(caught[0].message)
    assert repr(other) in message.partition("as in")[2]
    assert message.endswith(f"for {convention!r} that would be {1 - momentum:g}.")
    assert caught[0].filename == __file__
    weight = momentum if CONVENTIONS[convention].weighs == "new" else 1 - momentum
    same(record.mean, [weight])


def test_a_momentum_of_the_own_side_is_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for key, momentum in (("torch", 0.5), ("torch", 0), ("keras", 0.5), ("d2l_old", 1.0)):
            update(start(1), [1.0], [1.0], 4, convention=key, momentum=momentum)
        for key in CONVENTIONS:
            update(start(1), [1.0], [1.0], 4, convention=key)


@pytest.mark.parametrize("key", CONVENTIONS)
def test_what_looks_like_the_other_side_says_what_to_write_instead(key):
    rule = CONVENTIONS[key]
    for momentum in (0, 0.1, 0.49, 0.5, 0.9, 1):
        other = meant_for_the_other_side(rule, momentum)
        suspect = {"new": momentum > 0.5, "old": momentum < 0.5}.get(rule.weighs, False)
        assert other == (1 - momentum if suspect else None)
        if suspect:
            assert meant_for_the_other_side(rule, other) is None


def test_a_warning_comes_once_for_each_convention_and_momentum():
    count, text = warned(
        "for momentum in (0.9, 0.9, 0.99, 0.9):\n"
        "    for convention in ('torch', 'd2l'):\n"
        "        update(start(1), one, one, 4, convention=convention, momentum=momentum)\n"
        "observe(start(1), np.ones((4, 1)), convention='torch', momentum=0.9)\n"
    )
    assert count == 4, text


def test_a_record_cannot_be_changed_and_shares_nothing():
    mean, variance = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    record = Running(mean, variance, np.array([5, 6]), 1)
    mean[0] = variance[0] = 99
    assert (record.mean.tolist(), record.variance.tolist()) == ([1, 2], [3, 4])
    for name in FIELDS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(record, name)[0] = 7
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(record, name, mean)
    for key in CONVENTIONS:
        before = plain(copy.deepcopy(record))
        moved = update(record, mean, variance, 4, convention=key)
        assert all((plain(record)[name] == before[name]).all() for name in FIELDS)
        for name in FIELDS:
            assert not getattr(moved, name).flags.writeable
            assert not np.shares_memory(getattr(moved, name), getattr(record, name))
    assert identical(pickle.loads(pickle.dumps(record)), record)


def test_a_record_of_tensors_is_detached_and_shares_nothing():
    x = torch.randn(6, 3, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    mean = x.mean((0, 2))
    for key in CONVENTIONS:
        seen = observe(start(3, dtype=torch.float32), x, convention=key)
        given_ = update(seen, mean, x.var((0, 2), correction=0), 24, convention=key)
        for record in (seen, given_):
            assert not any(getattr(record, name).requires_grad for name in FIELDS)
    record = Running(mean, mean, 1, 1)
    with torch.no_grad():
        mean += 1
    assert abs(mean - record.mean - 1).max() < 1e-6


@pytest.mark.parametrize(("code", "call", "facts"), [
    ("running_choice", lambda: update(start(1), [0.0], [1.0], 4, convention="caffe"),
     ("'convention'", "'caffe'", *CONVENTIONS)),
    ("running_choice", lambda: observe(start(3), batches()[0], convention="torch", nan="skip"),
     ("'nan'", "'skip'", *NAN_POLICIES)),
    ("running_choice", lambda: observe(start(3), batches()[0], convention="torch", single="1"),
     ("'single'", "'1'", *SINGLE_POLICIES)),
    ("running_momentum", lambda: after(batches(), convention="torch", momentum=1.5),
     ("'momentum'", "1.5", "from 0 to 1")),
    ("running_momentum", lambda: after(batches(), convention="keras", momentum=np.nan),
     ("'momentum'", "nan", "from 0 to 1")),
    ("running_momentum", lambda: after(batches(), convention="keras", momentum="high"),
     ("'momentum'", "'high'", "from 0 to 1")),
    ("running_no_momentum", lambda: after(batches(), convention="pooled", momentum=0.1),
     ("'momentum'", "0.1", "only None", "'pooled'")),
    ("running_axis", lambda: after(batches(), convention="torch", channel_axis=4),
     ("'channel_axis'", "4", "from -4 to 3")),
    ("running_start", lambda: start(0), ("0 channels", "from 1 to 2147483647")),
    ("running_start", lambda: start(2.5), ("2.5 channels",)),
    ("running_start", lambda: start(True), ("True channels",)),
    ("running_start_dtype", lambda: start(2, dtype=int), ("int", "floating-point")),
    ("running_start_dtype", lambda: start(2, dtype="wide"), ("'wide'",)),
    ("running_start_dtype", lambda: start(2, dtype=torch.int32), ("torch.int32",)),
    ("running_shape", lambda: observe(start(4), batches()[0], convention="torch"),
     ("'mean'", "(3,)", "(4,)")),
    ("running_shape", lambda: update(start(2), np.ones(2), np.ones(3), 4, convention="torch"),
     ("'variance'", "(3,)", "(2,)")),
    ("running_shape", lambda: update(start(2), 1.0, 1.0, 4, convention="torch"),
     ("'mean'", "()", "(channels,)")),
    ("running_shape", lambda: Running(np.ones((2, 3)), np.ones((2, 3)), 1, 1),
     ("'mean'", "(2, 3)", "(channels,)")),
    ("running_channels", lambda: merge(start(2), start(3)), ("of 3 channels", "of 2.")),
    ("running_library", lambda: observe(start(3), torch.ones(4, 3), convention="torch"),
     ("kept in numpy", "comes in torch", "dtype of torch")),
    ("running_records", lambda: merge(start(3, dtype=torch.float32), start(3)),
     ("in numpy", "in torch")),
    ("library", lambda: observe(start(3), [[1.0, 2.0, 3.0]], convention="torch"), ("list",)),
    ("running_dtype", lambda: observe(start(3), np.ones((4, 3), int), convention="torch"),
     ("int64", "x.astype(np.float32)")),
    ("running_dtype", lambda: observe(start(3), torch.ones(4, 3).int(), convention="torch"),
     ("torch.int32", "x.float()")),
    ("real", lambda: observe(start(3), np.ones((4, 3), complex), convention="torch"),
     ("complex128",)),
    ("running_momentum", lambda: after(batches(), convention="torch", momentum=True), ("True",)),
    ("running_choice", lambda: after(batches(), convention=["torch"]), ("['torch']",)),
    ("running_axis", lambda: after(batches(), convention="torch", channel_axis="c"), ("'c'",)),
    ("running_no_axes", lambda: observe(start(3), np.array(1.0), convention="torch"), ("()",)),
    ("running_count", lambda: update(start(1), [0.0], [1.0], -4, convention="torch"),
     ("'count'", "-4", "from 0")),
    ("running_count", lambda: update(start(1), [0.0], [1.0], "4", convention="torch"), ("'4'",)),
    ("running_shape", lambda: update(start(3), *np.ones((2, 3)), [4, 4], convention="torch"),
     ("'count'", "(2,)", "(3,)")),
    ("running_holds", lambda: update(start(1), ["a"], [1.0], 4, convention="torch"),
     ("'mean'", "<U1")),
    ("running_holds", lambda: update(start(1), [[1], [1, 2]], [1.0], 4, convention="torch"),
     ("'mean'", "list")),
    ("running_mixed", lambda: update(start(1), np.zeros(1), torch.ones(1), 4, convention="torch"),
     ("'variance'", "of torch", "of numpy")),
])  # fmt: skip
def test_an_impossible_request_is_refused_in_words(code, call, facts):
    with pytest.raises(NormError) as caught:
        call()
    assert caught.value.code == code
    assert [fact for fact in facts if fact not in str(caught.value)] == []
