"""Training and prediction: which methods tell them apart, and what each may look at."""

import numpy as np
import pytest
import torch

import normlib
from normlib import METHODS, NormError
from normlib.trace import step_names
from tests.normlib import cases
from tests.normlib.cases import PAIRS, all_as, as_kind, plain, spec_of

WATCH_THE_BATCH = {
    "batch", "l1_batch", "mean_only", "act", "ghost", "sync", "renorm", "precise",
    "recurrent_batch", "switchable", "batch_instance", "pca_whitening", "zca_whitening",
    "cholesky_whitening", "iterative_whitening", "coloring", "conditional_batch",
    "film", "spade", "cross",
    "spectral",  # not the batch: its state moves on in training and rests in prediction
}  # fmt: skip
pairs = pytest.mark.parametrize(("method", "layout"), PAIRS)
of_batches = pytest.mark.parametrize(
    ("method", "layout"), [pair for pair in PAIRS if METHODS[pair[0]].tensor == "activation"]
)
# Prediction takes these from elsewhere, training from the input (renorm: from both).
STORED = ("running_mean", "running_variance", "running_matrix")


def both(method, layout, kind="numpy float64"):
    """The answers of training and of prediction to one input and all parameters of both."""
    near = {"r_max": 1.1, "d_max": 0.1}  # within wider bounds renorm trains as it predicts
    spec = spec_of(method, layout, **near if method == "renorm" else {})
    given = all_as(kind, cases.gamma_beta(spec, training=False) | cases.gamma_beta(spec))
    x = as_kind(kind, cases.values(spec))
    return tuple(normlib.apply(spec, x, given, training=training) for training in (True, False))


def test_the_methods_that_predict_otherwise_are_those_that_watch_the_batch():
    found = {method for method, entry in METHODS.items() if entry.mode_dependent}
    assert found == WATCH_THE_BATCH


@pytest.mark.parametrize("kind", ["numpy float64", "torch float32"])
@pairs
def test_prediction_differs_exactly_where_the_table_says_so(method, layout, kind):
    training, prediction = map(plain, both(method, layout, kind))
    if METHODS[method].mode_dependent:
        assert np.abs(training - prediction).max() > 1e-3
    else:
        assert np.array_equal(training, prediction)


@pytest.mark.parametrize(
    ("method", "knob"),
    [(method, knob) for method, entry in METHODS.items() if entry.mode_dependent
     for knob in entry.knobs if knob.name not in ("affine", "classes", "eps")],
)  # fmt: skip
def test_prediction_asks_for_no_setting_that_belongs_to_training(method, knob):
    near, far = (True, False) if knob.kind is bool else (1, 2) if knob.kind is int else (1, 1e3)
    specs = [spec_of(method, **{knob.name: value}) for value in (near, far)]
    x = cases.values(specs[0])
    given = {} if METHODS[method].forgets else cases.gamma_beta(specs[0], training=False)
    one, two = (normlib.apply(spec, x, given, training=False) for spec in specs)
    assert np.array_equal(one, two) == knob.learning


@of_batches
def test_prediction_needs_no_batch(method, layout):
    if method == "virtual":
        pytest.skip("its reference are the first samples of the batch, in prediction too")
    spec = spec_of(method, layout)
    batch = layout.index("n")
    given = cases.gamma_beta(spec, training=False)
    x = cases.values(spec)
    changed = np.moveaxis(x.copy(), batch, 0)
    changed[0] = changed[0] ** 2 + 1
    before, after = (
        np.moveaxis(normlib.apply(spec, array, given, training=False), batch, 0)
        for array in (x, np.moveaxis(changed, 0, batch))
    )
    assert np.array_equal(after[1:], before[1:])
    assert np.abs(after[0] - before[0]).max() > 1e-6


@of_batches
def test_training_with_another_sample_moves_the_answers_of_those_that_watch_the_batch(
    method, layout
):
    spec = spec_of(method, layout, **{"parts": 1} if method == "ghost" else {})
    batch = layout.index("n")
    given = cases.gamma_beta(spec)
    x = cases.values(spec)
    changed = np.moveaxis(x.copy(), batch, 0)
    changed[0] = changed[0] ** 2 + 1
    before, after = (
        np.moveaxis(normlib.apply(spec, array, given), batch, 0)
        for array in (x, np.moveaxis(changed, 0, batch))
    )
    moved = not np.array_equal(after[1:], before[1:])
    assert moved == (METHODS[method].mode_dependent or method == "virtual")


