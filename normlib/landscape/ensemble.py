"""Many nets of one architecture in one pass: the loops over seeds, rates and step sizes.

Parameters of all members lie behind one leading axis. Members never meet: what one does, or that
it blows up, changes no other's numbers.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import functional_call

from normlib.landscape.nets import SHAPES, Block, Stack, blocks_of
from normlib.landscape.nets import loss_of as loss_of_one

Stacked = dict[str, Tensor]


class Ensemble:
    """The forward pass of ``members`` nets at once, in training mode.

    Linear layers are one batched product, ``(members, features, samples)``, and batch, layer, rms
    and group norm one kernel; other normalizations run member by member, convolutional nets as a
    whole.

    Args:
        model: a net of the architecture; its parameters are not used, its record is not moved.
    """

    def __init__(self, model: Stack) -> None:
        self.model, self.blocks = model, blocks_of(model)

    def losses(self, stacked: Stacked, x: Tensor, y: Tensor, loss: str) -> Tensor:
        """Loss of every member, ``(members,)``.

        Args:
            stacked: parameters by name, each ``(members, ...)``.
            x: samples ``(members, n, p)``, or ``(n, p)`` for all alike.
            y: classes ``(members, n)`` or ``(n,)``.
            loss: as in ``nets.loss_of``.
        """
        logits = self.logits(stacked, x)
        y = y.expand(len(logits), -1)
        if loss == "squared":
            target = F.one_hot(y, logits.shape[2]).to(logits.dtype)
            return ((logits - target) ** 2).sum(2).mean(1) / 2
        each = torch.logsumexp(logits, 2) - logits.gather(2, y[..., None])[..., 0]
        return each.mean(1)

    def gradients(
        self, stacked: Stacked, x: Tensor, y: Tensor, loss: str
    ) -> tuple[Tensor, Stacked]:
        """Loss ``(members,)`` and gradient of every member, detached."""
        leaves = {name: value.detach().requires_grad_() for name, value in stacked.items()}
        with torch.enable_grad():
            losses = self.losses(leaves, x, y, loss)
            found = torch.autograd.grad(losses.sum(), list(leaves.values()), allow_unused=True)
        return losses.detach(), {
            name: torch.zeros_like(leaf) if grad is None else grad
            for (name, leaf), grad in zip(leaves.items(), found, strict=True)
        }

    def logits(self, stacked: Stacked, x: Tensor) -> Tensor:
        """Logits ``(members, n, classes)``."""
        if self.model.image:
            return self._one_by_one(stacked, x)
        h = x.mT
        for number, block in enumerate(self.blocks):
            h = _product(stacked, f"blocks.{number}.map", h)
            h = self._normalize(block, stacked, f"blocks.{number}.norm.", h)
            h = SHAPES[block.activation](h)
        return _product(stacked, "head", h).mT

    def _normalize(self, block: Block, stacked: Stacked, prefix: str, z: Tensor) -> Tensor:
        norm = block.norm
        if norm is None:
            return z
        own = {name.removeprefix(prefix): value for name, value in stacked.items()
               if name.startswith(prefix)}  # fmt: skip
        gain, shift = own.get("weight"), own.get("bias")
        spec = norm.spec
        plain = spec.eps > 0 and not spec.settings.get("by_variance")
        if plain and spec.method == "batch":
            flat = z.reshape(1, -1, z.shape[2])
            weight, bias = (None if v is None else v.flatten() for v in (gain, shift))
            return F.batch_norm(flat, None, None, weight, bias, True, 0.0, spec.eps).view_as(z)
        samples = z.mT
        if plain and spec.method in ("layer", "layer_position"):
            y = F.layer_norm(samples, samples.shape[-1:], eps=spec.eps)
        elif plain and spec.method in ("rms", "rms_position"):
            y = F.rms_norm(samples, samples.shape[-1:], eps=spec.eps)
        elif plain and spec.method == "group":
            flat = samples.reshape(-1, samples.shape[2])
            y = F.group_norm(flat, spec.groups, eps=spec.eps).view_as(samples)
        else:
            return torch.stack([
                functional_call(norm, {**_copies(norm), **{n: v[k] for n, v in own.items()}}, one)
                for k, one in enumerate(samples)
            ]).mT  # fmt: skip
        y = y if gain is None else y * gain[:, None]
        return (y if shift is None else y + shift[:, None]).mT

    def _one_by_one(self, stacked: Stacked, x: Tensor) -> Tensor:
        members = len(stacked["head.bias"])
        return torch.stack([
            functional_call(self.model, {**_copies(self.model), **member(stacked, k)},
                            x[k] if x.ndim == 3 else x)
            for k in range(members)
        ])  # fmt: skip


def stack(nets: Sequence[Stack]) -> Stacked:
    """Parameters of nets of one architecture behind one leading axis, copied."""
    each = [dict(net.named_parameters()) for net in nets]
    return {name: torch.stack([one[name].detach() for one in each]) for name in each[0]}


def member(stacked: Stacked, number: int) -> Stacked:
    """Parameters of one member, views."""
    return {name: value[number] for name, value in stacked.items()}


def lengths(stacked: Stacked) -> Tensor:
    """Euclidean norm of all parameters of every member together, ``(members,)``, float64."""
    squares = [value.double().reshape(len(value), -1).square().sum(1) for value in stacked.values()]
    return torch.stack(squares).sum(0).sqrt()


def loss_alone(net: Stack, weights: Stacked, x: Tensor, y: Tensor, loss: str) -> Tensor:
    """The same of a single net by its own forward pass: the reference."""
    return loss_of_one(functional_call(net, {**_copies(net), **weights}, x), y, loss)


def _product(stacked: Stacked, name: str, h: Tensor) -> Tensor:
    """``W h + b`` of every member, ``(members, outputs, samples)``."""
    weight, bias = stacked[f"{name}.weight"], stacked[f"{name}.bias"]
    if h.ndim == 2:  # samples shared by all: one product
        z = (weight.flatten(0, 1) @ h).view(*weight.shape[:2], -1)
        return z + bias[..., None]
    return torch.baddbmm(bias[..., None], weight, h)


def _copies(module: torch.nn.Module) -> Stacked:
    """Buffers that a pass may move, so that the module's own stay."""
    return {name: value.clone() for name, value in module.named_buffers()}
