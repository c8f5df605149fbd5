"""Loss surfaces, sharpness and smoothness beside public tools and beside plain loops.

Peers are installed for `make bench` alone; where one is missing, its rows are left out.
"""

import copy
import importlib
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from statistics import median
from types import ModuleType

import numpy as np
import torch
from torch.func import functional_call, vmap
from torch.utils.data import DataLoader, TensorDataset

from normlib.landscape import Net, Training
from normlib.landscape.directions import random_plane
from normlib.landscape.nets import Stack, build, loss_of
from normlib.landscape.sharpness import top_eigenvalue
from normlib.landscape.smoothness import MULTIPLES, smoothness
from normlib.landscape.spline import preview
from normlib.landscape.surface import surface
from normlib.landscape.training import Learner, batches, tensors
from normlib.tasks import task

Row = tuple[str, float, float, str]
ROUNDS = 5
SAMPLES, SIDE, SHARE = 512, 51, 7  # the slow peers evaluate a grid of SHARE by SHARE cells
LINE = np.linspace(-1, 1, SIDE)
CHUNKS = (1, 4, 16)  # of vmap; the best counts
NETS = {
    "MLP": Net(),
    "MLP with batch norm": Net(method="batch"),
    "CNN": Net("cnn", depth=2),
}


def measure() -> Iterator[Row]:
    """Seconds of ours beside seconds of the peer, medians of interleaved rounds."""
    torch.set_num_threads(2)
    x, y = tensors(task("digits").x[:SAMPLES], task("digits").y[:SAMPLES], torch.float32)
    for name, net in NETS.items():
        yield from _surfaces(name, net, x, y)
    yield from _beside_a_busy_core(x, y)
    yield from _eigenvalues(x, y)
    yield from _smoothness()


def _surfaces(name: str, net: Net, x: torch.Tensor, y: torch.Tensor) -> Iterator[Row]:
    stack, line = build(net), torch.from_numpy(LINE).float()
    plane = random_plane(stack, 0)
    plain = _in_torch(stack)
    ways = [list(way.values()) for way in plane]
    few = np.linspace(-1, 1, SHARE)
    peers: dict[str, tuple[Callable[[], object], float]] = {
        "set weights, evaluate by mini-batches": (
            lambda: _set_and_evaluate(plain, x, y, ways, few), (SIDE / SHARE) ** 2
        ),
    }  # fmt: skip
    known = _optional("loss_landscapes"), _optional("loss_landscapes.metrics")
    if known[0] and known[1]:
        metric = known[1].Loss(torch.nn.functional.cross_entropy, x, y)
        train = copy.deepcopy(plain).requires_grad_(False).train()
        peers["loss-landscapes"] = (
            lambda: known[0].random_plane(train, metric, 1, SHARE, "model", True),
            (SIDE / SHARE) ** 2,
        )
    for chunk in CHUNKS:
        peers[f"vmap {chunk}"] = (
            lambda chunk=chunk: _vmapped(plain, x, y, ways, line[::5], chunk),
            (SIDE / len(line[::5])) ** 2,
        )
    ours = lambda: surface(stack, x, y, plane, LINE, LINE)  # noqa: E731
    coarse = lambda: preview(surface(stack, x, y, plane, few17, few17), LINE, LINE)  # noqa: E731
    few17 = np.linspace(-1, 1, 17)
    times = _interleaved(ours, coarse, _products, *(call for call, _ in peers.values()))
    exact, rough, multiply = times[:3]
    found = {peer: seconds * factor for (peer, (_, factor)), seconds in
             zip(peers.items(), times[3:], strict=True)}  # fmt: skip
    best = min(CHUNKS, key=lambda chunk: found[f"vmap {chunk}"])
    for peer, seconds in found.items():
        if not peer.startswith("vmap") or peer == f"vmap {best}":
            label = f"torch.func.vmap, chunks of {best}" if peer.startswith("vmap") else peer
            yield f"s, surface 51x51, {name}", exact, seconds, label
    yield f"s, surface, {name}: preview", rough, exact, "the exact surface"
    if net.kind == "mlp":
        flops = 2 * SAMPLES * sum(p.numel() for p in stack.parameters() if p.ndim == 2) * SIDE**2
        share = flops / exact / (PRODUCTS * 2 * EDGE**3 / multiply)
        yield f"share of matrix product peak, {name}", share, 1, f"products of {EDGE}x{EDGE}"


EDGE, PRODUCTS = 1024, 8


def _beside_a_busy_core(x: torch.Tensor, y: torch.Tensor) -> Iterator[Row]:
    stack = build(NETS["MLP"])
    plane = random_plane(stack, 0)
    times = []
    for loops in (0, 1):
        others = [
            subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)
        ]
        try:
            times += _interleaved(lambda: surface(stack, x, y, plane, LINE, LINE))
        finally:
            for other in others:
                other.kill()
                other.wait()
    yield "s, surface, MLP, one core kept busy by another", times[1], 3 * times[0], "the limit"


def _products() -> None:
    a = torch.ones(EDGE, EDGE)
    for _ in range(PRODUCTS):
        torch.mm(a, a)


def _in_torch(net: Stack) -> torch.nn.Module:
    """The same net of torch's own modules, with the same weights."""
    image, parts = net.image, []
    if image:
        parts.append(torch.nn.Unflatten(1, (1, 8, 8)))
    for block in net.blocks:
        parts.append(copy.deepcopy(block.map))
        if block.norm is not None:
            parts.append(torch.nn.BatchNorm1d(block.norm.channels))
        parts.append(torch.nn.ReLU())
    parts += [torch.nn.Flatten()] * image
    return torch.nn.Sequential(*parts, copy.deepcopy(net.head))