@pytest.mark.parametrize(
    ("method", "layout"),
    [(method, layout) for method, layout in PAIRS if method != "ghost"
     and METHODS[method].predict in ("stored", "stored_outside", "stored_center")],
)  # fmt: skip
def test_prediction_with_the_statistics_of_the_batch_repeats_training(method, layout):
    """What was stored during training is what prediction uses."""
    spec = spec_of(method, layout)
    x, given = cases.values(spec), cases.gamma_beta(spec)
    others = tuple(i for i, axis in enumerate(layout) if axis != "c")
    mean = x.mean(others)
    state = {"running_mean": mean, "running_variance": x.var(others)}
    if method == "l1_batch":
        centred = x - x.mean(others, keepdims=True)
        state["running_variance"] = np.pi / 2 * abs(centred).mean(others) ** 2
    if method == "renorm":  # with exact running statistics r is 1 and d is 0
        given |= state
    known = {name: value for name, value in state.items()
             if name in spec.state_shapes | spec.parameter_shapes}  # fmt: skip
    given = {name: value for name, value in given.items() if name not in known} | known
    training = {name: given[name] for name in spec.parameter_shapes}
    expected = normlib.apply(spec, x, training)
    y = normlib.apply(spec, x, given, training=False)
    np.testing.assert_allclose(y, expected, 1e-11, 1e-11)


@pairs
def test_training_takes_no_notice_of_what_is_stored(method, layout):
    spec = spec_of(method, layout)
    x, given = cases.values(spec), cases.gamma_beta(spec)
    stored = cases.gamma_beta(spec, 5, training=False)
    state = {name: stored[name] for name in spec.state_shapes}
    assert set(state) <= {*STORED}
    y = normlib.apply(spec, x, given | state)
    assert np.array_equal(y, normlib.apply(spec, x, given))


@pairs
def test_state_is_what_prediction_takes_besides(method, layout):
    spec = spec_of(method, layout)
    assert not set(spec.state_shapes) & set(spec.parameter_shapes)
    predicts = set(spec.parameters(training=False))
    assert predicts <= set(spec.state_shapes) | set(spec.parameter_shapes)
    assert bool(spec.state_shapes) == any(
        name in predicts - set(spec.parameters()) for name in STORED
    )
    with pytest.raises(NormError, match=r"takes no parameters? .*'momentum'"):
        normlib.apply(spec, cases.values(spec), {"momentum": np.ones(1)})


@pytest.mark.parametrize("kind", cases.KINDS)
def test_cross_norm_predicts_with_the_very_input(kind):
    for layout in cases.LAYOUTS_OF["cross"]:
        spec = spec_of("cross", layout)
        x = as_kind(kind, cases.values(spec))
        assert normlib.apply(spec, x, training=False) is x
        trace = normlib.trace(spec, x, training=False)
        assert trace.names == step_names(spec, training=False) == ("input", "reshape back")
        assert trace.steps[-1].formula == "unchanged"


def test_the_state_of_spectral_norm_rests_in_prediction_and_moves_in_training():
    spec = spec_of("spectral", "oihw")
    x, given = cases.values(spec), cases.gamma_beta(spec)
    resting = normlib.trace(spec, x, given, training=False).stats
    moved = normlib.trace(spec, x, given).stats
    assert np.array_equal(np.ravel(resting["u"]), given["u"])
    assert np.array_equal(np.ravel(resting.numbers["v"]), given["v"])
    assert np.abs(np.ravel(moved["u"]) - given["u"]).max() > 1e-3
    for _ in range(300):
        stats = normlib.trace(spec, x, given).stats
        given = {"u": np.ravel(stats["u"]), "v": np.ravel(stats.numbers["v"])}
    largest = np.linalg.svd(x.reshape(6, -1), compute_uv=False)[0]
    y = normlib.apply(spec, x, given, training=False)
    np.testing.assert_allclose(y, x / largest, 1e-10)


def test_mode_is_never_guessed_from_recording_gradients():
    spec = spec_of("batch", "nchw")
    x = as_kind("torch float64", cases.values(spec))
    state = all_as("torch float64", cases.gamma_beta(spec, training=False))
    for training in (True, False):
        expected = normlib.apply(spec, x, state, training=training)
        with torch.no_grad():
            again = normlib.apply(spec, x, state, training=training)
        with torch.inference_mode():
            once_more = normlib.apply(spec, x, state, training=training)
        assert torch.equal(again, expected)
        assert torch.equal(once_more, expected)
