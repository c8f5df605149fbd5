"""The four moves as named steps. What is taught and what is computed are one generator."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from normlib.arrays import Array, at_least_float32, cast, share_memory
from normlib.errors import NormError
from normlib.inputs import check_floating, check_parameters
from normlib.operation import Stats
from normlib.recover import recover
from normlib.situation import At, given_to, lay_out
from normlib.spec import Spec


@dataclass(frozen=True)
class Step:
    """One named step.

    Attributes:
        name: ``input``, ``reshape``, one step per statistic (``mean`` and ``variance``, or
            ``mean square``, or ``covariance`` ...), ``normalize``, ``recover``, ``reshape back``.
        array: its result. Steps on the matrix have shape ``(rows, columns)``, with blocks
            ``(blocks, rows, columns)``; statistics have 1 in place of the rows, matrices that
            mix columns ``(columns, columns)``; the first and last step the shape of the tensor.
        axes: names of the array's axes; ``(n h w)`` stands for three axes flattened into one,
            ``1`` for an axis over which was pooled.
        pattern: for the two reshapes the einops pattern that makes this array from the one
            before, empty for the others.
        formula: key in ``formulas.FORMULAS``.
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
        parameters: parameters as used, by name.
        training: whether statistics were taken from the input, as in training.
        terms: what `recover` put together, by name, each broadcasting to the tensor.

    ``trace["mean"]`` is the step of that name; a `NormError` lists the names where there is none.
    """

    spec: Spec
    steps: tuple[Step, ...]
    stats: Stats
    parameters: Mapping[str, Array]
    training: bool = True
    terms: Mapping[str, Array] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Step:
        if isinstance(name, str) and name in self.names:
            return self.steps[self.names.index(name)]
        raise NormError("unknown_step", name=name, method=self.spec.method,
                        known=", ".join(self.names))  # fmt: skip

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the steps in order."""
        return tuple(step.name for step in self.steps)

    @property
    def output(self) -> Array:
        """The array of the last step."""
        return self.steps[-1].array


def leaves_alone(spec: Spec, training: bool) -> bool:
    """Whether the input comes back as it is: an empty batch, or a method that only trains."""
    return 0 in spec.sizes or (spec.entry.forgets and not training)


def step_names(spec: Spec, training: bool = True) -> tuple[str, ...]:
    """Names of the steps that ``trace`` would give, without computing them."""
    if leaves_alone(spec, training):
        return ("input", "reshape back")
    statistics = spec.operates(training).statistics
    return ("input", "reshape", *statistics, "normalize", "recover", "reshape back")


def steps(
    spec: Spec,
    x: Array,
    parameters: Mapping[str, Array] | None = None,
    *,
    training: bool = True,
    keep: bool = True,
) -> Iterator[Step | Stats | dict[str, Array]]:
    """Yield every `Step` in order, the `Stats` once they are known, and the terms of `recover`.

    Half precision is computed in float32 and returned as it came. An array without entries
    (an empty batch) comes back as it is.

    Args:
        spec: method and shape.
        x: numpy array or torch tensor of shape ``spec.sizes``, floating point.
        parameters: by name, each of the shape in ``spec.parameter_shapes`` (or
            ``spec.state_shapes`` for what prediction needs), real numbers of either library in
            any dtype; those left out take the values that a new layer starts with, gamma 1 and
            beta 0. None, as torch's layers say it, counts as left out. Lists are refused, and
            the message says how to make them arrays. Parameters of the other library are
            constants: no gradient reaches them.
        training: whether statistics are those of x; at prediction, methods that watch the batch
            take stored ones (``running_mean``, ``running_variance``). Never guessed.
        keep: whether the arrays of all steps stay as they are; otherwise a step's array holds
            only until the next step is asked for. The numbers are the same.

    Raises:
        NormError: for a wrong shape, dtype or parameter; with the first step, as in any
            generator.
    """
    check_input(spec, x)
    parameters = known_parameters(spec, x, parameters)
    yield Step("input", x, spec.axes, "", "input")
    if leaves_alone(spec, training):
        yield Stats(())
        yield Step("reshape back", x, spec.axes, "", "unchanged")
        return

    partition, operation = spec.partition, spec.operates(training)
    axes, wide = partition.axes, at_least_float32(x)
    matrix = partition.split(wide)
    yield Step("reshape", matrix, axes, partition.pattern, "reshape")

    stats = operation.fit(matrix, given_to(spec, operation, parameters, matrix))
    for name, value in stats.named:
        row = axes[-1] if value.shape[-2] == value.shape[-1] != 1 else "1"
        yield Step(name, value, (*axes[:-2], row, axes[-1]), "", f"{operation.key}.{name}")
    yield stats

    if not keep and not share_memory(matrix, wide):
        stats = replace(stats, reuse=True)
    normalized = operation.transform(matrix, stats)
    in_place = not keep and not share_memory(normalized, wide)
    del matrix  # the largest array that is needed no more
    yield Step("normalize", normalized, axes, "", f"{operation.key}.normalize")

    at = At(spec, wide, partition.merge(normalized), stats)
    recovery = spec.recovery
    found = recovery.terms(lay_out(spec, recovery.parameters, parameters, wide), at)
    terms = {name: value for name, value in found.items() if value is not None}
    yield terms
    recovered = recover(at.normalized, **terms, in_place=in_place)
    formula = f"recover.{'_'.join(terms) or 'identity'}"
    yield Step("recover", partition.split(recovered), axes, "", formula)

    yield Step("reshape back", cast(recovered, x), spec.axes, partition.inverse, "reshape back")


