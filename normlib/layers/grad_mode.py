"""The gradient mode mistaken for the training mode, run in torch: a trap, to be looked at."""

import numpy as np
import torch
from torch import Tensor

from normlib.grad_mode import Case
from normlib.record import Running

MOMENTUM, EPS = 0.9, 1e-5


def by_grad_mode(x: Tensor, mean: Tensor, variance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Batch norm that guesses its mode: the output, and mean and variance to keep.

    Never write this: `torch.is_grad_enabled()` says whether gradients are recorded, not whether
    the model is being trained.

    Args:
        x: ``(n, c, h, w)``.
        mean, variance: the running ones, ``(c,)``; old-weighted by 0.9, the variance biased.
    """
    by_channel = (1, -1, 1, 1)
    if torch.is_grad_enabled():
        used = x.mean((0, 2, 3)), x.var((0, 2, 3), correction=0)
        mean = MOMENTUM * mean + (1 - MOMENTUM) * used[0].detach()
        variance = MOMENTUM * variance + (1 - MOMENTUM) * used[1].detach()
    else:
        used = mean, variance
    centred = x - used[0].reshape(by_channel)
    return centred / (used[1].reshape(by_channel) + EPS).sqrt(), mean, variance


def four_cases(record: Running, x: np.ndarray) -> tuple[Case, ...]:
    """As `normlib.grad_mode.four_cases`: the guessing layer beside a `torch.nn.BatchNorm2d`."""
    cases = []
    for training in (True, False):
        for gradients in (True, False):
            layer = torch.nn.BatchNorm2d(x.shape[1], EPS, 1 - MOMENTUM, dtype=torch.float64)
            layer.load_state_dict(
                {"running_mean": torch.from_numpy(record.mean.copy()),
                 "running_var": torch.from_numpy(record.variance.copy())}, strict=False,
            )  # fmt: skip
            layer.train(training)
            batch = torch.from_numpy(x)
            kept = torch.from_numpy(record.mean.copy()), torch.from_numpy(record.variance.copy())
            with torch.enable_grad() if gradients else torch.no_grad():
                y, mean, _ = by_grad_mode(batch, *kept)
                wanted = layer(batch)
            assert layer.running_mean is not None
            moved, should = (float((after - kept[0]).abs().max())
                             for after in (mean, layer.running_mean))  # fmt: skip
            difference = float((y - wanted).detach().abs().max())
            cases.append(
                Case(training, gradients, training == gradients, difference, moved, should)
            )
    return tuple(cases)


def largest_difference(cases: tuple[Case, ...], record: Running, x: np.ndarray) -> float:
    """Largest difference of any number of the four cases from what torch does."""
    numbers = ("difference", "moved", "should_move")
    return max(
        abs(float(getattr(ours, name)) - float(getattr(theirs, name)))
        for ours, theirs in zip(cases, four_cases(record, x), strict=True) for name in numbers
    )  # fmt: skip