def _set_and_evaluate(net, x, y, ways, line) -> np.ndarray:
    """As published with Li et al.: every parameter is set, then a data loader is run through."""
    net, found = copy.deepcopy(net).train(), np.empty((len(line), len(line)))
    start = [value.detach().clone() for value in net.parameters()]
    loader = DataLoader(TensorDataset(x, y), batch_size=128)
    criterion = torch.nn.CrossEntropyLoss()
    with torch.no_grad():
        for i, a in enumerate(line.tolist()):
            for j, b in enumerate(line.tolist()):
                for value, old, first, second in zip(net.parameters(), start, *ways, strict=True):
                    value.data = old + (first * a + second * b)
                total, right = 0.0, 0
                for inputs, targets in loader:
                    outputs = net(inputs)
                    total += criterion(outputs, targets).item() * len(inputs)
                    right += outputs.argmax(1).eq(targets).sum().item()
                found[i, j] = total / len(x)
    return found


def _vmapped(net, x, y, ways, line, chunk) -> torch.Tensor:
    """All cells as one mapped function, in chunks."""
    net = copy.deepcopy(net)
    for module in net:
        if isinstance(module, torch.nn.BatchNorm1d):
            module.track_running_stats = False
            module.running_mean = module.running_var = module.num_batches_tracked = None
    start = {name: value.detach() for name, value in net.named_parameters()}
    first, second = (dict(zip(start, way, strict=True)) for way in ways)

    def loss(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        moved = {name: v + a * first[name] + b * second[name] for name, v in start.items()}
        return torch.nn.functional.cross_entropy(functional_call(net, moved, (x,)), y)

    a, b = torch.meshgrid(line, line, indexing="ij")
    with torch.no_grad():
        return vmap(loss, chunk_size=chunk)(a.flatten(), b.flatten())


def _eigenvalues(x: torch.Tensor, y: torch.Tensor) -> Iterator[Row]:
    learner = Learner(Net(), Training(steps=40))
    list(learner)
    net, criterion = _in_torch(learner.stack), torch.nn.CrossEntropyLoss()
    calls = {"": lambda: top_eigenvalue(learner.stack, x, y, tolerance=1e-3)[0].value}
    if (pyhessian := _optional("pyhessian")) is not None:
        warnings.filterwarnings("ignore", "Using backward.. with create_graph", UserWarning)
        calls["PyHessian, tol 1e-5"] = lambda: pyhessian.hessian(
            net, criterion, data=(x, y), cuda=False
        ).eigenvalues(maxIter=1000, tol=1e-5)[0][0]
    if (things := _optional("hessian_eigenthings")) is not None:
        operator = things.HessianOperator(net, [(x, y)], things.supervised_loss(criterion))
        calls["hessian-eigenthings, power iteration, tol 1e-5"] = lambda: (
            things.power_iteration_one(operator, max_iter=1000, tol=1e-5, seed=0)[0]
        )
        calls["hessian-eigenthings, Lanczos, 20 steps"] = lambda: things.lanczos(
            operator, k=1, max_iter=20, which="LA", seed=0
        ).eigenvalues[0]
    curvlinops, sparse = _optional("curvlinops"), _optional("scipy.sparse.linalg")
    if curvlinops is not None and sparse is not None:
        values = list(net.parameters())
        linear = curvlinops.HessianLinearOperator(net, criterion, values, [(x, y)]).to_scipy()
        calls["curvlinops with eigsh, tol 1e-5"] = lambda: sparse.eigsh(
            linear, k=1, which="LA", tol=1e-5, return_eigenvectors=False
        )[0]
    answers = [float(call()) for call in calls.values()]
    assert max(answers) - min(answers) < 2e-3 * answers[0], answers
    own, *times = _interleaved(*calls.values())
    for (peer, _), seconds in zip(list(calls.items())[1:], times, strict=True):
        yield "s, top eigenvalue of the Hessian, MLP", own, seconds, peer


def _smoothness() -> Iterator[Row]:
    training, seeds = Training(steps=20), (0, 1, 2, 3, 4)
    for method in ("none", "batch"):
        net = Net(method=method)
        own, theirs = _interleaved(
            lambda n=net: smoothness(n, training, seeds),
            lambda n=net: [_naive(n, training) for _ in seeds],
        )
        yield f"s, smoothness of 20 steps and 5 seeds, {method}", own, theirs, "autograd loop"


def _naive(net: Net, training: Training) -> None:
    """One net, one step size at a time."""
    stack = _in_torch(build(net))
    data = tensors(task("digits").x, task("digits").y, torch.float32)
    weights = list(stack.parameters())
    for numbers in batches(training, len(data[0])):
        x, y = (each[torch.from_numpy(numbers)] for each in data)
        start = [w.detach().clone() for w in weights]
        before = torch.autograd.grad(loss_of(stack(x), y), weights)
        for multiple in (*MULTIPLES, 1.0):
            with torch.no_grad():
                for w, s, g in zip(weights, start, before, strict=True):
                    w.copy_(s - multiple * training.rate * g)
            loss = loss_of(stack(x), y)
            after = torch.autograd.grad(loss, weights)
            float(sum((a - b).square().sum() for a, b in zip(after, before, strict=True)) ** 0.5)
            float(loss.detach())


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _interleaved(*calls: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in calls]
    pairs = list(zip(calls, times, strict=True))
    for turn in range(ROUNDS):
        for call, kept in pairs if turn % 2 else reversed(pairs):
            begin = time.perf_counter()
            call()
            kept.append(time.perf_counter() - begin)
    return [median(kept) for kept in times]
