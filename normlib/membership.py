"""Which entries, and which columns, give an entry its statistics."""

from math import prod

import numpy as np

from normlib.errors import NormError
from normlib.partition import check_index
from normlib.spec import Spec


def members(spec: Spec, index: tuple[int, ...]) -> np.ndarray:
    """Indices of exactly those entries that give the entry at ``index`` its statistics in training.

    Where groups are disjoint they are the group itself. There are none for methods that take no
    statistics from their input: ``frozen`` has stored ones, ``dynamic_tanh`` none at all. Which
    entries share a number, wherever it comes from, is what ``spec.partition.members`` says.

    Args:
        index: whole numbers from 0, one for each axis.

    Returns:
        Whole numbers of shape ``(members, axes)``, in rising order; ``x[tuple(result.T)]`` takes
        them out of an array.

    Raises:
        NormError: for an index outside the shape, or of anything but whole numbers.

    Example:
        >>> members(Spec("batch", (2, 3)), (0, 1)).tolist()
        [[0, 1], [1, 1]]
        >>> members(Spec("frozen", (2, 3)), (0, 1)).shape
        (0, 2)
    """
    group = spec.partition.group_of_entry()
    column = int(group[check_index(index, spec.sizes)])
    return np.argwhere(np.isin(group, sources(spec)[column]))


def sources(spec: Spec) -> list[np.ndarray]:
    """For every column the numbers of all columns whose entries give it its statistics.

    Its own alone where groups are disjoint; the whole window, the whole block that is treated
    together, or all that a mixture takes in; none where no statistics are taken from the input.

    Returns:
        One array of whole numbers in rising order for each column of ``spec.partition``. In all
        there are `num_sources` of them, which may be the square of the number of columns.

    Example:
        >>> [window.tolist() for window in sources(Spec("cumulative_layer", (1, 2, 3)))]
        [[0], [0, 1], [0, 1, 2]]
    """
    partition = spec.partition
    operation, own_and_before = spec.operates(), np.arange(1, partition.columns + 1)
    if not operation.watches:
        return [np.array([], int)] * partition.columns
    if operation.mixes:
        per_block = partition.columns // prod(partition.lengths[axis] for axis in partition.blocks)
        first = (np.arange(partition.columns) // per_block) * per_block
        ends = own_and_before if operation.triangular else first + per_block
        return [np.arange(start, end) for start, end in zip(first, ends, strict=True)]
    own = [np.array([column]) for column in range(partition.columns)]
    windows = [pool.sources() for pool in spec.pools] or [own]
    return [np.unique(np.concatenate(found)) for found in zip(*windows, strict=True)]


def num_sources(spec: Spec) -> int:
    """How many columns `sources` would name in all, or more; found without naming them.

    Overlapping windows of a mixture, and the triangle of a triangular operation, count in full.
    """
    partition = spec.partition
    if not spec.operates().watches:
        return 0
    if spec.operates().mixes:
        return partition.columns**2 // prod(partition.lengths[axis] for axis in partition.blocks)
    return sum(int(pool.sizes().sum()) for pool in spec.pools) or partition.columns


def check_num_sources(spec: Spec, limit: int) -> None:
    """Raise `NormError` where `sources` would name more columns than ``limit``."""
    if (count := num_sources(spec)) > limit:
        raise NormError("too_wide", method=spec.method, shape=spec.sizes, count=count, limit=limit)


def unfolded(spec: Spec) -> np.ndarray:
    """The windows as a matrix of copies: column j holds what gives group j its statistics.

    Returns:
        Flat index of the tensor entry in every cell, shape (longest window, groups); -1 where a
        window is shorter. Entries stand in it as often as they are used.
    """
    entries = spec.partition.entries()
    windows = [entries[:, found].T.ravel() for found in sources(spec)]
    matrix = np.full((max(map(len, windows)), len(windows)), -1)
    for column, window in enumerate(windows):
        matrix[: len(window), column] = window
    return matrix
