"""The records that describe a method: its settings, and what it is made of."""

from dataclasses import dataclass
from math import inf

from normlib.partition import SPLITS

KINDS = ("partition", "estimation", "windows", "two-level", "mixture", "none", "blocks",
         "recovery", "weight", "gradient")  # fmt: skip


@dataclass(frozen=True)
class Knob:
    """A setting of a method.

    Attributes:
        name: its name in code and links.
        kind: the type of its values, ``bool``, ``int`` or ``float``.
        default: its value where none is given; None where it follows from the shape.
        minimum, maximum: smallest and largest value of a number.
        divides: the axis whose length it must divide; empty where there is none.
        within: the axis whose length it may not exceed.
        learning: whether training alone asks for it, where prediction differs.
    """

    name: str
    kind: type
    default: bool | int | float | None
    minimum: float = 0.0
    maximum: float = inf
    divides: str = ""
    within: str = ""
    learning: bool = False


AFFINE = Knob("affine", bool, True)
EPS = Knob("eps", float, 1e-5, maximum=1e30)  # float32 can hold it
# The trap: divide by the variance, not its root.
BY_VARIANCE = Knob("by_variance", bool, False, learning=True)
LEARNED = (AFFINE, EPS, BY_VARIANCE)


@dataclass(frozen=True)
class Method:
    """A normalization as partition + operation + recovery: a published one, or a composition.

    Attributes:
        key: name in code, links and texts.
        kind: one of `KINDS`: how statistics reach an entry, or what is normalized.
        apart: axes kept apart, for example ``"n g"``.
        operation: key in ``operations.OPERATIONS``, and of its formulas.
        recovery: key in ``recover.RECOVERIES`` when the knob ``affine`` is on or missing.
        per: axes of gamma and beta, in the order of the layout.
        year, paper: first publication, an arXiv identifier, ``doi:...`` or an address; 0 and
            empty for a composition.
        oracle: name of the judge in ``layers.ORACLES``; the key where none is given.
        knobs: settings, each with its default; `Spec` fills them in and checks them.
        blocks: kept axes that number matrices whose columns are treated together.
        pools: windows over columns, each as pairs of axis and relation: ``"t past"``.
        needs: ``"space"`` or ``"time"`` (exactly one axis) where n and c do not suffice.
        predict: key of the operation that takes its place at prediction; empty for the same one.
        forgets: whether prediction leaves the input as it is.
    """

    key: str
    kind: str
    apart: str
    operation: str
    recovery: str
    per: str
    year: int
    paper: str
    oracle: str = ""
    knobs: tuple[Knob, ...] = LEARNED
    blocks: str = ""
    pools: tuple[str, ...] = ()
    needs: str = ""
    predict: str = ""
    forgets: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "oracle", self.oracle or self.key)

    @property
    def mode_dependent(self) -> bool:
        """Whether prediction differs from training."""
        return bool(self.predict) or self.forgets

    @property
    def tensor(self) -> str:
        """What is normalized: ``activation``, ``weight`` or ``gradient``."""
        return self.kind if self.kind in ("weight", "gradient") else "activation"

    @property
    def roles(self) -> tuple[str, str]:
        """The two axes that every tensor has: batch and channel, or output and input."""
        return ("n", "c") if self.tensor == "activation" else ("o", "i")

    @property
    def link(self) -> str:
        """Address of the paper."""
        if self.paper.startswith("http"):
            return self.paper
        doi = self.paper.startswith("doi:")
        return f"https://doi.org/{self.paper[4:]}" if doi else f"https://arxiv.org/abs/{self.paper}"

    @property
    def named(self) -> set[str]:
        """The axes that a tensor must have: the two roles, and those named besides."""
        names = {*self.roles, *" ".join((self.apart, self.blocks, self.per)).split()} - {"..."}
        whole = {part: axis for outer, (axis, inner) in SPLITS.items() for part in (outer, inner)}
        return {whole.get(name, name) for name in names}

    def axes(self, layout: tuple[str, ...], names: str) -> tuple[str, ...]:
        """Expand ``...`` in ``apart`` or ``per`` to the axes of a layout."""
        space = tuple(axis for axis in layout if axis not in self.roles)
        return tuple(
            axis for name in names.split() for axis in (space if name == "..." else (name,))
        )

    def fits(self, layout: str) -> bool:
        """Whether a tensor with these axes can be normalized."""
        space = len(layout) - 2
        return self.named <= set(layout) and (
            space >= 1 if self.needs == "space" else space == 1 if self.needs == "time" else True
        )