def trace(
    spec: Spec,
    x: Array,
    parameters: Mapping[str, Array] | None = None,
    *,
    training: bool = True,
) -> Trace:
    """Collect all steps.

    Args:
        spec, x, parameters, training: as for `steps`.

    Returns:
        All steps, each with an array of its own in the library of x, and what they were computed
        from. An array without entries has the first and last step only.

    Raises:
        NormError: as `steps`.

    Example:
        >>> import numpy as np
        >>> x = np.random.default_rng(0).normal(size=(2, 4, 3, 3))
        >>> t = trace(Spec("batch", x.shape), x)
        >>> t["mean"].array.shape, t["reshape"].pattern
        ((1, 4), 'n c h w -> (n h w) c')
        >>> bool(np.allclose(t.output.mean((0, 2, 3)), 0))
        True
    """
    collected = list(steps(spec, x, parameters, training=training))
    return Trace(
        spec,
        tuple(step for step in collected if isinstance(step, Step)),
        next(stats for stats in collected if isinstance(stats, Stats)),
        known_parameters(spec, x, parameters),
        training,
        next((terms for terms in collected if isinstance(terms, dict)), {}),
    )


def apply(
    spec: Spec,
    x: Array,
    parameters: Mapping[str, Array] | None = None,
    *,
    training: bool = True,
) -> Array:
    """The normalized array: the last step, nothing else kept.

    The same arithmetic as `trace`, to the last bit.

    Args:
        spec, x, parameters, training: as for `steps`.

    Returns:
        An array of the shape ``spec.sizes``, in library and dtype of x; x itself never changes.

    Raises:
        NormError: as `steps`.

    Example:
        >>> import numpy as np
        >>> apply(Spec("batch", (2, 1)), np.array([[1.0], [3.0]])).round(4)
        array([[-1.],
               [ 1.]])
    """
    last = deque(steps(spec, x, parameters, training=training, keep=False), maxlen=1).pop()
    assert isinstance(last, Step)
    return last.array


def check_input(spec: Spec, x: Array) -> None:
    """Raise `NormError` unless ``x`` is a floating-point array of the spec's shape."""
    check_floating(x, "dtype", method=spec.method)
    if tuple(x.shape) != spec.sizes:
        raise NormError("shape", shape=tuple(x.shape), expected=spec.sizes, layout=spec.layout)


def known_parameters(
    spec: Spec, x: Array, parameters: Mapping[str, Array] | None
) -> dict[str, Array]:
    """The parameters that are given, by name; `NormError` where one does not fit."""
    shapes = spec.state_shapes | spec.parameter_shapes
    return check_parameters(parameters, shapes, x, method=spec.method, sizes=spec.sizes)
