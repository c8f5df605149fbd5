"""What the page on smoothness says of PyTorch's initial weights and of losses."""

import pytest
import torch

from normlib.landscape import Net
from normlib.landscape.nets import build, loss_of
from normlib.landscape.training import entering, tensors
from normlib.tasks import task


def test_torch_draws_linear_weights_with_a_sixth_of_the_variance_of_he():
    linear = torch.nn.Linear(1000, 1000)
    assert linear.weight.var().item() == pytest.approx(2 / 1000 / 6, rel=0.01)


def test_with_the_weights_of_torch_signals_shrink_from_layer_to_layer_and_gradients_are_tiny():
    digits = task("digits")
    x, y = tensors(digits.x, digits.y, torch.float32)
    lengths = {}
    for init in ("torch", "he"):
        net = build(Net(init=init, depth=3))
        logits, inputs = entering(net, x)
        sizes = [h.square().mean().sqrt().item() for h in inputs]
        if init == "torch":
            assert sizes == sorted(sizes, reverse=True)
            assert sizes[-1] < 0.2 * sizes[0]
        gradients = torch.autograd.grad(loss_of(logits, y), list(net.parameters()))
        lengths[init] = torch.stack([g.norm() for g in gradients]).norm().item()
    assert lengths["torch"] < 0.1 * lengths["he"]


@pytest.mark.parametrize("size", [1.0, 10.0, 1000.0])
def test_the_gradient_of_cross_entropy_in_a_logit_is_at_most_1_and_that_of_squares_grows(size):
    y = torch.tensor([1])
    slopes = {}
    for kind in ("cross_entropy", "squared"):
        logits = torch.tensor([[size, -size, 0.5 * size]], requires_grad=True)
        (slope,) = torch.autograd.grad(loss_of(logits, y, kind), logits)
        slopes[kind] = slope.abs().max().item()
    assert slopes["cross_entropy"] <= 1
    assert slopes["squared"] == pytest.approx(size + 1)
