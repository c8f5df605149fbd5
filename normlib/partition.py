"""Which entries share statistics: a tensor as a matrix whose columns are the groups, and back."""

from dataclasses import dataclass
from math import prod
from typing import Any

import einops
import numpy as np

from normlib.errors import NormError

GROUP, WITHIN = "g", "k"  # channel axis c = (g k): g groups of k channels
Array = Any  # a numpy array or a torch tensor


@dataclass(frozen=True)
class Partition:
    """The axes of a layout that are kept apart; all others are pooled.

    One column of the matrix is one group: the entries that agree on every kept axis. Statistics
    run down the rows. Told apart like this, batch norm keeps ``c``, layer norm ``n``, instance
    norm ``n c`` and group norm ``n g`` with ``c = (g k)`` (Wu and He 2018, arXiv:1803.08494).

    Attributes:
        layout: axis names of the tensor in order, for example ``("n", "c", "h", "w")``.
        sizes: length of every axis of the layout.
        apart: names of the kept axes in matrix order; ``g`` stands for the groups of channels.
        groups: number of channel groups; matters only where ``g`` is kept.

    Example:
        >>> p = Partition(("n", "c", "h", "w"), (2, 6, 4, 4), ("n", "g"), groups=3)
        >>> p.pattern
        'n (g k) h w -> (k h w) (n g)'
        >>> p.rows, p.columns
        (32, 6)
    """

    layout: tuple[str, ...]
    sizes: tuple[int, ...]
    apart: tuple[str, ...]
    groups: int = 1

    @property
    def splits_channels(self) -> bool:
        """Whether the channel axis is read as ``(g k)``."""
        return GROUP in self.apart

    @property
    def pooled(self) -> tuple[str, ...]:
        """Axes whose entries are pooled, in the order of the layout."""
        return tuple(axis for axis in self._elementary() if axis not in self.apart)

    @property
    def lengths(self) -> dict[str, int]:
        """Length of every elementary axis, ``g`` and ``k`` in place of ``c`` where it is split."""
        lengths = dict(zip(self.layout, self.sizes, strict=True))
        if self.splits_channels:
            channels = lengths.pop("c")
            lengths |= {GROUP: self.groups, WITHIN: channels // self.groups}
        return lengths

    @property
    def rows(self) -> int:
        """Entries in a group."""
        return prod(self.lengths[axis] for axis in self.pooled)

    @property
    def columns(self) -> int:
        """Number of groups."""
        return prod(self.lengths[axis] for axis in self.apart)

    @property
    def axes(self) -> tuple[str, str]:
        """Names of the rows and of the columns, for example ``("(n h w)", "c")``."""
        return _bracket(self.pooled), _bracket(self.apart)

    @property
    def pattern(self) -> str:
        """The einops pattern from the tensor to the matrix."""
        rows, columns = self.axes
        return f"{self._tensor_side()} -> {rows} {columns}"

    @property
    def inverse(self) -> str:
        """The einops pattern from the matrix back to the tensor."""
        rows, columns = self.axes
        return f"{rows} {columns} -> {self._tensor_side()}"

    def split(self, x: Array) -> Array:
        """Tensor of ``sizes`` to matrix ``(rows, columns)``; a view where strides allow it.

        Wherever a copy is made, every column lies in memory in one piece.
        """
        rows, columns = self.axes
        by_column = einops.rearrange(
            x, f"{self._tensor_side()} -> {columns} {rows}", **self._given()
        )
        return einops.rearrange(by_column, "columns rows -> rows columns")

    def merge(self, matrix: Array) -> Array:
        """Matrix ``(rows, columns)`` back to the tensor: the exact inverse of ``split``."""
        return einops.rearrange(matrix, self.inverse, **self.lengths)

    def entries(self) -> np.ndarray:
        """Flat index of the tensor entry that stands in each cell, shape ``(rows, columns)``."""
        return np.asarray(self.split(np.arange(prod(self.sizes)).reshape(self.sizes)))

    def group_of_entry(self) -> np.ndarray:
        """Column of every tensor entry, shape ``sizes``."""
        columns = np.broadcast_to(np.arange(self.columns), (self.rows, self.columns))
        return np.asarray(self.merge(columns))

    def members(self, index: tuple[int, ...]) -> np.ndarray:
        """Indices of all entries that share statistics with ``index``, shape ``(rows, axes)``."""
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
        parts = {"c": (GROUP, WITHIN)} if self.splits_channels else {}
        return tuple(part for axis in self.layout for part in parts.get(axis, (axis,)))

    def _tensor_side(self) -> str:
        split = f"({GROUP} {WITHIN})" if self.splits_channels else "c"
        return " ".join(split if axis == "c" else axis for axis in self.layout)

    def _given(self) -> dict[str, int]:
        return {GROUP: self.groups} if self.splits_channels else {}


def check_index(index: tuple[int, ...], sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The index itself when it names an entry of an array of ``sizes``; `NormError` otherwise."""
    index = tuple(int(i) for i in index)
    if len(index) != len(sizes):
        raise NormError(
            "index_length", index=index, given=len(index), shape=sizes, wanted=len(sizes)
        )
    for axis, (i, size) in enumerate(zip(index, sizes, strict=True)):
        if not 0 <= i < size:
            raise NormError("index", index=index, shape=sizes, axis=axis, last=size - 1)
    return index


def _bracket(axes: tuple[str, ...]) -> str:
    if not axes:
        return "1"
    return axes[0] if len(axes) == 1 else f"({' '.join(axes)})"
