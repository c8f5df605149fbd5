"""Scale invariance: what happens to loss, gradient and Hessian as hidden weights grow."""

from collections.abc import Sequence

import numpy as np
import torch

from normlib.landscape.ensemble import loss_alone
from normlib.landscape.nets import build
from normlib.landscape.records import Rescaled
from normlib.landscape.settings import Net
from normlib.landscape.sharpness import top_eigenvalue
from normlib.landscape.training import tensors
from normlib.landscape.workers import one_torch_thread
from normlib.tasks import task

SAMPLES = 512


def rescaled(
    net: Net, factors: Sequence[float] = (0.5, 1.0, 2.0, 4.0), loss: str = "cross_entropy"
) -> Rescaled:
    """A fresh net with all hidden weights times each factor, on 512 training samples.

    Behind batch norm the loss stays as it is, but for eps; the gradient in these weights is
    divided by the factor, the Hessian by its square. Computed in float64.

    Source: van Laarhoven 2017, arXiv:1706.05350.
    """
    stack = build(net, torch.float64)
    digits = task("digits")
    x, y = tensors(digits.x[:SAMPLES], digits.y[:SAMPLES], torch.float64)
    start = {name: value.detach() for name, value in stack.named_parameters()}
    hidden = [name for name in start if name.endswith("map.weight")]
    rows = []
    for factor in factors:
        weights = {n: v * factor if n in hidden else v for n, v in start.items()}
        leaves = {n: v.clone().requires_grad_() for n, v in weights.items()}
        with torch.enable_grad(), one_torch_thread():
            value = loss_alone(stack, leaves, x, y, loss)
            found = torch.autograd.grad(value, [leaves[name] for name in hidden])
        top, _ = top_eigenvalue(stack, x, y, weights=weights, only=hidden, loss=loss)
        length = float(sum(g.square().sum() for g in found) ** 0.5)
        rows.append((float(value.detach()), length, top.value))
    values, gradients, tops = np.array(rows).T
    return Rescaled(net, np.array(factors), values, gradients, tops)
