"""Methods that are one another's special cases, and look-alikes that are not."""

import numpy as np
import pytest

from normlib import Spec, apply
from tests.normlib import cases

SIZES = (3, 6, 4, 5)
PLAIN = {"affine": False}


def image(sizes=SIZES, seed=0):
    return cases.values(Spec("batch", sizes), seed)


def same(a, b):
    np.testing.assert_allclose(a, b, 1e-12, 1e-12)


@pytest.mark.parametrize("layout", ["nct", "nchw", "ncdhw", "nhwc"])
def test_instance_norm_is_group_norm_with_one_channel_per_group(layout):
    instance, group = (
        cases.spec_of(method, layout, **knobs)
        for method, knobs in (("instance", {}), ("group", {"groups": 6}))
    )
    x, parameters = cases.values(instance), cases.gamma_beta(instance)
    same(apply(instance, x, parameters), apply(group, x, parameters))


def test_group_norm_with_one_group_is_layer_norm_without_affine():
    group = Spec("group", SIZES, knobs=PLAIN | {"groups": 1})
    same(apply(group, image()), apply(Spec("layer", SIZES, knobs=PLAIN), image()))


def test_group_norm_with_one_group_is_not_layer_norm_with_affine():
    group, layer = Spec("group", SIZES, knobs={"groups": 1}), Spec("layer", SIZES)
    assert group.parameter_shapes["gamma"] == (6,)
    assert layer.parameter_shapes["gamma"] == (6, 4, 5)
    a = apply(group, image(), cases.gamma_beta(group))
    assert np.abs(a - apply(layer, image(), cases.gamma_beta(layer))).max() > 0.1


def test_group_norm_with_one_group_is_not_layer_norm_per_position():
    group = Spec("group", SIZES, knobs=PLAIN | {"groups": 1})
    position = Spec("layer_position", SIZES, knobs=PLAIN)
    assert np.abs(apply(group, image()) - apply(position, image())).max() > 0.1


@pytest.mark.parametrize(("one", "other"), [("layer", "layer_position"), ("rms", "rms_position")])
def test_per_sample_and_per_position_are_one_on_matrices_only(one, other):
    a, b = Spec(one, (8, 6)), Spec(other, (8, 6))
    x, parameters = cases.values(a), cases.gamma_beta(a)
    assert np.array_equal(apply(a, x, parameters), apply(b, x, parameters))
    a, b = (Spec(method, SIZES, knobs=PLAIN) for method in (one, other))
    assert np.abs(apply(a, image()) - apply(b, image())).max() > 0.1


def test_batch_norm_of_samples_laid_out_as_channels_is_instance_norm():
    n, c, h, w = SIZES
    wide = image().reshape(1, n * c, h, w)
    batch = apply(Spec("batch", wide.shape), wide).reshape(SIZES)
    same(batch, apply(Spec("instance", SIZES), image()))


def test_batch_norm_of_one_sample_is_instance_norm():
    sizes = (1, 6, 4, 5)
    batch, instance = Spec("batch", sizes), Spec("instance", sizes)
    x, parameters = image(sizes), cases.gamma_beta(batch)
    same(apply(batch, x, parameters), apply(instance, x, parameters))
    two = image((2, 6, 4, 5))
    gap = apply(Spec("batch", two.shape), two) - apply(Spec("instance", two.shape), two)
    assert np.abs(gap).max() > 0.1


@pytest.mark.parametrize(("rms", "layer"), [("rms", "layer"), ("rms_position", "layer_position")])
def test_rms_of_centred_data_is_layer_norm(rms, layer):
    axes = (1, 2, 3) if layer == "layer" else (1,)
    x = image() + 2
    centred = x - x.mean(axes, keepdims=True)
    same(apply(Spec(rms, SIZES), centred), apply(Spec(layer, SIZES), x))
    assert np.abs(apply(Spec(rms, SIZES), x) - apply(Spec(layer, SIZES), x)).max() > 0.1


def test_batch_norm_is_layer_norm_of_the_transposed_matrix():
    x = cases.values(Spec("batch", (12, 6)))
    same(apply(Spec("batch", (12, 6)), x), apply(Spec("layer", (6, 12)), x.T).T)


NEARLY_ALL = 60.0  # a weight so far above the others that its share is 1 in float64


@pytest.mark.parametrize("layout", ["nct", "nchw", "ncdhw", "nhwc"])
@pytest.mark.parametrize(("place", "other"), [(0, "instance"), (1, "layer"), (2, "batch")])
def test_switchable_norm_with_one_share_is_that_norm(place, other, layout):
    switchable, one = (cases.spec_of(method, layout, **PLAIN) for method in ("switchable", other))
    weights = np.zeros(3)
    weights[place] = NEARLY_ALL
    x = cases.values(one)
    y = apply(switchable, x, {"mean_weights": weights, "variance_weights": weights})
    same(y, apply(one, x))


@pytest.mark.parametrize(("rho", "other"), [(1.0, "batch"), (1.7, "batch"), (0.0, "instance"),
                                            (-0.4, "instance")])  # fmt: skip
def test_batch_instance_norm_goes_from_instance_to_batch_norm_and_no_further(rho, other):
    mixed, one = (Spec(method, SIZES, knobs=PLAIN) for method in ("batch_instance", other))
    same(apply(mixed, image(), {"rho": np.full(6, rho)}), apply(one, image()))


