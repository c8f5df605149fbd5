"""How running statistics move: the conventions of frameworks, by name."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from numbers import Real
from typing import Literal

from normlib.errors import NormError


@dataclass(frozen=True)
class Convention:
    """How a batch moves the record.

    Attributes:
        key: its name in code and links.
        weighs: what momentum multiplies, ``new`` or ``old``; ``count`` and ``batches`` have none.
        momentum: the momentum where none is given; None where there is none.
        unbiased: whether the record takes the variance of a batch divided by n - 1.
        source: where this is written down.
    """

    key: str
    weighs: Literal["new", "old", "count", "batches"]
    momentum: float | None
    unbiased: bool
    source: str


# ``keras`` is Keras 3: the fused kernel of tf.keras 2 stored the unbiased variance, which is not
# what its documentation said (tensorflow issue 55545). ``d2l`` is all of Dive into Deep Learning
# but its JAX code, which still reads as ``d2l_old``.
CONVENTIONS: Mapping[str, Convention] = {
    convention.key: convention
    for convention in (
        Convention("torch", "new", 0.1, True, "torch.nn.BatchNorm2d, https://docs.pytorch.org"),
        Convention("keras", "old", 0.99, False, "BatchNormalization of Keras 3, https://keras.io"),
        Convention("onnx", "old", 0.9, False, "BatchNormalization 15, https://onnx.ai"),
        Convention("d2l_old", "old", 0.9, False, "https://d2l.ai up to 1.0.0-alpha0, July 2022"),
        Convention("d2l", "new", 0.1, False, "https://d2l.ai since 1.0.0-beta0, December 2022"),
        Convention("cumulative", "batches", None, True, "torch.nn.BatchNorm2d, momentum=None"),
        Convention("pooled", "count", None, False, "doi:10.1080/00031305.1983.10483115"),
    )
}
NAN_POLICIES = ("propagate", "raise", "omit")
SINGLE_POLICIES = ("error", "zero")


def chosen(convention: str, nan: str, single: str) -> Convention:
    """The convention, once all settings are known ones; `NormError` otherwise."""
    for setting, value, known in (
        ("convention", convention, tuple(CONVENTIONS)),
        ("nan", nan, NAN_POLICIES),
        ("single", single, SINGLE_POLICIES),
    ):
        if not isinstance(value, str) or value not in known:
            raise NormError("running_choice", setting=setting, value=value, known=", ".join(known))
    return CONVENTIONS[convention]


def momentum_of(rule: Convention, momentum: float | None) -> float:
    """The momentum to use, 0 where the convention has none; the other side's warns once.

    Raises:
        NormError: for anything but a number from 0 to 1, and for any number where the convention
            has none.
    """
    found = checked_momentum(rule, momentum)
    if momentum is not None and meant_for_the_other_side(rule, found) is not None:
        _warn_of_the_other_side(rule.key, found)
    return found


def checked_momentum(rule: Convention, momentum: float | None) -> float:
    """As `momentum_of`, without a warning: for those who say it in their own words.

    Raises:
        NormError: as `momentum_of`.
    """
    if momentum is None:
        return rule.momentum or 0.0
    if rule.momentum is None:
        raise NormError("running_no_momentum", momentum=momentum, convention=rule.key)
    if isinstance(momentum, bool) or not (isinstance(momentum, Real) and 0 <= momentum <= 1):
        raise NormError("running_momentum", momentum=momentum)
    return float(momentum)


def meant_for_the_other_side(rule: Convention, momentum: float) -> float | None:
    """The number to write instead of one that looks like the opposite convention's, or None.

    A momentum looks so above 0.5 where it weighs the new batch, and below 0.5 where it weighs the
    old record. ``1 - momentum`` then says here what it says there; 0.5 says the same on both sides.
    """
    weight = weight_of_batch(rule, momentum)
    return 1 - momentum if weight is not None and weight > 0.5 else None


def weight_of_batch(rule: Convention, momentum: float) -> float | None:
    """What a momentum multiplies the new batch with; None where nothing is chosen by momentum."""
    return {"new": momentum, "old": 1 - momentum}.get(rule.weighs)


@cache
def _warn_of_the_other_side(key: str, momentum: float) -> None:
    """Once for each convention and momentum; the cache is what remembers."""
    weighed = {"new": "new batch", "old": "old record"}
    mine = CONVENTIONS[key].weighs
    other = "old" if mine == "new" else "new"
    names = " and ".join(repr(rule.key) for rule in CONVENTIONS.values() if rule.weighs == other)
    warnings.warn(
        f"Momentum {momentum:g} weighs the {weighed[mine]} in convention {key!r}, but looks like "
        f"one that weighs the {weighed[other]}, as in {names}; written for {key!r} that would be "
        f"{1 - momentum:g}.",
        UserWarning,
        stacklevel=4,  # the line that called `update`
    )
