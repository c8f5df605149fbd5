"""Arithmetic that writes over an array that was just made, where torch records no gradient.

No second array is made. Numbers are the same either way.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from normlib.arrays import Array, is_tensor, records_gradients

BUFFER = 2**10  # of numpy's loops, which take thrice the time for columns shorter than half of it


def centre_and_divide(
    x: Array,
    shifts: tuple[Array, ...] = (),
    scale: Array = None,
    power: int = 1,
    *,
    in_place: bool = False,
) -> Array:
    """Subtract every shift in order, then divide ``power`` times by the scale.

    One new array is made; x itself never changes, and is returned where there is nothing to do.
    With ``in_place`` x is written over, unless torch records a gradient.

    Args:
        x: columns, shape ``(..., rows, columns)``.
        shifts: arrays of shape ``(..., 1, columns)``.
        scale: of the same shape, without zeros; None to divide by nothing.
        power: how often to divide.
    """
    y = x
    with short_buffer():
        for shift in shifts:
            y = x - shift if y is x and not in_place else subtract(y, shift)
        for _ in range(power if scale is not None else 0):
            y = x / scale if y is x and not in_place else divide(y, scale)
    return y


def multiply(y: Array, factor: Array) -> Array:
    """``y * factor``; in place, unless torch records a gradient."""
    if has_gradient(y) or has_gradient(factor):
        return y * factor
    y *= factor
    return y


def add(y: Array, term: Array) -> Array:
    """``y + term``; in place, unless torch records a gradient."""
    if has_gradient(y) or has_gradient(term):
        return y + term
    y += term
    return y


def subtract(x: Array, y: Array) -> Array:
    """``x - y``; in place, unless torch records a gradient of x."""
    if has_gradient(x):
        return x - y
    x -= y
    return x


def divide(x: Array, y: Array) -> Array:
    """``x / y``; in place, unless torch records a gradient of x."""
    if has_gradient(x):
        return x / y
    x /= y
    return x


def has_gradient(x: Array) -> bool:
    """Whether torch records what is done to x; decides about memory, never about numbers."""
    return is_tensor(x) and bool(x.requires_grad) and records_gradients()


@contextmanager
def short_buffer() -> Iterator[None]:
    """numpy's buffer for this thread, until the block is left; errstate puts it back."""
    with np.errstate():
        np.setbufsize(BUFFER)
        yield
