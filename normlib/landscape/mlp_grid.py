"""The fast road for multi-layer perceptrons: a cell is few matrix products, and little else.

A layer holds its samples as columns, ``z = [W b] [h; 1]``. What makes it fast:

- all parameters lie in one vector, so one addition moves the net from cell to cell,
- the first layer's ``W(a, b) x`` is affine in a and b: three products serve the whole grid,
- what a normalization does after its statistics is folded into the next layer's weights. With
  gain g, shift s, ``relu(g u + s) = |g| max(sign(g) u, -s / |g|) + s``: the sign goes into the rows
  of this layer, |g| into the columns of the next, s into its bias,
- batch norm: columns are centred by the bias ``-W mean(h)``, which costs a vector; the variance
  is the sum of squares of *centred* values, so nothing cancels; its root goes into the columns
  of the next layer,
- layer norm: the rows of W are centred once, so every sample comes out centred.

The plain road, ``probe.Loop``, is its reference.
"""

from collections.abc import Callable, Sequence
from copy import copy

import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.landscape.mlp_layer import Hidden, known
from normlib.landscape.nets import Stack, blocks_of
from normlib.landscape.probe import Probe, Weights


def suits(probe: Probe) -> bool:
    """Whether this engine knows the net."""
    net = probe.net
    known_net = type(net) is Stack and not net.image and isinstance(probe.loss, str)
    return known_net and all(map(known, blocks_of(net)))


def moves_gains(directions: Sequence[Weights]) -> bool:
    """Whether gains or shifts of normalizations differ from cell to cell."""
    return any(bool(v.any()) for way in directions for name, v in way.items() if ".norm." in name)


class MlpGrid:
    """Rows of a grid of losses of a `Stack` of linear layers.

    Args:
        probe: net, samples, statistics, loss and dtype.
        directions: the first along rows, the second along columns.
    """

    def __init__(self, probe: Probe, directions: Sequence[Weights]) -> None:
        self.loss, self.y, self.dtype = str(probe.loss), probe.y, probe.x.dtype
        blocks = blocks_of(probe.net)
        self.hidden = [Hidden(block, probe.net.training, len(probe.x)) for block in blocks]
        names = [*(f"blocks.{number}.map" for number in range(len(blocks))), "head"]
        start = {name: value.double() for name, value in probe.weights.items()}
        still = {name: torch.zeros_like(value) for name, value in start.items()}
        every = [start, *(still | {n: v.double() for n, v in way.items()} for way in directions)]
        self.sizes = [(len(start[f"{n}.weight"]), start[f"{n}.weight"].shape[1] + 1) for n in names]
        self.gains = [_of_norms(values, "weight", self.sizes) for values in every]
        self.shifts = [_of_norms(values, "bias", self.sizes) for values in every]
        self.gains[0] = [g if f"blocks.{k}.norm.weight" in start else torch.ones_like(g)
                         for k, g in enumerate(self.gains[0])]  # fmt: skip
        self.moving = moves_gains(directions)
        flats = [_pack(values, names) for values in every]
        x = torch.cat([probe.x.double().T, torch.ones(1, len(probe.x), dtype=torch.float64)])
        if not self.moving:
            _fold(self.hidden, [_matrices(flat, self.sizes) for flat in flats],
                  self.gains[0], self.shifts[0])  # fmt: skip
        products = [_matrices(flat, self.sizes)[0] @ x for flat in flats]
        if self.hidden[0].by_column:
            products = [product - product.mean(1, keepdim=True) for product in products]
        self.products = [product.to(self.dtype) for product in products]
        self.x, self.flats = x.to(self.dtype), [flat.to(self.dtype) for flat in flats]
        for layer in self.hidden:
            layer.cast(self.dtype)

    def worker(self) -> Callable[[float, Sequence[float]], list[float]]:
        """A function of the row's coordinate and the columns', with buffers of its own."""
        cell = _Cell(self)

        def row(a: float, b: Sequence[float]) -> list[float]:
            base = torch.add(self.flats[0], self.flats[1], alpha=a)
            first = torch.add(self.products[0], self.products[1], alpha=a)
            logits = self.x.new_empty(len(b), self.sizes[-1][0], len(self.y))
            for column, out in zip(b, logits, strict=True):
                torch.add(base, self.flats[2], alpha=column, out=cell.flat)
                if self.moving:
                    cell.move(a, column)
                else:
                    torch.add(first, self.products[2], alpha=column, out=cell.z[0])
                cell.forward(out)
            return losses_of(logits, self.y, self.loss)

        return row


