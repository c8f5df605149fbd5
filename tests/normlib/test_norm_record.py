"""What a `Norm` remembers: every convention, every kind of record, exact statistics."""

import copy

import numpy as np
import pytest
import torch

from normlib import METHODS, NormError, Spec, conventions, running, whiten
from normlib.layers.named import LayerNorm
from normlib.layers.norm import Norm
from normlib.layers.recompute import recompute
from normlib.layers.tracked import BatchNorm2d
from tests.normlib.norm_cases import WATCHING, batch_of, close, conditions_of, filled

SPEC = Spec("batch", (8, 6, 3, 5))
BATCHES = [batch_of(SPEC, seed) * (seed + 1) + seed for seed in range(5)]


def rows(x):
    """The values of every channel, shape (channels, values)."""
    return x.transpose(0, 1).flatten(1)


@pytest.mark.parametrize("convention", conventions.CONVENTIONS)
@pytest.mark.parametrize(("accurate", "dtype"), [
    (False, torch.float64), (True, torch.float64), (False, torch.float32), (True, torch.float32),
])  # fmt: skip
def test_every_convention_moves_the_record_as_the_pure_function_does(convention, accurate, dtype):
    layer = Norm("batch", 6, convention=convention, accurate=accurate, dtype=torch.float64)
    record = running.start(6)
    for x in BATCHES:
        layer(x.to(dtype))
        record = running.observe(record, x.to(dtype).numpy(), convention=convention)
    tolerance = 1e-12 if dtype == torch.float64 else 1e-6
    np.testing.assert_allclose(layer.running_mean, record.mean, tolerance, tolerance)
    np.testing.assert_allclose(layer.running_var, record.variance, tolerance, tolerance)
    assert layer.num_batches_tracked == 5
    assert ("num_values_tracked" in layer.state()) == (convention == "pooled")


def test_pooled_statistics_are_those_of_all_values_though_batches_differ_in_size():
    layer = Norm("batch", 6, convention="pooled", dtype=torch.float64)
    everything = torch.cat(BATCHES)
    for x in everything.split([3, 20, 1, 16]):
        layer(x)
    close(layer.running_mean, rows(everything).mean(1), 1e-12)
    close(layer.running_var, rows(everything).var(1, correction=0), 1e-12)
    assert layer.num_values_tracked == 40 * 15


def test_momentum_weighs_the_new_batch():
    layer = Norm("batch", 6, momentum=0.25, dtype=torch.float64)
    layer(BATCHES[0])
    close(layer.running_mean, 0.25 * rows(BATCHES[0]).mean(1), 1e-12)
    close(layer.running_var, 0.75 + 0.25 * rows(BATCHES[0]).var(1), 1e-12)


@pytest.mark.parametrize("method", [method for method in WATCHING if method != "renorm"])
def test_a_record_of_one_batch_alone_predicts_what_training_answered(method):
    layer, spec, given = filled(method, convention="pooled")
    layer.reset_running_stats()
    if method == "ghost":
        spec = Spec(method, spec.sizes, spec.layout, {**spec.settings, "parts": 1})
        layer = Norm(spec, convention="pooled", dtype=torch.float64)
    x, asked = batch_of(spec), conditions_of(layer, given)
    trained = layer(x, **asked)
    close(layer.eval()(x, **asked), trained, 1e-10)


@pytest.mark.parametrize("accurate", [False, True])
def test_ghost_batches_move_the_record_one_after_the_other(accurate):
    layer = Norm("ghost", 6, parts=4, dtype=torch.float64, accurate=accurate)
    layer(BATCHES[1])
    theirs = torch.nn.BatchNorm2d(6, dtype=torch.float64)
    for part in BATCHES[1].chunk(4):
        theirs(part)
    close(layer.running_mean, theirs.running_mean, 1e-12)
    close(layer.running_var, theirs.running_var, 1e-12)
    assert layer.num_batches_tracked == 4


