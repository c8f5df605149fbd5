"""A layer explained: the trace of the taught road, its last step what the layer answers."""

import copy

import numpy as np
import pytest
import torch

from normlib import NormError, trace
from normlib.layers import named, tracked
from normlib.layers.explain import explain
from normlib.layers.norm import Norm
from tests.normlib.norm_cases import ACTIVATIONS, batch_of, conditions_of, filled

X = {ndim: (4, 6, 5, 3, 2)[:ndim] for ndim in range(2, 6)}
TRACKED = {"affine": True, "track_running_stats": True}
CASES = {  # kind: constructor arguments, shape of the input
    "BatchNorm1d": [((6,), {}, X[2]), ((6,), {"momentum": None}, X[3]),
                    ((6,), {"affine": False}, X[3]), ((6,), {"track_running_stats": False}, X[2]),
                    ((6,), {"bias": False, "eps": 0.1}, X[2])],
    "BatchNorm2d": [((6,), {}, X[4])],
    "BatchNorm3d": [((6,), {}, X[5])],
    "InstanceNorm1d": [((6,), {}, X[3]), ((6,), TRACKED, X[3]), ((6,), TRACKED, (6, 5))],
    "InstanceNorm2d": [((6,), {"affine": True}, X[4]), ((6,), TRACKED, (6, 5, 3))],
    "InstanceNorm3d": [((6,), TRACKED, X[5]), ((6,), {}, (6, 5, 3, 2))],
    "GroupNorm": [((3, 6), {}, X[2]), ((2, 6), {"eps": 0.1}, X[4]),
                  ((6, 6), {"affine": False}, X[5]), ((1, 6), {"bias": False}, X[3])],
    "LayerNorm": [((6,), {}, X[2]), ((5,), {}, X[3]), ((3,), {"bias": False}, X[4]),
                  ((2,), {}, X[5]),
                  (((6, 5),), {}, X[3]), (((6, 5, 3),), {"eps": 0.1}, X[4]),
                  (((6, 5, 3, 2),), {}, X[5]), (((5, 3),), {}, X[4]),
                  (((3, 2),), {"elementwise_affine": False}, X[5]),
                  ((2,), {}, (2, 3, 2, 2, 2, 2)), (((3, 2, 2, 2, 2),), {}, (2, 3, 2, 2, 2, 2)),
                  (((4, 6),), {}, X[2]), ((6,), {}, (6,))],
    "RMSNorm": [((6,), {}, X[2]), ((3,), {"eps": 0.1}, X[4]), (((5, 3),), {}, X[4]),
                (((6, 5),), {"elementwise_affine": False}, X[3])],
}  # fmt: skip
EVERY = [(name, *case) for name, cases in CASES.items() for case in cases]


def normal(shape, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64) * 2 + 1


def random_layer(module):
    """With parameters and running statistics that are not neutral."""
    module = module.double()
    with torch.no_grad():
        for i, value in enumerate((*module.parameters(), *module.buffers())):
            if value.is_floating_point():
                value.copy_(normal(value.shape, i).abs() + 0.5)
    return module


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("ours", [False, True], ids=["torch", "named"])
@pytest.mark.parametrize(("name", "arguments", "settings", "shape"), EVERY)
def test_the_last_step_is_what_a_named_layer_answers(
    name, arguments, settings, shape, ours, training
):
    where = (named if hasattr(named, name) else tracked) if ours else torch.nn
    module = random_layer(getattr(where, name)(*arguments, **settings)).train(training)
    x = normal(shape)
    before = copy.deepcopy(module.state_dict())
    found = explain(module, x)
    for key, value in module.state_dict().items():
        assert torch.equal(value, before[key]), key
    assert module.training is training
    answer = module(x).detach().numpy()
    np.testing.assert_allclose(found.output.reshape(shape), answer, 1e-10, 1e-10)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("method", ACTIVATIONS)
