"""What numpy arrays and torch tensors have in common, so that arithmetic is written once."""

import sys
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # a numpy array or a torch tensor


def namespace(x: Array) -> ModuleType:
    """The module whose functions work on ``x``: numpy, or torch where x is a tensor."""
    if isinstance(x, np.ndarray):
        return np
    return sys.modules["torch"] if is_tensor(x) else np


def is_tensor(x: object) -> bool:
    """Whether x is a torch tensor, a subclass of it such as a parameter included."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(x, torch.Tensor)


def like(value: Array, x: Array) -> Array:
    """The numbers of ``value`` in the library, dtype and place of ``x``; whole numbers stay so."""
    if not is_tensor(x):
        value = np.asarray(value)
        return value if value.dtype.kind in "iu" else value.astype(x.dtype, copy=False)
    torch = sys.modules["torch"]
    tensor = torch.as_tensor(value, device=x.device)
    return tensor.to(x.dtype) if tensor.is_floating_point() else tensor


def records_gradients() -> bool:
    """Whether torch is loaded and records gradients in this thread."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.is_grad_enabled())


def transformed() -> bool:
    """Whether torch transforms a function just now (``torch.func``: grad, jvp, vmap, ...)."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch._C._are_functorch_transforms_active())


def share_memory(x: Array, y: Array) -> bool:
    """Whether writing into one array might change the other; True where torch does not say.

    Inside a transform an array stands for many, and in an exported graph for none.
    """
    if not is_tensor(x):
        return np.may_share_memory(x, y)
    try:
        return transformed() or _memory(x) == _memory(y)
    except RuntimeError:
        return True


def _memory(x: Array) -> int:
    return int(x.untyped_storage().data_ptr())


def at_least_float32(x: Array) -> Array:
    """Half precision as float32, anything wider as it is."""
    if x.dtype.itemsize >= 4:
        return x
    return x.float() if is_tensor(x) else x.astype(np.float32)


def constant(x: Array) -> Array:
    """The same numbers, through which no gradient flows."""
    return x.detach() if is_tensor(x) else x


def double(x: Array) -> Array:
    """The same numbers in float64."""
    return x.double() if is_tensor(x) else np.asarray(x, np.float64)


def cast(y: Array, x: Array) -> Array:
    """``y`` in the dtype of ``x``; what exceeds its range becomes infinite."""
    if y.dtype == x.dtype:
        return y
    with np.errstate(over="ignore"):
        return y.to(x.dtype) if is_tensor(y) else y.astype(x.dtype)
