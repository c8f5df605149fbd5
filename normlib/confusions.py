"""The classic confusions: pairs that are one and the same, almost the same, or never."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from normlib import data
from normlib.comparison import Comparison, Side, agreement, alike, compare
from normlib.knobs import Value
from normlib.spec import Spec
from normlib.trace import apply

CLAIMS = ("equal", "catch", "different")
CHANNELS = "c"  # stands for the number of channels as the value of a knob
USUAL = {"n": 3, "c": 4, "h": 3, "w": 3, "t": 5}  # lengths of axes where none are given


@dataclass(frozen=True)
class Half:
    """One of the two methods of a confusion: its key, knobs, and what `Side` wants to know.

    ``layout`` is that of the moved tensor where it is not the original one's.
    """

    method: str
    knobs: Mapping[str, Value | str] = field(default_factory=dict)
    layout: str = ""
    move: str = "same"
    prepared: str = "as it is"


@dataclass(frozen=True)
class Confusion:
    """A pair of methods that are taken for each other, or for different ones.

    Attributes:
        key: its name in links and texts.
        claim: ``equal``, ``catch`` (equal, but only with the condition that its text names), or
            ``different``.
        layout: axes of the tensor.
        first, second: the two methods; None where the confusion is about one method.
        source: address of a document that says so.
        fixed: lengths of axes that the confusion is about.
    """

    key: str
    claim: str
    layout: str
    source: str
    first: Half | None = None
    second: Half | None = None
    fixed: Mapping[str, int] = field(default_factory=dict)


GROUP_NORM = "https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html"
INSTANCE_NORM = "https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html"
LAYER_NORM = "https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html"
BATCH_NORM = "https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html"
TORCH_SOURCE = "https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/Normalization.cpp"
ONE_GROUP = Half("group", {"groups": 1})
_CONFUSIONS = (
    Confusion("one_group", "catch", "nchw", GROUP_NORM, ONE_GROUP,
              Half("layer")),
    Confusion("one_group_pixel", "different", "nchw", "https://arxiv.org/abs/2201.03545", ONE_GROUP,
              Half("layer_position")),
    Confusion("one_channel", "equal", "nchw", GROUP_NORM, Half("instance"),
              Half("group", {"groups": CHANNELS})),
    Confusion("samples_as_channels", "catch", "nchw", TORCH_SOURCE,
              Half("batch", layout="nchw", move="flat"), Half("instance")),
    Confusion("centred_rms", "catch", "nchw", "https://arxiv.org/abs/2305.14858",
              Half("rms", prepared="centred"), Half("layer")),
    Confusion("length", "catch", "nct", "https://arxiv.org/abs/1910.05895",
              Half("l2", {"eps": 0.0}), Half("rms_position", {"eps": 0.0})),
    Confusion("tokens", "different", "nct", LAYER_NORM,
              Half("layer_position", layout="ntc", move="turned"), Half("instance")),
    Confusion("transposed", "catch", "nc", "https://arxiv.org/abs/1607.06450", Half("layer"),
              Half("batch", layout="nc", move="transposed")),
    Confusion("one_pixel", "equal", "nchw", INSTANCE_NORM, Half("instance"),
              Half("instance", prepared="zeros"), {"h": 1, "w": 1}),
    Confusion("folding", "equal", "nchw", "https://arxiv.org/abs/1712.05877"),
    Confusion("blend", "equal", "nchw", BATCH_NORM),
)  # fmt: skip
CONFUSIONS: Mapping[str, Confusion] = {confusion.key: confusion for confusion in _CONFUSIONS}


def original(confusion: Confusion, lengths: Mapping[str, int], seed: int = 0) -> Spec:
    """A spec of the tensor before any move, for example data."""
    wanted = USUAL | dict(lengths) | dict(confusion.fixed)
    return Spec("layer", tuple(wanted[axis] for axis in confusion.layout), confusion.layout,
                seed=seed)  # fmt: skip


def hold_side_by_side(
    confusion: Confusion, x: np.ndarray, *, affine: bool = False, seed: int = 0
) -> Comparison:
    """Compare the two methods of a confusion on a tensor of its layout.

    Args:
        confusion: one with two methods.
        x: the tensor.
        affine: whether both learn gamma and beta, seeded.
        seed: of these.
    """
    assert confusion.first
    assert confusion.second
    halves = confusion.first, confusion.second
    first, second = (_side(half, x, confusion.layout, affine, seed) for half in halves)
    return compare(first, second, x, learned=affine)


@dataclass(frozen=True)
class Blend:
    """One method on a mixture of two tensors, and the mixture of its answers.

    Attributes:
        spec: the method.
        mixed: the mixture that went in.
        outputs: the answer to the mixture; the mixture of the answers.
        difference, scale, agree: as in `normlib.comparison.Comparison`.
    """

    spec: Spec
    mixed: np.ndarray
    outputs: tuple[np.ndarray, np.ndarray]
    difference: float
    scale: float
    agree: str


def blend(spec: Spec, share: float, *, training: bool, kind: str = "random") -> Blend:
    """``f(a x + (1 - a) z)`` beside ``a f(x) + (1 - a) f(z)``: equal where f is affine.

    Args:
        spec: the method; its parameters and stored statistics are seeded.
        share: a, the weight of the first tensor.
        training: whether statistics are those of the input.
        kind: of the first tensor; the second holds seeded numbers.

    Example:
        >>> spec = Spec("batch", (3, 4, 2, 2))
        >>> [blend(spec, 0.5, training=training).agree for training in (False, True)]
        ['equal', 'different']
    """
    given = alike(spec, training=training, learned=True)
    x = data.make(kind, spec)
    other = Spec(spec.method, spec.sizes, spec.layout, spec.knobs, spec.seed + 1)
    z = data.make("random", other)
    mixed = share * x + (1 - share) * z
    of_mixed, of_x, of_z = (apply(spec, part, given, training=training) for part in (mixed, x, z))
    outputs = of_mixed, share * of_x + (1 - share) * of_z
    difference, scale, agree, _ = agreement(*outputs)
    return Blend(spec, mixed, outputs, difference, scale, agree)


def _side(half: Half, x: np.ndarray, layout: str, affine: bool, seed: int) -> Side:
    channels = x.shape[layout.index("c")]
    knobs: dict[str, Value] = {"affine": affine}
    for name, value in half.knobs.items():
        knobs[name] = channels if isinstance(value, str) else value
    empty = Side(Spec("layer", x.shape, layout), half.move)
    sizes = empty.input(x).shape
    spec = Spec(half.method, sizes, half.layout or layout, knobs, seed)
    return Side(spec, half.move, half.prepared)
