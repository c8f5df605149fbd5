"""The named layers beside those of torch: one example of each, and how two are compared."""

import contextlib
import inspect

import torch

from normlib.layers import named, tracked

STATEFUL = [f"{kind}Norm{d}d" for kind in ("Batch", "Instance") for d in (1, 2, 3)]
NAMES = [*STATEFUL, "LayerNorm", "GroupNorm", "RMSNorm"]
OURS = {name: getattr(tracked if name in STATEFUL else named, name) for name in NAMES}
THEIRS = {name: getattr(torch.nn, name) for name in NAMES}
SPACE = {"1": (5,), "2": (4, 5), "3": (3, 4, 5)}


def shape_of(name, n=3, c=4):
    """Shape of a batch for the layer of ``build``."""
    return (n, c, *SPACE.get(name[-2], (4, 5)))


@contextlib.contextmanager
def one_core():
    """torch on one core: else every thread starts a team, and small kernels wait for the teams."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def build(classes, name, c=4, **settings):
    """The layer with everything that can be learned and tracked."""
    first = {"GroupNorm": (2, c), "LayerNorm": ((4, 5),), "RMSNorm": ((4, 5),)}.get(name, (c,))
    if name in STATEFUL:
        settings = {"affine": True, "track_running_stats": True, **settings}
    return classes[name](*first, **settings)


def pair(name, **settings):
    """Ours and torch's with the same random parameters."""
    ours, theirs = (build(classes, name, **settings) for classes in (OURS, THEIRS))
    shuffle(theirs)
    ours.load_state_dict(theirs.state_dict())
    return ours, theirs


def shuffle(module, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in module.parameters():
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)


def batch(shape, seed=1, dtype=torch.float32, mean=0.5):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(shape, generator=generator) * 1.5 + mean).to(dtype)


def outcome(function, *args):
    """What a call returns, or the type of what it raises."""
    try:
        return function(*args)
    except Exception as error:
        return type(error)


def step(module, x):
    """Output, gradients of input and parameters, and buffers after one forward and backward."""
    x = x.detach().clone().requires_grad_()
    y = outcome(module, x)
    if isinstance(y, type):
        return y
    weights = torch.linspace(-1, 2, y.numel(), dtype=torch.float64).cos().reshape(y.shape)
    if y.requires_grad:
        y.backward(weights.to(y))
    parameters = {name: value.grad for name, value in module.named_parameters()}
    return {"y": y, "x": x.grad, **parameters, **dict(module.named_buffers())}


def same(ours, theirs, tolerance):
    """Assert that two answers of ``step`` agree."""
    if isinstance(theirs, type):
        assert ours is theirs
        return
    assert ours.keys() == theirs.keys()
    for key, value in theirs.items():
        torch.testing.assert_close(
            ours[key], value, rtol=tolerance, atol=tolerance, equal_nan=True
        )  # torch's gradient of the weight is NaN where a group is empty


def parameters_of(function):
    return inspect.signature(function).parameters.values()
