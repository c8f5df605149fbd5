"""The same computation as a few lines that a reader can run: numpy by hand, torch by name."""

from collections.abc import Mapping

import numpy as np

from normlib.spec import Spec

TORCH_CALLS: Mapping[str, str] = {  # by oracle; last: channels moved to the end and back
    "batch_norm": "F.batch_norm({x}, None, None, {gamma}, {beta}, training=True, eps=eps)",
    "layer_norm": "F.layer_norm({x}, {x}.shape[1:], {gamma}, {beta}, eps)",
    "layer_norm_last": "F.layer_norm({x}.movedim(1, -1), ({channels},), {gamma}, {beta}, eps)"
    ".movedim(-1, 1)",
    "instance_norm": "F.instance_norm({x}, weight={gamma}, bias={beta}, eps=eps)",
    "group_norm": "F.group_norm({x}, {groups}, {gamma}, {beta}, eps)",
    "rms_norm": "F.rms_norm({x}, {x}.shape[1:], {gamma}, eps)",
    "rms_norm_last": "F.rms_norm({x}.movedim(1, -1), ({channels},), {gamma}, eps).movedim(-1, 1)",
}
NORMALIZE: Mapping[str, tuple[str, ...]] = {  # by operation
    "standardize": (
        "mean = matrix.mean(0)",
        "variance = ((matrix - mean) ** 2).mean(0)",
        "normalized = (matrix - mean) / (variance + eps) ** 0.5",
    ),
    "divide_by_variance": (
        "mean = matrix.mean(0)",
        "variance = ((matrix - mean) ** 2).mean(0)",
        "normalized = (matrix - mean) / (variance + eps)  # a mistake: the root is missing",
    ),
    "rms": (
        "mean_square = (matrix ** 2).mean(0)",
        "normalized = matrix / (mean_square + eps) ** 0.5",
    ),
}


def numpy_code(spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray]) -> str:
    """The four moves in numpy and einops; running it leaves the answer in ``y``."""
    lines = ["import numpy as np", "from einops import rearrange", ""]
    lines += [f"x = np.{_literal(x)}", f"eps = {float(spec['eps'])!r}", ""]
    lines += _four_moves(spec, parameters, "np.", "np.broadcast_to")
    return "\n".join(lines) + "\n"


def torch_code(spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray]) -> str:
    """One call of ``torch.nn.functional``, or the four moves where torch has none for it."""
    mistaken = spec.operation != spec.entry.operation
    lines = ["import torch", "import torch.nn.functional as F" if not mistaken else
             "from einops import rearrange", ""]  # fmt: skip
    lines += [f"x = torch.{_literal(x, torch=True)}", f"eps = {float(spec['eps'])!r}"]
    if mistaken:
        lines += ["", *_four_moves(spec, parameters, "torch.", "torch.broadcast_to", torch=True)]
        return "\n".join(lines) + "\n"
    usual = "nc" + "".join(axis for axis in spec.axes if axis not in ("n", "c"))
    there, back = (f".permute{tuple(a.index(axis) for axis in b)}" if usual != spec.layout else ""
                   for a, b in ((spec.layout, usual), (usual, spec.layout)))  # fmt: skip
    for name, value in parameters.items():
        per = [axis for axis in usual if axis in spec.parameter_axes]
        lines.append(f"{name} = torch.{_literal(_permuted(spec, value, per), torch=True)}")
    given = {name: name if name in parameters else "None" for name in ("gamma", "beta")}
    call = TORCH_CALLS[spec.entry.oracle].format(
        x=f"x{there}", channels=spec.channels, groups=spec.groups, **given
    )
    return "\n".join([*lines, f"y = {call}{back}"]) + "\n"


def _four_moves(
    spec: Spec, parameters: Mapping[str, np.ndarray], module: str, spread: str, torch: bool = False
) -> list[str]:
    partition = spec.partition
    split = f", g={spec.groups}" if partition.splits_channels else ""
    lines = ["# reshape: one column per group",
             f'matrix = rearrange(x, "{partition.pattern}"{split})', "",
             "# normalize every column", *NORMALIZE[spec.operation], "",
             "# recover"]  # fmt: skip
    shape = tuple(
        size if axis in spec.parameter_axes else 1
        for axis, size in zip(spec.axes, spec.sizes, strict=True)
    )
    for name, value in parameters.items():
        lines.append(f"{name} = {module}{_literal(value, torch=torch)}")
        lines.append(
            f'{name} = rearrange({spread}({name}.reshape{shape}, x.shape), "{partition.pattern}"'
            f"{split})"
        )
    right = "gamma * normalized" if "gamma" in parameters else "normalized"
    lines.append(f"recovered = {right}{' + beta' if 'beta' in parameters else ''}")
    lengths = ", ".join(f"{axis}={size}" for axis, size in partition.lengths.items())
    return [*lines, "", "# reshape back",
            f'y = rearrange(recovered, "{partition.inverse}", {lengths})']  # fmt: skip


def _permuted(spec: Spec, value: np.ndarray, per: list[str]) -> np.ndarray:
    return value.transpose([spec.parameter_axes.index(axis) for axis in per])


def _literal(x: np.ndarray, torch: bool = False) -> str:
    """An array as source text, every number such that reading it gives it back."""
    function, dtype = ("tensor", ", dtype=torch.float64") if torch else ("array", "")
    if not torch and all(float(value).is_integer() for value in x.ravel()):
        dtype = ", dtype=float"
    numbers = ", ".join(repr(float(value)).removesuffix(".0") for value in x.ravel())
    reshape = f".reshape{tuple(x.shape)}" if x.ndim > 1 else ""
    return f"{function}([{numbers}]{dtype}){reshape}"
