"""The largest eigenvalue of the Hessian, with a bound on its error."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from normlib.landscape.ensemble import loss_alone
from normlib.landscape.nets import Stack
from normlib.landscape.records import Eigenvalue
from normlib.landscape.streams import normal, stream
from normlib.landscape.workers import one_torch_thread

FEW = 16  # vectors for which there is room at first


def top_eigenvalue(
    net: Stack,
    x: Tensor,
    y: Tensor,
    *,
    weights: Mapping[str, Tensor] | None = None,
    loss: str = "cross_entropy",
    start: Tensor | None = None,
    tolerance: float = 1e-3,
    most: int = 60,
    seed: int = 0,
) -> tuple[Eigenvalue, Tensor]:
    """The largest eigenvalue of the Hessian of the loss in all parameters.

    By Lanczos' method: products of the Hessian with orthogonal vectors, from one graph of the
    gradient. It ends when the residual, ``|H v - value v|``, is within the tolerance, and within
    that distance of the value there is an eigenvalue.

    Args:
        net: what is differentiated, in its own mode: batch norm in training mode uses the
            statistics of ``x``, and they take part in the derivative. It is left as it is.
        x, y: samples and classes, of the net's dtype.
        weights: at which, by name, and in which is differentiated; the net's own where None.
        loss: as in ``nets.loss_of``.
        start: a vector near the eigenvector, such as the one found a few steps of training ago.
        tolerance: of the residual, relative to the value.
        most: Hessian products at most.
        seed: of the starting vector where none is given.

    Returns:
        The eigenvalue with its bound, and the eigenvector ``(parameters,)`` for the next start.
    """
    with torch.enable_grad(), one_torch_thread():
        own = dict(net.named_parameters()) if weights is None else weights
        leaves = {name: value.detach().requires_grad_() for name, value in own.items()}
        value = loss_alone(net, leaves, x, y, loss)
        inputs = list(leaves.values())
        gradients = torch.autograd.grad(value, inputs, create_graph=True, allow_unused=True)
        pairs = [(g, leaf) for g, leaf in zip(gradients, inputs, strict=True) if g is not None]
        used = [leaf for _, leaf in pairs]
        sizes = [leaf.numel() for leaf in used]

        def product(vector: Tensor) -> Tensor:
            parts = torch.split(vector, sizes)
            along = [part.view_as(leaf) for part, leaf in zip(parts, used, strict=True)]
            found = torch.autograd.grad([g for g, _ in pairs], used, along, retain_graph=True,
                                        allow_unused=True)  # fmt: skip
            return torch.cat([
                (torch.zeros_like(leaf) if part is None else part).flatten()
                for part, leaf in zip(found, used, strict=True)
            ])  # fmt: skip

        if start is None or len(start) != sum(sizes):
            start = normal(stream("lanczos", seed), (sum(sizes),)).to(x.dtype)
        return lanczos(product, start, tolerance, most)


def lanczos(
    product: Callable[[Tensor], Tensor], start: Tensor, tolerance: float, most: int
) -> tuple[Eigenvalue, Tensor]:
    """The largest eigenvalue of a symmetric matrix that is known by its products.

    Every new vector is made orthogonal to all before it, twice, so that rounding brings no
    eigenvalue back a second time.

    Args:
        product: from a vector ``(size,)`` to the matrix times it.
        start: any vector; a zero or infinite one is replaced by ones.
        tolerance: of ``|A v - value v|``, relative to ``|value|``.
        most: products at most, the last one to measure the residual.

    Example:
        >>> matrix = torch.diag(torch.tensor([3.0, 1.0, -7.0], dtype=torch.float64))
        >>> found, vector = lanczos(lambda v: matrix @ v, torch.ones(3).double(), 1e-8, 10)
        >>> round(found.value, 6), found.converged, round(abs(float(vector[0])), 6)
        (3.0, True, 1.0)
    """
    length = start.norm()
    if not (torch.isfinite(length) and length > 0):
        start = torch.ones_like(start)
        length = start.norm()
    most = max(2, min(most, len(start) + 1))
    basis = start.new_empty(min(most - 1, FEW), len(start))
    diagonal: list[float] = []
    beside: list[float] = []
    vector, products = start / length, 0
    while True:
        if products == len(basis):
            basis = torch.cat([basis, torch.empty_like(basis)])
        basis[products] = vector
        known = basis[: products + 1]
        image = product(vector)
        products += 1
        along = known @ image
        diagonal.append(float(along[-1]))
        rest = image - along @ known
        rest -= (known @ rest) @ known
        size = float(rest.norm())
        if not all(map(torch.isfinite, (torch.tensor(diagonal[-1]), torch.tensor(size)))):
            return Eigenvalue(float("nan"), float("inf"), products, False), start
        matrix = torch.diag(torch.tensor(diagonal, dtype=torch.float64))
        if beside:
            off = torch.tensor(beside, dtype=torch.float64)
            matrix += torch.diag(off, 1) + torch.diag(off, -1)
        values, vectors = torch.linalg.eigh(matrix)
        top, weights = float(values[-1]), vectors[:, -1]
        estimate = size * abs(float(weights[-1]))
        if estimate <= tolerance * abs(top) / 2 or products == most - 1 or size == 0:
            found = weights.to(known) @ known
            found /= found.norm()
            image = product(found)
            top = float(found.double() @ image.double())
            bound = float((image.double() - top * found.double()).norm())
            good = bound <= tolerance * abs(top)
            return Eigenvalue(top, bound, products + 1, good), found
        beside.append(size)
        vector = rest / size
