"""The same computation as a few lines that a reader can run: numpy by hand, torch by name."""

from collections.abc import Mapping

import numpy as np

from normlib.code_lines import normalize_lines
from normlib.code_recovery import recover_lines
from normlib.code_values import literal, parameter_lines, settings_used
from normlib.spec import Spec
from normlib.trace import leaves_alone

BATCH_NORM = "y = F.batch_norm({x}, None, None, {gamma}, {beta}, training=True, eps=eps){back}"
FROZEN = "y = F.batch_norm({x}, running_mean, running_variance, {gamma}, {beta}, eps=eps){back}"
INSTANCE_NORM = "y = F.instance_norm({x}, weight={gamma}, bias={beta}, eps=eps){back}"
LAYER_NORM = "y = F.layer_norm({x}, {x}.shape[1:], {gamma}, {beta}, eps){back}"
LAYER_NORM_LAST = (
    "y = F.layer_norm({x}.movedim(1, -1), ({channels},), {gamma}, {beta}, eps).movedim(-1, 1){back}"
)
RMS_NORM_LAST = (
    "y = F.rms_norm({x}.movedim(1, -1), ({channels},), {gamma}, eps).movedim(-1, 1){back}"
)
NORMALIZE = "y = {scale}F.normalize(x, dim={pooled}, eps=eps)"
TORCH_CALLS: Mapping[str, str] = {  # by oracle; {x} has the usual order of axes, {back} undoes it
    "batch_norm": BATCH_NORM,
    "act": BATCH_NORM,
    "sync": f"# one worker that holds all samples\n{BATCH_NORM}",
    "precise": f"# all batches at once\n{BATCH_NORM}",
    "frozen": FROZEN,
    "layer_norm": LAYER_NORM,
    "weight_standardization": LAYER_NORM,
    "layer_norm_last": LAYER_NORM_LAST,
    "positional": LAYER_NORM_LAST,
    "instance_norm": INSTANCE_NORM,
    "reversible": INSTANCE_NORM,
    "group_norm": "y = F.group_norm({x}, {groups}, {gamma}, {beta}, eps){back}",
    "rms_norm": "y = F.rms_norm({x}, {x}.shape[1:], {gamma}, eps){back}",
    "rms_norm_last": RMS_NORM_LAST,
    "pixel": RMS_NORM_LAST,
    "scale_norm": NORMALIZE,
    "l2": NORMALIZE,
    "weight_norm": NORMALIZE,
    "local_response": "y = F.local_response_norm({x}{packed}, size, alpha, power, k){back}",
    "clip_global": "weight = torch.nn.Parameter(torch.zeros_like(x))\n"
    "weight.grad = x.clone()\n"
    "torch.nn.utils.clip_grad_norm_([weight], max_norm)  # changes the gradient in place\n"
    "y = weight.grad",
}


def numpy_code(
    spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray], *, training: bool = True
) -> str:
    """The four moves in numpy and einops; running it leaves the answer in ``y``.

    Args:
        spec: method and shape.
        x: array of shape ``spec.sizes`` with at least one entry; it is written out, so its
            length is that of the code.
        parameters: arrays by name, as `trace.steps` takes them; those left out are written as a
            new layer starts, gamma 1 and beta 0 not at all. They are known to fit: nothing is
            checked here.
        training: whether statistics are those of x, as in `trace.steps`.

    Returns:
        Lines that import all they need; float64 throughout.

    Example:
        >>> x = np.array([[1.0, 2.0], [3.0, 6.0]])
        >>> found: dict[str, np.ndarray] = {}
        >>> exec(numpy_code(Spec("batch", x.shape), x, {}), found)
        >>> found["y"].round(3).tolist()
        [[-1.0, -1.0], [1.0, 1.0]]
    """
    return _source(spec, x, _four_moves(spec, parameters, "np", training), "np")


def torch_code(
    spec: Spec, x: np.ndarray, parameters: Mapping[str, np.ndarray], *, training: bool = True
) -> str:
    """One call of torch, or the four moves where torch has none for it.

    By hand it is also done where torch's call would raise (columns of one entry, no axis of
    space) and with the knob ``by_variance``.

    Args:
        spec, x, parameters, training: as for `numpy_code`.

    Returns:
        Lines that import all they need; running them leaves a float64 tensor in ``y``.
    """
    call = TORCH_CALLS.get(spec.entry.oracle, "")
    if spec.entry.predict and not training:
        call = FROZEN if "F.batch_norm" in call else ""
    mistaken = spec.operates(training).key == "divide_by_variance"
    if not call or mistaken or _refuses(spec, call):
        return _source(spec, x, _four_moves(spec, parameters, "torch", training), "torch")
    return _source(spec, x, _one_call(spec, call, parameters, training), "torch")


