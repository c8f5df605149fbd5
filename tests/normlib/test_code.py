"""The code that is shown is run, and leaves the answer of the library in ``y``."""

import ast
import re

import numpy as np
import pytest

import normlib
from normlib import METHODS, Spec, code, data, parameters
from tests.normlib import cases
from tests.normlib.cases import PAIRS, plain, spec_of

WRITERS = {"numpy": code.numpy_code, "torch": code.torch_code}
libraries = pytest.mark.parametrize("library", WRITERS)
methods = pytest.mark.parametrize("method", METHODS)
TOLERANCE = 1e-10  # textbooks and libraries of linear algebra round otherwise
DATA = re.compile(r"\w+ = (np\.array|torch\.tensor|\[)[(\[]")  # lines that hold numbers, any number
CALLS = {  # what torch has of its own
    "batch": "F.batch_norm", "act": "F.batch_norm", "sync": "F.batch_norm",
    "precise": "F.batch_norm", "frozen": "F.batch_norm",
    "layer": "F.layer_norm", "layer_position": "F.layer_norm", "positional": "F.layer_norm",
    "weight_standardization": "F.layer_norm",
    "instance": "F.instance_norm", "reversible": "F.instance_norm", "group": "F.group_norm",
    "rms": "F.rms_norm", "rms_position": "F.rms_norm", "pixel": "F.rms_norm",
    "scale_norm": "F.normalize", "l2": "F.normalize", "weight_norm": "F.normalize",
    "local_response": "F.local_response_norm", "clip_global": "torch.nn.utils.clip_grad_norm_",
}  # fmt: skip
WINDOWED = ("virtual", "sync", "precise", "cumulative_layer", "divisive", "local_context")


def variants(method):
    names = cases.knob_names(method)
    settings = [{"eps": 1e-3} if "eps" in names else {}]
    for knob in ("affine", "by_variance", "between_channels"):
        if knob in names:
            settings = [s | {knob: value} for s in settings for value in (False, True)]
    return settings


def run(text):
    names = {}
    exec(compile(text, "shown", "exec"), names)
    return names


def check(spec, x, given, library, training=True):
    names = run(WRITERS[library](spec, x, given, training=training))
    assert np.array_equal(plain(names["x"]), x)
    assert type(names["y"]).__module__ == library
    expected = normlib.apply(spec, x, given, training=training)
    np.testing.assert_allclose(plain(names["y"]), expected, TOLERANCE, TOLERANCE)
    return names


@libraries
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_code_gives_the_answer_of_the_library(method, layout, library):
    for knobs in variants(method):
        spec = spec_of(method, layout, **knobs)
        x = data.make("random", spec)
        for given in ({}, parameters.seeded(spec, x), cases.gamma_beta(spec)):
            check(spec, x, given, library)


@libraries
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_code_of_prediction_gives_the_answer_of_the_library(method, layout, library):
    for knobs in variants(method):
        spec = spec_of(method, layout, **knobs)
        x = data.make("random", spec)
        for given in ({}, parameters.seeded(spec, x, training=False),
                      cases.gamma_beta(spec, training=False)):  # fmt: skip
            check(spec, x, given, library, training=False)


@methods
def test_the_code_of_prediction_is_that_of_training_where_the_table_says_so(method):
    spec = spec_of(method)
    x = data.make("random", spec)
    for write in WRITERS.values():
        same = write(spec, x, {}) == write(spec, x, {}, training=False)
        assert same == (not METHODS[method].mode_dependent)


@methods
def test_without_eps_the_code_still_runs(method):
    if "eps" in cases.knob_names(method):
        spec = spec_of(method, eps=0.0)
        check(spec, cases.values(spec), cases.gamma_beta(spec), "torch")


@libraries
@methods
def test_axes_in_any_order_and_knobs_of_any_value_give_the_answer_of_the_library(method, library):
    rng = np.random.default_rng(5)
    for _ in range(8):
        spec = cases.random_spec(method, rng, (1e-3, 0.1, 1.0))
        check(spec, cases.values(spec), cases.gamma_beta(spec), library)


@libraries
@methods
def test_one_parameter_alone_is_written_and_the_others_start_as_in_a_new_layer(method, library):
    spec = spec_of(method)
    x = data.make("random", spec)
    for name, value in cases.gamma_beta(spec).items():
        names = check(spec, x, {name: value}, library)
        assert name in names
        if spec.recovery.key == "affine" and name in ("gamma", "beta"):
            assert {"gamma", "beta"} & names.keys() == {name}


@libraries
def test_a_parameter_that_only_prediction_takes_is_passed_over(library):
    spec = spec_of("batch", "nchw")
    x = data.make("random", spec)
    text = WRITERS[library](spec, x, {"running_mean": np.ones(6)})
    assert text == WRITERS[library](spec, x, {})


@libraries
@pytest.mark.parametrize("sizes", [(5, 2), (3, 4, 1, 1), (2, 6, 3)])
def test_whole_numbers_stay_floating_point(sizes, library):
    spec = Spec("batch", sizes)
    x = data.make("counting", spec) - 3
    names = check(spec, x, {}, library)
    assert str(names["y"].dtype).endswith("float64")


