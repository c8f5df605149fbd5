"""Windows over columns: which groups flow together into the statistics of one group.

Not every normalization has disjoint groups. Here the tensor is still cut into columns, but the
statistics of a column are merged from several of them, axis by axis of those kept apart:

``all``    every column along the axis (statistics of several workers; layer norm from channels),
``past``   the column itself and those before it (up to the current time step),
``near``   up to ``before`` columns before it and ``after`` after it, cut off at the ends,
``first``  the first ``count`` columns and the column itself (a reference batch).

Merging takes count, mean and mean squared deviation of each column (Chan, Golub and LeVeque 1983,
doi:10.1080/00031305.1983.10483115); no entry is read a second time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from normlib.arrays import Array, double, like, namespace


@dataclass(frozen=True)
class Pool:
    """A window over columns, the product of one relation for each named axis.

    Attributes:
        lengths: length of every axis that is kept apart, in the order of the columns.
        relations: kind of window by axis; other axes stay apart.
        before, after: reach of ``near``.
        count: length of the reference of ``first``.
    """

    lengths: Mapping[str, int]
    relations: Mapping[str, str] = field(default_factory=dict)
    before: int = 0
    after: int = 0
    count: int = 1

    def sources(self) -> list[np.ndarray]:
        """For every column the numbers of the columns in its window, in rising order."""
        shape = tuple(self.lengths.values())
        windows = [
            self._window(self.relations[axis], size)
            if axis in self.relations
            else [np.array([i]) for i in range(size)]
            for axis, size in self.lengths.items()
        ]
        return [
            np.ravel_multi_index(np.ix_(*chosen), shape).ravel() if chosen else np.array([0])
            for chosen in product(*windows)
        ]

    def sizes(self) -> np.ndarray:
        """Number of columns in the window of every column, shape ``(columns,)``."""
        lengths = [
            np.array([len(window) for window in self._window(self.relations[axis], size)])
            if axis in self.relations else np.ones(size, int)
            for axis, size in self.lengths.items()
        ]  # fmt: skip
        sizes = np.array(1)
        for length in lengths:
            sizes = np.multiply.outer(sizes, length)
        return sizes.ravel()

    def merge(self, mean: Array, spread: Array) -> tuple[Array, Array]:
        """Mean and mean squared deviation from it, over the window of every column.

        Args:
            mean, spread: of each column, shape ``(..., 1, columns)``; taken in float64.

        Returns:
            The two in float64, of the same shape.
        """
        shape = mean.shape
        mean, spread = self._apart(double(mean)), self._apart(double(spread))
        for position, (axis, size) in enumerate(self.lengths.items()):
            if axis in self.relations:
                last = (namespace(mean).moveaxis(a, (position - len(self.lengths),), (-1,))
                        for a in (mean, spread))  # fmt: skip
                merged = self._merge_last(self.relations[axis], size, *last)
                mean, spread = (namespace(mean).moveaxis(a, (-1,), (position - len(self.lengths),))
                                for a in merged)  # fmt: skip
        return mean.reshape(shape), spread.reshape(shape)

    def _merge_last(self, kind: str, size: int, mean: Array, spread: Array) -> tuple[Array, Array]:
        xp = namespace(mean)
        if kind == "all":
            first = mean[..., :1]  # sums of differences: equal means merge to themselves exactly
            both = first + (mean - first).mean(-1, keepdims=True)
            between = ((mean - both) ** 2).mean(-1, keepdims=True)
            within = spread.mean(-1, keepdims=True)
            return (xp.broadcast_to(both, mean.shape),
                    xp.broadcast_to(within + between, mean.shape))  # fmt: skip
        if kind == "past":
            return _merge_past(mean, spread, like(np.arange(1.0, size + 1), mean))
        index, share = self._table(kind, size, mean)
        means = mean[..., index]
        merged = mean + (share * (means - mean[..., None])).sum(-1)
        between = (share * (means - merged[..., None]) ** 2).sum(-1)
        return merged, (share * spread[..., index]).sum(-1) + between

    def _table(self, kind: str, size: int, x: Array) -> tuple[Array, Array]:
        """Members of every window, and the share of each: 1 / members, 0 where there is none."""
        windows = self._window(kind, size)
        width = max(map(len, windows))
        index = np.array([np.pad(w, (0, width - len(w)), mode="edge") for w in windows])
        share = np.array([(np.arange(width) < len(w)) / len(w) for w in windows])
        return like(index, x), like(share, x)

    def _window(self, kind: str, size: int) -> list[np.ndarray]:
        every = np.arange(size)
        if kind == "all":
            return [every] * size
        if kind == "past":
            return [every[: i + 1] for i in range(size)]
        if kind == "near":
            return [every[max(0, i - self.before) : i + self.after + 1] for i in range(size)]
        return [np.union1d(every[: self.count], i) for i in range(size)]

    def _apart(self, values: Array) -> Array:
        return values.reshape(*values.shape[:-1], *self.lengths.values())


def _merge_past(mean: Array, spread: Array, steps: Array) -> tuple[Array, Array]:
    """Running merge along the last axis: only sums of what is past, none of them negative.

    Adding column t moves the mean by (mean_t - merged_{t-1}) / t and the sum of squared
    deviations by spread_t + (mean_t - merged_{t-1})^2 (t - 1) / t, in units of one column.
    """
    xp = namespace(mean)
    merged = mean[..., :1] + xp.cumsum(mean - mean[..., :1], -1) / steps
    before = xp.concatenate((mean[..., :1], merged[..., :-1]), -1)
    gained = spread + (mean - before) ** 2 * ((steps - 1) / steps)
    return merged, xp.cumsum(gained, -1) / steps
