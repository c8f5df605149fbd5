"""A `Norm` of every activation method, with random parameters, state and conditions."""

import torch

from normlib import METHODS, Spec
from normlib.layers.answering import NAMES
from normlib.layers.estimate import STATE
from normlib.layers.norm import Norm
from tests.normlib.cases import gamma_beta, spec_of, values

ACTIVATIONS = [key for key, method in METHODS.items() if method.tensor == "activation"]
WATCHING = [
    "batch", "l1_batch", "mean_only", "ghost", "sync", "renorm", "precise", "recurrent_batch",
    "switchable", "batch_instance", "pca_whitening", "zca_whitening", "cholesky_whitening",
    "iterative_whitening", "coloring", "conditional_batch", "film", "spade",
]  # fmt: skip
EIGHT = [method for method in ACTIVATIONS if METHODS[method].oracle != method] + ["precise", "sync"]


def filled(method, layout="", dtype=torch.float64, **settings):
    """The layer of a spec, the spec, and the tensors by the names of the table."""
    spec = method if isinstance(method, Spec) else spec_of(method, layout)
    layer = Norm(spec, dtype=dtype, **settings)
    given = {
        name: torch.from_numpy(value)
        for training in (True, False)
        for name, value in gamma_beta(spec, training=training).items()
    }
    given = {name: v.to(dtype) if v.is_floating_point() else v for name, v in given.items()}
    with torch.no_grad():
        for name, value in given.items():
            own = dict(layer.state()) | dict(layer.named_parameters())
            place = STATE.get(name, NAMES.get(name, name))
            if name not in layer.conditions:
                own[place].copy_(value)
    if "num_batches_tracked" in layer.state():
        layer.num_batches_tracked.fill_(3)
    return layer, spec, given


def conditions_of(layer, given):
    return {name: given[name] for name in layer.conditions}


def batch_of(spec, seed=0, dtype=torch.float64):
    return torch.from_numpy(values(spec, seed)).to(dtype)


def gradients(y, leaves, spec):
    """Gradients of a loss that weighs every entry differently."""
    loss = (y * torch.from_numpy(values(spec, 5)).to(y)).sum()
    return torch.autograd.grad(loss, leaves)


def close(a, b, tolerance):
    torch.testing.assert_close(a, b, rtol=tolerance, atol=tolerance, check_dtype=False)
