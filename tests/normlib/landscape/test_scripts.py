"""The script of a record computes that record: it is run."""

import contextlib
import io

import numpy as np
import pytest

from normlib.landscape import Net, Training
from normlib.landscape.rescaling import rescaling
from normlib.landscape.scripts import Call, script
from normlib.landscape.smoothness import smoothness
from normlib.landscape.sweep import sweep
from normlib.landscape.tables import csv
from normlib.landscape.training import run

NET = Net(method="group", knobs={"groups": 2}, width=6, depth=1, activation="tanh", seed=3)
TRAINING = Training(steps=4, rate=0.25, batch=32, loss="squared", seed=3)
MADE = {
    "run": lambda: run(NET, TRAINING, check_every=2),
    "smoothness": lambda: smoothness(NET, TRAINING, (3, 5), multiples=(0.5, 2.0), every=2,
                                     eigenvalues=True),
    "one step": lambda: smoothness(NET, TRAINING, (3,), every=4),
    "sweep": lambda: sweep(NET, TRAINING, (0.1, 0.2), (3, 5)),
    "rescaling": lambda: rescaling(NET, (3, 5), (0.5, 1.0), loss="squared"),
    "by name": lambda: {"none": sweep(Net(width=4), TRAINING, (0.1,), (1,)),
                        "tanh": sweep(NET, TRAINING, (0.2,), (2,))},
}  # fmt: skip


def printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "script", "exec"), {})
    return out.getvalue()


@pytest.mark.parametrize("kind", MADE)
def test_the_script_of_a_record_prints_the_record(kind: str):
    record = MADE[kind]()
    found, wanted = (text.splitlines() for text in (printed(script(record)), csv(record)))
    assert found[0] == wanted[0]
    assert len(found) == len(wanted)
    for ours, theirs in zip(found[1:], wanted[1:], strict=True):
        for one, other in zip(ours.split(","), theirs.split(","), strict=True):
            assert one == other or float(one) == pytest.approx(float(other), rel=1e-4, abs=1e-7)


def test_a_script_names_only_what_differs_from_the_default_and_runs_as_the_file_it_names():
    code = script(sweep(Net(width=4), Training(steps=1), (0.1,), (0,)), "my_sweep")
    assert "Net(width=4)" in code
    assert "Training(steps=1)" in code
    assert "my_sweep.py > my_sweep.csv" in code


def test_a_call_of_any_function_of_the_package_can_be_written_down():
    code = script(Call("training", "run", (Net(width=3), Training(steps=2)), {"check_every": 2}))
    assert len(printed(code).splitlines()) == 3


def test_there_is_no_script_of_what_no_function_gives():
    with pytest.raises(TypeError, match="ndarray"):
        script(np.zeros(3))
