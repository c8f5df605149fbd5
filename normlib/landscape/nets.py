"""Small nets with a slot for any normalization, all from one seed."""

from collections.abc import Callable, Mapping
from math import sqrt

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from normlib.landscape.settings import CNN_CHANNELS, NONE, Net
from normlib.landscape.streams import normal, stream, uniform
from normlib.layers import Norm

PIXELS = 8  # height and width of the digits
STRIDES = (1, 2)  # of the convolutions
SHAPES: Mapping[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}


class Block(torch.nn.Module):
    """A linear layer or convolution, the normalization or None, the activation by name."""

    def __init__(self, layer: torch.nn.Module, norm: Norm | None, activation: str) -> None:
        super().__init__()
        self.map, self.norm, self.activation = layer, norm, activation

    def forward(self, x: Tensor) -> Tensor:
        """``activation(norm(map(x)))``."""
        x = self.map(x)
        x = x if self.norm is None else self.norm(x)
        return SHAPES[self.activation](x)


class Stack(torch.nn.Module):
    """Blocks, then a linear head. Input ``(n, inputs)``, output ``(n, outputs)``, the logits.

    A cnn reads its input as ``(n, 1, 8, 8)``.
    """

    def __init__(self, blocks: list[Block], head: torch.nn.Linear, image: bool) -> None:
        super().__init__()
        self.blocks = torch.nn.ModuleList(blocks)
        self.head, self.image = head, image

    def forward(self, x: Tensor) -> Tensor:
        """The logits."""
        x = x.reshape(-1, 1, PIXELS, PIXELS) if self.image else x
        for block in self.blocks:
            x = block(x)
        logits: Tensor = self.head(x.flatten(1))
        return logits


def blocks_of(net: torch.nn.Module) -> list[Block]:
    """Hidden layers of a `Stack`."""
    assert isinstance(net, Stack)
    return [block for block in net.blocks if isinstance(block, Block)]


def build(net: Net, dtype: torch.dtype = torch.float32) -> Stack:
    """The net of a record, its initial weights drawn from the record's seed.

    The same seed gives the same weights whatever the method, the activation and the dtype (drawn
    in float64, then rounded). Gains of normalizations start at 1, their shifts at 0.

    Example:
        >>> plain, batch = build(Net()), build(Net(method="batch"))
        >>> bool((plain.head.weight == batch.head.weight).all())
        True
    """
    rng = stream("weights", net.seed)
    blocks, size = [], net.inputs
    for number in range(net.depth):
        layer: torch.nn.Module
        if net.kind == "mlp":
            layer, size = _linear(size, net.width, dtype), net.width
        else:
            channels = CNN_CHANNELS[number]
            layer = torch.nn.utils.skip_init(  # type: ignore[no-untyped-call]
                torch.nn.Conv2d, CNN_CHANNELS[number - 1] if number else 1, channels, 3,
                stride=STRIDES[number], padding=1, dtype=dtype,
            )  # fmt: skip
            size = channels * (PIXELS // STRIDES[number]) ** 2
        _start(layer, net, rng, net.gain)
        norm = None if net.method == NONE else Norm(net.spec(number), dtype=dtype)
        blocks.append(Block(layer, norm, net.activation))
    head = _linear(size, net.outputs, dtype)
    _start(head, net, rng, 1.0)
    return Stack(blocks, head, image=net.kind == "cnn")


def loss_of(logits: Tensor, y: Tensor, kind: str = "cross_entropy") -> Tensor:
    """The loss of logits ``(n, classes)`` against classes ``(n,)``: the mean over samples.

    ``cross_entropy = mean(log sum_k exp(z_k) - z_y)``
    ``squared = mean(sum_k (z_k - [k = y])^2) / 2``
    """
    if kind == "squared":
        target = F.one_hot(y, logits.shape[1]).to(logits.dtype)
        return ((logits - target) ** 2).sum(1).mean() / 2
    return F.cross_entropy(logits, y)


def _linear(inputs: int, outputs: int, dtype: torch.dtype) -> torch.nn.Linear:
    """Without torch's own start, which would draw from the global generator."""
    linear: torch.nn.Linear = torch.nn.utils.skip_init(  # type: ignore[no-untyped-call]
        torch.nn.Linear, inputs, outputs, dtype=dtype
    )
    return linear


def _start(layer: torch.nn.Module, net: Net, rng: np.random.RandomState, gain: float) -> None:
    weight, bias = layer.weight, layer.bias
    assert isinstance(weight, Tensor)
    assert isinstance(bias, Tensor)
    inputs, outputs = weight[0].numel(), weight[:, 0].numel()  # fan in and out
    if net.init == "torch":
        fresh, shift = (uniform(rng, tuple(v.shape), 1 / sqrt(inputs)) for v in (weight, bias))
    else:
        variance = 2 / inputs if net.init == "he" else 2 / (inputs + outputs)
        fresh, shift = normal(rng, tuple(weight.shape)) * sqrt(variance), torch.zeros(len(bias))
    with torch.no_grad():
        weight.copy_(fresh * gain)
        bias.copy_(shift)
