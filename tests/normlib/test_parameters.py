"""What gives the input back, and what only seems to."""

import numpy as np
import pytest
from hypothesis import given

from normlib import METHODS, Spec, apply, data, parameters
from tests.normlib import cases
from tests.normlib.cases import STANDARDIZING, spec_of, specs, values
from tests.normlib.lesson import IN_TORCH, label

SIZES = (4, 6, 4, 4)
PER_LAYOUT = tuple(m for m in cases.DISJOINT if METHODS[m].recovery in ("scale", "shift", "affine"))


def undone(kind, spec, x):
    return parameters.residual(spec, x, parameters.KINDS[kind](spec, x))


@pytest.mark.parametrize("layout", ["nc", "nct", "nchw", "ncdhw", "nhwc"])
@pytest.mark.parametrize("eps", [1e-5, 0.0, 0.3])
def test_the_root_of_the_variance_gives_batch_norm_its_input_back(layout, eps):
    spec = spec_of("batch", layout, eps=eps)
    x = data.make("random", spec)
    assert 0 <= undone("undo", spec, x) <= 1e-14
    found = parameters.undo(spec, x)
    axes = tuple(i for i, axis in enumerate(layout) if axis != "c")
    np.testing.assert_allclose(found["gamma"], np.sqrt(x.var(axes) + eps), 1e-14, 1e-15)
    np.testing.assert_allclose(found["beta"], x.mean(axes), 1e-14, 1e-15)


@pytest.mark.parametrize("method", [m for m in IN_TORCH if m != "batch"])
def test_no_parameters_give_layer_instance_or_group_norm_its_input_back(method):
    spec = Spec(method, SIZES)
    assert undone("undo", spec, data.make("random", spec)) > 0.1


def test_layer_norm_of_one_sample_comes_back():
    spec = Spec("layer", (1, 6, 4, 4))
    assert undone("undo", spec, data.make("random", spec)) <= 1e-14
    instance = Spec("instance", (1, 6, 4, 4))
    assert undone("undo", instance, data.make("random", instance)) <= 1e-14


@pytest.mark.parametrize("method", ["batch", "act", "mean_only", "l1_batch"])
def test_gamma_and_beta_per_channel_undo_what_is_done_per_channel(method):
    for layout in cases.LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        assert undone("undo", spec, data.make("random", spec)) <= 1e-14


def test_the_length_of_each_weight_gives_it_back():
    for layout in cases.LAYOUTS_OF["weight_norm"]:
        spec = spec_of("weight_norm", layout)
        assert undone("undo", spec, data.make("random", spec)) <= 1e-14


@pytest.mark.parametrize("method", METHODS)
def test_what_makes_sense_is_offered_and_fits_every_layout(method):
    for layout in cases.LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        kinds, x = parameters.kinds(spec), values(spec)
        assert set(kinds) <= set(parameters.KINDS)
        assert bool(kinds) == bool(spec.parameter_shapes)
        for kind in kinds:
            found = parameters.KINDS[kind](spec, x)
            assert {name: value.shape for name, value in found.items()} == spec.parameter_shapes
            assert np.isfinite(apply(spec, x, found)).all()


@pytest.mark.parametrize("method", IN_TORCH)
def test_the_variance_in_place_of_its_root_gives_nothing_back(method):
    spec = Spec(method, SIZES)
    assert undone("variance", spec, data.make("random", spec)) > 0.1


@pytest.mark.parametrize("method", [m for m in STANDARDIZING if m != "positional"])
def test_the_trap_takes_the_variance_itself(method):
    spec = Spec(method, SIZES[:3] if method == "recurrent_batch" else SIZES)
    x = data.make("random", spec)
    gamma = parameters.undo_with_variance(spec, x)["gamma"]
    variance = spec.partition.split(x).var(0)
    on_tensor = variance[spec.partition.group_of_entry()]
    others = tuple(i for i, axis in enumerate(spec.axes) if axis not in spec.parameter_axes)
    np.testing.assert_allclose(gamma, on_tensor.mean(others), 1e-13)


@given(specs(methods=PER_LAYOUT))
def test_one_gamma_meets_as_many_groups_as_the_lesson_says(spec):
    at_first_gamma = [
        label(spec, index)
        for index in np.ndindex(*spec.sizes)
        if all(i == 0 for i, axis in zip(index, spec.axes, strict=True)
               if axis in spec.parameter_axes)
    ]  # fmt: skip
    assert parameters.groups_met(spec) == len(set(at_first_gamma))


@pytest.mark.parametrize(("method", "met"), [
    ("batch", 1), ("layer", 4), ("layer_position", 64), ("instance", 4), ("group", 4), ("rms", 4),
])  # fmt: skip
def test_the_number_of_groups_that_one_gamma_meets(method, met):
    assert parameters.groups_met(Spec(method, SIZES)) == met


