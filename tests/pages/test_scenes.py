import json
from math import prod

import numpy as np
import pytest

from normlib import METHODS, NormError, Spec, data, parameters, trace
from pages.ui import frame, scenes, state
from pages.ui.tensor_view import LABELS, LIMIT, Scene, pack

SHAPES = {"nc": (5, 4), "nct": (3, 4, 7), "nchw": (3, 6, 2, 5), "ncdhw": (2, 4, 2, 3, 2)}
CAPPED = [(8, 16, 8, 8), (1, 8192), (2, 5000), (3, 3, 70, 70), (5000, 2)]


@pytest.fixture(autouse=True)
def default_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "values", state.defaults)


def scene_of(method: str, sizes: tuple[int, ...], step: str) -> tuple[Spec, Scene]:
    try:
        spec = Spec(method, sizes)
    except NormError:
        pytest.skip("pools over space, and there is none")
    x = data.make("random", spec)
    traced = trace(spec, x, parameters.seeded(spec, x))
    if step not in traced.names:
        pytest.skip("the method has no such step")
    return spec, scenes.scene(traced, step, color="value", digits=4)


@pytest.mark.parametrize("step", state.STEPS)
@pytest.mark.parametrize("sizes", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("method", METHODS)
def test_every_panel_shows_the_numbers_of_its_entries(method, sizes, step):
    spec, scene = scene_of(method, sizes, step)
    named = {"reshape": "x", "normalize": "normalized", "recover": "recovered"}
    for panel in scene.panels:
        if panel.kind == "matrix":
            shown = scene.numbers[named[panel.name]].ravel()[panel.entries]
            assert np.array_equal(panel.values, shown)
            groups = np.asarray(scene.group).ravel()[panel.entries]
            assert (groups == np.arange(groups.shape[1])).all()
        elif panel.kind == "row":
            assert panel.values.shape == (len(scene.group_names),)
        else:
            assert panel.values.shape == scene.sizes == spec.sizes
    assert len(scene.panels) >= 1


@pytest.mark.parametrize("sizes", CAPPED, ids=str)
@pytest.mark.parametrize("method", METHODS)
def test_what_is_drawn_is_capped_and_keeps_its_numbers(method, sizes):
    spec, scene = scene_of(method, sizes, "reshape")
    assert LIMIT // 2 <= prod(scene.sizes) <= LIMIT
    tensor, matrix = scene.panels
    x = data.make("random", spec)
    assert np.array_equal(tensor.values, x[tuple(slice(size) for size in scene.sizes)])
    visible = matrix.entries >= 0
    assert np.array_equal(np.sort(matrix.entries[visible]), np.arange(prod(scene.sizes)))
    assert np.array_equal(matrix.values[visible], tensor.values.ravel()[matrix.entries[visible]])
    assert scene.group_size == spec.partition.rows  # the true count, not the drawn one
    assert len(scene.group_names) == len(np.unique(scene.group))


def test_the_bytes_hold_a_header_and_aligned_arrays():
    _, scene = scene_of("group", (3, 6, 2, 5), "reshape")
    packed = pack(scene)
    length = int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4 : 4 + length])
    assert (4 + length) % 8 == 0
    assert set(header["labels"]) == set(LABELS)
    offset, count = header["panels"][0]["values"]
    start = 4 + length + offset
    values = np.frombuffer(packed[start : start + 8 * count], "<f8")
    assert np.array_equal(values, scene.panels[0].values.ravel())


@pytest.mark.parametrize("cell", ["", "1", "0,0", "9,0,0,0", "a,b,c,d", "0,0,0,-1", "0,0,0,1.5"])
def test_a_cell_that_is_not_there_is_not_locked(cell, monkeypatch):
    monkeypatch.setattr(frame, "values", lambda: state.defaults() | {"cell": cell})
    assert scenes.locked((4, 6, 4, 4)) is None


def test_a_locked_entry_there_and_back(monkeypatch):
    sizes = (8, 16, 8, 8)
    text = scenes.entry_of(1234, sizes)
    monkeypatch.setattr(frame, "values", lambda: state.defaults() | {"cell": text})
    assert scenes.drawn_ids(sizes)[scenes.locked(sizes)] == 1234
    assert scenes.entry_of(-1, sizes) == ""


def test_colours_have_one_range_from_input_to_output():
    extents = {scene_of("batch", (3, 6, 2, 5), step)[1].extent for step in ("input", "recover")}
    assert len(extents) == 1