@pytest.mark.parametrize("samples", [1, 3, 7])
@pytest.mark.parametrize("method", ["ghost", "sync", "precise"])
def test_prediction_takes_batches_that_parts_do_not_divide(method, samples):
    layer = Norm(method, 6, parts=4, dtype=torch.float64)
    layer(BATCHES[1])
    x = BATCHES[0][:samples]
    wide = [value.reshape(-1, 1, 1) for value in (layer.running_mean, layer.running_var)]
    close(layer.eval()(x), (x - wide[0]) / torch.sqrt(wide[1] + 1e-5), 1e-12)


@pytest.mark.parametrize("method", ["pca_whitening", "zca_whitening", "cholesky_whitening",
                                    "iterative_whitening", "coloring"])  # fmt: skip
def test_whitening_remembers_the_mean_of_matrices(method):
    layer = Norm(method, 6, dtype=torch.float64)
    expected_mean, expected = torch.zeros(6), torch.eye(6, dtype=torch.float64)
    for x in BATCHES[:3]:
        layer(x)
        mean = rows(x).mean(1)
        covariance = whiten.covariance((rows(x) - mean[:, None]).mT, 1e-5)
        solve = {"pca_whitening": whiten.pca, "zca_whitening": whiten.zca,
                 "iterative_whitening": lambda c: whiten.newton(c, 5)}  # fmt: skip
        matrix = solve.get(method, whiten.cholesky)(covariance).matrix
        expected_mean = 0.9 * expected_mean + 0.1 * mean
        expected = 0.9 * expected + 0.1 * matrix
    close(layer.running_mean, expected_mean, 1e-12)
    close(layer.running_matrix, expected, 1e-8)


def test_activation_norm_keeps_its_first_training_batch():
    layer = Norm("act", 6, dtype=torch.float64)
    first, second = BATCHES[2], BATCHES[3].requires_grad_()
    assert torch.allclose(layer.eval()(first), first, rtol=1e-5)  # has seen nothing
    assert layer.num_batches_tracked == 0
    layer.train()
    y = layer(first)
    close(rows(y).mean(1), torch.zeros(6), 1e-12)
    close(rows(y).var(1, correction=0), torch.ones(6), 1e-4)
    kept = copy.deepcopy(layer.state())
    mean, variance = rows(first).mean(1), rows(first).var(1, correction=0)
    scale = torch.sqrt(variance + 1e-5).reshape(-1, 1, 1)
    answer = layer(second)
    close(answer, (second - mean.reshape(-1, 1, 1)) / scale, 1e-12)
    answer.sum().backward()
    close(second.grad, (1 / scale).expand_as(second), 1e-12)  # statistics are constants
    close(layer.eval()(second), answer, 0)
    for name, value in layer.state().items():
        assert torch.equal(value, kept[name])


def test_frozen_never_moves():
    layer = Norm("frozen", 6)
    for x in BATCHES:
        layer(x)
    assert not layer.running_mean.any()
    assert layer.num_batches_tracked == 0


def test_renorm_uses_the_record_of_the_batches_before():
    layer = Norm("renorm", 6, dtype=torch.float64)
    for x in BATCHES[:3]:
        mean = layer.running_mean.reshape(-1, 1, 1).clone()
        scale = torch.sqrt(layer.running_var + 1e-5).reshape(-1, 1, 1)
        here = rows(x).mean(1).reshape(-1, 1, 1)
        spread = torch.sqrt(rows(x).var(1, correction=0) + 1e-5).reshape(-1, 1, 1)
        r, d = (spread / scale).clamp(1 / 3, 3), ((here - mean) / scale).clamp(-5, 5)
        close(layer(x), (x - here) / spread * r + d, 1e-12)
    assert layer.num_batches_tracked == 3


