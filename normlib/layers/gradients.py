"""Methods that normalize gradients, between ``backward`` and the step of any optimizer."""

from collections.abc import Iterable
from math import prod

import torch
from torch import Tensor

from normlib.columns import norm_of
from normlib.errors import NormError
from normlib.layers.autocast import uncast
from normlib.operation import Stats, Value
from normlib.spec import Spec, find_method
from normlib.trace import apply, steps

MATRICES = ("centralization", "muon")  # leave vectors and numbers alone
MOST_AXES = 5


def normalize_gradients(parameters: Tensor | Iterable[Tensor], method: str, **knobs: Value) -> None:
    """Normalize the ``.grad`` of parameters in place; parameters without one are passed over.

    Args:
        parameters: one, or several; may be a generator.
        method: as for `normalized_gradients`.
        knobs: of the method, by name; those left out take their defaults.

    Raises:
        NormError: as `normalized_gradients`.

    Example:
        >>> model = torch.nn.Linear(3, 2)
        >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        >>> loss = model(torch.ones(5, 3)).square().sum() * 1000
        >>> loss.backward()
        >>> normalize_gradients(model.parameters(), "clip_global", max_norm=1.0)
        >>> total = sum(p.grad.square().sum() for p in model.parameters())
        >>> bool(torch.isclose(total, torch.tensor(1.0), atol=1e-4))
        True
        >>> optimizer.step()
    """
    there = [(value, value.grad) for value in _tensors(parameters) if value.grad is not None]
    gradients = [gradient.detach() for _, gradient in there]
    answers = normalized_gradients(gradients, method, [value for value, _ in there], **knobs)
    for gradient, answer in zip(gradients, answers, strict=True):
        gradient.copy_(answer)


@torch.no_grad()
def normalized_gradients(
    gradients: Tensor | Iterable[Tensor],
    method: str,
    weights: Tensor | Iterable[Tensor] | None = None,
    **knobs: Value,
) -> list[Tensor]:
    """New, normalized gradients; the first axis of each numbers outputs.

    - clip_global: all together are shrunk to norm ``max_norm`` where it is larger,
    - clip_adaptive: every row to a share of its weight's norm; a vector is one row,
    - centralization: the mean of every row is taken away; vectors stay as they are,
    - lars: each gradient on its own is scaled to its weight; where the weight is all zeros it
      stays as it is, because it could never leave zero otherwise,
    - muon: matrices, of more axes flattened to (outputs, rest), are orthogonalized; vectors stay
      as they are.

    Args:
        gradients: floating point, of any shapes; a tensor alone is one gradient.
        method: one of those above.
        weights: the parameters, one of the same shape for each; for clip_adaptive and lars.
        knobs: of the method, by name; those left out take their defaults.

    Raises:
        NormError: a method that is not for gradients, an unknown knob, whole numbers, missing
            weights or some of another number or shape.
    """
    entry = find_method(method)
    if entry.tensor != "gradient":
        raise NormError("not_for", method=method, tensor=entry.tensor + "s", expected="gradients")
    Spec(method, (1, 1), knobs=knobs)  # says what is wrong with the knobs, also without gradients
    found = _tensors(gradients)
    owners = None if weights is None else _tensors(weights)
    _check(found, owners, method)
    if method == "clip_global":
        return _clipped_together(found, knobs)
    if "weight" not in Spec(method, (1, 1)).parameters():
        return [_alone(gradient, None, method, knobs) for gradient in found]
    if owners is None:
        raise NormError("no_weights", method=method)
    return [_alone(gradient, weight.detach(), method, knobs)
            for gradient, weight in zip(found, owners, strict=True)]  # fmt: skip


def _tensors(given: Tensor | Iterable[Tensor]) -> list[Tensor]:
    """One or several, as a list."""
    found = [given] if isinstance(given, Tensor) else list(given)
    for value in found:
        if not isinstance(value, Tensor):
            raise NormError("tensor", type=type(value).__name__)
    return found


def _check(gradients: list[Tensor], weights: list[Tensor] | None, method: str) -> None:
    """Raise `NormError` unless the numbers are real and every weight fits its gradient."""
    for gradient in gradients:
        if not gradient.is_floating_point():
            raise NormError("dtype", method=method, dtype=str(gradient.dtype), fix="x.float()")
    if weights is None:
        return
    if len(weights) != len(gradients):
        raise NormError("weight_count", method=method, gradients=len(gradients),
                        weights=len(weights))  # fmt: skip
    for index, (gradient, weight) in enumerate(zip(gradients, weights, strict=True)):
        if gradient.shape != weight.shape:
            raise NormError("weight_shape", method=method, index=index, shape=tuple(gradient.shape),
                            weight_shape=tuple(weight.shape))  # fmt: skip


def _alone(gradient: Tensor, weight: Tensor | None, method: str, knobs: dict[str, Value]) -> Tensor:
    """One gradient, without looking at the others."""
    nothing = method in MATRICES and gradient.ndim < 2
    if nothing or not gradient.numel() or (method == "lars" and not _any(weight)):
        return gradient.clone()
    sizes = _sizes(tuple(gradient.shape))
    given = {} if weight is None else {"weight": weight.reshape(sizes)}
    with uncast(gradient):
        answer: Tensor = apply(Spec(method, sizes, knobs=knobs), gradient.reshape(sizes), given)
    return answer.reshape(gradient.shape)


def _clipped_together(gradients: list[Tensor], knobs: dict[str, Value]) -> list[Tensor]:
    """The norm of all is the norm of their norms, so none has to be copied."""
    filled = [gradient for gradient in gradients if gradient.numel()]
    if not filled:
        return [gradient.clone() for gradient in gradients]
    norms = [norm_of(g.reshape(-1, 1).to(torch.promote_types(g.dtype, torch.float32)))
             for g in filled]  # fmt: skip
    row = torch.cat([norm.to(filled[0].device).double() for norm in norms], -1)
    found = steps(Spec("clip_global", tuple(row.shape), knobs=knobs), row)
    factor = next(stats for stats in found if isinstance(stats, Stats)).factor
    return [(gradient * factor.to(gradient.device)).reshape(gradient.shape).to(gradient.dtype)
            for gradient in gradients]  # fmt: skip


def _sizes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with outputs first, as the table knows it: a vector is one row."""
    if len(shape) < 2:
        return (1, prod(shape))
    return shape if len(shape) <= MOST_AXES else (shape[0], prod(shape[1:]))


def _any(weight: Tensor | None) -> bool:
    return weight is not None and bool(weight.any())
