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