def test_initial_parameters_change_nothing():
    spec = Spec("layer", SIZES)
    x = data.make("random", spec)
    assert np.array_equal(apply(spec, x, parameters.initial(spec, x)), apply(spec, x))


def test_seeded_parameters_are_pinned_because_links_depend_on_them():
    spec = Spec("batch", SIZES)
    found = parameters.seeded(spec, data.make("random", spec))
    assert found["gamma"].tolist() == [1.13, 1.58, 0.5, 0.95, 0.72, 0.64]
    assert found["beta"].tolist() == [-0.63, -0.31, -0.21, 0.08, -0.16, 0.37]
    other = parameters.seeded(Spec("batch", SIZES, seed=1), data.make("random", spec))
    assert not np.array_equal(other["gamma"], found["gamma"])


@pytest.mark.parametrize("method", METHODS)
def test_seeded_parameters_are_decided_by_the_seed_and_within_their_bounds(method):
    for layout in cases.LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x = values(spec)
        found, again = parameters.seeded(spec, x), parameters.seeded(spec, x)
        for name, value in found.items():
            assert np.array_equal(value, again[name])
            below = spec.parameters()[name].below
            if below:
                assert value.dtype.kind == "i"
                assert value.min() >= 0
                assert value.max() < (spec.lengths.get(below) or spec[below])
            elif spec.parameters()[name].start == "unit":
                assert np.linalg.norm(value) == pytest.approx(1, abs=1e-12)
            else:
                assert np.array_equal(value, np.round(value, 2))


@pytest.mark.parametrize("seed", [0, 5, 2**32 - 1, 2**32, 2**70])
def test_seeded_parameters_stay_in_their_ranges_for_every_seed(seed):
    spec = Spec("layer", SIZES, seed=seed)
    found = parameters.seeded(spec, data.make("random", spec))
    assert 0.5 <= found["gamma"].min() < found["gamma"].max() <= 2
    assert -1 <= found["beta"].min() < found["beta"].max() <= 1


def test_residual_is_the_largest_distance():
    spec = Spec("batch", (12, 6))
    x = values(spec)
    beta = {"beta": np.linspace(0, 5, 6)}
    assert parameters.residual(spec, x, beta) == np.max(np.abs(apply(spec, x, beta) - x))


@pytest.mark.parametrize("kind", parameters.KINDS)
@pytest.mark.parametrize("method", METHODS)
def test_every_kind_holds_what_prediction_takes(method, kind):
    for layout in cases.LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x = data.make("random", spec)
        if kind in parameters.kinds(spec):
            found = parameters.KINDS[kind](spec, x, training=False)
            shapes = {name: spec.shape_of(p) for name, p in spec.parameters(False).items()}
            assert {name: value.shape for name, value in found.items()} == shapes
            assert np.isfinite(apply(spec, x, found, training=False)).all()
            stored = parameters.stored(spec, x)
            assert set(spec.state_shapes) <= set(stored)
            assert all(np.array_equal(found[name], stored[name]) for name in stored)


@pytest.mark.parametrize("method", METHODS)
def test_seeded_parameters_are_the_same_in_training_and_prediction(method):
    spec = spec_of(method)
    x = data.make("random", spec)
    train, predict = (parameters.seeded(spec, x, training=mode) for mode in (True, False))
    for name in train.keys() & predict.keys() - {"u", "v"}:
        assert np.array_equal(train[name], predict[name])


@pytest.mark.parametrize("method", ["batch", "mean_only", "l1_batch", "act", "ghost", "sync"])
def test_stored_statistics_can_be_undone_per_channel(method):
    for layout in cases.LAYOUTS_OF[method]:
        spec = spec_of(method, layout)
        x = data.make("random", spec)
        found = parameters.undo(spec, x, training=False)
        assert parameters.residual(spec, x, found, training=False) <= 1e-14


def test_a_stored_whitening_matrix_whitens_the_batch_that_it_comes_from():
    spec = Spec("zca_whitening", (8, 4, 5, 5), seed=3)
    found = parameters.stored(spec, data.make("random", spec))
    earlier = data.make("random", Spec("zca_whitening", (8, 4, 5, 5), seed=4))
    white = apply(spec, earlier, found, training=False).transpose(1, 0, 2, 3).reshape(4, -1)
    np.testing.assert_allclose(white @ white.T / white.shape[1], np.eye(4), atol=1e-3)


def test_what_spectral_norm_has_stored_is_the_largest_singular_value():
    spec = Spec("spectral", (4, 6, 3, 3))
    x = data.make("random", spec)
    y = apply(spec, x, parameters.stored(spec, x), training=False)
    assert np.linalg.norm(y.reshape(4, -1), 2) == pytest.approx(1, abs=1e-9)
