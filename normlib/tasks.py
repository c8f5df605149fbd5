"""Real tables to learn from: digits, wines, cell nuclei."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from normlib.errors import NormError

FOLDER = Path(__file__).parents[1] / "assets" / "data"
SPLIT_SEED = 0  # of the order in which samples go to training and to testing


@dataclass(frozen=True, eq=False)
class Task:
    """A classification task, cut into training and test samples in a fixed random order.

    Attributes:
        name: key of `TASKS`.
        x, y: training samples ``(n, p)``, float64, and their classes ``(n,)``, int64.
        test_x, test_y: those held back.
        classes: how many there are.

    Nobody can write to the arrays.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray
    classes: int


TASKS: Mapping[str, tuple[int, float]] = {  # training samples, and what features are divided by
    "digits": (1280, 16.0),
    "wine": (128, 1.0),
    "breast_cancer": (448, 1.0),
}


@cache
def task(name: str) -> Task:
    """A task by name.

    - ``digits``: 1797 images of 8 x 8 pixels, grey levels divided by 16, ten classes,
    - ``wine``: 178 wines, thirteen measurements of very different units, three classes,
    - ``breast_cancer``: 569 samples, thirty measurements, two classes.

    Sources and licences: ``assets/data/README.md``.

    Raises:
        NormError: for another name.
    """
    if not isinstance(name, str) or name not in TASKS:
        raise NormError("task", name=name, known=", ".join(TASKS))
    table = np.load(FOLDER / f"{name}_table.npy", allow_pickle=False).astype(np.float64)
    table = table[np.random.RandomState(SPLIT_SEED).permutation(len(table))]
    num_training, unit = TASKS[name]
    x, y = table[:, :-1] / unit, table[:, -1].astype(np.int64)
    parts = x[:num_training], y[:num_training], x[num_training:], y[num_training:]
    for part in parts:
        part.flags.writeable = False
    return Task(name, *parts, int(y.max()) + 1)
