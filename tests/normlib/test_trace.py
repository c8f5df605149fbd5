"""What a trace holds, groups without spread, and threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

import normlib
from normlib import METHODS, Spec, Step, apply
from tests.normlib import cases
from tests.normlib.cases import CENTRING, KINDS, as_kind, plain, spec_of

methods = pytest.mark.parametrize("method", METHODS)
ONE_VALUE = {
    "batch": (1, 6), "layer": (4, 1), "layer_position": (4, 1, 3), "instance": (2, 3, 1, 1),
    "group": (4, 6), "rms": (4, 1), "rms_position": (4, 1, 3),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("eps", [1e-5, 0.0])
@methods
def test_a_group_of_one_value_gives_beta_or_the_sign_never_nan(method, eps, kind):
    sizes = ONE_VALUE[method]
    spec = Spec(method, sizes, knobs={"eps": eps} | ({"groups": 6} if method == "group" else {}))
    assert spec.partition.rows == 1
    x = as_kind(kind, 3 * cases.values(spec))
    parameters = {name: as_kind(kind, v) for name, v in cases.gamma_beta(spec).items()}
    y = plain(apply(spec, x, parameters))
    spread = [size if axis in spec.parameter_axes else 1
              for axis, size in zip(spec.axes, sizes, strict=True)]  # fmt: skip
    if method in CENTRING:
        assert np.array_equal(y, np.broadcast_to(plain(parameters["beta"]).reshape(spread), sizes))
    else:
        gamma = plain(parameters["gamma"]).reshape(spread)
        root = np.sqrt(plain(x) ** 2 + eps)
        np.testing.assert_allclose(y, gamma * plain(x) / root, cases.TOLERANCES[kind.split()[1]])


@methods
def test_a_group_of_zeros_gives_zero_without_eps(method):
    spec = spec_of(method, "nchw", eps=0.0)
    x = cases.values(spec)
    inside = spec.partition.group_of_entry() == 1
    x[inside] = 0
    assert np.array_equal(apply(spec, x)[inside], np.zeros(inside.sum()))


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
        "input", "reshape", "mean", "variance", "Stats", "normalize", "recover", "reshape back"
    ]  # fmt: skip


def test_steps_name_their_axes_and_formulas():
    trace = normlib.trace(spec_of("group", "nchw"), cases.values(spec_of("group", "nchw")))
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
