"""Forward derivatives and the transforms of torch.func: right beside the judge, or refused."""

import pytest
import torch
from torch.autograd import forward_ad

from normlib import Spec
from normlib.layers import Norm, oracle
from tests.normlib.named_cases import NAMES, OURS, STATEFUL, THEIRS, batch, build, shape_of, shuffle
from tests.normlib.norm_cases import (
    ACTIVATIONS,
    WATCHING,
    batch_of,
    close,
    conditions_of,
    filled,
)

# Whitening asks what its numbers are, which torch answers for one array and not for many at once.
# The others predict from a matrix that is given.
ONE_BY_ONE = ("group_whitening",)
# torch.func.jvp still compiles some of its formulas with what torch itself calls outdated.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.*:DeprecationWarning")
every_method = pytest.mark.parametrize("method", ACTIVATIONS)
both_roads = pytest.mark.parametrize("accurate", [False, True])


def case(method, accurate=False, training=False):
    """The layer, as a function of x alone, the judge's answer to the same, x, and a direction."""
    layer, spec, given = filled(method, accurate=accurate)
    layer.train(training or method not in WATCHING)
    asked = conditions_of(layer, given)
    training = layer.training and method != "act"
    if method == "act":
        layer.eval()

    def judge(x):
        return oracle(spec, x, given, training)

    return layer, (lambda x: layer(x, **asked)), judge, batch_of(spec), batch_of(spec, 7)


@both_roads
@every_method
def test_forward_derivatives_are_those_of_the_judge(method, accurate):
    _, ours, judge, x, direction = case(method, accurate)
    expected = torch.func.jvp(judge, (x,), (direction,))
    for a, b in zip(torch.func.jvp(ours, (x,), (direction,)), expected, strict=True):
        close(a, b, 1e-7)


@pytest.mark.parametrize("recorded", [False, True])
@both_roads
@every_method
def test_a_dual_number_leaves_the_record_without_a_tangent(method, accurate, recorded):
    layer, ours, judge, x, direction = case(method, accurate, training=True)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x.requires_grad_(recorded), direction)
        close(*(forward_ad.unpack_dual(f(dual)).tangent for f in (ours, judge)), 1e-7)
        for kept in layer.state().values():
            assert forward_ad.unpack_dual(kept).tangent is None


@pytest.mark.parametrize("name", STATEFUL)
def test_a_dual_number_leaves_the_record_of_named_layers_without_a_tangent(name):
    layers = build(OURS, name, dtype=torch.float64), build(THEIRS, name, dtype=torch.float64)
    layers[0].accurate = True
    x, direction = (batch(shape_of(name), seed, torch.float64) for seed in (1, 2))
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, direction)
        close(*(forward_ad.unpack_dual(layer(dual)).tangent for layer in layers), 1e-10)
        for kept in layers[0].buffers():
            assert forward_ad.unpack_dual(kept).tangent is None


@both_roads
@every_method
def test_the_gradient_inside_a_transform_is_that_of_a_backward_pass(method, accurate):
    _, ours, _, x, weights = case(method, accurate)
    inside = torch.func.grad(lambda x: (ours(x) * weights).sum())(x)
    (outside,) = torch.autograd.grad((ours(x.requires_grad_()) * weights).sum(), x)
    close(inside, outside, 1e-8)


@both_roads
@every_method
def test_many_inputs_at_once_are_answered_as_one_by_one(method, accurate):
    _, ours, _, x, other = case(method, accurate)
    many = torch.stack([x, other, 2 * x - 1])
    if method in ONE_BY_ONE:
        with pytest.raises(RuntimeError, match="data-dependent"):
            torch.func.vmap(ours)(many)
        return
    close(torch.func.vmap(ours)(many), torch.stack([ours(one) for one in many]), 1e-10)


@both_roads
def test_jacobians_go_both_ways_and_second_derivatives_are_symmetric(accurate):
    layer = Norm("layer_position", 4, accurate=accurate, dtype=torch.float64)
    x = batch_of(Spec("layer_position", (2, 4)))
    reverse, forward = torch.func.jacrev(layer)(x), torch.func.jacfwd(layer)(x)
    close(reverse, forward, 1e-12)
    exact = torch.func.jacrev(lambda x: torch.nn.functional.layer_norm(x, (4,)))(x)
    close(reverse, exact, 1e-12)
    second = torch.func.hessian(lambda x: layer(x).pow(3).sum())(x).reshape(8, 8)
    close(second, second.T, 1e-12)
    assert second.abs().max() > 0.1


@pytest.mark.parametrize("name", NAMES)
def test_accurate_named_layers_can_be_transformed(name):
    layer = build(OURS, name, dtype=torch.float64).eval()
    plain = build(THEIRS, name, dtype=torch.float64).eval()
    layer.accurate = True
    shuffle(plain)
    layer.load_state_dict(plain.state_dict())
    x = torch.stack([batch(shape_of(name), seed, torch.float64) for seed in (1, 2)])
    close(torch.func.vmap(layer)(x), torch.stack([plain(one) for one in x]), 1e-12)
    pairs = [torch.func.grad(lambda x, f=f: f(x).sin().sum())(x[0]) for f in (layer, plain)]
    close(*pairs, 1e-12)
    pairs = [torch.func.jvp(f, (x[0],), (x[1],))[1] for f in (layer, plain)]
    close(*pairs, 1e-12)


def test_gradients_of_each_sample_are_those_of_samples_alone():
    layer = Norm("rms_position", 6, dtype=torch.float64)
    x = batch_of(Spec("l2", (4, 6, 3)))

    def loss(parameters, sample):
        return torch.func.functional_call(layer, parameters, (sample[None],)).pow(2).sum()

    parameters = dict(layer.named_parameters())
    found = torch.func.vmap(torch.func.grad(loss), (None, 0))(parameters, x)
    for i, sample in enumerate(x):
        close(found["weight"][i], torch.func.grad(loss)(parameters, sample)["weight"], 1e-12)


def test_layers_with_parameters_of_their_own_answer_at_once():
    x, many = batch_of(Spec("l2", (4, 6, 3))), torch.rand(5, 6, dtype=torch.float64)
    layer = Norm("rms_position", 6, dtype=torch.float64)

    def answer(weight):
        return torch.func.functional_call(layer, {"weight": weight}, (x,))

    close(torch.func.vmap(answer)(many), torch.stack([answer(weight) for weight in many]), 1e-12)


@every_method
def test_a_functional_call_takes_any_tensors_as_parameters(method):
    layer, spec, given = filled(method)
    x, conditions = batch_of(spec), conditions_of(layer, given)
    parameters = {name: value.detach().clone() for name, value in layer.named_parameters()}
    want = layer.eval()(x, **conditions)
    layer.reset_parameters()
    close(torch.func.functional_call(layer, parameters, (x,), conditions), want, 1e-12)


@both_roads
@pytest.mark.parametrize("method", ["group", "l2", "layer_position", "batch", "switchable"])
def test_a_layer_can_be_exported(method, accurate):
    knobs = {"groups": 3} if method == "group" else {}
    layer = Norm(method, 6, accurate=accurate, **knobs).eval()
    x = batch_of(Spec("batch", (4, 6, 3, 5)), dtype=torch.float32)
    program = torch.export.export(layer, (x,))
    close(program.module()(x + 1), layer(x + 1), 1e-6)
