"""Garbage of any type is refused with a `NormError`, or it is no garbage and works.

A `TypeError` is left to what no value can mend: arguments that a function does not have, and
records (`Spec`, `Trace`, `Running`) in whose place something else is given.
"""

from contextlib import suppress

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import normlib
from normlib import METHODS, NormError, Spec, data, members, running
from normlib.conventions import CONVENTIONS, NAN_POLICIES, SINGLE_POLICIES
from normlib.layers import Norm
from normlib.partition import check_index

fuzz = settings(max_examples=200, deadline=None, derandomize=True, database=None)


class Odd:
    """Neither equal to anything nor a key of anything."""

    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("not comparable")

    def __repr__(self):
        return "Odd()"


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.sampled_from([10**400, -(10**400), 0, 1, 2, 3]),
    st.floats(), st.complex_numbers(), st.text(max_size=8), st.binary(max_size=4),
    st.sampled_from([np.int64(2), np.uint8(3), np.bool_(True), np.float32("nan"), np.float16(1),
                     np.longdouble(2), np.str_("c"), np.timedelta64("NaT"), np.datetime64("NaT"),
                     torch.tensor(2), torch.tensor(0.5), torch.float32, np.float64, int, ...]),
    st.builds(Odd), st.builds(lambda: len), st.dates(),
)  # fmt: skip
ARRAYS = st.one_of(
    hnp.arrays(hnp.scalar_dtypes(), st.just((4, 6)) | st.lists(st.integers(0, 6), max_size=3)),
    hnp.arrays(object, hnp.array_shapes(max_dims=2, max_side=3), elements=st.none() | st.text()),
    st.sampled_from([torch.ones(6), torch.ones(6).bool(), torch.ones(6, dtype=torch.complex64),
                     torch.ones(2, 3, requires_grad=True), torch.ones(0)]),
)  # fmt: skip
GARBAGE = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple)
    | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KNOBS = sorted({knob.name for method in METHODS.values() for knob in method.knobs})
NEARLY = {  # for every argument of a spec: right values among the wrong ones
    "method": st.sampled_from(sorted(METHODS)) | GARBAGE,
    "sizes": st.lists(st.integers(-1, 7) | SCALARS, max_size=6).map(tuple) | GARBAGE,
    "layout": st.just("") | st.text("ncthwdoigkbmp", max_size=6) | GARBAGE,
    "knobs": st.dictionaries(st.sampled_from(KNOBS), GARBAGE, max_size=2) | GARBAGE,
    "seed": st.integers() | GARBAGE,
}
BATCH = Spec("batch", (4, 6))
X = np.random.default_rng(0).normal(size=(4, 6))


@fuzz
@given(st.fixed_dictionaries(NEARLY))
def test_a_spec_of_anything_is_a_spec_or_a_norm_error(arguments):
    with suppress(NormError):
        spec = Spec(**arguments)
        assert Spec.from_query(spec.to_query()) == spec
        assert len({spec, Spec(**arguments)}) == 1


@fuzz
@given(st.data(), st.sampled_from(sorted(METHODS)), st.integers(1, 8))
def test_one_knob_of_anything_is_kept_as_a_python_value_or_refused(draw, method, size):
    roles = METHODS[method].roles
    layout = "".join(roles) + "t"
    known = [knob.name for knob in METHODS[method].knobs] or ["eps"]
    knobs = {draw.draw(st.sampled_from(known)): draw.draw(GARBAGE)}
    with suppress(NormError):
        spec = Spec(method, (size, 6, 3), layout, knobs)
        assert {type(value) for value in spec.settings.values()} <= {bool, int, float}


@fuzz
@given(
    st.dictionaries(st.sampled_from([*KNOBS, *"ncthwoi", "layout", "seed"]) | st.text(max_size=3),
                    st.text(max_size=8) | st.integers().map(str) | st.floats().map(str)),
    st.sampled_from(sorted(METHODS)) | st.text(),
)  # fmt: skip
def test_a_link_of_any_text_is_a_spec_or_a_norm_error(query, method):
    with suppress(NormError):
        spec = Spec.from_query(query | {"method": method})
        assert Spec.from_query(spec.to_query()) == spec