@libraries
@pytest.mark.parametrize(
    ("sizes", "layout"), [((3, 6, 20), "nct"), ((2, 4, 5, 8), "nchw"), ((40, 4, 5, 2), "nchw"),
                          ((2, 2, 3, 4, 3), "ncdhw"), ((5, 4, 4, 7), "whcn")]
)  # fmt: skip
def test_windows_are_the_same_columns_written_out_or_as_an_expression(sizes, layout, library):
    seen = set()
    for method in (*WINDOWED, "local_response"):
        if not METHODS[method].fits(layout):
            continue
        knobs = {"parts": max(d for d in range(1, 41) if sizes[layout.index("n")] % d == 0),
                 "reach": 2, "groups": 2, "reference": 2, "size": 4}  # fmt: skip
        names = cases.knob_names(method)
        spec = Spec(method, sizes, layout, {k: v for k, v in knobs.items() if k in names})
        x = cases.values(spec)
        text = WRITERS[library](spec, x, {}) if library == "numpy" else None
        left = check(spec, x, {}, library)
        if "windows" not in left:
            assert library == "torch"
            assert method in CALLS
            continue
        expected = [window.tolist() for window in spec.pools[0].sources()]
        assert [np.asarray(window).tolist() for window in left["windows"]] == expected
        written = spec.partition.columns <= 64
        seen.add(written)
        if text:
            assert ("windows = [[" in text) == written
            assert ("\n           for " in text) != written
    assert seen


@methods
def test_the_torch_code_is_one_call_of_torch_where_torch_has_it_and_four_moves_elsewhere(method):
    spec = spec_of(method)
    text = code.torch_code(spec, data.make("random", spec), {})
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(text))
             if isinstance(node, ast.Call)]  # fmt: skip
    own = [name for name in calls if re.fullmatch(r"(F|torch\.nn\.utils)\.\w+", name)]
    if method in CALLS:
        assert own == [CALLS[method]]
        assert "rearrange" not in text
    else:
        assert own == []
        assert [line for line in text.splitlines() if line.startswith("# re")] == [
            line for line in code.numpy_code(spec, data.make("random", spec), {}).splitlines()
            if line.startswith("# re")
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "sizes"),
    [("batch", (1, 6)), ("instance", (3, 6, 1)), ("group", (1, 4, 1)), ("sync", (2, 3)),
     ("local_response", (3, 6)), ("reversible", (1, 2, 1, 1))],
)  # fmt: skip
def test_where_torch_refuses_the_shape_the_four_moves_are_shown(method, sizes):
    knobs = {"group": {"groups": 4}, "sync": {"parts": 2}}.get(method, {})
    spec = Spec(method, sizes, knobs=knobs)
    x = cases.values(spec)
    check(spec, x, cases.gamma_beta(spec), "torch")
    assert "# reshape: one column per group" in code.torch_code(spec, x, {})


@pytest.mark.parametrize("method", [m for m in METHODS if "by_variance" in cases.knob_names(m)])
def test_the_code_of_the_mistake_says_so_and_uses_no_call_of_torch(method):
    mistaken, right = (spec_of(method, by_variance=value) for value in (True, False))
    for write in WRITERS.values():
        text = write(mistaken, data.make("random", mistaken), {})
        assert "a mistake" in text
        assert "F." not in text
        assert "a mistake" not in write(right, data.make("random", right), {})


@libraries
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_code_shows_the_pattern_and_is_short(method, layout, library):
    spec = spec_of(method, layout)
    x = data.make("random", spec)
    text = WRITERS[library](spec, x, parameters.seeded(spec, x))
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    if library == "numpy":
        assert f'"{spec.partition.pattern}"' in text
        assert f'"{spec.partition.inverse}"' in text
    lines = [line for line in text.splitlines() if line and not DATA.match(line)]
    assert max(map(len, lines)) <= 110
    assert len(lines) <= 35


@libraries
@pytest.mark.parametrize(("method", "layout"), PAIRS)
def test_the_code_names_every_knob_that_it_uses_and_nothing_that_it_does_not_use(
    method, layout, library
):
    spec = spec_of(method, layout)
    x = data.make("random", spec)
    tree = ast.parse(WRITERS[library](spec, x, parameters.seeded(spec, x)))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }  # fmt: skip
    written = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    assert (written | imported) - read - {"_"} == {"y"}
    assert ("eps" in written) == ("eps" in cases.knob_names(method))


@libraries
def test_axes_of_whitening_with_equal_components_point_the_same_way(library):
    x = np.array([[2.0, 1.0], [1.0, 2.0], [-2.0, -1.5], [-1.5, -2.0], [0.5, 0.0], [0.0, 0.5]])
    check(Spec("pca_whitening", x.shape), x, {}, library)
    check(Spec("pca_whitening", x.shape), x * np.array([1, -1]), {}, library)


@libraries
@pytest.mark.parametrize("iterations", [1, 20, 100])
def test_more_iterations_than_it_takes_do_no_harm(iterations, library):
    for sizes in ((12, 6), (4, 6)):
        spec = Spec("iterative_whitening", sizes, knobs={"iterations": iterations})
        check(spec, data.make("random", spec), {}, library)


@pytest.mark.parametrize("method", [m for m in METHODS if METHODS[m].recovery == "style"])
def test_without_another_style_an_image_keeps_its_own(method):
    spec = spec_of(method, eps=0.0)
    x = data.make("random", spec)
    np.testing.assert_allclose(run(code.numpy_code(spec, x, {}))["y"], x, 1e-12, 1e-12)


def test_without_its_input_the_code_runs_on_any_input():
    spec = spec_of("group", "nchw")
    for write in WRITERS.values():
        source = write(spec, cases.values(spec), {})
        names = {"x": run(source)["x"] * 2 + 1}
        exec(code.without_input(source), names)
        np.testing.assert_allclose(plain(names["y"]), normlib.apply(spec, plain(names["x"])), 1e-9)
