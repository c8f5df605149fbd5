"""`Norm`: every normalization of activations as a layer for training."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from normlib.errors import NormError
from normlib.layers.answering import NAMES, Answering, is_condition
from normlib.layers.autocast import uncast
from normlib.layers.shapes import (
    check_activation,
    check_beside,
    template,
    whole_axis,
    whole_channels,
)
from normlib.operation import Value
from normlib.spec import Spec


class Norm(Answering):
    """Any method of the table that normalizes activations, with what it learns and remembers.

    Parameters and buffers have torch's names where torch has them: gamma is ``weight``, beta
    ``bias``, the running variance ``running_var``; so a checkpoint of ``torch.nn.BatchNorm2d``
    loads into ``Norm("batch", c)`` and the other way round. All others keep the names of the
    table (``tau``, ``alpha``, ``rho``, ``mean_weights``, ``encoder``, ``running_matrix``, ...).

    What belongs to one batch is an argument of the call, by name: ``labels`` of the conditional
    norms, ``gamma`` and ``beta`` of film, adaptive_layer and spade, ``style``, ``partner``.

    Only ``self.training`` decides between the statistics of the batch and those remembered.
    Methods that remember do so under a lock, in float32 or better:

    - batch norm and its kin keep mean and variance, by the rules of ``conventions.CONVENTIONS``;
      ghost batches enter one after the other, `sync` those of all processes as one;
    - whitening keeps the mean of the means and of the whitening matrices;
    - act keeps mean and variance of its first training batch for good;
    - recurrent_batch keeps mean and variance of every step of time. Training takes sequences as
      long as those of its spec, prediction any: steps beyond the last take what the last has;
    - frozen keeps what was loaded. For exact statistics of a data set see `recompute`.

    Methods of torch run in torch's kernels, all others in the arithmetic of ``normlib.trace``.

    Args:
        method: key of the table, or a `Spec`, which says shape, layout and knobs as well. Of its
            shape the batch does not matter, and space only for parameters that differ along it.
        channels: number of channels c, from 1 up; beside a spec it may only repeat what that says.
        channel_axis: where c stands in the input, from the end where negative; n comes first of
            the others. Beside a spec, which has a layout, only what that says, or nothing.
        convention: how batches move the record, a key of ``conventions.CONVENTIONS``.
        momentum: None for that of the convention.
        accurate: take torch's kernel only where its own statistics show that it is right, and the
            shared arithmetic elsewhere.
        device: where parameters and buffers live.
        dtype: of the parameters.
        knobs: of the method, by name; those left out take their defaults, or what the spec says.

    Raises:
        NormError: unknown method or setting, or arguments that contradict a spec; at the call an
            input (an empty one too), a parameter or a condition that does not fit.

    Example:
        >>> layer = Norm("group", 6, groups=3)
        >>> x = torch.randn(4, 6, 5, 5, generator=torch.Generator().manual_seed(0))
        >>> bool(layer(x)[0, :2].mean().abs() < 1e-6)
        True
        >>> layer
        Norm('group', 6, groups=3, affine=True, eps=1e-05, by_variance=False)
        >>> Norm("conditional_batch", 6, classes=10)(x, labels=torch.tensor([3, 1, 4, 1])).shape
        torch.Size([4, 6, 5, 5])
    """

    def __init__(
        self,
        method: str | Spec,
        channels: int | None = None,
        *,
        channel_axis: int = 1,
        convention: str = "torch",
        momentum: float | None = None,
        accurate: bool = False,
        device: Any = None,
        dtype: torch.dtype | None = None,
        **knobs: Value,
    ) -> None:
        super().__init__()
        self.channel_axis: int | None = None
        channels, channel_axis = whole_channels(channels), whole_axis(channel_axis)
        if isinstance(method, Spec):
            check_activation(method.method)
            check_beside(method, channels, channel_axis)
            knobs = {**method.settings, **knobs}
            channels = method.channels
            self.spec = Spec(method.method, method.sizes, method.layout, knobs, method.seed)
        else:
            self.channel_axis = channel_axis
            self.spec = template(method, channels, knobs)
        self.channels, self.accurate = channels, accurate
        dtype = dtype or torch.get_default_dtype()
        for name, parameter in self.learned():
            start = torch.tensor(self._initial(parameter), dtype=dtype, device=device)
            self.register_parameter(NAMES.get(name, name), torch.nn.Parameter(start))
        self._remember(convention, momentum, device, dtype)

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the arguments that the call needs besides the input."""
        return tuple(name for name, parameter in self.spec.parameters().items()
                     if is_condition(self.spec, parameter))  # fmt: skip

    def forward(self, x: Tensor, **conditions: Tensor) -> Tensor:
        """Normalize a floating-point tensor; the answer has its shape and dtype, whatever autocast.

        Args:
            x: of the layout of the layer, any batch size; an empty batch comes back as it is,
                once its other sizes are known to fit.
            conditions: all that `conditions` names, of the shapes in the table.

        Raises:
            NormError: for another type, dtype or shape, and for other conditions.
        """
        self.check(conditions)
        if not isinstance(x, Tensor):
            raise NormError("tensor", type=type(x).__name__)
        with uncast(x):
            return self.answer(x, conditions)

    def check(self, conditions: Mapping[str, Tensor]) -> None:
        """Raise `NormError` unless the conditions are those that the method needs now."""
        for name, value in conditions.items():
            if name not in self.conditions:
                code = "unwanted_condition" if self.conditions else "no_conditions"
                raise NormError(code, method=self.spec.method, name=name,
                                layer=f"Norm({self.spec.method!r})",
                                known=", ".join(self.conditions))  # fmt: skip
            if not isinstance(value, Tensor):
                raise NormError("tensor", type=type(value).__name__)
        missing = [name for name in self.conditions if name not in conditions]
        if missing and (self.training or not self.spec.entry.forgets):
            raise NormError("condition", method=self.spec.method, missing=", ".join(missing),
                            example=", ".join(f"{name}=..." for name in missing))  # fmt: skip

    def reset_parameters(self) -> None:
        """Everything that is learned as in a new layer."""
        with torch.no_grad():
            for name, parameter in self.learned():
                start = torch.tensor(self._initial(parameter))
                self.get_parameter(NAMES.get(name, name)).copy_(start)

    def extra_repr(self) -> str:
        """Method, channels or shape, and all settings."""
        said: list[str] = [repr(self.spec.method)]
        if self.channel_axis is None:
            said += [f"sizes={self.spec.sizes!r}", f"layout={self.spec.layout!r}"]
        else:
            said += [] if self.channels is None else [str(self.channels)]
            said += [] if self.channel_axis == 1 else [f"channel_axis={self.channel_axis}"]
        said += [f"{name}={value!r}" for name, value in self.spec.settings.items()]
        if self._buffers:
            said += [f"convention={self.convention!r}", f"momentum={self.momentum}"]
        said += ["accurate=True"] * self.accurate
        return ", ".join(said)
