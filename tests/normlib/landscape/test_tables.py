"""CSV of every record: its numbers, each in its place."""

import csv
import io

import numpy as np
import pytest

from normlib.landscape import Line, Net, Run, Smoothness, Surface, Sweep, Training, tables
from normlib.landscape.rescaled import Rescaling

RNG = np.random.default_rng(0)
NET = Net(depth=1)
RUN = Run(NET, Training(steps=3), *(RNG.random(s) for s in (3, (3, 2), (3, 2), (3, 2))),
          np.array([2, 3]), np.array([0.5, 0.75]), None)  # fmt: skip
SMOOTH = Smoothness(NET, Training(rate=0.5), (4, 7), np.array([0, 2, 4]), np.array([0.5, 4.0]),
                    *(RNG.random(s) for s in ((2, 3), (2, 3), (2, 3, 2), (2, 3, 2), (2, 3, 2),
                                              (2, 3))))  # fmt: skip
SWEEP = Sweep(NET, Training(), np.array([0.1, 0.2]), (4, 7), RNG.random((2, 2, 5)),
              np.array([[-1, -1], [-1, 3]]))  # fmt: skip
SCALED = Rescaling(NET, "squared", (4,), np.array([1.0, 2.0]), *RNG.random((3, 1, 2)))


def read(record) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables.csv(record))))


def test_a_surface_has_a_line_for_every_cell():
    surface = Surface(np.array([-1.0, 1.0]), np.array([0.0, 0.5, 1.0]), RNG.random((2, 3)))
    found = read(surface)
    assert [(float(r["a"]), float(r["b"])) for r in found[:4]] == [
        (-1, 0), (-1, 0.5), (-1, 1), (1, 0)
    ]  # fmt: skip
    assert [float(r["loss"]) for r in found] == pytest.approx(surface.values.ravel().tolist())


def test_a_line_has_a_line_for_every_point():
    line = Line(np.array([0.0, 0.1]), np.array([1.5, 2.0]), np.array([4.0, 6.0]))
    assert tables.csv(line) == "a,loss,slope\n0,1.5,4\n0.1,2,6\n"


def test_a_run_tells_the_accuracy_after_the_steps_at_which_it_was_measured():
    found = read(RUN)
    assert [r["accuracy_after"] for r in found] == ["", "0.5", "0.75"]
    assert float(found[1]["gradients_1"]) == pytest.approx(RUN.gradients[1, 1])


def test_smoothness_has_a_line_for_every_seed_and_step():
    found = read(SMOOTH)
    assert [(r["seed"], r["step"]) for r in found[2:4]] == [("4", "4"), ("7", "0")]
    assert float(found[4]["beta"]) == pytest.approx(SMOOTH.beta[1, 1], rel=1e-8)
    assert float(found[4]["lengths_1"]) == pytest.approx(SMOOTH.lengths[1, 1, 1], rel=1e-8)
    assert float(found[4]["gradient_change_at_4"]) == pytest.approx(SMOOTH.change[1, 1, 1])


def test_a_sweep_says_where_a_training_diverged():
    found = read(SWEEP)
    assert [r["diverged_at"] for r in found] == ["", "", "", "3"]
    assert found[3]["final_loss"] == "inf"
    assert found[3]["trains"] == "false"


def test_a_rescaling_has_a_line_for_every_factor():
    assert [r["factor"] for r in read(SCALED)] == ["1", "2"]
    assert float(read(SCALED)[1]["eigenvalue"]) == pytest.approx(SCALED.eigenvalue[0, 1])


def test_several_by_name_have_their_name_in_the_first_column():
    found = read({"none": SWEEP, "batch": SWEEP})
    assert [r["method"] for r in found] == ["none"] * 4 + ["batch"] * 4
    assert next(iter(found[0])) == "method"


def test_another_kind_of_record_has_no_table():
    with pytest.raises(TypeError, match="Net"):
        tables.csv(NET)