class _Cell:
    """Buffers for one point of the plane: the parameters there, and every layer's samples."""

    def __init__(self, grid: MlpGrid) -> None:
        self.grid, self.hidden = grid, [copy(layer) for layer in grid.hidden]
        self.flat = torch.empty_like(grid.flats[0])
        self.matrices = _matrices(self.flat, grid.sizes)
        self.h = [grid.x.new_ones(size + 1, len(grid.y)) for size, _ in grid.sizes[:-1]]
        self.z = [h[:-1] for h in self.h]
        self.weights = [matrix[:, :-1] for matrix in self.matrices]

    def move(self, a: float, b: float) -> None:
        """Gains and shifts of this cell, folded; then the first layer's product."""
        grid = self.grid
        gains, shifts = (
            [(v + a * first + b * second).to(grid.dtype)
             for v, first, second in zip(*parts, strict=True)]
            for parts in (grid.gains, grid.shifts)
        )  # fmt: skip
        _fold(self.hidden, [self.matrices], gains, shifts)
        torch.mm(self.matrices[0], grid.x, out=self.z[0])
        if self.hidden[0].by_column:
            self.z[0].sub_(self.z[0].mean(1, keepdim=True))

    def forward(self, out: Tensor) -> None:
        """From the first layer's product, which stands in its buffer, to the logits."""
        last = len(self.hidden) - 1
        for number, layer in enumerate(self.hidden):
            matrix, h, z = self.matrices[number + 1], self.h[number], self.z[number]
            layer.finish(z, self.weights[number + 1])
            if number == last:
                torch.mm(matrix, h, out=out)
                return
            if self.hidden[number + 1].by_column:
                shift = matrix[:, -1]
                torch.addmv(shift, self.weights[number + 1], z.mean(1), beta=0, alpha=-1, out=shift)
            torch.mm(matrix, h, out=self.z[number + 1])


def _fold(
    hidden: Sequence[Hidden],
    matrices: Sequence[list[Tensor]],
    gains: Sequence[Tensor],
    shifts: Sequence[Tensor],
) -> None:
    for number, layer in enumerate(hidden):
        own, following = ([each[number + k] for each in matrices] for k in (0, 1))
        layer.fold(own, following, gains[number], shifts[number])


def losses_of(logits: Tensor, y: Tensor, kind: str) -> list[float]:
    """Losses of logits ``(cells, classes, samples)``, summed in float64."""
    if kind == "squared":
        target = F.one_hot(y, logits.shape[1]).T.to(logits.dtype)
        each = ((logits - target) ** 2).sum(1) / 2
    else:
        chosen = logits.gather(1, y.expand(len(logits), 1, -1))[:, 0]
        each = torch.logsumexp(logits, 1) - chosen
    found: list[float] = each.mean(1, dtype=torch.float64).tolist()
    return found


def _pack(values: Weights, names: Sequence[str]) -> Tensor:
    """All ``[W b]`` one after the other, as one vector."""
    both = [torch.cat([values[f"{n}.weight"], values[f"{n}.bias"][:, None]], 1) for n in names]
    return torch.cat([matrix.flatten() for matrix in both])


def _matrices(flat: Tensor, sizes: Sequence[tuple[int, int]]) -> list[Tensor]:
    """The ``[W b]`` of every layer as views of the vector."""
    parts = torch.split(flat, [rows * columns for rows, columns in sizes])
    return [part.view(size) for part, size in zip(parts, sizes, strict=True)]


def _of_norms(values: Weights, part: str, sizes: Sequence[tuple[int, int]]) -> list[Tensor]:
    """Gain or shift of every hidden layer; zeros where it has none."""
    return [
        values.get(f"blocks.{k}.norm.{part}", torch.zeros(rows, dtype=torch.float64))
        for k, (rows, _) in enumerate(sizes[:-1])
    ]
