"""Methods that normalize a weight, as parametrizations of torch."""

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils import parametrize

from normlib.errors import NormError
from normlib.layers.autocast import uncast
from normlib.layers.autograd import TorchSpec
from normlib.layers.locked import StateLock
from normlib.layers.shapes import layout_with
from normlib.layouts import check_num_axes
from normlib.operation import Stats, Value
from normlib.situation import on_tensor
from normlib.spec import Spec, find_method
from normlib.trace import Step, apply, steps

FIRST_ITERATIONS = 15  # uses that a new weight is ahead, as in torch
SEED = 0  # of the direction in which the power iteration starts
TRANSPOSED = (
    torch.nn.ConvTranspose1d,
    torch.nn.ConvTranspose2d,
    torch.nn.ConvTranspose3d,
)


def normalize_weight(
    module: torch.nn.Module,
    method: str,
    name: str = "weight",
    *,
    out_axis: int | None = None,
    **knobs: Value,
) -> torch.nn.Module:
    """Let a module use a normalized weight from now on; the module itself is returned.

    ``torch.nn.utils.parametrize.remove_parametrizations`` takes it off again. With what each
    method starts:

    - weight_norm: gamma is the length of each row, so the weight is unchanged,
    - centered_weight: likewise, of the rows without their mean,
    - scaled_weight: gamma is 1,
    - spectral: u and v after 15 power iterations; in training each use makes ``iterations`` more.

    State of weight_norm and spectral has the names and shapes of ``torch.nn.utils
    .parametrizations``.

    Args:
        module: holds the parameter.
        method: weight_norm, spectral, weight_standardization, scaled_weight or centered_weight.
        name: of the parameter, of 2 to 5 axes.
        out_axis: its axis of outputs; None for 1 in transposed convolutions, 0 elsewhere.
        knobs: of the method, by name; those left out take their defaults.

    Raises:
        NormError: a method that is not for weights, a knob or a shape that does not fit.

    Example:
        >>> layer = torch.nn.Linear(4, 3)
        >>> before = layer.weight.detach().clone()
        >>> normalize_weight(layer, "weight_norm")
        ParametrizedLinear(
          in_features=4, out_features=3, bias=True
          (parametrizations): ModuleDict(
            (weight): ParametrizationList(
              (0): Normalized('weight_norm', sizes=(3, 4), layout='oi', affine=True, eps=0.0)
            )
          )
        )
        >>> bool(torch.allclose(layer.weight, before))
        True
    """
    if find_method(method).tensor != "weight":
        raise NormError("not_for", method=method, tensor=find_method(method).tensor + "s",
                        expected="weights")  # fmt: skip
    weight = getattr(module, name)
    if out_axis is None:
        out_axis = 1 if isinstance(module, TRANSPOSED) else 0
    check_num_axes(tuple(weight.shape), find_method(method))
    spec = Spec(
        method,
        tuple(weight.shape),
        layout_with("o", out_axis, weight.ndim, find_method(method)),
        knobs,
    )
    parametrize.register_parametrization(module, name, Normalized(spec, weight))
    return module


class Normalized(torch.nn.Module):
    """The parametrization: from the parameters that are trained to the weight that is used.

    Args:
        spec: method and shape of the weight.
        weight: as it is now; state is kept in its dtype and place.
    """

    def __init__(self, spec: Spec, weight: Tensor) -> None:
        super().__init__()
        self.spec = TorchSpec.of(spec)
        self._lock = StateLock()
        rng = np.random.RandomState(SEED)
        for name in self._state_names():
            parameter = spec.parameters()[name]
            start = parameter.seeded(rng, spec.shape_of(parameter))
            self.register_buffer(f"_{name}", torch.as_tensor(start).to(weight))

    def forward(self, *originals: Tensor) -> Tensor:
        """The normalized weight.

        Args:
            originals: gamma, of the shape of the weight with 1 for every pooled axis, where the
                method has one; then the weight before it is normalized.
        """
        *gammas, weight = originals
        given = {"gamma": gammas[0].reshape(-1)} if gammas else {}
        if self._state_names():
            given |= self._iterate(weight.detach()) if self.training else self._state()
        with uncast(weight):
            answer: Tensor = apply(self.spec, weight, given, training=not self._state_names())
        return answer

    def right_inverse(self, weight: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """What to train, so that the weight starts here, or as near as the method allows.

        The state of a power iteration is brought up to the new weight.
        """
        for _ in range(FIRST_ITERATIONS if self._state_names() else 0):
            self._iterate(weight.detach())
        if "gamma" not in self.spec.parameters():
            return weight
        stats = _statistics(self.spec, weight, {})
        gamma = on_tensor(self.spec, stats.scale).to(weight.dtype)
        return (torch.ones_like(gamma) if self.spec.method == "scaled_weight" else gamma), weight

    def extra_repr(self) -> str:
        """Method, shape and knobs."""
        said = [f"{name}={value!r}" for name, value in self.spec.settings.items()]
        where = [f"sizes={self.spec.sizes}", f"layout={self.spec.layout!r}"]
        return ", ".join([repr(self.spec.method), *where, *said])

    def _state_names(self) -> tuple[str, ...]:
        return tuple(name for name in ("u", "v") if name in self.spec.parameters())

    def _state(self) -> dict[str, Tensor]:
        """Copies: a later use may not change what an earlier one needs for its gradient."""
        with self._lock.held:
            return {name: self.get_buffer(f"_{name}").clone() for name in self._state_names()}

    @torch.no_grad()
    def _iterate(self, weight: Tensor) -> dict[str, Tensor]:
        """Move u and v by the knob ``iterations``; they are constants for the gradient."""
        with self._lock.held:
            state = {name: self.get_buffer(f"_{name}") for name in self._state_names()}
            stats = _statistics(self.spec, weight, state)
            state["u"].copy_(stats["u"].reshape(-1))
            state["v"].copy_(stats.numbers["v"].reshape(-1))
            return {name: value.clone() for name, value in state.items()}


def _statistics(spec: Spec, weight: Tensor, given: dict[str, Any]) -> Stats:
    """What training finds of a weight."""
    found = steps(spec, weight.detach(), given)
    with uncast(weight):
        return next(stats for stats in found if not isinstance(stats, Step | dict))
