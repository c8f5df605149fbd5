"""Normalized weights of real layers: values, gradients, state, and the way back."""

import copy
import threading

import pytest
import torch
import torch.nn.functional as F
from torch.nn.utils import parametrizations, parametrize

from normlib import METHODS, NormError
from normlib.layers import oracle
from normlib.layers.weights import normalize_weight
from tests.normlib.norm_cases import close

WEIGHTS = [key for key, method in METHODS.items() if method.tensor == "weight"]
GAINED = ["weight_norm", "scaled_weight", "centered_weight"]
LAYERS = {
    "linear": (lambda: torch.nn.Linear(8, 6), (3, 8), 0),
    "conv1d": (lambda: torch.nn.Conv1d(4, 6, 3), (2, 4, 5), 0),
    "conv2d": (lambda: torch.nn.Conv2d(4, 6, 3, groups=2), (2, 4, 5, 5), 0),
    "conv3d": (lambda: torch.nn.Conv3d(2, 6, 2), (2, 2, 3, 3, 3), 0),
    "transposed": (lambda: torch.nn.ConvTranspose2d(4, 6, 3), (2, 4, 5, 5), 1),
}
every_method = pytest.mark.parametrize("method", WEIGHTS)
every_layer = pytest.mark.parametrize("kind", LAYERS)


def seeded(module, seed=0):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in module.parameters():
            value.copy_(torch.randn(value.shape, generator=generator) + 0.3)
    return module.double()


