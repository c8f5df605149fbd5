"""Autocast changes no number of a normalization, and its dtype only where torch changes it."""

import pytest
import torch

from normlib import METHODS, Spec
from normlib.backward import BACKWARD
from normlib.layers import Norm, normalize_weight, normalized_gradients, oracle
from tests.normlib.cases import default_layout
from tests.normlib.named_cases import NAMES, OURS, THEIRS, batch, build, shape_of
from tests.normlib.norm_cases import ACTIVATIONS, batch_of, conditions_of, filled

OF = {kind: [key for key, method in METHODS.items() if method.tensor == kind]
      for kind in ("weight", "gradient")}  # fmt: skip
BY_HAND = [
    key for key in ACTIVATIONS
    if METHODS[key].operation in BACKWARD and METHODS[key].recovery not in ("linear", "meta")
]  # fmt: skip
HALF = (torch.bfloat16, torch.float16)


def cast():
    return torch.autocast("cpu", torch.bfloat16)


def alike(a, b):
    assert a.dtype == b.dtype
    assert torch.equal(a, b)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("accurate", [False, True])
@pytest.mark.parametrize("method", ACTIVATIONS)
def test_a_layer_answers_learns_and_remembers_as_without(method, accurate, training):
    found = []
    for context in (cast(), torch.autocast("cpu", enabled=False)):
        layer, spec, given = filled(method, dtype=torch.float32, accurate=accurate)
        x = batch_of(spec, dtype=torch.float32).requires_grad_()
        with context:
            y = layer.train(training)(x, **conditions_of(layer, given))
        (y * y.detach().sin()).sum().backward()
        found.append([y.detach(), x.grad, *layer.state().values()])
    for a, b in zip(*found, strict=True):
        alike(a, b)


@pytest.mark.parametrize("method", BY_HAND)
def test_a_gradient_written_by_hand_is_the_same_inside(method):
    found = []
    for context in (cast(), torch.autocast("cpu", enabled=False)):
        layer, spec, given = filled(method, dtype=torch.float32, accurate=True)
        x = batch_of(spec, dtype=torch.float32).requires_grad_()
        with context:
            y = layer(x, **conditions_of(layer, given))
            (y * y.detach().sin()).sum().backward()
        found.append(x.grad)
    torch.testing.assert_close(*found, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("method", ["zca_whitening", "pca_whitening", "batch"])
def test_what_a_batch_adds_to_the_record_is_the_same(method):
    layer, spec, _ = filled(method, dtype=torch.float32)
    x = batch_of(spec, dtype=torch.float32)
    with cast():
        inside = list(layer.observed(x))
    for a, b in zip(inside, layer.observed(x), strict=True):
        alike(a[0], b[0])
        alike(a[1], b[1])


@pytest.mark.parametrize("dtype", [torch.float32, *HALF])
@pytest.mark.parametrize("parameters", [torch.float32, "the same"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:Mismatch dtype between input and weight")
def test_named_layers_answer_in_the_dtype_of_torch(name, dtype, parameters):
    own = dtype if parameters == "the same" else parameters
    x = batch(shape_of(name), dtype=dtype)
    accurate = build(OURS, name, dtype=own)
    accurate.accurate = True
    expected = build(OURS, name)(x.float()).to(dtype)
    with cast():
        answers = [layer(x) for layer in (accurate, build(OURS, name, dtype=own),
                                          build(THEIRS, name, dtype=own))]  # fmt: skip
    assert len({answer.dtype for answer in answers}) == 1
    tolerance = max(1e-6, torch.finfo(dtype).eps)
    torch.testing.assert_close(answers[0], expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float32, *HALF])
@pytest.mark.parametrize("method", ["layer_position", "group", "rms_position", "batch", "l2"])
def test_a_norm_keeps_the_dtype_of_its_input(method, dtype):
    layer = Norm(method, 6, **({"groups": 3} if method == "group" else {}))
    x = batch_of(Spec("batch", (4, 6, 3, 5)), dtype=dtype)
    with cast():
        assert layer(x).dtype == dtype


@pytest.mark.parametrize("method", OF["weight"])
def test_a_normalized_weight_is_the_same(method):
    found = []
    for context in (cast(), torch.autocast("cpu", enabled=False)):
        torch.manual_seed(0)
        with context:
            found.append(normalize_weight(torch.nn.Linear(5, 7), method).weight)
    alike(*found)


@pytest.mark.parametrize("method", OF["gradient"])
def test_normalized_gradients_are_the_same(method):
    gradients = [batch((6, 5), 1), batch((6,), 2)]
    weights = [batch((6, 5), 3), batch((6,), 4)]
    with cast():
        inside = normalized_gradients(gradients, method, weights)
    for a, b in zip(inside, normalized_gradients(gradients, method, weights), strict=True):
        alike(a, b)


@pytest.mark.parametrize("method", ["pca_whitening", "coloring", "meta"])
def test_the_judge_judges_alike(method):
    _, spec, given = filled(method, default_layout(method), dtype=torch.float32)
    x = batch_of(spec, dtype=torch.float32)
    with cast():
        inside = oracle(spec, x, given)
    alike(inside, oracle(spec, x, given))
