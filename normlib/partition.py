"""Which entries share statistics: a tensor as a matrix whose columns are the groups, and back."""

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

import einops
import numpy as np

from normlib.arrays import Array
from normlib.errors import NormError

GROUP, WITHIN = "g", "k"  # channel axis c = (g k): g groups of k channels
PART, MEMBER = "b", "m"  # batch axis n = (b m): b parts of m samples
SPLITS: Mapping[str, tuple[str, str]] = {GROUP: ("c", WITHIN), PART: ("n", MEMBER)}


@dataclass(frozen=True)
class Partition:
    """The axes of a layout that are kept apart; all others are pooled.

    One column of the matrix is one group: the entries that agree on every kept axis. Statistics
    run down the rows. Told apart like this, batch norm keeps ``c``, layer norm ``n``, instance
    norm ``n c`` and group norm ``n g`` with ``c = (g k)`` (Wu and He 2018, arXiv:1803.08494).

    Attributes:
        layout: axis names of the tensor in order, for example ``("n", "c", "h", "w")``.
        sizes: length of every axis of the layout.
        apart: names of the kept axes in matrix order; ``g`` stands for the groups of channels
            and ``b`` for the parts of the batch, ``k`` and ``m`` for the place within one.
        groups: number of channel groups; matters only where ``g`` or ``k`` is kept.
        parts: number of parts of the batch; matters only where ``b`` or ``m`` is kept.
        blocks: names of kept axes that number whole matrices instead of columns: where columns
            are treated together, as in whitening, one matrix is treated at a time.

    Example:
        >>> p = Partition(("n", "c", "h", "w"), (2, 6, 4, 4), ("n", "g"), groups=3)
        >>> p.pattern
        'n (g k) h w -> (k h w) (n g)'
        >>> p.rows, p.columns
        (32, 6)
        >>> Partition(p.layout, p.sizes, ("g",), groups=3, blocks=("n",)).pattern
        'n (g k) h w -> n (k h w) g'
    """

    layout: tuple[str, ...]
    sizes: tuple[int, ...]
    apart: tuple[str, ...]
    groups: int = 1
    parts: int = 1
    blocks: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        """All axes that are kept apart, those of the blocks first."""
        return self.blocks + self.apart

    @property
    def splits_channels(self) -> bool:
        """Whether the channel axis is read as ``(g k)``."""
        return GROUP in self.given

    @property
    def pooled(self) -> tuple[str, ...]:
        """Axes whose entries are pooled, in the order of the layout."""
        return tuple(axis for axis in self._elementary() if axis not in self.kept)

    @property
    def lengths(self) -> dict[str, int]:
        """Length of every elementary axis: ``g`` and ``k`` in place of a split ``c``."""
        lengths = dict(zip(self.layout, self.sizes, strict=True))
        for outer, count in self.given.items():
            whole, inner = SPLITS[outer]
            size = lengths.pop(whole)
            lengths |= {outer: count, inner: size // count}
        return lengths

    @property
    def given(self) -> dict[str, int]:
        """The counts that the pattern needs to split axes: ``g`` groups, ``b`` parts."""
        counts = {GROUP: self.groups, PART: self.parts}
        return {outer: count for outer, count in counts.items()
                if not {outer, SPLITS[outer][1]}.isdisjoint(self.kept)}  # fmt: skip

    @property
    def rows(self) -> int:
        """Entries in a group."""
        return prod(self.lengths[axis] for axis in self.pooled)

    @property
    def columns(self) -> int:
        """Number of groups in all blocks together."""
        return prod(self.lengths[axis] for axis in self.kept)

    @property
    def axes(self) -> tuple[str, ...]:
        """Names of blocks where there are some, rows, columns: ``("(n h w)", "c")``."""
        blocks = (_bracket(self.blocks),) if self.blocks else ()
        return (*blocks, _bracket(self.pooled), _bracket(self.apart))

    @property
    def pattern(self) -> str:
        """The einops pattern from the tensor to the matrix."""
        return f"{self._tensor_side()} -> {' '.join(self.axes)}"

    @property
    def inverse(self) -> str:
        """The einops pattern from the matrix back to the tensor."""
        return f"{' '.join(self.axes)} -> {self._tensor_side()}"

    def split(self, x: Array) -> Array:
        """Tensor of ``sizes`` to ``(rows, columns)``, with blocks ``(blocks, rows, columns)``.

        The shape is not checked here: ``trace.steps`` does that once, with a `NormError`.
        A view where strides allow it; wherever a copy is made, every column lies in memory in
        one piece.
        """
        *blocks, rows, columns = self.axes
        by_column = einops.rearrange(
            x, f"{self._tensor_side()} -> {' '.join(blocks)} {columns} {rows}", **self.given
        )
        return by_column.swapaxes(-2, -1)

    def merge(self, matrix: Array) -> Array:
        """Matrix back to the tensor: the exact inverse of ``split``."""
        return einops.rearrange(matrix, self.inverse, **self.lengths)

    def flat(self, matrix: Array) -> Array:
        """Matrix with blocks as one of ``(rows, blocks * columns)``, block beside block."""
        if not self.blocks:
            return matrix
        return einops.rearrange(matrix, "blocks rows columns -> rows (blocks columns)")

    def entries(self) -> np.ndarray:
        """Flat index of the tensor entry that stands in each cell, shape ``(rows, columns)``."""
        return np.asarray(self.flat(self.split(np.arange(prod(self.sizes)).reshape(self.sizes))))

    def group_of_entry(self) -> np.ndarray:
        """Column of every tensor entry, shape ``sizes``."""
        group = np.empty(prod(self.sizes), int)
        group[self.entries()] = np.arange(self.columns)
        return group.reshape(self.sizes)

    def members(self, index: tuple[int, ...]) -> np.ndarray:
        """Indices of all entries of the group of ``index``, shape ``(rows, axes)``.

        Raises:
            NormError: for an index outside the shape.
        """
        group = self.group_of_entry()
        return np.argwhere(group == group[check_index(index, self.sizes)])

    def memory(self) -> str:
        """How numpy gets the matrix from a C-contiguous tensor.

        Returns:
            ``"view"``: the same numbers in the same order; ``"transposed view"``: the order
            changes, only strides are rewritten; ``"copy"``: no strides can express it.
        """
        x = np.arange(prod(self.sizes)).reshape(self.sizes)
        matrix = np.asarray(self.split(x))
        if np.array_equal(matrix.ravel(), x.ravel()):
            return "view"
        return "transposed view" if np.shares_memory(matrix, x) else "copy"

    def _elementary(self) -> tuple[str, ...]:
        split = {SPLITS[outer][0]: (outer, SPLITS[outer][1]) for outer in self.given}
        return tuple(part for axis in self.layout for part in split.get(axis, (axis,)))

    def _tensor_side(self) -> str:
        split = {SPLITS[outer][0]: f"({outer} {SPLITS[outer][1]})" for outer in self.given}
        return " ".join(split.get(axis, axis) for axis in self.layout)


def check_index(index: tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The index itself when it names an entry of an array of ``sizes``.

    Args:
        index: whole numbers of Python or numpy from 0, one for each axis.
        sizes: shape of the array.

    Returns:
        The same numbers as those of Python.

    Raises:
        NormError: for another count, a number that is not whole, or one outside the shape.
    """
    try:
        if any(isinstance(i, bool | np.bool_) for i in index):
            raise TypeError("true and false are no positions")
        index = tuple(operator.index(i) for i in index)
    except TypeError:
        raise NormError("index_whole", index=index, shape=sizes) from None
    if len(index) != len(sizes):
        raise NormError(
            "index_length", index=index, given=len(index), shape=sizes, wanted=len(sizes)
        )
    if 0 in sizes:
        raise NormError("index_empty", index=index, shape=sizes)
    for axis, (i, size) in enumerate(zip(index, sizes, strict=True)):
        if not 0 <= i < size:
            raise NormError("index", index=index, shape=sizes, axis=axis, last=size - 1)
    return index


def _bracket(axes: tuple[str, ...]) -> str:
    if not axes:
        return "1"
    return axes[0] if len(axes) == 1 else f"({' '.join(axes)})"
