import numpy as np
import pytest
import torch

from normlib.landscape import Net, methods
from normlib.landscape.nets import build, loss_of
from normlib.tasks import task

X = torch.from_numpy(task("digits").x[:16].copy())
CASES = [Net(kind, method, depth=2) for kind in ("mlp", "cnn") for method in methods(kind)]


@pytest.mark.parametrize("net", CASES, ids=lambda net: f"{net.kind}-{net.method}")
def test_every_method_trains_in_every_kind_of_net(net):
    stack = build(net, torch.float64)
    loss = loss_of(stack(X), torch.arange(16) % 10)
    found = torch.autograd.grad(loss, list(stack.parameters()), allow_unused=True)
    assert all(torch.isfinite(g).all() for g in found if g is not None)
    first = dict(zip(dict(stack.named_parameters()), found, strict=True))["blocks.0.map.weight"]
    assert first.abs().max() > 0


@pytest.mark.parametrize("kind", ["mlp", "cnn"])
def test_nets_that_differ_in_the_method_start_from_the_same_weights(kind):
    plain, batch = (build(Net(kind, method, depth=2)) for method in ("none", "batch"))
    own = dict(batch.named_parameters())
    assert all(torch.equal(value, own[name]) for name, value in plain.named_parameters())
    other = build(Net(kind, depth=2, seed=1))
    assert not torch.equal(plain.head.weight, other.head.weight)


def test_the_dtype_does_not_change_the_start():
    single, double = (build(Net(), dtype) for dtype in (torch.float32, torch.float64))
    assert torch.equal(single.head.weight, double.head.weight.float())


@pytest.mark.parametrize(
    ("init", "variance"),
    [("he", 2 / 400), ("xavier", 2 / 800), ("torch", 1 / 1200)],
)
def test_initial_weights_have_the_promised_variance(init, variance):
    stack = build(Net(width=400, depth=2, init=init, gain=1.5))
    hidden, head = stack.blocks[1].map, stack.head
    assert hidden.weight.var().item() == pytest.approx(1.5**2 * variance, rel=0.02)
    assert hidden.weight.mean().abs() < 1e-3
    if init == "he":
        assert head.weight.var().item() == pytest.approx(variance, rel=0.05)
    assert bool(hidden.bias.any()) == (init == "torch")
    if init == "torch":
        assert hidden.bias.abs().max() <= 1 / 400**0.5


def test_building_draws_from_no_global_generator():
    before = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    build(Net()), build(Net("cnn", "group", depth=2))
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])


def test_losses_are_those_of_their_formulas():
    logits = torch.tensor([[1.0, 2.0], [0.0, 0.5]], dtype=torch.float64)
    y = torch.tensor([1, 0])
    assert loss_of(logits, y, "squared").item() == (1 + 1 + 1 + 0.25) / 4
    want = np.mean([np.log(np.e + np.e**2) - 2, np.log(1 + np.e**0.5)])
    assert loss_of(logits, y).item() == pytest.approx(want)