def normal(*shape, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def rows(weight, out_axis=0):
    """One row for each output."""
    return weight.movedim(out_axis, 0).flatten(1)


def state_of(module):
    return module.parametrizations.weight[0]


@every_layer
@every_method
def test_the_weight_and_its_gradients_are_those_of_the_judge(method, kind):
    build, _, out_axis = LAYERS[kind]
    module = normalize_weight(seeded(build()), method).eval()
    spec = state_of(module).spec
    assert spec.axes.index("o") == out_axis
    stored = dict(state_of(module).named_buffers())
    given = {name[1:]: value for name, value in stored.items()}
    held = dict(module.parametrizations.weight.named_parameters(recurse=False))
    names = ["gamma", "weight"] if method in GAINED else ["weight"]
    leaves = [value.detach().clone().requires_grad_() for _, value in sorted(held.items())]
    if method in GAINED:
        with torch.no_grad():
            held["original0"].mul_(1.5)
            leaves[0].mul_(1.5)
        given["gamma"] = leaves[0].reshape(-1)
    assert len(leaves) == len(names)
    theirs = oracle(spec, leaves[-1], given, training=not stored)
    close(module.weight, theirs, 1e-10)
    loss = normal(*theirs.shape)
    ours = torch.autograd.grad((module.weight * loss).sum(), [v for _, v in sorted(held.items())])
    for a, b in zip(ours, torch.autograd.grad((theirs * loss).sum(), leaves), strict=True):
        close(a, b, 1e-9)


@every_layer
@every_method
def test_what_each_method_promises_of_every_row(method, kind):
    build, shape, out_axis = LAYERS[kind]
    module = seeded(build())
    before = module.weight.detach().clone()
    normalize_weight(module, method)
    found, old = rows(module.weight.detach(), out_axis), rows(before, out_axis)
    if method == "weight_norm":
        close(found, old, 1e-12)
    if method == "centered_weight":
        close(found, old - old.mean(1, keepdim=True), 1e-12)
    if method == "weight_standardization":
        close(found.mean(1), torch.zeros(len(found)), 1e-12)
        close(found.var(1, correction=0), torch.ones(len(found)), 1e-4)
    if method == "scaled_weight":
        close(found.square().sum(1), torch.ones(len(found)), 1e-12)
    if method == "spectral":
        for _ in range(300):
            module.weight  # noqa: B018 - each use is one more iteration
        largest = torch.linalg.matrix_norm(rows(module.weight.detach(), out_axis), 2)
        close(largest, torch.ones(()), 1e-6)
    assert module(normal(*shape)).isfinite().all()


def test_spectral_norm_is_that_of_torch_for_the_same_state():
    for dims, kind in enumerate(("linear", "conv2d", "transposed")):
        ours, theirs = (seeded(LAYERS[kind][0](), dims) for _ in range(2))
        normalize_weight(ours, "spectral")
        parametrizations.spectral_norm(theirs)
        theirs.load_state_dict(ours.state_dict(), strict=True)
        ours.load_state_dict(theirs.state_dict(), strict=True)
        x = normal(*LAYERS[kind][1])
        pairs = []
        for module in (ours.eval(), theirs.eval()):
            y = module(x)
            original = module.parametrizations.weight.original
            pairs.append((y, torch.autograd.grad((y * y.detach().cos()).sum(), original)[0]))
        for a, b in zip(*pairs, strict=True):
            close(a, b, 1e-10)


@pytest.mark.parametrize("iterations", [1, 4])
def test_each_use_in_training_makes_the_iterations_of_the_paper(iterations):
    module = normalize_weight(seeded(torch.nn.Conv2d(4, 6, 3)), "spectral", iterations=iterations)
    matrix = rows(module.parametrizations.weight.original.detach())
    u = state_of(module)._u.clone()
    for _ in range(3):
        weight = module.weight
        for _ in range(iterations):
            v = F.normalize(matrix.T @ u, dim=0)
            u = F.normalize(matrix @ v, dim=0)
        close(state_of(module)._u, u, 1e-12)
        close(state_of(module)._v, v, 1e-12)
        close(rows(weight), matrix / (u @ matrix @ v), 1e-12)
    kept = state_of(module)._u.clone()
    module.eval()
    module.weight  # noqa: B018
    assert torch.equal(state_of(module)._u, kept)


def test_two_uses_before_one_backward_do_not_disturb_each_other():
    module = normalize_weight(seeded(torch.nn.Linear(8, 6)), "spectral")
    x = normal(3, 8)
    (module(x).sum() - module(2 * x).square().sum()).backward()
    assert module.parametrizations.weight.original.grad.isfinite().all()


def test_weight_norm_has_the_state_of_torch():
    ours, theirs = seeded(torch.nn.Conv2d(4, 6, 3)), seeded(torch.nn.Conv2d(4, 6, 3), 1)
    normalize_weight(ours, "weight_norm")
    parametrizations.weight_norm(theirs)
    ours.load_state_dict(theirs.state_dict(), strict=True)
    close(ours.weight, theirs.weight, 1e-12)


@every_layer
@every_method
def test_torch_takes_it_off_again(method, kind):
    module = normalize_weight(seeded(LAYERS[kind][0]()), method).eval()
    weight = module.weight.detach().clone()
    parametrize.remove_parametrizations(module, "weight")
    assert not parametrize.is_parametrized(module)
    assert isinstance(module.weight, torch.nn.Parameter)
    close(module.weight, weight, 0)


@every_method
def test_state_and_copies_hold_everything(method):
    module = normalize_weight(seeded(torch.nn.Conv2d(4, 6, 3)), method)
    other = normalize_weight(seeded(torch.nn.Conv2d(4, 6, 3), 5), method)
    other.load_state_dict(module.state_dict(), strict=True)
    copied = copy.deepcopy(module)
    for twin in (other, copied):
        close(twin.eval().weight, module.eval().weight, 0)
    with torch.no_grad():
        [*copied.parametrizations.weight.parameters(recurse=False)][-1].copy_(normal(6, 4, 3, 3))
    assert not torch.equal(copied.weight, module.weight)
    assert f"Normalized('{method}'" in repr(module)


@every_method
def test_a_new_weight_can_be_set(method):
    module = normalize_weight(seeded(torch.nn.Linear(8, 6)), method).eval()
    target = normal(6, 8, seed=7)
    with torch.no_grad():
        module.weight = target
    if method == "weight_norm":
        close(module.weight, target, 1e-12)
    close(F.normalize(rows(module.weight - module.weight.mean(1, keepdim=True)), dim=1),
          F.normalize(rows(target - target.mean(1, keepdim=True)), dim=1), 1e-10)  # fmt: skip


@every_method
def test_a_row_of_zeros_stays_finite_and_so_does_its_gradient(method):
    module = seeded(torch.nn.Linear(8, 6))
    with torch.no_grad():
        module.weight[2] = 0
    normalize_weight(module, method)
    module.weight.square().sum().backward()
    assert module.weight.isfinite().all()
    for value in module.parametrizations.parameters():
        assert value.grad.isfinite().all()


@every_method
def test_training_moves_what_is_learned(method):
    module = normalize_weight(seeded(torch.nn.Linear(8, 6)).float(), method)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.05)
    x, y = normal(32, 8).float(), normal(32, 6, seed=4).float()
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = (module(x) - y).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    assert losses[-1] < losses[0]


def test_threads_that_share_a_spectral_weight_lose_no_iteration():
    module = normalize_weight(seeded(torch.nn.Linear(8, 6)), "spectral")
    serial = copy.deepcopy(module)
    threads = [threading.Thread(target=lambda: [module.weight for _ in range(5)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(40):
        serial.weight  # noqa: B018
    assert torch.equal(state_of(module)._u, state_of(serial)._u)


@pytest.mark.parametrize(("call", "words"), [
    (lambda: normalize_weight(torch.nn.Linear(2, 3), "batch"), ("'batch'", "activations, not we")),
    (lambda: normalize_weight(torch.nn.Linear(2, 3), "muon"), ("'muon'", "gradients, not weights")),
    (lambda: normalize_weight(torch.nn.Linear(2, 3), "bach"), ("'bach'", "weight_norm")),
    (lambda: normalize_weight(torch.nn.Linear(2, 3), "spectral", eps=1.0), ("eps", "iterations")),
    (lambda: normalize_weight(torch.nn.Linear(2, 3), "spectral", out_axis=2), ("out_axis=2", "2")),
    (lambda: normalize_weight(torch.nn.Linear(2, 3), "spectral", "bias"), ("(3,) is 1", "oi, oit")),
])  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence(call, words):
    with pytest.raises(NormError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)
