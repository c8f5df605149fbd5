"""What a trace holds, groups without spread, and threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

import normlib
from normlib import METHODS, Spec, Step, apply
from tests.normlib import cases
from tests.normlib.cases import CENTRING, KINDS, all_as, as_kind, plain, spec_of

ONE_VALUE = {  # shapes whose groups hold a single value
    "batch": (1, 6), "layer": (4, 1), "layer_position": (4, 1, 3), "instance": (2, 3, 1, 1),
    "group": (4, 6), "positional": (4, 1, 3), "reversible": (2, 3, 1, 1), "act": (1, 6),
    "ghost": (3, 6), "rms": (4, 1), "rms_position": (4, 1, 3), "pixel": (4, 1, 3),
}  # fmt: skip
NO_MEAN_BACK = [  # where nothing is learned, a group of zeros can only give zeros
    method for method in cases.DISJOINT
    if method not in ("frozen", "dynamic_tanh") and METHODS[method].recovery != "recalibrate"
    and METHODS[method].recovery != "style"
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("eps", [1e-5, 0.0])
@pytest.mark.parametrize("method", ONE_VALUE)
def test_a_group_of_one_value_gives_beta_or_the_sign_never_nan(method, eps, kind):
    sizes = ONE_VALUE[method]
    knobs = {"group": {"groups": 6}, "ghost": {"parts": 3}}.get(method, {})
    spec = Spec(method, sizes, knobs={"eps": eps, **knobs})
    assert spec.partition.rows == 1
    x = as_kind(kind, 3 * cases.values(spec))
    parameters = all_as(kind, cases.gamma_beta(spec))
    y = plain(apply(spec, x, parameters))
    spread = [size if axis in spec.parameter_axes else 1
              for axis, size in zip(spec.axes, sizes, strict=True)]  # fmt: skip
    if method in CENTRING:
        beta = plain(parameters["beta"]).reshape(spread) if "beta" in parameters else 0.0
        assert np.array_equal(y, np.broadcast_to(beta, sizes))
    else:
        gamma = plain(parameters["gamma"]).reshape(spread) if "gamma" in parameters else 1.0
        root = np.sqrt(plain(x) ** 2 + eps)
        np.testing.assert_allclose(y, gamma * plain(x) / root, cases.TOLERANCES[kind.split()[1]])


@pytest.mark.parametrize("method", NO_MEAN_BACK)
def test_a_group_of_zeros_gives_zero_without_eps(method):
    spec = spec_of(method, **{"eps": 0.0} if "eps" in cases.knob_names(method) else {})
    x = cases.values(spec)
    inside = spec.partition.group_of_entry() == 0
    x[inside] = 0
    assert np.array_equal(apply(spec, x)[inside], np.zeros(inside.sum()))
    assert np.isfinite(apply(spec, x)).all()


@pytest.mark.parametrize("library", ["numpy", "torch"])
@pytest.mark.parametrize("method", METHODS)
def test_a_tensor_of_zeros_gives_finite_numbers_without_eps(method, library):
    for layout in cases.LAYOUTS_OF[method]:
        for training in (True, False):
            spec = spec_of(method, layout,
                           **{"eps": 0.0} if "eps" in cases.knob_names(method) else {})  # fmt: skip
            x = as_kind(f"{library} float32", np.zeros(spec.sizes))
            given = all_as(f"{library} float32", cases.gamma_beta(spec, training=training))
            assert np.isfinite(plain(apply(spec, x, given, training=training))).all()


def test_eight_threads_on_shared_specs_give_the_serial_result():
    shared = [spec_of(method, layout) for method, layout in cases.PAIRS]
    inputs = [as_kind(kind, cases.values(spec))
              for kind in ("numpy float32", "torch float32") for spec in shared]  # fmt: skip
    work = list(zip(shared * 2, inputs, strict=True))
    serial = [plain(apply(spec, x)) for spec, x in work]
    barrier = Barrier(8)

    def run(start):
        barrier.wait()
        found = {}
        for i in range(len(work)):
            at = (i + start) % len(work)
            found[at] = plain(apply(*work[at]))
        return found

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(run, range(0, len(work), len(work) // 8)[:8]))
    assert len(results) == 8
    for found in results:
        assert all(np.array_equal(found[at], y) for at, y in enumerate(serial))


def test_steps_are_yielded_one_at_a_time_with_the_stats_between():
    spec = spec_of("group", "nchw")
    found = list(normlib.steps(spec, cases.values(spec)))
    assert [item.name if isinstance(item, Step) else type(item).__name__ for item in found] == [
        "input", "reshape", "mean", "variance", "Stats", "normalize", "dict", "recover",
        "reshape back",
    ]  # fmt: skip


def test_steps_name_their_axes_and_formulas():
    spec = spec_of("group", "nchw")
    trace = normlib.trace(spec, cases.values(spec), cases.gamma_beta(spec))
    matrix = ("(k h w)", "(n g)")
    assert [(step.axes, step.formula) for step in trace.steps] == [
        (("n", "c", "h", "w"), "input"),
        (matrix, "reshape"),
        (("1", "(n g)"), "standardize.mean"),
        (("1", "(n g)"), "standardize.variance"),
        (matrix, "standardize.normalize"),
        (matrix, "recover.gamma_beta"),
        (("n", "c", "h", "w"), "reshape back"),
    ]


@pytest.mark.parametrize("kind", ["numpy float32", "torch float32", "torch float16"])
@pytest.mark.parametrize(("method", "layout"), cases.PAIRS)
def test_apply_writes_over_nothing_that_it_was_given(method, layout, kind):
    spec = spec_of(method, layout)
    x = as_kind(kind, cases.values(spec))
    parameters = {name: as_kind(kind, value) if value.dtype.kind == "f" else value
                  for name, value in cases.gamma_beta(spec).items()}  # fmt: skip
    before = {name: plain(value).copy() for name, value in {"x": x, **parameters}.items()}
    for training in (True, False):
        y = apply(spec, x, parameters, training=training)
        for name, value in {"x": x, **parameters}.items():
            assert np.array_equal(plain(value), before[name])
        assert np.array_equal(plain(apply(spec, x, parameters, training=training)), plain(y))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_whole_numbers_as_parameters_mean_the_same_as_with_a_point(method, kind):
    spec = spec_of(method)
    x = as_kind(kind, cases.values(spec))
    given = cases.gamma_beta(spec)
    whole = {name: value if value.dtype.kind == "i" else np.array(np.rint(2 * abs(value) + 1), int)
             for name, value in given.items()}  # fmt: skip
    known = spec.parameters()
    floating = {name: value if known[name].below else np.asarray(value, float)
                for name, value in whole.items()}  # fmt: skip
    expected = plain(apply(spec, x, all_as(kind, floating)))
    given = all_as(kind, whole)
    assert np.array_equal(plain(apply(spec, x, given)), expected)
    assert np.array_equal(plain(normlib.trace(spec, x, given).output), expected)
