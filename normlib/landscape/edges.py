"""The largest curvature along a training, held against its learning rate."""

from dataclasses import dataclass

import numpy as np

from normlib.landscape import scripts, tables
from normlib.landscape.rate_settings import ALL
from normlib.landscape.settings import Net, Training

NEAR = (0.95, 1.25)  # times 2 / rate


@dataclass(frozen=True, eq=False)
class Edge:
    """The curvature along a training.

    Attributes:
        net, training: what was trained, and how.
        loss: at every step, ``(steps,)``; shorter where the training diverged.
        measured: after how many steps the eigenvalue was measured, ``(times,)``.
        eigenvalue: largest of the Hessian of the loss on all training samples, likewise.
    """

    net: Net
    training: Training
    loss: np.ndarray
    measured: np.ndarray
    eigenvalue: np.ndarray

    @property
    def limit(self) -> float:
        """``2 / rate``: a quadratic with a larger curvature would diverge."""
        return 2 / self.training.rate

    @property
    def late(self) -> float:
        """Median of the eigenvalue over the last quarter, in units of ``2 / rate``."""
        last = self.eigenvalue[-max(1, len(self.eigenvalue) // 4) :]
        return float(np.median(last)) / self.limit

    @property
    def diverged(self) -> bool:
        """Whether it ended before its last step."""
        return len(self.loss) < self.training.steps

    @property
    def verdict(self) -> str:
        """``diverged``, or whether ``late`` is ``near`` 1, ``below`` or ``above`` it."""
        if self.diverged:
            return "diverged"
        low, high = NEAR
        return "below" if self.late < low else "above" if self.late > high else "near"

    @property
    def comparable(self) -> bool:
        """Whether losses of two steps are those of the same samples, to the end."""
        return self.training.batch == ALL and not self.diverged

    @property
    def half(self) -> int:
        """How many steps the second half has."""
        return len(self.loss) - len(self.loss) // 2 - 1

    @property
    def rises(self) -> int:
        """How many steps of the second half made the loss larger."""
        return int((np.diff(self.loss[len(self.loss) // 2 :]) > 0).sum())


@tables.rows.register
def _(record: Edge) -> tables.Rows:
    yield ["step", "loss", "eigenvalue"]
    known = dict(zip(record.measured.tolist(), record.eigenvalue, strict=True))
    for step, loss in enumerate(record.loss):
        yield step, loss, known.get(step, "")


@scripts.call.register
def _(record: Edge) -> scripts.Call:
    every = int(np.diff(record.measured)[0]) if len(record.measured) > 1 else len(record.loss)
    return scripts.Call("limiting", "edge", (record.net, record.training), {"every": every})