@fuzz
@given(
    st.sampled_from(["batch", "film", "dynamic_tanh", "cross", "conditional_batch", "pixel"]),
    st.dictionaries(st.sampled_from(["gamma", "beta", "alpha", "labels", "partner", "running_mean"])
                    | SCALARS.filter(lambda key: getattr(key, "__hash__", None)), GARBAGE,
                    max_size=3) | GARBAGE,
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_parameters_of_anything_are_used_or_refused(method, parameters, tensor, training):
    spec = Spec(method, (4, 6, 3))
    x = np.random.default_rng(0).normal(size=(4, 6, 3))
    x = torch.from_numpy(x) if tensor else x
    with suppress(NormError), np.errstate(all="ignore"):
        assert normlib.apply(spec, x, parameters, training=training).shape == x.shape


@fuzz
@given(GARBAGE)
def test_an_input_of_anything_is_normalized_and_undone_or_refused(x):
    t = normlib.trace(BATCH, X)
    for use in (lambda: normlib.apply(BATCH, x), lambda: normlib.invert(t, x)):
        with suppress(NormError), np.errstate(all="ignore"):
            use()


@fuzz
@given(st.lists(st.integers(-1, 6), max_size=3) | GARBAGE)
def test_an_index_of_anything_names_an_entry_or_is_refused(index):
    with suppress(NormError):
        found = check_index(index, BATCH.sizes)
        assert found in {tuple(member) for member in members(BATCH, index).tolist()}


SETTINGS = {
    "convention": st.sampled_from(sorted(CONVENTIONS)) | GARBAGE,
    "momentum": st.none() | st.floats(0, 1) | GARBAGE,
    "nan": st.sampled_from(NAN_POLICIES) | GARBAGE,
    "single": st.sampled_from(SINGLE_POLICIES) | GARBAGE,
}


@pytest.mark.filterwarnings("ignore:Momentum")  # one that looks like the other side's
@fuzz
@given(st.fixed_dictionaries(SETTINGS), st.integers(-3, 3) | GARBAGE)
def test_observing_with_any_settings_moves_the_record_or_is_refused(asked, axis):
    with suppress(NormError):
        found = running.observe(running.start(6), X, channel_axis=axis, **asked)
        assert found.mean.shape == (6,)


@pytest.mark.filterwarnings("ignore:Momentum")
@fuzz
@given(GARBAGE, GARBAGE, st.integers(0, 9) | GARBAGE, st.booleans())
def test_statistics_of_anything_move_the_record_or_are_refused(mean, variance, count, tensor):
    record = running.start(6, dtype=torch.float64 if tensor else np.float64)
    right = torch.ones(6) if tensor else np.ones(6)
    with np.errstate(all="ignore"):
        for batch in ((mean, variance), (right, variance), (right, right)):
            with suppress(NormError):
                running.update(record, *batch, count, convention="torch")


@fuzz
@given(st.integers(-2, 9) | GARBAGE, st.sampled_from([np.float32, torch.float16]) | GARBAGE)
def test_a_record_of_anything_starts_or_is_refused(channels, dtype):
    if isinstance(channels, int | np.integer) and channels > 1000:
        return  # nothing but memory stands against it
    with suppress(NormError):
        assert running.start(channels, dtype=dtype).mean.ndim == 1


@settings(fuzz, max_examples=100)
@given(NEARLY["method"], st.integers(0, 7) | GARBAGE, GARBAGE)
def test_a_layer_of_anything_is_a_layer_or_a_norm_error(method, channels, axis):
    if isinstance(channels, int | np.integer) and channels > 1000:
        return
    with suppress(NormError):
        Norm(method, channels, channel_axis=axis)


@fuzz
@given(GARBAGE, GARBAGE)
def test_data_and_steps_of_any_name_are_known_or_refused(kind, step):
    t = normlib.trace(BATCH, X)
    for use in (lambda: data.make(kind, BATCH), lambda: t[step]):
        with suppress(NormError):
            use()


@pytest.mark.parametrize("call", [
    lambda: Spec(), lambda: Spec("batch", (4, 6), depth=3), lambda: normlib.apply(BATCH),
    lambda: running.update(running.start(1)), lambda: normlib.apply(BATCH, X, training=True, n=1),
])  # fmt: skip
def test_arguments_that_there_are_not_are_a_type_error(call):
    with pytest.raises(TypeError):
        call()
