"""Cases as data: shapes, arrays of every kind, random specs, and two judges for any spec."""

import math
from collections.abc import Callable, Mapping
from itertools import product

import einops
import numpy as np
import torch
from hypothesis import strategies as st

from normlib import METHODS, Spec
from normlib.methods import divisors

torch.set_num_threads(1)  # pytest-xdist already uses every core

SHAPES: Mapping[str, tuple[int, ...]] = {
    "nc": (12, 6),
    "nct": (4, 6, 5),
    "nchw": (3, 6, 4, 5),
    "ncdhw": (2, 6, 3, 2, 4),
    "nhwc": (3, 4, 5, 6),
}
SPACE = ("", "t", "hw", "dhw")  # space axes by their number
KINDS = (
    "numpy float16", "numpy float32", "numpy float64",
    "torch float16", "torch bfloat16", "torch float32", "torch float64",
)  # fmt: skip
TOLERANCES = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-6, "float64": 1e-13}
CENTRING = tuple(key for key, method in METHODS.items() if method.operation == "standardize")
PAIRS = [
    (method, layout)
    for method, layout in product(METHODS, SHAPES)
    if len(layout) > 2 or not METHODS[method].needs_space
]


def spec_of(method: str, layout: str, **knobs: object) -> Spec:
    """The spec on the shape that stands for a layout; 3 groups where there are groups."""
    if "groups" in knob_names(method):
        knobs.setdefault("groups", 3)
    return Spec(method, SHAPES[layout], layout, knobs)


def knob_names(method: str) -> set[str]:
    return {knob.name for knob in METHODS[method].knobs}


