"""THE table: one entry per method. Picker, links, tests, code and texts follow from it.

An entry says which axes are kept apart, which operation runs down the columns and what is
learned afterwards. Axes are named as in layouts; ``...`` stands for every axis besides batch n
and channel c, ``g`` for groups of channels.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isqrt


@dataclass(frozen=True)
class Knob:
    """A setting of a method.

    Attributes:
        name: its name in code and links.
        kind: the type of its values, ``bool``, ``int`` or ``float``.
        default: its value where none is given; None where it follows from the shape.
        minimum, maximum: smallest and largest value of a number.
    """

    name: str
    kind: type
    default: bool | int | float | None
    minimum: float = 0.0
    maximum: float = inf


AFFINE = Knob("affine", bool, True)
EPS = Knob("eps", float, 1e-5, maximum=1e30)  # float32 can hold it
GROUPS = Knob("groups", int, None, minimum=1)
BY_VARIANCE = Knob("by_variance", bool, False)  # the trap: divide by the variance, not its root


@dataclass(frozen=True)
class Method:
    """A published normalization as partition + operation + recovery.

    Attributes:
        key: name in code, links and texts.
        apart: axes kept apart, for example ``"n g"``.
        operation: key in ``normalize.OPERATIONS``.
        recovery: key in ``recover.RECOVERIES`` when the knob ``affine`` is on.
        per: axes of gamma and beta, in the order of the layout.
        year, paper: first publication, an arXiv identifier.
        oracle: name of the judge in ``layers.ORACLES``.
        knobs: settings, each with its default.
        needs_space: whether there must be axes besides n and c.
        mode_dependent: whether prediction differs from training.
        kind: how statistics reach an entry; ``partition`` for disjoint groups.
    """

    key: str
    apart: str
    operation: str
    recovery: str
    per: str
    year: int
    paper: str
    oracle: str
    knobs: tuple[Knob, ...] = (AFFINE, EPS, BY_VARIANCE)
    needs_space: bool = False
    mode_dependent: bool = False
    kind: str = "partition"

    def axes(self, layout: tuple[str, ...], names: str) -> tuple[str, ...]:
        """Expand ``...`` in ``apart`` or ``per`` to the axes of a layout."""
        space = tuple(axis for axis in layout if axis not in ("n", "c"))
        return tuple(
            axis for name in names.split() for axis in (space if name == "..." else (name,))
        )


METHODS: Mapping[str, Method] = {
    method.key: method
    for method in (
        Method("batch", "c", "standardize", "affine", "c", 2015, "1502.03167", "batch_norm",
               mode_dependent=True),
        Method("layer", "n", "standardize", "affine", "c ...", 2016, "1607.06450", "layer_norm"),
        Method("layer_position", "n ...", "standardize", "affine", "c", 2016, "1607.06450",
               "layer_norm_last"),
        Method("instance", "n c", "standardize", "affine", "c", 2016, "1607.08022",
               "instance_norm", needs_space=True),
        Method("group", "n g", "standardize", "affine", "c", 2018, "1803.08494", "group_norm",
               knobs=(GROUPS, AFFINE, EPS, BY_VARIANCE)),
        Method("rms", "n", "rms", "scale", "c ...", 2019, "1910.07467", "rms_norm",
               knobs=(AFFINE, EPS)),
        Method("rms_position", "n ...", "rms", "scale", "c", 2019, "1910.07467", "rms_norm_last",
               knobs=(AFFINE, EPS)),
    )
}  # fmt: skip


def divisors(number: int) -> tuple[int, ...]:
    """All divisors in rising order: the group counts that ``number`` channels allow."""
    small = [d for d in range(1, isqrt(number) + 1) if number % d == 0]
    return tuple(sorted({*small, *(number // d for d in small)}))


def default_groups(channels: int) -> int:
    """The group count where none is given: the smallest divisor above 1, or 1 for one channel."""
    return divisors(channels)[:2][-1]
