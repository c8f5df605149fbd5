"""What the page "Smooth or not" shows and does not compute while a learner waits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from normlib.landscape.directions import random_direction
from normlib.landscape.linear import conditioning
from normlib.landscape.records import Conditioning, Line, Scales
from normlib.landscape.scales import layer_scales
from normlib.landscape.scripts import Call, call, script
from normlib.landscape.settings import SCALINGS as ALL_SCALINGS
from normlib.landscape.settings import Net, Training
from normlib.landscape.surface import line
from normlib.landscape.tables import Rows, csv, rows
from normlib.landscape.training import Learner
from normlib.landscape.workers import one_torch_thread
from normlib.tasks import TASKS

STEPS, SAMPLES = 50, 512  # of training, at the default rate; on which the loss is taken
PLACES = np.linspace(-1, 1, 401)
NETS = {
    "none": Net(),
    "batch": Net(method="batch"),
    "tanh": Net(activation="tanh", init="xavier"),
}
DEPTH = 6
GAINS = (0.5, 1.0, 1.5, 2.0, 3.0)
METHODS = ("none", "batch", "layer")
SCALINGS = ("raw", "standardized")


def lines() -> Mapping[str, Line]:
    """Trained nets, each on a line in a filter-normalized direction of one seed, float64."""
    with one_torch_thread():
        return {name: line_of(net) for name, net in NETS.items()}


def scales() -> Mapping[str, Mapping[str, Mapping[str, Scales]]]:
    """Deep nets at their start, by method, gain and scaling of the features."""
    return {
        method: {
            f"{gain:g}": {
                scaling: layer_scales(Net(method=method, depth=DEPTH, gain=gain), scaling)
                for scaling in SCALINGS
            }
            for gain in GAINS
        }
        for method in METHODS
    }


def linear() -> Mapping[str, Mapping[str, Conditioning]]:
    """Linear models by task and scaling of the features."""
    return {name: {how: of_table(name, how) for how in ALL_SCALINGS} for name in TASKS}


def of_table(name: str, how: str) -> Conditioning:
    """``linear.conditioning``, its rate a plain number."""
    found = conditioning(name, how)
    return replace(found, rate=float(found.rate))


def line_of(net: Net, places: np.ndarray = PLACES) -> Line:
    """A net after 50 steps, on the line of `lines`."""
    learner = Learner(net, Training(steps=STEPS), dtype=torch.float64)
    for _ in learner:
        pass
    x, y = learner.x[:SAMPLES], learner.y[:SAMPLES]
    return line(learner.stack, x, y, random_direction(learner.stack, 0), places)


def table(found: Mapping[str, Any]) -> str:
    """Records by name as CSV, see ``tables.csv``."""
    return csv(found)


def program(found: Mapping[str, Any], name: str) -> str:
    """A script that makes the records by name anew; lines are those of `NETS`."""
    made = {
        key: Call("smooth_or_not", "line_of", (NETS[key],), {}) if isinstance(one, Line) else one
        for key, one in found.items()
    }
    return script(made, name)


@rows.register
def _(record: Scales) -> Rows:
    yield ["layer", "rms", "mean", "spread"]
    yield from zip(range(1, len(record.rms) + 1), record.rms, record.mean, record.spread,
                   strict=True)  # fmt: skip


@rows.register
def _(record: Conditioning) -> Rows:
    yield ["direction", "eigenvalue", "start"]
    directions = range(1, len(record.start) + 1)
    yield from zip(directions, record.eigenvalues, record.start, strict=True)


@call.register
def _(record: Scales) -> Call:
    return Call("smooth_or_not", "layer_scales", (record.net,), {"scaling": record.scaling})


@call.register
def _(record: Conditioning) -> Call:
    return Call("smooth_or_not", "of_table", (record.task, record.scaling), {})
