"""Scenes whose groups are not disjoint, drawn without normlib: `?scene=` names one below."""

from collections.abc import Sequence
from math import prod

import numpy as np
import streamlit as st

from pages.ui import text
from pages.ui.tensor_view import LABELS, Panel, Scene, tensor_view

MANY = 40  # small views on one page


def ids(sizes: Sequence[int], kept: Sequence[int]) -> np.ndarray:
    """Group of every entry, where groups are numbered along the kept axes."""
    shape = tuple(size if axis in kept else 1 for axis, size in enumerate(sizes))
    return np.broadcast_to(np.arange(prod(shape)).reshape(shape), sizes).ravel()


def unfold(group: np.ndarray, sources: Sequence[Sequence[int]], rows: int) -> np.ndarray:
    """Entries (rows, columns): column j lists those of all sources of j, -1 below them."""
    entries = np.full((rows, len(sources)), -1)
    for column, groups in enumerate(sources):
        found = np.flatnonzero(np.isin(group, groups))[:rows]
        entries[: len(found), column] = found
    return entries


def scene(axes: str, sizes: tuple[int, ...], group: np.ndarray, **settings: object) -> Scene:
    groups = int(group.max()) + 1
    x = np.random.default_rng(0).normal(size=sizes)
    facts = {
        "panels": (Panel("input", "tensor", "Input x", x, tuple(axes), symbol="x"),),
        "numbers": {"x": x, "mean": np.arange(groups) / 8},
        "formula": "{x} - {mean}",
        "sentence": "{count} entries, group {group}",
        "group_size": np.bincount(group),
        "labels": {key: text.labels("en").get(f"view.{key}", key) for key in LABELS},
    }
    names = tuple(f"g{i}" for i in range(groups))
    return Scene(axes=tuple(axes), sizes=sizes, group=group, group_names=names,
                 channels_per_group=1, extent=3.0, **(facts | settings))  # fmt: skip


def unfolded(
    plain: Scene, sources: Sequence[Sequence[int]], rows: int, **settings: object
) -> Scene:
    """The tensor, its unfolded matrix with a row of statistics, and the sources."""
    entries = unfold(plain.group, sources, rows)
    values = np.where(entries < 0, np.nan, plain.panels[0].values.ravel()[entries])
    return scene("".join(plain.axes), plain.sizes, plain.group, sources=sources, panels=(
        *plain.panels,
        Panel("window", "unfolded", "Unfolded", values, ("k", "j"), entries, "x"),
        Panel("mean", "row", "mean", np.nanmean(values, axis=0), ("j",)),
    ), **settings)  # fmt: skip


def cumulative(steps: int = 6, **settings: object) -> Scene:
    """n c t: every step is given its statistics by the steps up to it."""
    sizes = (2, 3, steps)
    sources = [range(j - j % steps, j + 1) for j in range(2 * steps)]
    return unfolded(scene("nct", sizes, ids(sizes, (0, 2))), sources, 3 * steps, **settings)


def response() -> Scene:
    """n c h w, 4,096 groups of one entry: five neighbouring channels each."""
    sizes = (4, 16, 8, 8)
    entry = np.arange(prod(sizes))
    channel = entry // 64 % 16
    near = entry[:, None] + 64 * np.arange(-2, 3)
    there = (channel[:, None] + np.arange(-2, 3) >= 0) & (channel[:, None] + np.arange(-2, 3) < 16)
    sources = [row[kept] for row, kept in zip(near, there, strict=True)]
    return unfolded(scene("nchw", sizes, entry), sources, 5)


def everything() -> Scene:
    """4,096 groups, each of which gives all of them their statistics."""
    sizes = (4, 16, 8, 8)
    return scene("nchw", sizes, np.arange(4096), sources=[range(4096)] * 4096)


def mixture() -> Scene:
    """n c h w: a group's own, its sample's and its channel's groups."""
    sizes = (3, 4, 2, 2)
    sources = [[k for k in range(12) if k // 4 == j // 4 or k % 4 == j % 4] for j in range(12)]
    return scene("nchw", sizes, ids(sizes, (0, 1)), sources=sources, color="group")


def whitening() -> Scene:
    """n c h w in two blocks of channels: a matrix, and a covariance per block."""
    sizes = (2, 4, 2, 2)
    plain = scene("nchw", sizes, ids(sizes, (1,)))
    entries = np.stack([np.flatnonzero(plain.group == j) for j in range(4)], axis=1)
    x = plain.panels[0].values.ravel()[entries]
    tables = np.concatenate([np.cov(x[:, :2].T), np.cov(x[:, 2:].T)])
    return scene("nchw", sizes, plain.group, sources=[(0, 1), (0, 1), (2, 3), (2, 3)], panels=(
        *plain.panels,
        Panel("reshape", "matrix", "Matrix", x, ("n h w", "c"), entries, "x"),
        Panel("mean", "row", "mean", x.mean(0), ("c",)),
        Panel("covariance", "table", "Covariance", tables, ("c", "c"), symbol="Σ", blocks=2),
        Panel("variance", "row", "variance", x.var(0), ("c",)),
        Panel("vector", "table", "Singular vector", x[:1, :], ("u", "o")),
    ))  # fmt: skip


def weights(**settings: object) -> Scene:
    """o i h w: an output is a group, a card and no sample."""
    return scene("oihw", (3, 2, 2, 2), ids((3, 2, 2, 2), (0,)), **settings)


def cube() -> Scene:
    return cumulative(drawing="cube")


def small(seed: int) -> Scene:
    sizes = (2, 4, 2, 2)
    if seed % 2:
        return scene("nchw", sizes, ids(sizes, (1,)), small=True, color="group", locked=seed % 32)
    pairs = [(j, j ^ 1) for j in range(4)]
    return scene("nchw", sizes, ids(sizes, (1,)), small=True, color="group", sources=pairs)


SCENES = (cumulative, response, everything, mixture, whitening, weights, cube)


def main() -> None:
    name = st.query_params.get("scene", "cumulative")
    if name == "small":
        for i in range(MANY):
            tensor_view(small(i), key=f"small{i}")
        return
    made = {one.__name__: one for one in SCENES}[name]()
    tensor_view(made, key="view", on_lock=lambda entry: st.session_state.update(entry=entry))
    st.text(f"locked: {st.session_state.get('entry')}")


if __name__ == "__main__":
    main()
