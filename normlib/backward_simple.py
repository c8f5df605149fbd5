"""Gradients of the operations that centre or divide in other ways, written out by hand.

The form is that of `backward`: ``(grad, y, stats) -> gradient of x``, columns of shape
``(..., rows, columns)``. Layers leave these operations to automatic differentiation; here they
can be read, and used without torch.
"""

from collections.abc import Callable, Mapping

from normlib.arrays import Array, namespace
from normlib.moments import average
from normlib.operation import Stats


def center(grad: Array, y: Array, stats: Stats) -> Array:
    """``grad - mean(grad)``: what is subtracted from the input is subtracted from the gradient.

    Source: Salimans and Kingma 2016, arXiv:1602.07868.
    """
    return grad - average(grad)


def l2(grad: Array, y: Array, stats: Stats) -> Array:
    """``(grad - y sum(grad y)) / norm``; where eps is the divisor, just ``grad / eps``.

    From ``y = x / s`` with ``s = |x|``: ``ds = sum(x dx) / s = sum(y dx)``.

    Source: Liu, Rabinovich and Berg 2015, arXiv:1506.04579.
    """
    return (grad - y * _along(grad, y)) / stats.scale


def center_l2(grad: Array, y: Array, stats: Stats) -> Array:
    """The gradient of `l2`, its mean taken away: first the one step back, then the other.

    Source: Huang, Liu, Lang and Li 2017 (ICCV).
    """
    return center(l2(grad, y, stats), y, stats)


def l1(grad: Array, y: Array, stats: Stats) -> Array:
    """``center(grad - c sign(y) mean(grad y)) / s`` with ``s = c mean |x - mean| + eps``.

    ``c = sqrt(pi / 2)``. From ``y = (x - mean) / s``: ``ds = c mean(sign(y) d(x - mean))``, and
    the mean taken from x is taken from the whole gradient.

    Source: Wu et al. 2018, arXiv:1802.09769.
    """
    xp = namespace(y)
    root = (xp.pi / 2) ** 0.5
    return center(grad - root * xp.sign(y) * average(grad * y), y, stats) / stats.scale


def outside(grad: Array, y: Array, stats: Stats) -> Array:
    """``(grad - mean(grad) - y mean(grad y) s / std) / s`` with ``s = std + eps``.

    As `backward.standardize`, but ``ds = mean((x - mean) dx) / std = (s / std) mean(y dx)``. A
    column without spread has ``y = 0`` and no last term.

    Source: Viikki and Laurila 1998, doi:10.1016/S0167-6393(98)00033-8.
    """
    xp = namespace(y)
    share = average(y * y) ** 0.5  # std / s
    share = xp.where(share > 0, share, xp.ones_like(share))
    return (grad - average(grad) - y * average(grad * y) / share) / stats.scale


BACKWARD_SIMPLE: Mapping[str, Callable[[Array, Array, Stats], Array]] = {
    "center": center,
    "l2": l2,
    "center_l2": center_l2,
    "l1": l1,
    "outside": outside,
}


def _along(grad: Array, y: Array) -> Array:
    """How far the gradient runs along the output; nothing where y is not of length 1.

    The divisor was eps then, a constant.
    """
    length = (y * y).sum(-2)[..., None, :]
    xp = namespace(y)
    return xp.where(length > 1 - 1e-6, (grad * y).sum(-2)[..., None, :], 0 * length)
