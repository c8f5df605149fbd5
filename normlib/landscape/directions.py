"""In which directions one looks: random ones that fit the filters, or along a training."""

from collections.abc import Sequence

import torch
from torch import Tensor

from normlib.landscape.probe import Weights
from normlib.landscape.streams import normal, stream

TINY = 1e-10  # keeps the scale of an empty filter finite, as in the authors' code


def random_direction(
    net: torch.nn.Module, seed: int, *, normalize: str = "filter", vectors: bool = False
) -> dict[str, Tensor]:
    """A Gaussian direction with a value for every weight.

    With ``filter`` each filter d_k of the direction gets the length of the net's own:
    ``d_k <- d_k * |w_k| / (|d_k| + 1e-10)``, a filter being one row of a linear layer or one
    output channel of a convolution. So a net whose weights are scaled up, which changes nothing
    where a normalization follows, does not look flatter.
    Source: Li et al. 2018, arXiv:1712.09913.

    Args:
        net: whose parameters are matched in shape and, in ``filter``, in length.
        seed: of the direction.
        normalize: ``filter``, or ``none`` for plain Gaussian numbers.
        vectors: whether parameters of one axis (biases, gains, shifts) move too; by default they
            stay, as in the paper.

    Returns:
        By name, in the dtype of each weight.
    """
    rng = stream("direction", seed)
    found = {}
    for name, weight in net.named_parameters():
        value = weight.detach()
        fresh = normal(rng, tuple(value.shape))
        if value.ndim <= 1 and not vectors:
            fresh = torch.zeros_like(fresh)
        elif normalize == "filter":
            rows, own = fresh.reshape(len(fresh), -1), value.double().reshape(len(fresh), -1)
            length = own.norm(dim=1, keepdim=True) / (rows.norm(dim=1, keepdim=True) + TINY)
            fresh = (rows * length).reshape(fresh.shape)
        found[name] = fresh.to(value.dtype)
    return found


def random_plane(
    net: torch.nn.Module, seed: int, *, normalize: str = "filter", vectors: bool = False
) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Two `random_direction` of seeds that follow from one."""
    first, second = (
        random_direction(net, 2 * seed + k, normalize=normalize, vectors=vectors) for k in (0, 1)
    )
    return first, second


def trajectory_plane(
    points: Sequence[Weights],
) -> tuple[tuple[dict[str, Tensor], dict[str, Tensor]], Tensor, tuple[float, float]]:
    """The plane through the last point of a training along which the others vary most.

    Principal directions of ``points[t] - points[-1]``, not centred, as in Li et al. 2018. Both
    have length 1 and are orthogonal; each points to where the training began, if it can.

    Args:
        points: weights by name, at least three, the last one being the origin.

    Returns:
        The two directions; coordinates of all points in the plane, ``(points, 2)``, float64; and
        the share of the squared distances that each direction explains.
    """
    last = points[-1]
    rows = torch.stack([
        torch.cat([(point[name].detach().double() - last[name].detach().double()).flatten()
                   for name in last]) for point in points
    ])  # fmt: skip
    _, size, basis = torch.linalg.svd(rows, full_matrices=False)
    basis = basis[:2]
    basis = basis * torch.where(rows[0] @ basis.T < 0, -1.0, 1.0)[:, None]
    total = float((size**2).sum()) or 1.0
    directions = []
    for direction in basis:
        parts = direction.split([last[name].numel() for name in last])
        directions.append({
            name: part.reshape(last[name].shape).to(last[name].dtype)
            for name, part in zip(last, parts, strict=True)
        })  # fmt: skip
    explained = (float(size[0] ** 2) / total, float(size[1] ** 2) / total)
    return (directions[0], directions[1]), rows @ basis.T, explained