@pytest.mark.parametrize("accurate", [False, True])
@pytest.mark.parametrize("method", WATCHING)
def test_only_the_mode_decides_whether_the_record_moves(method, accurate):
    layer, spec, given = filled(method, accurate=accurate)
    asked = conditions_of(layer, given)
    before = copy.deepcopy(layer.state())
    with torch.no_grad():
        layer(batch_of(spec), **asked)
    after = copy.deepcopy(layer.state())
    for name, value in after.items():
        assert not torch.equal(value, before[name]), name
    layer.eval()(batch_of(spec, 1).requires_grad_(), **asked)
    for name, value in layer.state().items():
        assert torch.equal(value, after[name])
    assert not any(value.requires_grad for value in layer.state().values())


@pytest.mark.parametrize("accurate", [False, True])
def test_a_batch_that_is_refused_leaves_no_trace(accurate):
    layer = Norm("batch", 6, accurate=accurate)
    with pytest.raises(NormError, match="single value"):
        layer(torch.ones(1, 6))
    assert layer.num_batches_tracked == 0
    assert not layer.running_mean.any()


def test_the_gate_of_batch_instance_norm_can_come_back_from_its_border():
    layer = Norm("batch_instance", 6, dtype=torch.float64)
    optimizer = torch.optim.SGD([layer.rho], lr=1.0)
    for sign in (1, 1, 1, -1):
        optimizer.zero_grad()
        layer(BATCHES[0])
        assert layer.rho.min() >= 0
        assert layer.rho.max() <= 1
        (-sign * layer(BATCHES[0]) * batch_of(SPEC, 9)).sum().backward()
        assert layer.rho.grad.abs().min() > 0
        optimizer.step()


POOLABLE = [method for method in WATCHING if METHODS[method].predict in ("stored",)]


@pytest.mark.parametrize("method", [*POOLABLE, "torch", "named"])
def test_recomputed_statistics_are_those_of_the_data_set(method):
    layer = _of(method)
    layer(BATCHES[4].float() * 7, **_asked(layer, BATCHES[4]))
    everything = torch.cat(BATCHES).float()
    loader = everything.split([3, 20, 2, 15])
    recompute(layer, loader, forward=lambda module, x: module(x, **_asked(module, x)))
    close(layer.running_mean, rows(everything.double()).mean(1), 1e-6)
    close(layer.running_var, rows(everything.double()).var(1, correction=0), 1e-6)
    assert layer.num_batches_tracked == len(loader)


def _of(method):
    """A layer of 6 channels that keeps mean and variance."""
    made = {"torch": torch.nn.BatchNorm2d, "named": BatchNorm2d}
    knobs = {"parts": 1} if method == "ghost" else {}
    return made[method](6) if method in made else Norm(method, 6, **knobs)


def _asked(layer, x):
    """Neutral conditions for a batch."""
    made = {"labels": torch.zeros(len(x), dtype=torch.long), "gamma": torch.zeros(x.shape[:2]),
            "beta": torch.zeros(x.shape[:2])}  # fmt: skip
    if getattr(layer, "spec", None) and layer.spec.method == "spade":
        made |= {"gamma": torch.zeros(x.shape), "beta": torch.zeros(x.shape)}
    return {name: made[name] for name in getattr(layer, "conditions", ())}


@pytest.mark.parametrize("method", [*POOLABLE, "torch", "named"])
def test_empty_batches_and_single_values_enter_recomputed_statistics_as_they_are(method):
    layer = _of(method)
    values = torch.cat(BATCHES).float()[:, :, :1, :1]
    before = copy.deepcopy(layer.state_dict())
    asked = {"forward": lambda module, x: module(x, **_asked(module, x))}
    recompute(layer, [values[:0], values[:0]], **asked)
    for name, value in layer.state_dict().items():
        assert torch.equal(value, before[name])
    loader = [values[:0], values[:1], values[1:6], values[:0], values[6:-1], values[-1:]]
    recompute(layer, loader, **asked)
    close(layer.running_mean, rows(values.double()).mean(1), 1e-6)
    close(layer.running_var, rows(values.double()).var(1, correction=0), 1e-6)
    assert layer.num_batches_tracked == 4
    assert layer.training
    if isinstance(layer, Norm):
        assert (layer.convention, layer.momentum) == ("torch", None)