def test_the_last_step_is_what_a_norm_answers(method, training):
    layer, spec, given = filled(method)
    layer.train(training)
    x, asked = batch_of(spec).requires_grad_(), conditions_of(layer, given)
    before = copy.deepcopy(layer.state_dict())
    found = explain(layer, x, **asked)
    for key, value in layer.state_dict().items():
        assert torch.equal(value, before[key]), key
    np.testing.assert_allclose(found.output, layer(x, **asked).detach(), 1e-10, 1e-10)
    assert found.spec == spec
    for step in found.steps:
        assert isinstance(step.array, np.ndarray)


@pytest.mark.parametrize("method", ["batch", "group", "zca_whitening", "conditional_batch", "self"])
def test_every_step_is_that_of_the_taught_road(method):
    layer, spec, given = filled(method)
    arrays = {name: value.numpy() for name, value in given.items()}
    x = batch_of(spec)
    for training in (True, False):
        theirs = trace(spec, x.numpy(), arrays, training=training)
        ours = explain(layer.train(training), x, **conditions_of(layer, given))
        assert ours.names == theirs.names
        assert ours.training == theirs.training
        for a, b in zip(ours.steps, theirs.steps, strict=True):
            assert (a.axes, a.pattern, a.formula) == (b.axes, b.pattern, b.formula)
            np.testing.assert_allclose(a.array, b.array, 1e-12, 1e-12)


def test_activation_norm_is_explained_before_and_after_its_first_batch():
    layer = Norm("act", 6, dtype=torch.float64)
    x = normal((4, 6, 5))
    first = explain(layer, x)
    assert first.training
    assert layer.num_batches_tracked == 0
    np.testing.assert_allclose(first.output, layer(x).detach(), 1e-10, 1e-10)
    second = explain(layer, 2 * x)
    assert not second.training
    np.testing.assert_allclose(second.output, layer(2 * x).detach(), 1e-10, 1e-10)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 9])
def test_local_response_norm_is_explained_with_even_and_odd_windows(size):
    module = torch.nn.LocalResponseNorm(size, alpha=0.5, beta=0.6, k=1.5)
    x = normal((2, 6, 3, 4))
    np.testing.assert_allclose(explain(module, x).output, module(x), 1e-10, 1e-10)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_half_precision_is_explained_too(dtype):
    x = normal((4, 6, 5)).to(dtype)
    found = explain(torch.nn.GroupNorm(3, 6), x)
    expected = torch.nn.GroupNorm(3, 6)(x.float()).detach()
    assert found.output.dtype == (np.float16 if dtype == torch.float16 else np.float32)
    np.testing.assert_allclose(found.output, expected, 2e-3, 2e-3)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: explain(torch.nn.Linear(2, 3), torch.ones(1, 2)), ("Linear", "BatchNorm*d, Sync")),
    (lambda: explain(torch.nn.BatchNorm1d(3), torch.ones(2, 3, dtype=torch.long)), ("int64",)),
    (lambda: explain(torch.nn.BatchNorm1d(3), torch.ones(2, 4)), ("'gamma'", "(3,)", "(4,)")),
    (lambda: explain(torch.nn.LayerNorm(3), torch.ones(2, 4)), ("(2, 4)", "(3,)")),
    (lambda: explain(torch.nn.LayerNorm(3), torch.ones(2, 5, 4)), ("(2, 5, 4)", "(3,)")),
    (lambda: explain(torch.nn.LayerNorm(3), np.ones((2, 3))), ("ndarray", "torch tensors")),
    (lambda: explain(torch.nn.BatchNorm1d(3), torch.ones(2, 3), labels=torch.ones(2)),
     ("BatchNorm1d", "'labels'")),
    (lambda: explain(Norm("film", 3), torch.ones(2, 3)), ("'film'", "gamma=..., beta=...")),
])  # fmt: skip
def test_what_cannot_be_explained_is_said_in_one_sentence(call, words):
    with pytest.raises(NormError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
