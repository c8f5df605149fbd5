"""Cases as data: shapes, arrays of every kind, parameters and random specs of every method."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

from normlib import METHODS, Spec
from normlib.method import Knob
from normlib.methods import divisors
from normlib.situation import bound
from tests.normlib.lesson import APART

torch.set_num_threads(1)  # pytest-xdist already uses every core

SHAPES: Mapping[str, tuple[int, ...]] = {
    "nc": (12, 6), "nct": (4, 6, 5), "nchw": (4, 6, 4, 5), "ncdhw": (2, 6, 3, 2, 4),
    "nhwc": (4, 4, 5, 6),
    "oi": (6, 8), "oit": (5, 4, 3), "oihw": (6, 4, 3, 2), "oidhw": (4, 3, 2, 3, 2),
    "hwio": (3, 2, 4, 6),
}  # fmt: skip
SPACE = ("", "t", "hw", "dhw")  # space axes by their number
KINDS = (
    "numpy float16", "numpy float32", "numpy float64",
    "torch float16", "torch bfloat16", "torch float32", "torch float64",
)  # fmt: skip
TOLERANCES = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-6, "float64": 1e-13}
LAYOUTS_OF = {
    method: tuple(layout for layout in SHAPES if entry.fits(layout))
    for method, entry in METHODS.items()
}
PAIRS = [(method, layout) for method, layouts in LAYOUTS_OF.items() for layout in layouts]
NOT_CENTRING = {
    "rms", "rms_position", "scale_norm", "l2", "pixel", "filter_response", "local_response",
    "global_response", "dynamic_tanh", "weight_norm", "spectral", "clip_global", "clip_adaptive",
    "lars", "muon",
    "frozen",  # the mean that it takes away is not that of the input
}  # fmt: skip
CENTRING = tuple(method for method in METHODS if method not in NOT_CENTRING)
# Disjoint groups that are standardized and nothing else, gamma and beta per axes of the layout.
STANDARDIZING = ("batch", "layer", "layer_position", "instance", "group", "positional",
                 "reversible", "act", "ghost", "recurrent_batch")  # fmt: skip
ROOT_MEAN_SQUARE = ("rms", "rms_position", "pixel")
# Of these an answer depends on the entries of its own group alone.
DISJOINT = tuple(
    method for method in METHODS
    if method in APART and not METHODS[method].pools and APART[method] == METHODS[method].apart
    and METHODS[method].recovery not in ("linear", "swap", "meta")
)  # fmt: skip
MIXING = ("pca_whitening", "zca_whitening", "cholesky_whitening", "iterative_whitening",
          "group_whitening", "coloring")  # fmt: skip


def default_layout(method: str) -> str:
    """The usual layout with as many axes as the method can take, up to four."""
    return max((layout for layout in LAYOUTS_OF[method] if layout not in ("nhwc", "hwio")),
               key=lambda layout: (len(layout) <= 4) * len(layout))  # fmt: skip


def spec_of(method: str, layout: str = "", **knobs: Any) -> Spec:
    """The spec on the shape that stands for a layout; 3 groups where there are groups.

    Two in group whitening of a matrix: a group of 2 channels has not enough rows for 3 features.
    """
    layout = layout or default_layout(method)
    if "groups" in knob_names(method):
        knobs.setdefault("groups", 2 if (method, layout) == ("group_whitening", "nc") else 3)
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


def gamma_beta(spec: Spec, seed: int = 1, training: bool = True) -> dict[str, np.ndarray]:
    """Every parameter of training or of prediction, at random; gamma and beta from 0.5 to 2."""
    rng, found = np.random.default_rng(seed), {}
    for name, parameter in spec.parameters(training).items():
        shape, below = spec.shape_of(parameter), bound(spec, parameter)
        if parameter.below:
            found[name] = rng.integers(below, size=shape)
            if parameter.below == parameter.axes:  # partners: no one is its own
                found[name] = (np.arange(below) + rng.integers(1, max(2, below))) % below
        elif parameter.start == "unit":
            found[name] = rng.normal(size=shape)
            found[name] /= np.linalg.norm(found[name])
        elif name in ("gamma", "beta"):
            found[name] = rng.uniform(0.5, 2, shape)
        else:
            found[name] = rng.uniform(parameter.low, parameter.high, shape)
    return {name: np.asarray(value) for name, value in found.items()}


def as_kind(kind: str, x: np.ndarray) -> np.ndarray | torch.Tensor:
    """The array in a library and a dtype; whole numbers stay so."""
    library, dtype = kind.split()
    whole = x.dtype.kind in "iu"
    if library == "numpy":
        return x if whole else x.astype(dtype)
    tensor = torch.from_numpy(x.copy())
    return tensor if whole else tensor.to(getattr(torch, dtype))


def all_as(kind: str, parameters: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {name: as_kind(kind, value) for name, value in parameters.items()}


def plain(x: np.ndarray | torch.Tensor) -> np.ndarray:
    """The same numbers as numpy float64."""
    return np.asarray(x if isinstance(x, np.ndarray) else x.detach().double().numpy(), float)


def permuted(
    spec: Spec, x: np.ndarray, given: Mapping[str, np.ndarray], layout: str
) -> tuple[Spec, np.ndarray, dict[str, np.ndarray]]:
    """The same numbers with the axes of the tensor, and of its parameters, in another order."""
    sizes = tuple(spec.lengths[axis] for axis in layout)
    other = Spec(spec.method, sizes, layout, spec.knobs, spec.seed)
    known = spec.parameters(False) | spec.parameters()
    moved = {}
    for name, value in given.items():
        axes = spec.axes_of(known[name])
        pooled = axes == ("pooled",)
        if pooled:  # one number for each row of the matrix
            axes = spec.partition.pooled
            value = value.reshape([spec.lengths[axis] for axis in axes])
        if set(axes) <= set(layout) and len(set(axes)) == len(axes) > 1:
            order = sorted(axes, key=layout.index) if pooled else other.axes_of(known[name])
            value = value.transpose([axes.index(axis) for axis in order])
        moved[name] = value.ravel() if pooled else value
    return other, x.transpose([spec.layout.index(axis) for axis in layout]), moved


def random_spec(method: str, rng: np.random.Generator, eps: tuple[float, ...]) -> Spec:
    """Any axis order, knobs and sizes with at least two values in every group."""
    entry = METHODS[method]
    single = entry.operation in ("local_response", "tanh")  # every entry is a group
    while True:
        space = [s for s in SPACE if entry.fits("".join(entry.roles) + s)]
        axes = [*entry.roles, *space[rng.integers(len(space))]]
        layout = "".join(rng.permutation(axes))
        sizes = tuple(int(size) for size in rng.integers(1, 8, len(layout)))
        if np.prod(sizes) > 1000:
            continue
        lengths = dict(zip(layout, sizes, strict=True))
        knobs = {knob.name: _random(knob, rng, lengths, eps) for knob in entry.knobs}
        spec = Spec(method, sizes, layout, knobs)
        if spec.partition.rows > 1 or single:
            return spec


def _random(
    knob: Knob, rng: np.random.Generator, lengths: Mapping[str, int], eps: tuple[float, ...]
) -> bool | int | float:
    if knob.kind is bool:
        return bool(rng.integers(2)) and knob.name != "by_variance"
    if knob.name == "eps":
        return float(rng.choice(eps))
    if knob.kind is int:
        if knob.divides:
            return int(rng.choice(divisors(lengths[knob.divides])))
        most = lengths[knob.within] if knob.within else 5
        return int(rng.integers(knob.minimum, most + 1))
    assert knob.default is not None
    return max(knob.minimum, (knob.default or 0.5) * float(rng.uniform(0.5, 4)))


@st.composite
def specs(
    draw: st.DrawFn,
    methods: tuple[str, ...] = tuple(METHODS),
    eps: st.SearchStrategy[float] = st.floats(0, 1),  # noqa: B008
    by_variance: st.SearchStrategy[bool] = st.booleans(),  # noqa: B008
    largest: int = 4,
) -> Spec:
    """Any spec: every method, axis order, size, knob and seed."""
    entry = METHODS[draw(st.sampled_from(methods))]
    roles = "".join(entry.roles)
    space = draw(st.sampled_from([axes for axes in SPACE if entry.fits(roles + axes)]))
    layout = "".join(draw(st.permutations(roles + space)))
    sizes = tuple(draw(st.integers(1, 6 if axis == "c" else largest)) for axis in layout)
    lengths = dict(zip(layout, sizes, strict=True))
    knobs: dict[str, Any] = {}
    for knob in entry.knobs:
        if knob.name in ("eps", "by_variance"):
            strategy: st.SearchStrategy[Any] = eps if knob.name == "eps" else by_variance
        elif knob.kind is bool:
            strategy = st.booleans()
        elif knob.divides:
            strategy = st.sampled_from(divisors(lengths[knob.divides]))
        elif knob.kind is int:
            most = lengths[knob.within] if knob.within else min(knob.maximum, 7)
            strategy = st.integers(int(knob.minimum), int(most))
        else:
            strategy = st.floats(knob.minimum, min(knob.maximum, 10))
        knobs[knob.name] = draw(strategy)
    return Spec(entry.key, sizes, layout, knobs, draw(st.integers(0, 2**40)))
