"""What operations and recoveries get to know of a spec: parameters laid out, statistics spread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from normlib.arrays import Array, cast, is_tensor, like, namespace
from normlib.errors import NormError
from normlib.operation import Given, Operation, Parameter, Stats
from normlib.operations import OPERATIONS
from normlib.spec import Spec


@dataclass(frozen=True)
class At:
    """What a recovery may know: input, normalized values, and what was found of its groups."""

    spec: Spec
    x: Array
    normalized: Array
    stats: Stats

    @property
    def channel(self) -> int:
        """Position of the channel axis."""
        return self.spec.axes.index(self.spec.entry.roles[1])

    @property
    def sample(self) -> int:
        """Position of the batch axis."""
        return self.spec.axes.index(self.spec.entry.roles[0])

    @cached_property
    def mean(self) -> Array:
        """Mean of every entry's group, broadcasting to the input."""
        return on_tensor(self.spec, sum(self.stats.shifts[1:], self.stats.shifts[0]))

    @cached_property
    def scale(self) -> Array:
        """What every entry was divided by, broadcasting to the input."""
        return on_tensor(self.spec, self.stats.scale)

    @property
    def by_group(self) -> tuple[Array, Array]:
        """Mean and variance of every sample's groups, each of shape (samples, groups)."""
        shape = (-1, self.spec.groups)
        return self.stats["mean"].reshape(shape), self.stats["variance"].reshape(shape)

    def statistics(self, x: Array) -> tuple[Array, Array]:
        """Mean and scale of the same groups of another tensor, broadcasting to the input."""
        given = Given(self.spec.eps, self.spec.settings)
        stats = OPERATIONS["standardize"].fit(self.spec.partition.split(x), given)
        found = sum(stats.shifts[1:], stats.shifts[0]), stats.scale
        return on_tensor(self.spec, found[0]), on_tensor(self.spec, found[1])


def on_tensor(spec: Spec, statistic: Array) -> Array:
    """One number per column, shape (1, columns), as an array that broadcasts to the tensor."""
    partition = spec.partition
    if partition.given:  # split axes: every entry gets its own copy
        shape = (*statistic.shape[:-2], partition.rows, statistic.shape[-1])
        return partition.merge(namespace(statistic).broadcast_to(statistic, shape))
    sizes = tuple(size if axis in partition.kept else 1 for axis, size in spec.lengths.items())
    order = tuple(partition.kept.index(axis) for axis in spec.axes if axis in partition.kept)
    by_axis = statistic.reshape(tuple(spec.lengths[axis] for axis in partition.kept))
    return namespace(statistic).moveaxis(by_axis, order, tuple(range(len(order)))).reshape(sizes)


def given_to(
    spec: Spec, operation: Operation, parameters: Mapping[str, Array], matrix: Array
) -> Given:
    """What an operation may know, its parameters laid out to meet the columns of ``matrix``."""
    laid_out = {
        parameter.name: _on_columns(spec, parameter, value)
        for parameter, value in _values(spec, operation.parameters, parameters, matrix)
    }
    return Given(spec.eps, spec.settings, laid_out, spec.pools)


def lay_out(
    spec: Spec, wanted: Iterable[Parameter], parameters: Mapping[str, Array], x: Array
) -> dict[str, Array]:
    """Parameters of a recovery; those on axes of the layout alone broadcast to the tensor.

    Gamma 1 and beta 0 that are not given are left out, so that nothing is computed with them.
    """
    found = {}
    for parameter, value in _values(spec, wanted, parameters, x):
        axes = spec.axes_of(parameter)
        on_layout = set(axes) <= set(spec.axes) and len(set(axes)) == len(axes)
        if on_layout and not parameter.below:
            value = value.reshape([
                size if axis in axes else 1 for axis, size in spec.lengths.items()
            ])  # fmt: skip
        neutral = {"gamma": 1.0, "beta": 0.0}.get(parameter.name) == parameter.start
        if parameter.name in parameters or not (neutral and on_layout):
            found[parameter.name] = value
    return found


def _values(
    spec: Spec, wanted: Iterable[Parameter], parameters: Mapping[str, Array], x: Array
) -> Iterable[tuple[Parameter, Array]]:
    """Every wanted parameter with its value in the library and dtype of ``x``."""
    for parameter in wanted:
        shape = spec.shape_of(parameter)
        below = bound(spec, parameter)
        value = parameters.get(parameter.name)
        if value is None and parameter.name == "style":
            continue  # without another image the image keeps its own style
        if value is None:
            value = parameter.initial(shape, below)
        if parameter.below:
            _check_whole(spec, parameter, value, below)
        value = like(value, x)
        yield parameter, value if parameter.below else cast(value, x)


def bound(spec: Spec, parameter: Parameter) -> int:
    """What the whole numbers of a parameter stay below."""
    if not parameter.below:
        return 1
    return spec.lengths.get(parameter.below) or int(spec.settings[parameter.below])


def _check_whole(spec: Spec, parameter: Parameter, value: Array, below: int) -> None:
    try:
        numbers = value.detach().cpu().numpy() if is_tensor(value) else np.asarray(value)
    except RuntimeError:  # inside its transforms torch shows no numbers
        return
    if numbers.dtype.kind not in "iu" or numbers.min() < 0 or numbers.max() >= below:
        raise NormError("whole", name=parameter.name, method=spec.method, last=below - 1,
                        value=numbers.ravel()[:4].tolist())  # fmt: skip


def _on_columns(spec: Spec, parameter: Parameter, value: Array) -> Array:
    """One number per column as (1, columns), one per entry as the matrix, others as they are."""
    partition, axes = spec.partition, spec.axes_of(parameter)
    if axes == spec.axes:
        return partition.split(value)
    if not axes or not set(axes) <= set(partition.kept) or len(set(axes)) < len(axes):
        return value
    shape = [partition.lengths[axis] if axis in axes else 1 for axis in partition.kept]
    kept = [partition.lengths[axis] for axis in partition.kept]
    spread = namespace(value).broadcast_to(value.reshape(shape), kept)
    blocks = prod(partition.lengths[axis] for axis in partition.blocks)
    wide = (blocks, 1, -1) if partition.blocks else (1, -1)
    return spread.reshape(wide)
