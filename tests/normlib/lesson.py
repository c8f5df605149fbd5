"""What the lesson says of every method, written down once more: who shares statistics with whom.

Nothing here reads the table of methods, so that the table can be judged by it.
"""

import math
from collections.abc import Callable, Mapping

import einops
import numpy as np
import torch

from normlib import Spec

Index = tuple[int, ...]
_KEPT_APART = {  # the axes on which entries that share statistics agree
    "c": "batch l1_batch mean_only act renorm frozen conditional_batch film spade sync precise "
    "batch_instance",
    "b c": "ghost",
    "c ...": "recurrent_batch",
    "n": "layer rms global_response",
    "n ...": "layer_position rms_position positional scale_norm l2 pixel adaptive_layer",
    "n c": "instance mean_variance filter_response reversible conditional_instance "
    "adaptive_instance cross self",
    "n g": "group meta",
    "n c ...": "dynamic_tanh",
    "o": "weight_norm weight_standardization scaled_weight centered_weight clip_adaptive "
    "centralization",
    "": "clip_global lars spectral muon pca_whitening zca_whitening iterative_whitening",
}
APART = {method: axes for axes, methods in _KEPT_APART.items() for method in methods.split()}
APART["group_whitening"] = "n"  # one matrix per sample, its groups treated together


def label(spec: Spec, index: Index) -> Index:
    """What tells an entry's group from others, for the methods of `APART`."""
    at = dict(zip(spec.layout, index, strict=True))
    of_group = {
        "g": lambda: at["c"] // (spec.lengths["c"] // spec.groups),
        "b": lambda: at["n"] // (spec.lengths["n"] // int(spec["parts"])),
    }
    found: list[int] = []
    for axis in APART[spec.method].split():
        if axis == "...":
            found += [i for name, i in at.items() if name not in "ncoi"]
        else:
            found.append(of_group[axis]() if axis in of_group else at[axis])
    return tuple(found)


def shares(spec: Spec, one: Index, other: Index) -> bool:
    """Whether ``other`` is among the entries that give ``one`` its statistics."""
    if spec.method in APART:
        return label(spec, one) == label(spec, other)
    a, b = (dict(zip(spec.layout, index, strict=True)) for index in (one, other))
    same = {axis for axis in a if a[axis] == b[axis]}
    space = [axis for axis in a if axis not in "nc"]
    if spec.method == "virtual":
        return "c" in same and (b["n"] < int(spec["reference"]) or "n" in same)
    if spec.method == "cumulative_layer":
        return "n" in same and all(b[axis] <= a[axis] for axis in space)
    if spec.method == "local_response":
        size, ahead = int(spec["size"]), b["c"] - a["c"]
        return {"n", *space} <= same and -(size // 2) <= ahead <= (size - 1) // 2
    if spec.method == "switchable":
        return "n" in same or "c" in same  # instance and layer; batch
    if spec.method in ("cholesky_whitening", "coloring"):
        return b["c"] <= a["c"]  # what a feature shares with those before it is taken away
    near = all(abs(a[axis] - b[axis]) <= int(spec["reach"]) for axis in space)
    if spec.method == "divisive":
        return "n" in same and near
    assert spec.method == "local_context"
    width = spec.lengths["c"] // spec.groups
    return "n" in same and near and a["c"] // width == b["c"] // width


def root(squares: float, _: float, count: int, eps: float) -> float:
    return math.sqrt(squares / count + eps)


def length(squares: float, _: float, count: int, eps: float) -> float:
    return max(math.sqrt(squares), eps)


# For the disjoint groups: whether the mean is taken away, and what divides, from the sum of
# squares, the sum of absolute values, the number of entries and eps.
SLOW: Mapping[str, tuple[bool, Callable[[float, float, int, float], float]]] = {
    **dict.fromkeys(
        ("batch", "layer", "layer_position", "instance", "group", "positional", "reversible",
         "act", "ghost", "recurrent_batch", "sync", "precise", "weight_standardization"),
        (True, root)),
    **dict.fromkeys(("rms", "rms_position", "pixel"), (False, root)),
    **dict.fromkeys(("scale_norm", "l2", "weight_norm"), (False, length)),
    "centered_weight": (True, length),
    "mean_only": (True, lambda *_: 1.0),
    "centralization": (True, lambda *_: 1.0),
    "mean_variance": (True, lambda s, _, m, eps: math.sqrt(s / m) + eps),
    "l1_batch": (True, lambda _, a, m, eps: math.sqrt(math.pi / 2) * a / m + eps),
    "scaled_weight": (True, lambda s, _, m, eps: math.sqrt(max(s, eps))),
}  # fmt: skip


def slow_reference(spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray]) -> np.ndarray:
    """Entry by entry, with exact sums in Python."""
    centre, divisor = SLOW[spec.method]
    groups: dict[Index, list[float]] = {}
    for index in np.ndindex(*spec.sizes):
        groups.setdefault(label(spec, index), []).append(float(x[index]))
    found = {}
    for key, group in groups.items():
        mean = math.fsum(group) / len(group) if centre else 0.0
        away = [value - mean for value in group]
        squares, absolute = math.fsum(v * v for v in away), math.fsum(map(abs, away))
        found[key] = mean, divisor(squares, absolute, len(group), spec.eps)
    y = np.empty(spec.sizes)
    for index in np.ndindex(*spec.sizes):
        mean, scale = found[label(spec, index)]
        own = tuple(
            i for i, axis in zip(index, spec.axes, strict=True) if axis in spec.parameter_axes
        )
        gamma, beta = (
            parameters[name][own] if name in parameters else neutral
            for name, neutral in (("gamma", 1.0), ("beta", 0.0))
        )
        y[index] = gamma * (x[index] - mean) / scale + beta
    return y


IN_TORCH = ("batch", "layer", "layer_position", "instance", "group", "rms", "rms_position")


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
