"""The trap of taking "are gradients recorded?" for "is this training?": four cases.

`torch.is_grad_enabled()` answers the first question. The two answers agree as long as nobody
evaluates with gradients on or trains a part with gradients off; where they part, a layer that
asks the first one does the wrong thing. `normlib.layers.grad_mode` runs the same in torch.
"""

from dataclasses import dataclass

import numpy as np

from normlib.drift import normalized
from normlib.record import Running
from normlib.running import observe

CODE = """\
def batch_norm(x, mean, variance, momentum=0.9, eps=1e-5):
    if torch.is_grad_enabled():
        m = x.mean((0, 2, 3), keepdim=True)
        v = ((x - m) ** 2).mean((0, 2, 3), keepdim=True)
        mean = momentum * mean + (1 - momentum) * m.detach()
        variance = momentum * variance + (1 - momentum) * v.detach()
    else:
        m, v = mean, variance
    return (x - m) / torch.sqrt(v + eps), mean, variance
"""  # the trap, to be shown; mean and variance of shape (1, c, 1, 1)
CONVENTION = "d2l_old"  # of the code that reads the gradient mode: momentum 0.9, biased variance


@dataclass(frozen=True)
class Case:
    """One call of a layer that decides by the gradient mode, beside what was wanted.

    Attributes:
        training: whether the caller is training.
        gradients: whether gradients are recorded.
        right: whether the layer does what was wanted.
        difference: largest distance of its output from the right one.
        moved, should_move: how far the record's mean moves, in the channel that moves most, and
            how far it ought to.
    """

    training: bool
    gradients: bool
    right: bool
    difference: float
    moved: float
    should_move: float


def layer(record: Running, x: np.ndarray, *, training: bool) -> tuple[np.ndarray, Running]:
    """Batch norm with its mode said aloud: the output, and the record afterwards.

    In training x is normalized by its own statistics and the record moves; at prediction x is
    normalized by the record, which stays.
    """
    if not training:
        return normalized(x, record), record
    return normalized(x, None), observe(record, x, convention=CONVENTION)


def four_cases(record: Running, x: np.ndarray) -> tuple[Case, ...]:
    """Training and prediction, with gradients on and off: what the gradient mode makes of them.

    Args:
        record: what the layer remembers before each of the four calls.
        x: the batch, ``(n, c, h, w)``.
    """
    called = {mode: layer(record, x, training=mode) for mode in (True, False)}
    moved = {mode: float(np.abs(after.mean - record.mean).max())
             for mode, (_, after) in called.items()}  # fmt: skip
    return tuple(
        Case(
            training, gradients, training == gradients,
            float(np.abs(called[gradients][0] - called[training][0]).max()),
            moved[gradients], moved[training],
        )
        for training in (True, False) for gradients in (True, False)
    )  # fmt: skip
