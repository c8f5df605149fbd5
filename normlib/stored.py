"""Statistics from elsewhere: what normalizations that watch the batch use to predict."""

from dataclasses import replace

from normlib.arrays import Array, constant, namespace
from normlib.columns import no_zero
from normlib.normalize import standardize
from normlib.operation import Given, Parameter, Stats

RUNNING = (
    Parameter("running_mean", "c"),
    Parameter("running_variance", "c", 1.0, low=0.5, high=2.0),
)
STEPS = (  # each step of time has its own
    Parameter("running_mean", "c ..."),
    Parameter("running_variance", "c ...", 1.0, low=0.5, high=2.0),
)


def stored(x: Array, given: Given) -> Stats:
    """Statistics from elsewhere, as batch norm predicts: ``running_mean``, ``running_variance``."""
    mean, variance = (given.parameters[name.name] for name in RUNNING)
    scale = no_zero(namespace(x).sqrt(variance + given.eps))
    return Stats((("mean", mean), ("variance", variance)), (mean,), scale)


def stored_outside(x: Array, given: Given) -> Stats:
    """As `stored`, eps outside the root."""
    mean, variance = (given.parameters[name.name] for name in RUNNING)
    scale = no_zero(namespace(x).sqrt(variance) + given.eps)
    return Stats((("mean", mean), ("variance", variance)), (mean,), scale)


def stored_center(x: Array, given: Given) -> Stats:
    """As `stored`, the mean alone."""
    mean = given.parameters["running_mean"]
    return Stats((("mean", mean),), (mean,))


def renorm(x: Array, given: Given) -> Stats:
    """Batch renormalization: Ioffe 2017, arXiv:1702.03275.

    ``(x - mean) / std * r + d`` with ``r = std / running_std`` kept within 1/r_max ... r_max and
    ``d = (mean - running_mean) / running_std`` within -d_max ... d_max, std = sqrt(variance + eps).
    Both corrections are constants for the gradient.
    """
    xp, stats = namespace(x), standardize(x, replace(given, pools=()))
    running = stored(x, given)
    r_max, d_max = float(given.knobs["r_max"]), float(given.knobs["d_max"])
    r = xp.clip(stats.scale / running.scale, 1 / r_max, r_max)
    high, low = stats.shifts  # their sum would be rounded to the size of the mean
    d = xp.clip(((high - running.shifts[0]) + low) / running.scale, -d_max, d_max)
    r, d = constant(r), constant(d)
    return replace(
        stats,
        named=(*stats.named, ("r", r), ("d", d)),
        factor=r,
        offset=d,
        numbers={name.name: given.parameters[name.name] for name in RUNNING},
    )
