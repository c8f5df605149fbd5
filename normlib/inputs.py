"""What may come in from outside: floating-point arrays, parameters by name, single numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from normlib.arrays import Array, at_least_float32, is_tensor, like
from normlib.errors import NormError

REAL = "biuf"  # kinds of numbers that a parameter may hold


def check_floating(x: Array, code: str, **facts: object) -> None:
    """Raise `NormError` unless x is a numpy array or torch tensor of floating-point numbers.

    Args:
        code: of the sentence that names dtype and fix, for whole numbers and truths.
        facts: what that sentence names besides.
    """
    if not (is_tensor(x) or isinstance(x, np.ndarray)):
        raise NormError("library", type=type(x).__name__)
    kind = kind_of(x)
    if kind in "biu":
        fix = "x.float()" if is_tensor(x) else "x.astype(np.float32)"
        raise NormError(code, dtype=str(x.dtype), fix=fix, **facts)
    if kind != "f":
        raise NormError("real", dtype=str(x.dtype))


def check_parameters(
    given: Mapping[str, Array] | None,
    shapes: Mapping[str, tuple[int, ...]],
    x: Array,
    *,
    method: str,
    sizes: tuple[int, ...],
) -> dict[str, Array]:
    """The given parameters in the library of x, without those that are None.

    Args:
        given: by name; None as a whole stands for none.
        shapes: of every parameter that there is, by name.
        x: the input.
        method, sizes: for messages.

    Raises:
        NormError: for an unknown name, another shape, and what is no array of real numbers.
    """
    if not isinstance(given, Mapping | None):
        raise NormError("parameters", type=type(given).__name__)
    found = {name: value for name, value in (given or {}).items() if value is not None}
    for name, value in found.items():
        if name not in shapes:
            code = "unwanted_parameter" if shapes else "no_parameters"
            raise NormError(code, method=method, name=name, known=", ".join(shapes))
        if not (is_tensor(value) or isinstance(value, np.ndarray | np.generic)):
            fix = f"torch.as_tensor({name})" if is_tensor(x) else f"np.asarray({name})"
            raise NormError("parameter_type", name=name, method=method, type=type(value).__name__,
                            fix=fix)  # fmt: skip
        if kind_of(value) not in REAL:
            raise NormError("parameter_dtype", name=name, method=method, dtype=str(value.dtype))
        if tuple(value.shape) != shapes[name]:
            raise NormError("parameter", name=name, shape=tuple(value.shape), method=method,
                            spec_shape=sizes, expected=shapes[name])  # fmt: skip
    return {name: _in_library(value, x) for name, value in found.items()}


def plain(value: Any) -> Any:
    """A single number of numpy as that of Python; anything else as it is."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    kind = value.dtype.kind if isinstance(value, np.generic) else ""
    return {"b": bool, "i": int, "u": int, "f": float}.get(kind, lambda same: same)(value)


def kind_of(x: Array) -> str:
    """The kind of its numbers by numpy's letter: f real, i whole, b true or false, c complex..."""
    if not is_tensor(x):
        return str(x.dtype.kind)
    if x.is_floating_point():
        return "f"
    return "c" if x.is_complex() else "b" if str(x.dtype) == "torch.bool" else "i"


def library_of(x: object) -> str:
    """``"torch"`` or ``"numpy"``."""
    return "torch" if is_tensor(x) else "numpy"


def _in_library(value: Array, x: Array) -> Array:
    """The same numbers, where need be as a new array of the other library, without gradient."""
    if is_tensor(value) == is_tensor(x):
        return value
    if is_tensor(value):
        value = value.detach().cpu()
        return (at_least_float32(value) if kind_of(value) == "f" else value).numpy()
    dtype = value.dtype.newbyteorder("=") if value.dtype.itemsize <= 8 else np.float64
    return like(np.array(value, dtype), x)  # torch wants memory of its own, and knows no wider one