@pytest.mark.parametrize("method", ["torch", "named", "precise", "batch"])
def test_what_comes_after_a_single_value_sees_it_normalized_as_in_training(method):
    network = torch.nn.Sequential(_of(method), Norm("precise", 6))
    first = network[0]
    with torch.no_grad():
        first.weight.uniform_(0.5, 2.0)
        first.bias.copy_(torch.arange(6))
    recompute(network, [torch.full((1, 6, 1, 1), 7.0)])
    close(first.running_mean, torch.full((6,), 7.0), 1e-6)
    close(network[1].running_mean, torch.arange(6.0), 1e-6)


def test_recomputing_a_network_restores_modes_and_records_no_gradient():
    network = torch.nn.Sequential(
        torch.nn.Conv2d(6, 6, 1), Norm("precise", 6), torch.nn.Dropout(0.5), LayerNorm((3, 5)),
        torch.nn.BatchNorm2d(6), Norm("zca_whitening", 6),
    )  # fmt: skip
    network[1].eval()
    modes = [part.training for part in network.modules()]
    loader = [(x.float(), "label") for x in BATCHES[:2]]
    recompute(network, loader)
    assert [part.training for part in network.modules()] == modes
    assert all(value.grad is None for value in network.parameters())
    with torch.no_grad():
        hidden = network[0](torch.cat([x for x, _ in loader]))
        close(network[1].running_mean, rows(hidden).mean(1), 1e-5)
        # What comes later sees each batch normalized as in training, and no dropout.
        network[1].train()
        hidden = torch.cat([network[3](network[1](network[0](x))) for x, _ in loader])
    close(network[4].running_mean, rows(hidden).mean(1), 1e-5)
    close(network[4].running_var, rows(hidden).var(1, correction=0), 1e-5)
    assert network[5].num_batches_tracked == 2


def test_recomputing_that_fails_puts_everything_back():
    layer = Norm("precise", 6)
    layer(BATCHES[0].float())
    before = copy.deepcopy(layer.state_dict())
    layer.eval()
    with pytest.raises(NormError, match="float"):
        recompute(layer, [BATCHES[1].float(), torch.ones(4, 6, dtype=torch.long)])
    assert not layer.training
    assert not layer._forward_pre_hooks
    for name, value in layer.state_dict().items():
        assert torch.equal(value, before[name])
    recompute(layer, [])
    assert torch.equal(layer.running_mean, before["running_mean"])


def test_forgetting_starts_again():
    layer = Norm("zca_whitening", 6)
    layer(BATCHES[0].float())
    layer.reset_running_stats()
    for name, value in Norm("zca_whitening", 6).state().items():
        assert torch.equal(layer.state()[name], value)


def test_every_step_of_time_has_its_own_record():
    spec = Spec("recurrent_batch", (4, 6, 5))
    layer = Norm(spec, momentum=0.25, dtype=torch.float64)
    x = batch_of(spec)
    layer(x)
    close(layer.running_mean, 0.25 * x.mean(0), 1e-12)
    close(layer.running_var, 0.75 + 0.25 * x.var(0), 1e-12)


@pytest.mark.parametrize("steps", [1, 3, 5, 9])
def test_a_step_that_training_never_saw_takes_what_the_last_one_has(steps):
    layer, spec, _ = filled("recurrent_batch")
    x = batch_of(Spec("recurrent_batch", (2, 6, steps)))
    mean, variance = (
        torch.stack([record[:, min(t, 4)] for t in range(steps)], 1)
        for record in (layer.running_mean, layer.running_var)
    )
    y = (x - mean) / torch.sqrt(variance + spec.eps)
    expected = y * layer.weight[:, None] + layer.bias[:, None]
    close(layer.eval()(x), expected, 1e-10)
    if steps != 5:
        with pytest.raises(NormError, match=r"running_mean.*\(6, 5\)"):
            layer.train()(x)
