"""Milliseconds per call beside a peer, and peak memory; medians of interleaved runs."""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
import torch

from benchmarks import published
from normlib import Spec, apply, layers

Row = tuple[str, float, float, str]
ROUNDS = 15
FAR = 1e4  # mean of numbers with standard deviation 1
IMAGES, TOKENS = (32, 64, 56, 56), (64, 128, 768)


def measure() -> Iterator[Row]:
    """Layers beside torch.nn, numpy beside textbook lines, others beside published code."""
    torch.set_num_threads(2)
    yield from _layers()
    yield from _numpy()
    with torch.no_grad():
        yield from _accurate()
        yield from _far_from_zero(False)
    yield from _far_from_zero(True)
    with torch.no_grad():
        yield from _published()
    yield from _memory()


def _layers() -> Iterator[Row]:
    """Forward and backward of the named layers, on torch's kernels."""
    for name, arguments, shape in (
        ("BatchNorm2d", (64,), IMAGES), ("InstanceNorm2d", (64,), IMAGES),
        ("GroupNorm", (8, 64), IMAGES), ("LayerNorm", (768,), TOKENS), ("RMSNorm", (768,), TOKENS),
    ):  # fmt: skip
        x = torch.randn(shape, generator=_generator(), requires_grad=True)
        ours, peer = (getattr(module, name)(*arguments) for module in (layers, torch.nn))
        own, theirs = _interleaved(_step(ours, x), _step(peer, x))
        yield f"ms, {name} on {shape}, forward and backward", own, theirs, "torch.nn"


def _accurate() -> Iterator[Row]:
    """The shared arithmetic, right where torch's kernels are not."""
    for method, knobs, shape, axis, peer in (
        ("batch", {}, IMAGES, 1, torch.nn.BatchNorm2d(64)),
        ("instance", {}, IMAGES, 1, torch.nn.InstanceNorm2d(64, affine=True)),
        ("group", {"groups": 8}, IMAGES, 1, torch.nn.GroupNorm(8, 64)),
        ("layer_position", {}, TOKENS, -1, torch.nn.LayerNorm(768)),
        ("rms_position", {}, TOKENS, -1, torch.nn.RMSNorm(768)),
    ):  # fmt: skip
        x = torch.randn(shape, generator=_generator())
        layer = layers.Norm(method, shape[axis], channel_axis=axis, accurate=True, **knobs)
        own, theirs = _interleaved(lambda f=layer, x=x: f(x), lambda f=peer, x=x: f(x))
        yield f"ms, accurate {method} on {shape}, forward", own, theirs, "torch.nn"


def _far_from_zero(backward: bool) -> Iterator[Row]:
    """Accurate layers on data whose mean is long, where torch's kernels lose digits."""
    for name, arguments, shape in (("GroupNorm", (8, 64), IMAGES), ("LayerNorm", (768,), TOKENS)):
        x = torch.randn(shape, generator=_generator()).add_(FAR).requires_grad_(backward)
        ours = getattr(layers, name)(*arguments, accurate=True)
        peer = getattr(torch.nn, name)(*arguments)
        calls = [_step(f, x) if backward else (lambda f=f, x=x: f(x)) for f in (ours, peer)]
        own, theirs = _interleaved(*calls)
        what = "forward and backward" if backward else "forward"
        yield f"ms, accurate {name}, mean {FAR:g}, {what}", own, theirs, "torch.nn"


def _numpy() -> Iterator[Row]:
    """Apply on numpy arrays beside the lines of a textbook."""
    for method, layout, shape, pooled in (
        ("batch", "nchw", IMAGES, (0, 2, 3)), ("instance", "nchw", IMAGES, (2, 3)),
        ("layer", "nchw", IMAGES, (1, 2, 3)), ("layer_position", "ntc", TOKENS, (2,)),
    ):  # fmt: skip
        x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        spec = Spec(method, shape, layout)
        given = {name: np.ones(size, np.float32) for name, size in spec.parameter_shapes.items()}
        wide = [size if axis in spec.parameter_axes else 1 for axis, size in spec.lengths.items()]
        gamma, beta = (given[name].reshape(wide) for name in ("gamma", "beta"))

        def textbook(x=x, pooled=pooled, gamma=gamma, beta=beta) -> np.ndarray:
            mean, variance = (f(x, axis=pooled, keepdims=True) for f in (np.mean, np.var))
            return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta

        own, theirs = _interleaved(lambda s=spec, x=x, p=given: apply(s, x, p), textbook)
        yield f"ms, {method} on {shape}, numpy", own, theirs, "numpy, textbook lines"


def _published() -> Iterator[Row]:
    """What torch has no kernel for, beside the formulation of the papers' own code."""
    x = torch.randn(IMAGES, generator=_generator())
    partner = torch.arange(len(x)).roll(1)
    for method, given in (
        ("iterative_whitening", {}), ("zca_whitening", {}), ("cholesky_whitening", {}),
        ("switchable", {}), ("cross", {"partner": partner}),
    ):  # fmt: skip
        affine = {} if method == "cross" else {"affine": False}
        spec, peer = Spec(method, IMAGES, knobs=affine), getattr(published, method)
        own, theirs = _interleaved(lambda s=spec, g=given: apply(s, x, g), lambda f=peer: f(x))
        yield f"ms, {method} on {IMAGES}, forward", own, theirs, "published formulation"


def _memory() -> Iterator[Row]:
    """Peak of the accurate road on numpy, the input itself not counted."""
    x = np.random.default_rng(0).normal(size=IMAGES).astype(np.float32)
    for method in ("batch", "instance"):
        tracemalloc.start()
        apply(Spec(method, IMAGES), x)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        yield f"peak memory over input, {method}, numpy", peak / x.nbytes, 3, "the limit"


def _step(module: torch.nn.Module, x: torch.Tensor) -> Callable[[], None]:
    def step() -> None:
        module(x).sum().backward()

    return step


def _generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def _interleaved(*calls: Callable[[], object]) -> list[float]:
    times: list[list[float]] = [[] for _ in calls]
    pairs = list(zip(calls, times, strict=True))
    for turn in range(ROUNDS):
        for call, kept in pairs if turn % 2 else reversed(pairs):  # who is first finds cold memory
            begin = time.perf_counter()
            call()
            kept.append(1000 * (time.perf_counter() - begin))
    return [median(kept) for kept in times]
