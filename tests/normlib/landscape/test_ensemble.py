"""Members of an ensemble get the numbers that they would get alone."""

import pytest
import torch

from normlib.landscape import Net, methods
from normlib.landscape.ensemble import Ensemble, lengths, loss_alone, member, stack
from normlib.landscape.nets import build
from normlib.tasks import task

DIGITS = task("digits")
X, Y = torch.tensor(DIGITS.x[:48]), torch.tensor(DIGITS.y[:48])
CASES = [Net(method=method, width=12) for method in methods("mlp")]
CASES += [Net("cnn", method, depth=2) for method in ("none", "batch", "instance")]
CASES += [Net(method=method, width=12, knobs={"affine": False}) for method in ("batch", "layer")]


@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
@pytest.mark.parametrize("net", CASES, ids=lambda net: f"{net.kind}-{net.method}")
def test_members_do_as_they_would_alone(net, loss):
    nets = [build(Net(net.kind, net.method, net.knobs, net.depth, net.width, seed=seed),
                  torch.float64) for seed in (0, 1)]  # fmt: skip
    stacked = stack(nets)
    generator = torch.Generator().manual_seed(0)
    for name, value in stacked.items():
        if ".norm." in name:
            value.add_(0.3 * torch.randn(value.shape, generator=generator, dtype=value.dtype))
    model = Ensemble(nets[0])
    apart = torch.stack([X[:32], X[16:]]), torch.stack([Y[:32], Y[16:]])
    for x, y in ((X, Y), apart):
        losses, gradients = model.gradients(stacked, x, y, loss)
        for k in (0, 1):
            own = {n: v.clone().requires_grad_() for n, v in member(stacked, k).items()}
            pair = (x, y) if x is X else (x[k], y[k])
            alone = loss_alone(nets[0], own, *pair, loss)
            torch.testing.assert_close(losses[k], alone.detach())
            found = torch.autograd.grad(alone, list(own.values()), allow_unused=True)
            for name, grad in zip(own, found, strict=True):
                want = torch.zeros_like(own[name]) if grad is None else grad
                torch.testing.assert_close(gradients[name][k], want, rtol=1e-7, atol=1e-9)


def test_a_member_that_blows_up_changes_no_other():
    nets = [build(Net(method="batch", width=12, seed=seed)) for seed in (0, 1)]
    x, model = X.float(), Ensemble(nets[0])
    well = stack(nets)
    before = model.gradients(well, x, Y, "cross_entropy")
    ill = {name: value.clone() for name, value in well.items()}
    ill["head.weight"][1] = torch.inf
    after = model.gradients(ill, x, Y, "cross_entropy")
    assert not after[0][1].isfinite()
    assert after[0][0] == before[0][0]
    assert all(torch.equal(after[1][name][0], before[1][name][0]) for name in ill)


def test_buffers_of_the_model_stay():
    net = build(Net(method="l1_batch", width=12))
    before = {name: value.clone() for name, value in net.named_buffers()}
    Ensemble(net).gradients(stack([net]), X.float(), Y, "squared")
    assert before
    assert all(torch.equal(value, before[name]) for name, value in net.named_buffers())


def test_lengths_are_those_of_all_parameters_together():
    stacked = {"w": torch.tensor([[3.0, 0.0], [1.0, 2.0]]), "b": torch.tensor([4.0, 2.0])}
    assert lengths(stacked).tolist() == [5, 3]
