"""The tensor view: the records of what it draws, their bytes, and the component itself."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

LIMIT = 4096  # entries drawn at most
UNFOLDED_LIMIT = 65536  # cells of an unfolded matrix drawn at most

# Every word that the component shows or speaks, with its English text.
LABELS = (
    "view",  # Tensor view, axes {axes}, sizes {sizes}
    "help",  # Up, Down: channel. Left, Right: row. Page Up, Down: sample. Enter: lock. Escape: end.
    "hint",  # Point at a cell, or use the arrow keys, to see which entries share its statistics.
    "card",  # sample {n}
    "axes",  # axes: {axes}, sizes {sizes}
    "rows",  # rows: {axes}
    "columns",  # columns: {axes}
    "cell",  # {name}[{index}] = {value}, group {group}
    "alone",  # {name}[{index}] = {value}
    "place",  # row {row}, column {column}
    "source",  # {name}[{index}] = {value}, group {own}: a source of group {group}
    "statistic",  # {name} of group {group} = {value}
    "head",  # group {group}, {count} entries
    "locked",  # locked
    "unlocked",  # unlocked
    "unlock",  # Escape or a second click unlocks.
    "turn",  # Drag to turn the cube.
    "scroll",  # {title}: more to see by scrolling
    "legend",  # value
    "nonfinite",  # not a finite number
    "own",  # the group
    "fed",  # what gives it its statistics
    "copy",  # copy of another group's entry
    "range",  # colours: -{extent} to +{extent}
    "table",  # {title}: {rows} rows ({row}), {columns} columns ({column})
    "walk",  # Arrow keys: from number to number.
)

# The order in which the parts of the script make one module; the last one exports the renderer.
# fmt: off
SCRIPTS = (
    "scene", "sources", "theme", "text", "pen", "layout", "table", "surface",
    "paint", "lit", "cube", "flight", "line", "input", "panels", "main",
)
# fmt: on


@dataclass(frozen=True)
class Panel:
    """One picture: the tensor, a matrix of its entries, a row under it, or a table of its own.

    A matrix shows each entry once, in the column of its group. An unfolded one shows in column j
    copies of all entries that give group j its statistics; it may end before the last group. What
    is pointed at there is the entry, as a source of group j. A table has its own range of colours.
    """

    name: str  # unique in the scene; the same name in the next scene is the same panel
    kind: str  # "tensor", "matrix", "unfolded", "row" (under a matrix of either kind) or "table"
    title: str
    values: np.ndarray  # tensor: the scene's sizes; row: (columns,); else (rows, columns)
    axes: tuple[str, ...]  # one name per axis; matrix, table: of rows and of columns
    entries: np.ndarray | None = None  # matrix: flat index of each cell's entry, -1: blank
    symbol: str = ""  # what stands before [n, c, h, w] in text; the name where empty
    blocks: int = 1  # table only: this many tables of equal size stand one below the other


@dataclass(frozen=True)
class Scene:
    """All that is drawn and said in one step: panels, groups, and the words for every entry."""

    axes: tuple[str, ...]  # 2 to 5 names: a card per "n" or "o", a row per "c" or "i"
    sizes: tuple[int, ...]  # their product is at most LIMIT
    group: np.ndarray  # one group (= matrix column) per entry, -1 for none
    group_names: tuple[str, ...]
    panels: tuple[Panel, ...]
    numbers: Mapping[str, np.ndarray]  # per entry, per group (entries win a tie), or one
    formula: str  # placeholders name the numbers
    sentence: str  # placeholders: count, g, c0, c1 and the axes
    channels_per_group: int
    group_size: np.ndarray | int  # entries pooled, also where the drawing is capped
    labels: Mapping[str, str]  # a text for every key in LABELS
    alone: bool = False  # one panel that no other will join: it takes the whole width
    drawing: str = "cards"  # or "cube"
    color: str = "value"  # or "group"
    extent: float = 1.0  # colours run from -extent to +extent
    digits: int = 4  # significant digits in text, 0 for all
    locked: int = -1  # the locked entry, -1 for none
    sources: Sequence[Sequence[int]] | None = None  # groups that give each group its statistics;
    # without: each one itself. A range or an array will do where a tuple would be long.
    small: bool = False  # the cells alone, to be pointed at: no words, no keys, nothing locks


def pack(scene: Scene) -> bytes:
    """Bytes: length of the JSON (uint32), JSON, the arrays that it names by [offset, count]."""
    arrays = bytearray()

    def put(values: object, dtype: str) -> list[int]:
        flat = np.ascontiguousarray(values, dtype=dtype).ravel()
        place = [len(arrays), flat.size]
        arrays.extend(flat.tobytes() + b"\0" * (-flat.nbytes % 8))
        return place

    _check(scene)
    # fmt: off
    header = {
        "axes": scene.axes, "sizes": [int(size) for size in scene.sizes],
        "groupNames": scene.group_names, "channelsPerGroup": int(scene.channels_per_group),
        "formula": scene.formula, "sentence": scene.sentence, "labels": dict(scene.labels),
        "alone": scene.alone, "drawing": scene.drawing, "color": scene.color,
        "extent": float(scene.extent), "digits": int(scene.digits), "locked": int(scene.locked),
        "small": scene.small,
        "sources": None if scene.sources is None
        else [put(part, "<i4") for part in _runs(scene.sources)],
        "group": put(scene.group, "<i4"), "groupSize": put(scene.group_size, "<f8"),
        "numbers": {name: put(values, "<f8") for name, values in scene.numbers.items()},
        "panels": [{
            "name": panel.name, "kind": panel.kind, "symbol": panel.symbol, "title": panel.title,
            "axes": panel.axes, "shape": np.shape(panel.values), "blocks": int(panel.blocks),
            "values": put(_visible(panel), "<f8"),
            "entries": None if panel.entries is None else put(panel.entries, "<i4"),
        } for panel in scene.panels],
    }
    # fmt: on
    text = json.dumps(header, allow_nan=False).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return len(text).to_bytes(4, "little") + text + bytes(arrays)


def _check(scene: Scene) -> None:
    entries, groups = int(np.prod(scene.sizes)), len(scene.group_names)
    assert entries <= LIMIT, f"{entries} entries, at most {LIMIT} can be drawn"
    assert np.size(scene.group) == entries, f"{np.size(scene.group)} groups for {entries} entries"
    if scene.sources is not None:
        assert len(scene.sources) == groups, f"{len(scene.sources)} sources for {groups} groups"
    for panel in scene.panels:
        shape = np.shape(panel.values)
        assert panel.entries is None or panel.entries.shape == shape, f"{panel.name}: {shape}"
        if panel.kind == "unfolded":
            assert scene.sources is not None, f"{panel.name} unfolds sources, and there are none"
            assert shape[1] <= groups, f"{shape[1]} columns for {groups} groups"
            assert shape[0] * shape[1] <= UNFOLDED_LIMIT, f"{shape[0] * shape[1]} cells"
        if panel.kind == "table":
            assert shape[0] % panel.blocks == 0, f"{shape[0]} rows in {panel.blocks} blocks"


def _runs(sources: Sequence[Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Offsets per group into runs [first, last + 1] of ids: windows are long, their runs few."""
    pairs = [np.empty((0, 2), "i4"), *map(_pairs, sources)]
    group = np.repeat(np.arange(len(sources)), [len(part) for part in pairs[1:]])
    firsts, ends = np.concatenate(pairs).T
    assert not group.size or (firsts.min() >= 0 and ends.max() <= len(sources)), "no such group"
    new = np.append(True, (firsts[1:] != ends[:-1]) | (group[1:] != group[:-1]))[: group.size]
    runs = np.stack([firsts[new], ends[np.append(new[1:], True)[: group.size]]], axis=1)
    return np.searchsorted(group[new], np.arange(len(sources) + 1)), runs


def _pairs(ids: Sequence[int]) -> np.ndarray:
    if isinstance(ids, range) and ids.step == 1 and ids:
        return np.array([[ids.start, ids.stop]], "i4")
    firsts = np.asarray(ids, "i4")
    return np.stack([firsts, firsts + 1], axis=1)


def _visible(panel: Panel) -> np.ndarray:
    """The values, nought where a cell is blank: what stands there, often NaN, is not shown."""
    return panel.values if panel.entries is None else np.where(panel.entries < 0, 0, panel.values)


def _register():
    assets = Path(__file__).parents[2] / "assets" / "tensor_view"
    script = "\n".join((assets / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    style = (assets / "style.css").read_text("utf-8")
    return st.components.v2.component("tensor_view", css=style, js=script)


_component = _register()


def tensor_view(scene: Scene, *, key: str, on_lock: Callable[[int], None] | None = None) -> None:
    """Draw the scene; `on_lock` gets the entry that a click or the Enter key locks, or -1."""

    def locked() -> None:
        entry = st.session_state[key].get("lock")
        # A client may send anything, True included.
        if on_lock and type(entry) is int and -1 <= entry < np.size(scene.group):
            on_lock(entry)

    _component(data=pack(scene), key=key, on_lock_change=locked)
