import numpy as np

from normlib.figures.restoring import residuals
from normlib.restoring import RECOVER, TARGETS

FOUND = {kind: {goal: 0.1 * i + 0.02 * j for j, goal in enumerate(TARGETS)}
         for i, kind in enumerate(RECOVER)}  # fmt: skip


def test_every_residual_has_its_cell_and_the_chosen_one_a_frame():
    names = {kind: f"to {kind}" for kind in RECOVER}
    goals = {goal: f"as {goal}" for goal in TARGETS}
    figure = residuals(FOUND, kind="mlp", goal="bent", recoveries=names, goals=goals, word="goal")
    cells = figure.data[0]
    assert np.array_equal(cells.z, [list(row.values()) for row in FOUND.values()])
    assert list(cells.y) == list(names.values())
    assert list(cells.x) == list(goals.values())
    assert (cells.zmin, cells.zmax) == (0, 1)
    frame = figure.layout.shapes[0]
    assert (frame.x0, frame.y0) == (2 - 0.5, 3 - 0.5)
    assert figure.layout.xaxis.title.text == "goal"
