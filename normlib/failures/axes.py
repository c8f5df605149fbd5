"""Failures of axes: the right numbers in an order that the layer does not expect."""

import numpy as np

from normlib import data
from normlib.failures import snippets
from normlib.failures.record import Failure, Images, View
from normlib.partition import Partition
from normlib.spec import Spec
from normlib.trace import apply, trace

SCALES = np.array([1.0, 2, 3, 4])  # of the channels, so that they differ
SHIFTS = np.array([0.0, 5, -5, 1])
PIXEL = 10  # the filter that leaves the picture as it is


def channels_last(*, height: float, seed: int) -> Failure:
    """Images stored as n h w c, given to batch norm of n c h w: it takes rows for channels."""
    shape = (2, int(height), 4, 3)
    return _mistaken(
        shape, "nchw", "nhwc", seed,
        snippets.CHANNELS_LAST, snippets.CHANNELS_LAST_CODE, snippets.CHANNELS_LAST_REPAIR,
    )  # fmt: skip


def tokens(*, steps: float, seed: int) -> Failure:
    """Sequences stored as n t c, given to batch norm of n c t: it takes tokens for channels."""
    shape = (3, int(steps), 4)
    return _mistaken(
        shape, "nct", "ntc", seed, snippets.TOKENS, snippets.TOKENS_CODE, snippets.TOKENS_REPAIR
    )


def swapped(*, digit: float) -> Failure:
    """Height and width swapped: batch norm pools over both, and its statistics never notice."""
    x = data.digits(Spec("batch", (10, 16, 8, 8)))[int(digit), PIXEL][None, None]
    turned = x.swapaxes(2, 3)
    spec = Spec("batch", x.shape)
    right, wrong = trace(spec, x), trace(spec, turned)
    differing = {name: float(np.abs(right.stats[name] - wrong.stats[name]).max())
                 for name in ("mean", "variance")}  # fmt: skip
    back = wrong.output.swapaxes(2, 3)
    distance = float(np.abs(wrong.output - right.output).max())
    return Failure(
        verdict="turned" if distance > 0 else "holds",
        numbers={
            "distance": (distance, float(np.abs(back - right.output).max())),
            "mean": (differing["mean"], 0.0),
            "variance": (differing["variance"], 0.0),
        },
        setup=snippets.SWAPPED.format(digit=int(digit)),
        code=snippets.SWAPPED_CODE,
        repair=snippets.SWAPPED_REPAIR,
        drawings=(Images({"wrong": wrong.output[0, 0], "right": right.output[0, 0]}),),
        page="groups",
        query={**Spec("batch", (4, 6, 8, 8)).to_query(), "data": "digits", "color": "value"},
    )


def _mistaken(
    shape: tuple[int, ...], taken: str, meant: str, seed: int, setup: str, code: str, repair: str
) -> Failure:
    """Batch norm with the second axis taken for channels, beside that of the last axis."""
    channels = shape[-1]
    x = np.random.RandomState(seed).normal(size=shape) * SCALES[:channels] + SHIFTS[:channels]
    as_taken, as_meant = Spec("batch", shape, taken), Spec("batch", shape, meant)
    wrong, right = apply(as_taken, x), trace(as_meant, x)
    mixed = Partition(as_meant.axes, shape, as_meant.axes[1:2])  # the second axis kept apart
    fits = shape[1] == channels
    return Failure(
        verdict="silent" if fits else "refused",
        numbers={
            "distance": (float(np.abs(wrong - right.output).max()), 0.0),
            "groups": (as_taken.partition.columns, as_meant.partition.columns),
            "entries": (as_taken.partition.rows, as_meant.partition.rows),
        },
        setup=setup.format(seed=seed, shape=shape),
        code=code,
        repair=repair,
        error="" if fits else
        f"RuntimeError: running_mean should contain {shape[1]} elements not {channels}",
        facts={"second": shape[1], "channels": channels},
        drawings=(View("wrong", right, "input", mixed),
                  View("right", right, "input")),
        page="groups",
        query=Spec("batch", (shape[0], channels, *shape[1:-1]), seed=seed).to_query(),
    )  # fmt: skip