def values(spec: Spec, seed: int = 0) -> np.ndarray:
    """Normal numbers; every entry along every axis has its own offset, so that axes matter."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=spec.sizes)
    for axis, size in enumerate(spec.sizes):
        x += rng.normal(size=[size if a == axis else 1 for a in range(len(spec.sizes))])
    return x


def gamma_beta(spec: Spec, seed: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.uniform(0.5, 2, shape) for name, shape in spec.parameter_shapes.items()}


def as_kind(kind: str, x: np.ndarray) -> np.ndarray | torch.Tensor:
    library, dtype = kind.split()
    if library == "numpy":
        return x.astype(dtype)
    return torch.from_numpy(x.copy()).to(getattr(torch, dtype))


def plain(x: np.ndarray | torch.Tensor) -> np.ndarray:
    """The same numbers as numpy float64."""
    return np.asarray(x if isinstance(x, np.ndarray) else x.detach().double().numpy(), float)


def random_spec(method: str, rng: np.random.Generator, eps: tuple[float, ...]) -> Spec:
    """Any axis order, any sizes with at least two values in every group."""
    while True:
        axes = list("nc" + SPACE[rng.integers(METHODS[method].needs_space, 4)])
        layout = "".join(rng.permutation(axes))
        sizes = tuple(int(size) for size in rng.integers(1, 8, len(layout)))
        knobs: dict[str, object] = {"eps": float(rng.choice(eps)), "affine": bool(rng.integers(2))}
        if "groups" in knob_names(method):
            knobs["groups"] = int(rng.choice(divisors(sizes[layout.index("c")])))
        spec = Spec(method, sizes, layout, knobs)
        if spec.partition.rows > 1:
            return spec


@st.composite
def specs(
    draw: st.DrawFn,
    methods: tuple[str, ...] = tuple(METHODS),
    eps: st.SearchStrategy[float] = st.floats(0, 1),  # noqa: B008
    by_variance: st.SearchStrategy[bool] = st.booleans(),  # noqa: B008
    largest: int = 4,
) -> Spec:
    """Any spec: every method, axis order, size, knob and seed."""
    method = draw(st.sampled_from(methods))
    space = draw(st.sampled_from(SPACE[METHODS[method].needs_space :]))
    layout = "".join(draw(st.permutations("nc" + space)))
    sizes = tuple(draw(st.integers(1, 6 if axis == "c" else largest)) for axis in layout)
    knobs: dict[str, object] = {"affine": draw(st.booleans()), "eps": draw(eps)}
    if "groups" in knob_names(method):
        knobs["groups"] = draw(st.sampled_from(divisors(sizes[layout.index("c")])))
    if "by_variance" in knob_names(method):
        knobs["by_variance"] = draw(by_variance)
    return Spec(method, sizes, layout, knobs, draw(st.integers(0, 2**40)))


def label(spec: Spec, index: tuple[int, ...]) -> tuple[int, ...]:
    """The group of an entry, as the lesson tells the methods apart; the slow, obvious way."""
    at = dict(zip(spec.layout, index, strict=True))
    space = tuple(i for axis, i in at.items() if axis not in "nc")
    per_sample = (at["n"],)
    return {
        "batch": (at["c"],),
        "layer": per_sample,
        "layer_position": (at["n"], *space),
        "instance": (at["n"], at["c"]),
        "group": (at["n"], at["c"] // (spec.channels // spec.groups)),
        "rms": per_sample,
        "rms_position": (at["n"], *space),
    }[spec.method]


def slow_reference(
    spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray], centre: bool
) -> np.ndarray:
    """Entry by entry, with exact sums in Python."""
    groups: dict[tuple[int, ...], list[float]] = {}
    for index in np.ndindex(*spec.sizes):
        groups.setdefault(label(spec, index), []).append(float(x[index]))
    y = np.empty(spec.sizes)
    for index in np.ndindex(*spec.sizes):
        group = groups[label(spec, index)]
        mean = math.fsum(group) / len(group) if centre else 0.0
        square = math.fsum((value - mean) ** 2 for value in group) / len(group)
        y[index] = (x[index] - mean) / math.sqrt(square + float(spec["eps"]))
        per = "c" if spec.entry.per == "c" else spec.layout.replace("n", "")
        own = tuple(i for i, axis in zip(index, spec.axes, strict=True) if axis in per)
        y[index] = y[index] * parameters.get("gamma", {own: 1.0})[own]
        y[index] = y[index] + parameters.get("beta", {own: 0.0})[own]
    return y


def torch_reference(
    spec: Spec, x: torch.Tensor, parameters: Mapping[str, torch.Tensor]
) -> torch.Tensor:
    """The layers of ``torch.nn`` in training mode, axes moved by einops."""
    space = [axis for axis in spec.axes if axis not in "nc"]
    last = spec.method.endswith("_position")
    usual = ["n", *space, "c"] if last else ["n", "c", *space]
    there, back = (f"{' '.join(a)} -> {' '.join(b)}"
                   for a, b in ((spec.axes, usual), (usual, spec.axes)))  # fmt: skip
    moved = einops.rearrange(x, there)
    d, size = max(1, len(space)), tuple(moved.shape[-1:] if last else moved.shape[1:])
    knobs = {"eps": float(spec["eps"]), "dtype": x.dtype}
    affine = bool(parameters)
    make: Mapping[str, Callable[[], torch.nn.Module]] = {
        "batch": lambda: getattr(torch.nn, f"BatchNorm{d}d")(spec.channels, affine=affine, **knobs),
        "layer": lambda: torch.nn.LayerNorm(size, elementwise_affine=affine, **knobs),
        "instance": lambda: getattr(torch.nn, f"InstanceNorm{d}d")(
            spec.channels, affine=affine, **knobs
        ),
        "group": lambda: torch.nn.GroupNorm(spec.groups, spec.channels, affine=affine, **knobs),
        "rms": lambda: torch.nn.RMSNorm(size, elementwise_affine=affine, **knobs),
    }
    layer = make[spec.method.removesuffix("_position")]()
    own = [axis for axis in spec.axes if axis in (["c"] if spec.entry.per == "c" else usual[1:])]
    order = f"{' '.join(own)} -> {' '.join(axis for axis in usual if axis in own)}"
    with torch.no_grad():
        for name, value in zip(("weight", "bias"), parameters.values(), strict=False):
            getattr(layer, name).copy_(einops.rearrange(value, order))
        return einops.rearrange(layer(moved), back)
