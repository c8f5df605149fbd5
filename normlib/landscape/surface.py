"""The loss on a line or a plane through the weights of a net."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from normlib.landscape import cnn_grid, mlp_grid
from normlib.landscape.probe import Loop, Loss, Probe, Weights
from normlib.landscape.records import Line, Surface
from normlib.landscape.workers import Progress, rows


def surface(
    net: torch.nn.Module,
    x: Tensor,
    y: Tensor,
    directions: Sequence[Weights],
    a: np.ndarray,
    b: np.ndarray,
    *,
    statistics: str = "batch",
    loss: Loss = "cross_entropy",
    dtype: torch.dtype | None = None,
    progress: Progress | None = None,
    plain: bool = False,
) -> Surface:
    """The loss at ``weights + a[i] * first + b[j] * second``; the net is left as it is.

    Multi-layer perceptrons and the small convolutional net run in an engine made for them, any
    other module cell by cell. At (0, 0) the net itself is evaluated, so this value is that of its
    own forward pass, bit for bit.

    Args:
        net: any module from ``x`` to logits. Weights, buffers, mode, gradients and all random
            states stay as they are.
        x, y: samples ``(n, p)`` and classes ``(n,)``.
        directions: two, by names of parameters, see ``directions``; those left out stay.
        a, b: coordinates of rows and columns, in units of the directions.
        statistics: ``batch`` (as in training) or ``running`` (as at prediction).
        loss: ``cross_entropy``, ``squared``, or a function of output and ``y``.
        dtype: of the evaluation; None for that of the net.
        progress: called in the caller's thread with the finished share, from above 0 to 1. What
            it raises cancels the rest and comes out of this call.
        plain: evaluate every cell the slow way.

    Source: Li et al. 2018, arXiv:1712.09913.
    """
    probe = Probe(net, x, y, statistics=statistics, loss=loss, dtype=dtype)
    engine: Loop | mlp_grid.MlpGrid | cnn_grid.CnnGrid = Loop(probe, directions)
    if not plain and mlp_grid.suits(probe):
        engine = mlp_grid.MlpGrid(probe, directions)
    elif not plain and cnn_grid.suits(probe, directions):
        engine = cnn_grid.CnnGrid(probe, directions)
    values = np.empty((len(a), len(b)))
    for number, found in rows(a.tolist(), b.tolist(), engine.worker, progress):
        values[number] = found
    centre = np.ix_(a == 0, b == 0)
    if values[centre].size:
        values[centre] = float(probe({}))
    return Surface(a, b, values, statistics)


def line(
    net: torch.nn.Module,
    x: Tensor,
    y: Tensor,
    direction: Weights,
    a: np.ndarray,
    *,
    statistics: str = "batch",
    loss: Loss = "cross_entropy",
    dtype: torch.dtype | None = None,
) -> Line:
    """The loss at ``weights + a[i] * direction``, and its slope; arguments as of `surface`."""
    probe = Probe(net, x, y, statistics=statistics, loss=loss, dtype=dtype)
    found = [probe.slope(direction, coordinate) for coordinate in a.tolist()]
    values, slopes = np.array(found).T
    return Line(a, values, slopes, statistics)
