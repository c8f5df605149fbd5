"""The learned part that gives back what normalizing took away: scale gamma and shift beta.

Parameters live on the axes of the input, not on the columns of the matrix: one per channel for
batch, instance and group norm, one per feature for layer norm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from normlib.errors import NormError

Array = Any  # a numpy array or a torch tensor


@dataclass(frozen=True)
class Recovery:
    """Names of the learned parameters, in the order in which they are applied."""

    key: str
    parameters: tuple[str, ...]


RECOVERIES: Mapping[str, Recovery] = {
    "identity": Recovery("identity", ()),
    "scale": Recovery("scale", ("gamma",)),
    "affine": Recovery("affine", ("gamma", "beta")),
}
NEUTRAL: Mapping[str, float] = {"gamma": 1.0, "beta": 0.0}  # values that change nothing


def recover(x: Array, gamma: Array | None, beta: Array | None) -> Array:
    """``gamma * x + beta``, each left out where it is None; shapes broadcast to ``x``.

    Where x is zero the answer is beta exactly, for every finite gamma.
    """
    y = x if gamma is None else gamma * x
    return y if beta is None else y + beta


def check_parameters(
    given: Mapping[str, Array],
    shapes: Mapping[str, tuple[int, ...]],
    *,
    method: str,
    sizes: tuple[int, ...],
) -> None:
    """Raise `NormError` unless every given parameter is known and has its shape."""
    for name, value in given.items():
        if name not in shapes:
            raise NormError(
                "unwanted_parameter", method=method, name=name, known=", ".join(shapes) or "none"
            )
        if tuple(value.shape) != shapes[name]:
            raise NormError(
                "parameter",
                name=name,
                shape=tuple(value.shape),
                method=method,
                spec_shape=sizes,
                expected=shapes[name],
            )