def test_batch_instance_norm_half_way_is_the_mean_of_both():
    mixed, batch, instance = (
        Spec(method, SIZES, knobs=PLAIN) for method in ("batch_instance", "batch", "instance")
    )
    expected = (apply(batch, image()) + apply(instance, image())) / 2
    same(apply(mixed, image(), {"rho": np.full(6, 0.5)}), expected)


@pytest.mark.parametrize("method", ["positional", "pixel", "act", "reversible", "weight"])
def test_renamed_methods_are_the_ones_that_they_are_built_on(method):
    other = {"positional": "layer_position", "pixel": "rms_position", "act": "batch",
             "reversible": "instance", "weight": "layer"}[method]  # fmt: skip
    if method == "weight":
        spec = Spec("weight_standardization", SIZES)
        same(apply(spec, image()), apply(Spec(other, SIZES, knobs=PLAIN), image()))
        return
    knobs = {"eps": 1e-8} if method == "pixel" else {}
    expected = apply(Spec(other, SIZES, knobs=knobs), image())
    same(apply(Spec(method, SIZES), image()), expected)


def test_ghost_norm_of_one_part_is_batch_norm_and_of_single_samples_instance_norm():
    sizes = (4, 6, 4, 5)
    for parts, other in ((1, "batch"), (4, "instance")):
        ghost = Spec("ghost", sizes, knobs={"parts": parts})
        same(apply(ghost, image(sizes)), apply(Spec(other, sizes), image(sizes)))
    halves = apply(Spec("ghost", sizes, knobs={"parts": 2}), image(sizes))
    first = apply(Spec("batch", (2, 6, 4, 5)), image(sizes)[:2])
    same(halves[:2], first)


def test_cumulative_layer_norm_at_the_last_step_is_layer_norm():
    spec, x = Spec("cumulative_layer", (3, 6, 7)), image((3, 6, 7))
    layer = apply(Spec("layer", (3, 6, 7), knobs=PLAIN), x)
    same(apply(spec, x)[:, :, -1], layer[:, :, -1])
    position = apply(Spec("layer_position", (3, 6, 7)), x)
    same(apply(spec, x)[:, :, 0], position[:, :, 0])


def test_conditions_that_do_not_differ_are_batch_norm_with_that_gamma_and_beta():
    batch = Spec("batch", SIZES)
    given = cases.gamma_beta(batch)
    expected = apply(batch, image(), given)
    table = {name: np.tile(value, (3, 1)) for name, value in given.items()}
    same(apply(Spec("conditional_batch", SIZES), image(), table), expected)
    same(apply(Spec("film", SIZES), image(), table), expected)
    wide = {name: np.broadcast_to(value[:, None, None], SIZES) for name, value in given.items()}
    wide["gamma"] = wide["gamma"] - 1
    same(apply(Spec("spade", SIZES), image(), wide), expected)


def test_style_from_itself_and_partners_of_their_own_give_the_input_back():
    for method in ("adaptive_instance", "cross"):
        same(apply(Spec(method, SIZES), image()), image())
    style = image(seed=3) * 4 + 2
    y = apply(Spec("adaptive_instance", SIZES), image(), {"style": style})
    np.testing.assert_allclose(y.mean((2, 3)), style.mean((2, 3)), 1e-12)
    np.testing.assert_allclose(y.std((2, 3)), style.std((2, 3)), 1e-4)


def test_crossing_twice_there_and_back_gives_the_input_back():
    spec, there = Spec("cross", SIZES), np.array([1, 2, 0])
    once = apply(spec, image(), {"partner": there})
    np.testing.assert_allclose(once.mean((2, 3)), image().mean((2, 3))[there], 1e-12)
    back = apply(spec, once, {"partner": np.argsort(there)})
    np.testing.assert_allclose(back, image(), 1e-4, 1e-4)


def test_coloring_with_a_unit_matrix_is_cholesky_whitening():
    given = {"weight": np.eye(6)}
    same(apply(Spec("coloring", SIZES), image(), given),
         apply(Spec("cholesky_whitening", SIZES), image()))  # fmt: skip


def test_many_newton_steps_are_zca_whitening():
    newton = Spec("iterative_whitening", SIZES, knobs={"iterations": 60})
    y = apply(newton, image())
    np.testing.assert_allclose(y, apply(Spec("zca_whitening", SIZES), image()), 1e-8, 1e-8)


def test_group_whitening_of_one_group_is_layer_norm():
    spec = Spec("group_whitening", SIZES, knobs={"groups": 1})
    np.testing.assert_allclose(apply(spec, image()), apply(Spec("layer", SIZES), image()), 1e-11)


def test_muon_sends_singular_values_towards_one_and_keeps_their_vectors():
    spec = Spec("muon", (6, 8))
    x = cases.values(spec)
    left, _, right = np.linalg.svd(x, full_matrices=False)
    turned = left.T @ apply(spec, x) @ right.T
    assert np.abs(turned - np.diag(np.diag(turned))).max() < 1e-10
    assert (np.diag(turned) > 0.3).all()
    assert (np.diag(turned) < 1.3).all()


def test_clipping_leaves_short_gradients_alone_and_shortens_long_ones_to_the_bound():
    for scale, expected in ((1e-3, None), (1e3, 1.0)):
        spec = Spec("clip_global", SIZES)
        x = image() * scale / np.linalg.norm(image())
        y = apply(spec, x)
        if expected is None:
            assert np.array_equal(y, x)
        else:
            assert np.linalg.norm(y) == pytest.approx(expected, rel=1e-6)
