"""The four moves as named steps. What is taught and what is computed are one generator."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from normlib import normalize, recover
from normlib.errors import NormError
from normlib.normalize import OPERATIONS, Stats, namespace
from normlib.spec import Spec

Array = Any  # a numpy array or a torch tensor


@dataclass(frozen=True)
class Step:
    """One named step.

    Attributes:
        name: ``input``, ``reshape``, one step per statistic (``mean`` and ``variance``, or
            ``mean square``), ``normalize``, ``recover`` or ``reshape back``.
        array: its result. Steps on the matrix have shape ``(rows, columns)``, statistics
            ``(1, columns)``, the first and last step the shape of the tensor.
        axes: names of the array's axes; ``(n h w)`` stands for three axes flattened into one,
            ``1`` for an axis over which was pooled.
        pattern: for the two reshapes the einops pattern that makes this array from the one
            before, empty for the others.
        formula: key in ``formula.FORMULAS``.
    """

    name: str
    array: Array
    axes: tuple[str, ...]
    pattern: str
    formula: str


@dataclass(frozen=True)
class Trace:
    """All steps of one normalization, with what they were computed from.

    Attributes:
        spec: what was asked.
        steps: in order, the last one holding the answer.
        stats: statistics of each column.
        parameters: gamma and beta as used, by name.
    """

    spec: Spec
    steps: tuple[Step, ...]
    stats: Stats
    parameters: Mapping[str, Array]

    def __getitem__(self, name: str) -> Step:
        return next(step for step in self.steps if step.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the steps in order."""
        return tuple(step.name for step in self.steps)

    @property
    def output(self) -> Array:
        """The array of the last step."""
        return self.steps[-1].array


def step_names(spec: Spec) -> tuple[str, ...]:
    """Names of the steps that ``trace`` would give, without computing them."""
    statistics = OPERATIONS[spec.operation].statistics
    return ("input", "reshape", *statistics, "normalize", "recover", "reshape back")


def steps(
    spec: Spec, x: Array, parameters: Mapping[str, Array] | None = None
) -> Iterator[Step | Stats]:
    """Yield every `Step` in order, and the `Stats` once they are known.

    Half precision is computed in float32 and returned as it came.

    Args:
        spec: method and shape.
        x: numpy array or torch tensor of shape ``spec.sizes``, floating point.
        parameters: gamma and beta by name, each of shape ``spec.parameter_shapes[name]``; those
            left out are 1 and 0.

    Raises:
        NormError: for a wrong shape, dtype or parameter.
    """
    check_input(spec, x)
    parameters = dict(parameters or {})
    recover.check_parameters(
        parameters, spec.parameter_shapes, method=spec.method, sizes=spec.sizes
    )
    partition, operation = spec.partition, OPERATIONS[spec.operation]
    matrix_axes = partition.axes
    yield Step("input", x, spec.axes, "", "input")

    matrix = partition.split(_at_least_float32(x))
    yield Step("reshape", matrix, matrix_axes, partition.pattern, "reshape")

    stats = operation.fit(matrix, float(spec["eps"]))
    for name, value in stats.named:
        yield Step(name, value, ("1", matrix_axes[1]), "", f"{operation.key}.{name}")
    yield stats

    normalized = normalize.transform(matrix, stats)
    yield Step("normalize", normalized, matrix_axes, "", f"{operation.key}.normalize")

    gamma, beta = (on_matrix(spec, parameters.get(name), matrix) for name in ("gamma", "beta"))
    recovered = recover.recover(normalized, gamma, beta)
    kind = "_".join(spec.parameter_shapes) or "identity"
    yield Step("recover", recovered, matrix_axes, "", f"recover.{kind}")

    output = _as_before(partition.merge(recovered), x)
    yield Step("reshape back", output, spec.axes, partition.inverse, "reshape back")


def trace(spec: Spec, x: Array, parameters: Mapping[str, Array] | None = None) -> Trace:
    """Collect all steps; arguments and errors as for `steps`.

    Example:
        >>> x = np.random.default_rng(0).normal(size=(2, 4, 3, 3))
        >>> t = trace(Spec("batch", x.shape), x)
        >>> t["mean"].array.shape, t["reshape"].pattern
        ((1, 4), 'n c h w -> (n h w) c')
        >>> bool(np.allclose(t.output.mean((0, 2, 3)), 0))
        True
    """
    collected = list(steps(spec, x, parameters))
    return Trace(
        spec,
        tuple(step for step in collected if isinstance(step, Step)),
        next(stats for stats in collected if isinstance(stats, Stats)),
        dict(parameters or {}),
    )


def apply(spec: Spec, x: Array, parameters: Mapping[str, Array] | None = None) -> Array:
    """The normalized array: the last step, nothing else kept. As `steps` otherwise."""
    last = deque(steps(spec, x, parameters), maxlen=1).pop()
    assert isinstance(last, Step)
    return last.array


def members(spec: Spec, index: tuple[int, ...]) -> np.ndarray:
    """Indices of exactly those entries that give the entry at ``index`` its statistics.

    Returns:
        Whole numbers of shape ``(members, axes)``, in rising order; ``x[tuple(result.T)]`` takes
        them out of an array.

    Raises:
        NormError: for an index outside the shape.
    """
    return spec.partition.members(index)


def on_matrix(spec: Spec, parameter: Array | None, like: Array) -> Array | None:
    """A parameter laid out as the matrix, so that each cell meets its own gamma or beta."""
    if parameter is None:
        return None
    if not isinstance(like, np.ndarray):
        parameter = parameter.to(like.dtype)
    elif parameter.dtype != like.dtype:
        parameter = parameter.astype(like.dtype)
    per = spec.parameter_axes
    spread = tuple(
        size if axis in per else 1 for axis, size in zip(spec.axes, spec.sizes, strict=True)
    )
    full = namespace(like).broadcast_to(parameter.reshape(spread), spec.sizes)
    return spec.partition.split(full)


def check_input(spec: Spec, x: Array) -> None:
    """Raise `NormError` unless ``x`` is a floating-point array of the spec's shape."""
    is_torch = type(x).__module__.partition(".")[0] == "torch" and hasattr(x, "is_floating_point")
    if not (is_torch or isinstance(x, np.ndarray)):
        raise NormError("library", type=type(x).__name__)
    real = x.is_floating_point() if is_torch else np.issubdtype(x.dtype, np.floating)
    if not real:
        fix = "x.float()" if is_torch else "x.astype(np.float32)"
        raise NormError("dtype", method=spec.method, dtype=str(x.dtype), fix=fix)
    if tuple(x.shape) != spec.sizes:
        raise NormError("shape", shape=tuple(x.shape), expected=spec.sizes, layout=spec.layout)


def _at_least_float32(x: Array) -> Array:
    if x.dtype.itemsize >= 4:
        return x
    return x.astype(np.float32) if isinstance(x, np.ndarray) else x.float()


def _as_before(y: Array, x: Array) -> Array:
    if y.dtype == x.dtype:
        return y
    return y.astype(x.dtype) if isinstance(x, np.ndarray) else y.to(x.dtype)
