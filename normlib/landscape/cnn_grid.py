"""The fast road for the small convolutional net: patches, affine in the coordinates.

The second convolution is a product with the matrix of patches of what the first one gives, and
that is affine in a and b before its relu. So the patches of three tables are cut once, and a cell
adds two of them, cuts off at 0, and multiplies. Samples are taken in parts, small enough that
their tables stay in the cache for a whole row of cells.

- Around the image the patches hold minus infinity, which relu turns into the 0 of the padding.
- Batch norm after the first convolution: its variance is a quadratic form in (1, a, b) of centred
  tables, in float64.
- What a normalization does after its statistics is folded into the next layer, as in
  ``mlp_grid``. The plain road, ``probe.Loop``, is the reference.
"""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.landscape.mlp_grid import losses_of, moves_gains
from normlib.landscape.mlp_layer import Hidden
from normlib.landscape.nets import PIXELS, STRIDES, Stack, blocks_of
from normlib.landscape.probe import Probe, Weights

KERNEL, PLACES = 9, (PIXELS // STRIDES[1]) ** 2  # entries of a filter; outputs of the second layer
PART = 64  # samples that are taken together, at most


def suits(probe: Probe, directions: Sequence[Weights]) -> bool:
    """Whether this engine knows the net: relu, and no or plain batch norm whose gains stay."""
    net = probe.net
    if type(net) is not Stack or not net.image or not isinstance(probe.loss, str):
        return False
    for block in blocks_of(net):
        norm = block.norm
        plain = norm is None or (
            norm.spec.method == "batch" and norm.spec.eps > 0 and not norm.spec["by_variance"]
        )
        if block.activation != "relu" or not plain:
            return False
    gain = probe.weights.get("blocks.0.norm.weight")
    return not moves_gains(directions) and (gain is None or bool(gain.all()))


class CnnGrid:
    """Rows of a grid of losses of the convolutional `Stack`.

    Args:
        probe: net, samples, statistics, loss and dtype.
        directions: the first along rows, the second along columns.
    """

    def __init__(self, probe: Probe, directions: Sequence[Weights]) -> None:
        self.loss, self.y, self.dtype = str(probe.loss), probe.y, probe.x.dtype
        first, second = (
            Hidden(block, probe.net.training, len(probe.x)) for block in blocks_of(probe.net)
        )
        start = {name: value.double() for name, value in probe.weights.items()}
        still = {name: torch.zeros_like(value) for name, value in start.items()}
        every = [start, *(still | {n: v.double() for n, v in way.items()} for way in directions)]
        own, middle, head = (
            [torch.cat([each[f"{n}.weight"].flatten(1), each[f"{n}.bias"][:, None]], 1)
             for each in every] for n in ("blocks.0.map", "blocks.1.map", "head")
        )  # fmt: skip
        for k, layer, before, after, places in (
            (0, first, own, middle, KERNEL), (1, second, middle, head, PLACES)
        ):  # fmt: skip
            gain = start.get(f"blocks.{k}.norm.weight", torch.ones(len(before[0])).double())
            shift = start.get(f"blocks.{k}.norm.bias", torch.zeros_like(gain))
            layer.fold(before, after, gain, shift, places)
            layer.cast(self.dtype)
        self.first, self.second, self.middle, self.head = first, second, middle, head
        samples = len(probe.x)
        self.part = next((n for n in range(PART, 31, -1) if samples % n == 0), samples)
        images = probe.x.double().reshape(samples, 1, PIXELS, PIXELS)
        maps = [F.conv2d(images, table[:, :-1].view(-1, 1, 3, 3), table[:, -1], STRIDES[0], 1)
                for table in own]  # fmt: skip
        if first.by_column:
            maps = [each - each.mean((0, 2, 3), keepdim=True) for each in maps]
            flat = torch.stack([each.transpose(0, 1).flatten(1) for each in maps])
            self.products = torch.einsum("kcs,lcs->ckl", flat, flat) / flat.shape[2]
        self.tables = [self._patches(each, -torch.inf if k == 0 else 0.0)
                       for k, each in enumerate(maps)]  # fmt: skip

    def worker(self) -> Callable[[float, Sequence[float]], list[float]]:
        """A function of the row's coordinate and the columns', with buffers of its own."""
        parts, entries, width = self.tables[0].shape
        patches = torch.ones(entries + 1, width, dtype=self.dtype)
        body, classes = patches[:-1], len(self.head[0])

        def row(a: float, b: Sequence[float]) -> list[float]:
            columns = torch.tensor(b, dtype=torch.float64)
            middle, head = (
                (m[0] + a * m[1] + columns[:, None, None] * m[2]).to(self.dtype)
                for m in (self.middle, self.head)
            )
            bounds = self._first_norm(a, columns, middle[..., :-1])
            z = torch.empty(len(b), parts, middle.shape[1], width, dtype=self.dtype)
            for part in range(parts):
                base = torch.add(self.tables[0][part], self.tables[1][part], alpha=a)
                for cell, column in enumerate(b):
                    torch.add(base, self.tables[2][part], alpha=column, out=body)
                    if bounds is None:
                        body.relu_()
                    else:
                        torch.maximum(body, bounds[cell], out=body)
                    torch.mm(middle[cell], patches, out=z[cell, part])
            logits = torch.empty(len(b), parts, classes, self.part, dtype=self.dtype)
            for cell in range(len(b)):
                weight, bias = head[cell, :, :-1], head[cell, :, -1:]
                self._second_norm(z[cell], weight)
                torch.matmul(weight, z[cell].view(parts, -1, self.part), out=logits[cell])
                logits[cell] += bias
            return losses_of(logits.transpose(1, 2).flatten(2), self.y, self.loss)

        return row

    def _first_norm(self, a: float, b: Tensor, following: Tensor) -> Tensor | None:
        """Scale the second layer of every cell; the bounds of the first relu, or None for 0."""
        bound = self.first.bound
        if self.first.by_column:
            at = torch.stack([torch.ones_like(b), torch.full_like(b, a), b], 1)
            variance = torch.einsum("bk,ckl,bl->bc", at, self.products, at).clamp_min(0)
            scale = torch.rsqrt(variance + self.first.eps).to(self.dtype)
            following.mul_(scale.repeat_interleave(KERNEL, 1)[:, None])
            if bound is not None:
                bound = bound[:, 0] / scale
                return bound.repeat_interleave(KERNEL, 1)[..., None]
        return None

    def _second_norm(self, z: Tensor, following: Tensor) -> None:
        """Normalize and cut off ``z``, ``(parts, channels, places x samples)``, in place."""
        layer, bound = self.second, self.second.bound
        if layer.by_column:
            z.sub_(z.mean((0, 2), keepdim=True))
            power = torch.linalg.vector_norm(z, dim=(0, 2)).square_().div_(z.numel() / z.shape[1])
            scale = power.add_(layer.eps).rsqrt_()
            following.mul_(scale.repeat_interleave(PLACES))
            bound = None if bound is None else bound / scale[:, None]
        if bound is None:
            z.relu_()
        else:
            torch.maximum(z, bound, out=z)

    def _patches(self, maps: Tensor, outside: float) -> Tensor:
        """``(parts, channels x 9, places x samples)``, contiguous."""
        padded = F.pad(maps, (1, 1, 1, 1), value=outside)
        columns = F.unfold(padded, 3, stride=STRIDES[1])  # samples, channels x 9, places
        apart = columns.view(-1, self.part, *columns.shape[1:]).permute(0, 2, 3, 1)
        found: Tensor = apart.flatten(2).to(self.dtype).contiguous()
        return found