def without_input(source: str) -> str:
    """A code without the line that holds the input's numbers, to be run on any ``x``."""
    return "".join(line for line in source.splitlines(True) if not line.startswith("x = "))


def _source(spec: Spec, x: np.ndarray, lines: list[str], library: str) -> str:
    text = "\n".join(lines)
    functions = [name for name in ("rearrange", "repeat") if f"{name}(" in text]
    imports = ["import numpy as np" if library == "np" else "import torch"]
    imports += ["import torch.nn.functional as F"] if "F." in text else []
    imports += [f"from einops import {', '.join(functions)}"] if functions else []
    known = [f"x = {literal(x, library)}", *settings_used(spec, lines)]
    return "\n".join([*imports, "", *known, *([""] if functions else []), *lines]) + "\n"


def _four_moves(
    spec: Spec, parameters: Mapping[str, np.ndarray], library: str, training: bool
) -> list[str]:
    if leaves_alone(spec, training):
        return ["y = x  # nothing is done to it"]
    partition = spec.partition
    given = "".join(f", {axis}={count}" for axis, count in partition.given.items())
    lengths = ", ".join(f"{axis}={size}" for axis, size in partition.lengths.items())
    blocks = f"one matrix for each of {partition.axes[0]}, " if partition.blocks else ""
    return [
        f"# reshape: {blocks}one column per group",
        f'matrix = rearrange(x, "{partition.pattern}"{given})',
        "",
        "# normalize every column",
        *normalize_lines(spec, parameters, library, training),
        "",
        "# recover",
        *recover_lines(spec, parameters, library),
        "",
        "# reshape back",
        f'y = rearrange(recovered, "{partition.inverse}", {lengths})',
    ]


def _one_call(
    spec: Spec, call: str, parameters: Mapping[str, np.ndarray], training: bool
) -> list[str]:
    usual = [*spec.entry.roles, *(axis for axis in spec.axes if axis not in spec.entry.roles)]
    there, back = (tuple(a.index(axis) for axis in b)
                   for a, b in ((spec.axes, usual), (usual, spec.axes)))  # fmt: skip
    moved = list(spec.axes) != usual and "{x}" in call
    known = spec.parameters(training)
    given = {name: _in_order(value, spec.axes_of(known[name]), usual)
             for name, value in parameters.items() if name in known}  # fmt: skip
    written = parameter_lines(spec, known.values(), given, "torch")
    pooled = tuple(spec.axes.index(axis) for axis in spec.axes if axis in spec.partition.pooled)
    lines = call.format(
        x="moved" if moved else "x",
        back=f".permute{back}" if moved else "",
        packed=".contiguous()" if moved else "",  # where torch wants its own order in memory
        channels=spec.channels,
        groups=spec.groups,
        pooled=pooled[0] if len(pooled) == 1 else pooled,
        scale=f"{_broadcasting(spec)} * " if "gamma" in written else "",
        **{name: name if name in written else "None" for name in ("gamma", "beta")},
    ).split("\n")
    order = [f"moved = x.permute{there}  # {' '.join(usual)}"] if moved else []
    return [*written.values(), *order, *lines]


def _refuses(spec: Spec, call: str) -> bool:
    """Whether torch raises: columns of one entry, no axis of space, or eps 0 in training."""
    one_row = spec.partition.rows == 1
    if "training=True" in call and spec.eps == 0:
        return True
    if "F.local_response_norm" in call:
        return len(spec.sizes) == 2
    return one_row and any(f"F.{name}_norm" in call for name in ("batch", "instance", "group"))


def _in_order(value: np.ndarray, axes: tuple[str, ...], usual: list[str]) -> np.ndarray:
    """A parameter with those of its axes that belong to the layout in the usual order."""
    return value.transpose([axes.index(axis) for axis in usual if axis in axes])


def _broadcasting(spec: Spec) -> str:
    """Gamma as it meets the tensor: a number and a last axis do so by themselves."""
    if spec.parameter_axes in ((), spec.axes[-1:]):
        return "gamma"
    sizes = (size if axis in spec.parameter_axes else 1 for axis, size in spec.lengths.items())
    return f"gamma.reshape{tuple(sizes)}"
