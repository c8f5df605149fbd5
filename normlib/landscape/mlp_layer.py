"""What follows a matrix product in the fast engine: normalization folded into its neighbours."""

import torch
from torch import Tensor

from normlib.landscape.nets import Block

IN_PLACE = {"relu": torch.relu_, "tanh": torch.tanh_, "sigmoid": torch.sigmoid_}
BY_COLUMN = ("batch",)  # statistics over samples
CENTRING = ("layer", "layer_position")  # statistics over features of one sample
BY_SAMPLE = (*CENTRING, "rms", "rms_position")


def known(block: Block) -> bool:
    """Whether the normalization of a block is one of those that can be folded."""
    if block.norm is None:
        return True
    spec = block.norm.spec
    plain = spec.eps > 0 and not spec.settings.get("by_variance")
    return plain and spec.method in (*BY_COLUMN, *BY_SAMPLE)


class Hidden:
    """A hidden layer after its product: samples are columns, features rows.

    ``matrix`` is always ``[W b]``, ``(outputs, inputs + 1)``; of the weights first, then of the
    directions, which only take what is linear.

    Args:
        block: of the net; its running statistics are read now.
        training: whether batch norm uses the samples at hand.
        samples: how many values of each feature there are.
    """

    def __init__(self, block: Block, training: bool, samples: int) -> None:
        norm = block.norm
        method = None if norm is None else norm.spec.method
        self.by_column = method in BY_COLUMN and training
        self.by_sample = method in BY_SAMPLE
        self.centring = method in CENTRING
        self.eps = 0.0 if norm is None else norm.spec.eps
        self.floor = torch.tensor((samples * self.eps) ** 0.5)  # root of the sum of eps
        self.activate = IN_PLACE[block.activation]
        self.relu = block.activation == "relu"
        self.running: tuple[Tensor, Tensor] | None = None
        if norm is not None and method in BY_COLUMN and not training:
            state = norm.state()
            self.running = state["running_mean"].double(), state["running_var"].double()
        self.bound: Tensor | None = None  # of relu, where a shift moves it away from 0
        self.gain: Tensor | None = None  # what cannot be folded, before tanh and sigmoid
        self.shift: Tensor | None = None

    def fold(
        self,
        own: list[Tensor],
        following: list[Tensor],
        gain: Tensor,
        shift: Tensor,
        places: int = 1,
    ) -> None:
        """Put gain and shift, ``(outputs,)``, into this layer's matrices and the next one's.

        Each output meets ``places`` neighbouring columns of the next.
        """
        if self.running:
            mean, variance = (value.to(gain) for value in self.running)
            factor = gain / torch.sqrt(variance + self.eps)
            own[0][:, -1] -= mean
            for matrix in own:
                matrix.mul_(factor[:, None])
            own[0][:, -1] += shift
        if not (self.by_column or self.by_sample):
            return
        size = gain.abs()
        for matrix in own:
            if self.centring:
                matrix.sub_(matrix.mean(0))
            matrix.mul_(torch.where(gain < 0, -1.0, 1.0).to(gain)[:, None])
        if not self.relu:
            self.gain, self.shift = size[:, None], shift[:, None]
            return
        active = size > 0
        bound = torch.where(active, -shift / torch.where(active, size, 1), 0)
        self.bound = bound[:, None] if bool(bound.any()) else None
        rest = torch.where(active, shift, shift.clamp_min(0))
        for matrix in following:
            matrix[:, -1] += matrix[:, :-1] @ rest.repeat_interleave(places)
            matrix[:, :-1] *= size.repeat_interleave(places)

    def cast(self, dtype: torch.dtype) -> None:
        """Keep the numbers of `fold` in another dtype."""
        self.floor = self.floor.to(dtype)
        for name in ("bound", "gain", "shift"):
            value = getattr(self, name)
            setattr(self, name, None if value is None else value.to(dtype))

    def finish(self, z: Tensor, following: Tensor) -> None:
        """Normalize and activate ``z``, ``(features, samples)``, in place.

        Of batch norm ``z`` must be centred; the root of its variance goes into the columns of
        ``following``, the next layer's W at this cell, where the activation allows.
        """
        bound = self.bound
        if self.by_column:
            length = torch.linalg.vector_norm(z, dim=1)
            spread = torch.hypot(length, self.floor).div_(z.shape[1] ** 0.5)  # with eps
            if self.relu:
                following.div_(spread)
                bound = None if bound is None else bound * spread[:, None]
            else:
                z.div_(spread[:, None])
        elif self.by_sample:
            power = torch.linalg.vector_norm(z, dim=0).square_().div_(z.shape[0])
            z.mul_(power.add_(self.eps).rsqrt_())
        if self.gain is not None and self.shift is not None:
            z.mul_(self.gain).add_(self.shift)
        if bound is None:
            self.activate(z)
        else:
            torch.maximum(z, bound, out=z)
