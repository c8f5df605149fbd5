"""Running statistics of the named layers: when they move, and with how many digits."""

import copy

import pytest
import torch

from tests.normlib.named_cases import (
    OURS,
    STATEFUL,
    THEIRS,
    batch,
    build,
    one_core,
    pair,
    same,
    shape_of,
    step,
)

BATCH = [name for name in STATEFUL if name.startswith("Batch")]
HALF = pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
every_layer = pytest.mark.parametrize("name", STATEFUL)


@pytest.fixture(autouse=True)
def small_kernels_stay_on_one_core():
    with one_core():
        yield


@every_layer
def test_only_the_mode_decides_whether_statistics_move(name):
    module = build(OURS, name)
    x = batch(shape_of(name)).requires_grad_()
    with torch.no_grad():
        module(x)
    trained = copy.deepcopy(module.state_dict())
    assert trained["running_mean"].abs().min() > 0
    with torch.enable_grad():
        y = module.eval()(x)
    y.sum().backward()
    for key, value in module.state_dict().items():
        assert torch.equal(value, trained[key])
    with torch.no_grad():
        assert torch.equal(module(x), y)


@pytest.mark.parametrize("momentum", [0.1, 0.0, 1.0, None])
@every_layer
def test_every_momentum_moves_the_statistics_as_torch_does(name, momentum):
    ours, theirs = pair(name, momentum=momentum)
    for seed in range(5):
        x = batch(shape_of(name), seed)
        same(step(ours, x), step(theirs, x), 0)
    assert ours.num_batches_tracked == (5 if name in BATCH else 0)


@pytest.mark.parametrize("name", BATCH)
def test_without_momentum_all_batches_weigh_the_same(name):
    module = build(OURS, name, momentum=None, dtype=torch.float64)
    batches = [batch(shape_of(name), seed, torch.float64) for seed in range(7)]
    for x in batches:
        module(x)
    by_channel = torch.stack([x.transpose(0, 1).flatten(1) for x in batches])
    torch.testing.assert_close(module.running_mean, by_channel.mean(-1).mean(0))
    torch.testing.assert_close(module.running_var, by_channel.var(-1).mean(0))


@pytest.mark.parametrize("name", BATCH)
def test_a_refused_batch_is_not_counted(name):
    module = build(OURS, name)
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        module(torch.ones(1, 4, *(1 for _ in shape_of(name)[2:])))
    with pytest.raises(RuntimeError):
        module(batch(shape_of(name, c=5)))
    assert module.num_batches_tracked == 0
    module(batch(shape_of(name)))  # and the lock is open
    assert module.num_batches_tracked == 1


@every_layer
def test_statistics_switched_off_later_are_treated_as_torch_does(name):
    x = batch(shape_of(name))
    for change in ({"track_running_stats": False}, {"running_mean": None, "running_var": None}):
        modules = pair(name)
        for module in modules:
            module(x)
            for key, value in change.items():
                setattr(module, key, value)
        for training in (True, False):
            ours, theirs = (module.train(training) for module in modules)
            same(step(ours, x), step(theirs, x), 0)


@every_layer
def test_resetting_forgets_all_batches(name):
    module = build(OURS, name)
    fresh = copy.deepcopy(module.state_dict())
    module(batch(shape_of(name)))
    module.reset_running_stats()
    assert all(torch.equal(value, fresh[key]) for key, value in module.state_dict().items())


@every_layer
def test_buffers_handed_in_are_the_ones_that_move(name):
    module = build(OURS, name)
    fresh = copy.deepcopy(module.state_dict())
    state = {key: value.clone() for key, value in module.state_dict().items()}
    torch.func.functional_call(module, state, (batch(shape_of(name)),))
    assert all(torch.equal(value, fresh[key]) for key, value in module.state_dict().items())
    assert state["running_mean"].abs().min() > 0


def test_a_compiled_layer_is_one_graph_and_counts():
    ours, theirs = pair("BatchNorm2d")
    compiled = torch.compile(ours, backend="eager", fullgraph=True)
    for seed in range(3):
        x = batch(shape_of("BatchNorm2d"), seed)
        assert torch.equal(compiled(x), theirs(x))
    assert ours.num_batches_tracked == 3
    assert torch.equal(ours.running_var, theirs.running_var)


CONVERSIONS = {
    "half": lambda m: m.half(),
    "bfloat16": lambda m: m.bfloat16(),
    "to": lambda m: m.to(torch.bfloat16),
    "type": lambda m: m.to("cpu", torch.float16),
    "twice": lambda m: m.half().bfloat16(),
    "inside": lambda m: torch.nn.Sequential(m).half()[0],
}


@pytest.mark.parametrize("how", CONVERSIONS)
@every_layer
def test_statistics_keep_their_digits_when_the_module_becomes_half(name, how):
    module = build(OURS, name)
    module(batch(shape_of(name), mean=100))
    mean, variance = module.running_mean.clone(), module.running_var.clone()
    module = CONVERSIONS[how](module)
    assert module.weight.dtype in (torch.float16, torch.bfloat16)
    assert torch.equal(module.running_mean, mean)
    assert torch.equal(module.running_var, variance)
    assert module.running_mean.dtype == torch.float32
    assert module.double().running_mean.dtype == torch.float64
    assert module.half().running_mean.dtype == torch.float32
    assert module.float().running_var.dtype == torch.float32


@HALF
@pytest.mark.parametrize(("affine", "born"), [(True, torch.float32), (False, None)])
@every_layer
def test_half_precision_finds_the_mean_of_300_batches_at_100(name, dtype, affine, born):
    module = build(OURS, name, affine=affine, dtype=born or dtype).to(dtype)
    assert module.running_mean.dtype == module.running_var.dtype == torch.float32
    mean, variance = torch.zeros(4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    for seed in range(300):
        x = batch(shape_of(name, n=8), seed, dtype, mean=100)
        assert module(x).dtype == dtype
        by_channel = x.double().transpose(0, 1).flatten(1 if name in BATCH else 2)
        mean = 0.9 * mean + 0.1 * by_channel.flatten(1).mean(1)
        variance = 0.9 * variance + 0.1 * by_channel.var(-1).reshape(4, -1).mean(1)
    assert (module.running_mean - mean).abs().max() < 1e-3
    torch.testing.assert_close(module.running_var.double(), variance, rtol=1e-4, atol=0)
    y = module.eval()(x).double()
    scale = (module.running_var.double() + module.eps).sqrt()
    axes = (-1, *(1 for _ in shape_of(name)[2:]))
    expected = (x.double() - mean.reshape(axes)) / scale.reshape(axes)
    torch.testing.assert_close(y, expected, rtol=0.02, atol=0.02)


@HALF
@every_layer
def test_half_precision_state_loads_strictly_in_both_directions(name, dtype):
    ours, theirs = (module.to(dtype) for module in pair(name))
    for seed in range(3):
        x = batch(shape_of(name), seed, dtype)
        ours(x), theirs(x)
    for there, back in ((ours, build(THEIRS, name)), (theirs, build(OURS, name))):
        back = back.to(dtype)
        back.load_state_dict(there.state_dict(), strict=True)
        for key, value in back.state_dict().items():
            assert torch.equal(value, there.state_dict()[key].to(value.dtype))
        back.eval()(x)
    assigned = build(OURS, name, device="meta", dtype=dtype)
    assigned.load_state_dict(theirs.state_dict(), strict=True, assign=True)
    assert assigned.running_mean.dtype == assigned.running_var.dtype == torch.float32
    assert torch.equal(assigned.running_mean, theirs.running_mean.float())
    assert assigned(x).dtype == dtype
