import json
import re
from collections.abc import Iterable
from math import prod

import numpy as np
import pytest

from normlib import METHODS, NormError, Spec, Trace, data, parameters, trace
from normlib.formula import arrays
from normlib.layouts import layouts
from pages.ui import controls, frame, scenes, state, words
from pages.ui.tensor_view import LABELS, LIMIT, Scene, pack

SHAPES = {"nc": (5, 4), "nct": (3, 4, 7), "nchw": (3, 6, 2, 5), "ncdhw": (2, 4, 2, 3, 2)}
CAPPED = [(8, 16, 8, 8), (1, 8192), (2, 5000), (3, 3, 70, 70), (5000, 2)]


@pytest.fixture(autouse=True)
def default_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "values", state.defaults)


def traced(method: str, sizes: tuple[int, ...], training: bool = True) -> Trace:
    spec = Spec(method, sizes)
    x = data.make("random", spec)
    given = parameters.seeded(spec, x, training=training)
    return trace(spec, x, given, training=training)


def scene_of(method: str, sizes: tuple[int, ...], step: str) -> tuple[Spec, Scene]:
    found = traced(method, sizes)
    return found.spec, scenes.scene(found, step, color="value", digits=4)


def too_wide(spec: Spec) -> bool:
    try:
        controls.check_width(spec)
    except NormError:
        return True
    return False


def taken(shapes: Iterable[tuple[int, ...]]) -> list[tuple[str, tuple[int, ...]]]:
    """Every method with every shape that it can take."""
    fit = [(key, sizes) for key, method in METHODS.items() for sizes in shapes
           if any(len(layout) == len(sizes) for layout in layouts(method))]  # fmt: skip
    return [(key, sizes) for key, sizes in fit if not too_wide(Spec(key, sizes))]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize(("method", "sizes"), taken(SHAPES.values()), ids=str)
def test_every_panel_of_every_step_shows_the_numbers_of_its_entries(method, sizes, training):
    if not (training or METHODS[method].mode_dependent):
        return
    found = traced(method, sizes, training)
    named = {"reshape": "x", "normalize": "normalized", "recover": "recovered"}
    numbers, groups = arrays(found), found.spec.partition.group_of_entry().ravel()
    for step in found.names:
        scene = scenes.scene(found, step, color="value", digits=4)
        pack(scene)
        assert set(re.findall(r"{(\w+)}", scene.formula)) <= set(scene.numbers)
        assert len(scene.panels) >= 1
        for panel in scene.panels:
            if panel.kind == "matrix":
                shown = numbers[named[panel.name]].ravel()[panel.entries]
                assert np.array_equal(panel.values, shown)
                of_cells = groups[panel.entries]
                assert (of_cells == np.arange(of_cells.shape[1])).all()
            elif panel.kind == "unfolded":
                for column, sources in enumerate(scene.sources):
                    cells = panel.entries[:, column]
                    cells = cells[cells >= 0]
                    assert np.array_equal(np.sort(cells), np.flatnonzero(np.isin(groups, sources)))
                    assert np.array_equal(panel.values[: len(cells), column],
                                          numbers["x"].ravel()[cells])  # fmt: skip
            elif panel.kind == "row":
                assert panel.values.shape == (len(scene.group_names),)
            elif panel.kind == "table":
                shown = np.asarray(found[panel.name].array)
                assert np.array_equal(panel.values, shown.reshape(panel.values.shape))
            else:
                assert panel.values.shape == scene.sizes == found.spec.sizes


@pytest.mark.parametrize(("method", "sizes"), taken(CAPPED), ids=str)
def test_what_is_drawn_is_capped_and_keeps_its_numbers(method, sizes):
    spec, scene = scene_of(method, sizes, "reshape")
    assert LIMIT // 2 <= prod(scene.sizes) <= LIMIT
    tensor, matrix = scene.panels
    x = data.make("random", spec)
    assert np.array_equal(tensor.values, x[tuple(slice(size) for size in scene.sizes)])
    visible = matrix.entries >= 0
    assert np.array_equal(np.sort(matrix.entries[visible]), np.arange(prod(scene.sizes)))
    assert np.array_equal(matrix.values[visible], tensor.values.ravel()[matrix.entries[visible]])
    sizes = set(words.group_sizes(spec))  # true counts, not the drawn ones
    assert set(np.ravel(scene.group_size)) <= sizes
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


@pytest.mark.parametrize(
    ("method", "training", "together"),
    [("sync", True, 2), ("sync", False, None), ("switchable", True, 9), ("switchable", False, 6),
     ("batch_instance", True, 4), ("batch_instance", False, None), ("zca_whitening", False, 6)],
)  # fmt: skip
def test_what_lights_up_at_prediction_leaves_out_what_the_batch_would_give(
    method, training, together
):
    found = scenes.scene(traced(method, (4, 6, 2, 5), training), "input", color="value", digits=4)
    assert (found.sources and len(found.sources[0])) == together


def test_what_is_not_finite_has_no_part_in_the_range_of_colours():
    spec = Spec("batch", (3, 6, 2, 5))
    x = data.make("random", spec)
    x[0, 0, 0, 0] = np.nan
    scene = scenes.scene(trace(spec, x), "reshape back", color="value", digits=4)
    rest = trace(spec, x).output[:, 1:]
    assert scene.extent == max(np.abs(rest).max(), np.nanmax(np.abs(x)))
    assert pack(scene)
