"""Arrays, settings and windows as source text, for the code that is shown."""

import math
import re
from collections.abc import Iterable, Mapping

import numpy as np

from normlib.operation import Parameter
from normlib.partition import SPLITS
from normlib.pool import Pool
from normlib.situation import bound
from normlib.spec import Spec

MOST_WRITTEN = 64  # columns up to which windows are written out


def literal(value: np.ndarray, library: str) -> str:
    """An array as source text, every number such that reading it gives it back.

    Args:
        value: real or whole numbers; without axes it becomes a plain number.
        library: ``"np"`` or ``"torch"``.
    """
    if value.ndim == 0:
        return repr(float(value))
    whole = value.dtype.kind in "iu"
    numbers = ", ".join(repr(number.item()).removesuffix(".0") for number in value.ravel())
    reads_whole = not whole and all(float(number).is_integer() for number in value.ravel())
    dtype = {"np": ", dtype=float" * reads_whole, "torch": ", dtype=torch.float64" * (not whole)}
    function = {"np": "np.array", "torch": "torch.tensor"}[library]
    reshape = f".reshape{value.shape}" if value.ndim > 1 else ""
    return f"{function}([{numbers}]{dtype[library]}){reshape}"


def settings_used(spec: Spec, lines: Iterable[str]) -> list[str]:
    """The knobs that appear by name in lines of code, as assignments."""
    words = set(re.findall(r"[a-z_]+", "\n".join(lines)))
    return [f"{name} = {value!r}" for name, value in spec.settings.items() if name in words]


def parameter_lines(
    spec: Spec, wanted: Iterable[Parameter], given: Mapping[str, np.ndarray], library: str
) -> dict[str, str]:
    """Assignments of parameters by name: as given, or what a new layer starts with.

    A gamma of 1 and a beta of 0 per axis that are not given are left out, and so is a style.
    """
    found = {}
    for parameter in wanted:
        neutral = {"gamma": 1.0, "beta": 0.0}.get(parameter.name) == parameter.start
        if parameter.name in given:
            value = literal(np.asarray(given[parameter.name]), library)
        elif parameter.name == "style" or (neutral and parameter.axes == "per"):
            continue
        else:
            value = _initial(spec, parameter, library)
        found[parameter.name] = f"{parameter.name} = {value}"
    return found


def rearranged(spec: Spec, text: str, axes: tuple[str, ...]) -> str:
    """Source of an array on some axes of the layout, laid out so that it meets the matrix."""
    partition = spec.partition
    if not axes or (len(axes) == 1 and axes == partition.apart == partition.kept):
        return text  # a number, or one for every column
    split = {SPLITS[outer][0]: (outer, SPLITS[outer][1]) for outer in partition.given}
    named = {axis for whole in axes for axis in split.get(whole, (whole,))}
    left = " ".join(f"({' '.join(split[axis])})" if axis in split else axis for axis in axes)
    sizes = {axis: size for axis, size in partition.lengths.items() if axis not in named}
    counts = {outer: count for outer, count in partition.given.items() if outer in named}
    function = "repeat" if sizes else "rearrange"
    lengths = "".join(f", {axis}={size}" for axis, size in (counts | sizes).items())
    return f'{function}({text}, "{left} -> {" ".join(partition.axes)}"{lengths})'


def window_lines(spec: Spec, library: str) -> list[str]:
    """Lines that leave in ``windows`` for every column those that give it its statistics."""
    pool, partition = spec.pools[0], spec.partition
    comment = "# columns that give each column its statistics"
    if partition.columns <= MOST_WRITTEN:
        return [comment, f"windows = {[window.tolist() for window in pool.sources()]}"]
    lines = []
    if "near" in pool.relations.values():
        before, after = (("size // 2", "(size + 1) // 2") if "size" in spec.settings
                         else ("reach", "reach + 1"))  # fmt: skip
        lines = ["def near(i):", f"    return slice(max(0, i - {before}), i + {after})", ""]
    number = f"{library}.arange({partition.columns}).reshape{tuple(pool.lengths.values())}"
    chosen = ", ".join(_chosen(pool, axis) for axis in pool.lengths)
    loops = " ".join(f"for {axis} in range({size})" for axis, size in pool.lengths.items())
    return [*lines, f"columns = {number}  # the number of every column", comment,
            f"windows = [columns[{chosen}].reshape(-1)", f"           {loops}]"]  # fmt: skip


def _chosen(pool: Pool, axis: str) -> str:
    """How the window of a column is cut out along one axis."""
    return {
        "": axis,
        "all": ":",
        "past": f": {axis} + 1",
        "near": f"near({axis})",
        "first": f"sorted({{*range(reference), {axis}}})",
    }[pool.relations.get(axis, "")]


def _initial(spec: Spec, parameter: Parameter, library: str) -> str:
    shape = spec.shape_of(parameter)
    value = parameter.initial(shape, bound(spec, parameter))
    dtype = ", dtype=torch.float64" if library == "torch" else ""
    if parameter.below or not shape:
        return literal(value, library)
    if parameter.start == "eye":
        return f"{library}.eye({', '.join(map(str, dict.fromkeys(shape)))}{dtype})"
    size = shape[0] if len(shape) == 1 else shape
    number = value.flat[0].item()
    if number in (0.0, 1.0):
        return f"{library}.{'ones' if number else 'zeros'}({size}{dtype})"
    return f"{library}.full({size if len(shape) > 1 else shape}, {number!r}{dtype})"


def facts(spec: Spec, library: str) -> dict[str, object]:
    """What the placeholders stand for that all lines may hold."""
    partition, blocks = spec.partition, bool(spec.partition.blocks)
    per_block = math.prod(partition.lengths[axis] for axis in partition.apart)
    dtype = ", dtype=torch.float64" if library == "torch" else ""
    return {
        "xp": library,
        "pattern": partition.pattern,
        "columns": partition.columns,
        "kept": (kept := tuple(partition.lengths[axis] for axis in partition.kept)),
        "cube": (partition.rows, *kept),
        "eye": f"{library}.eye({per_block}{dtype})",
        "T": "mT" if blocks else "T",
        "down": "1, keepdims=True" if blocks else "0",
        "rows": "matrix.shape[1]" if blocks else "len(matrix)",
        "each": "[:, None] ** 0.5" if blocks else "**0.5",
    }
