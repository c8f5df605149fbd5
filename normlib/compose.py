"""Any partition with any operation and any recovery: a `Method` that is in no table.

The key of a composition is its description (``keep n g, standardize, affine per c``), from which
it can be made again. So it goes wherever the key of a method goes (specs, links, cache keys),
and nothing that sessions share has to remember it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from normlib.backward import BACKWARD
from normlib.backward_simple import BACKWARD_SIMPLE
from normlib.errors import NormError
from normlib.method import EPS, Knob, Method
from normlib.methods import GROUPS, PARTS
from normlib.operations import OPERATIONS
from normlib.partition import SPLITS
from normlib.pattern import Kept, joined

START = "keep "
LONGEST = 120  # characters of a key
KEY = re.compile(r"keep ([a-z]( [a-z])* / )?(1|[a-z]( [a-z])*), (\w+), (\w+)( per (one|[a-z .]+))?")
GRADIENTS = {**BACKWARD, **BACKWARD_SIMPLE}
COMPOSABLE = ("standardize", "rms", "center", "l2", "center_l2", "l1", "outside", "zca", "pca",
              "cholesky")  # fmt: skip
GIVING_BACK = ("affine", "scale", "shift", "identity", "threshold", "linear", "residual")
COUNTED = {"g": GROUPS.name, "b": PARTS.name}  # knobs that say how often an axis is split
PER: Mapping[str, str] = {"channel": "c", "feature": "c ...", "one": ""}


def compose(
    apart: Sequence[str],
    operation: str = "standardize",
    recovery: str = "affine",
    per: str = "channel",
    *,
    blocks: Sequence[str] = (),
) -> Method:
    """Partition + operation + recovery as a method of its own.

    Args:
        apart: names of the axes kept apart, as `pattern.parse` finds them.
        operation: one of `COMPOSABLE`, the operations whose gradient is written out by hand.
        recovery: one of `GIVING_BACK`.
        per: key of `PER`: gamma and beta for each channel, each feature of a sample, or one.
        blocks: axes that number matrices whose columns are treated together; operations that
            treat every column by itself keep them apart like the others.

    Returns:
        A method that `Spec` takes by its key; how many groups or parts there are is a knob.

    Raises:
        NormError: for an operation, a recovery or a ``per`` that is not known.

    Example:
        >>> compose(["h"]).key
        'keep h, standardize, affine per channel'
        >>> from normlib.spec import Spec
        >>> spec = Spec(compose(["n", "k"], "rms").key, (2, 6, 4, 4), knobs={"groups": 3})
        >>> spec.partition.pattern
        'n (g k) h w -> (g h w) (n k)'
    """
    for part, known in ((operation, COMPOSABLE), (recovery, GIVING_BACK), (per, tuple(PER))):
        if part not in known:
            raise NormError("composition", key=f"{operation}, {recovery}, {per}", part=part,
                            known=", ".join(known))  # fmt: skip
    mixes = OPERATIONS[operation].mixes
    apart, blocks = (apart, blocks) if mixes else ((*blocks, *apart), ())
    apart, blocks = joined(apart), joined(blocks)
    kept = f"{' '.join(blocks)} / " * bool(blocks) + (" ".join(apart) or "1")
    learned = f" per {per}" if recovery != "identity" else ""
    return Method(
        key=f"{START}{kept}, {operation}, {recovery}{learned}",
        kind="blocks" if mixes else "partition",
        apart=" ".join(apart),
        operation=operation,
        recovery=recovery,
        per=PER[per] if learned else "",
        year=0,
        paper="",
        knobs=_knobs({*apart, *blocks}, operation),
        blocks=" ".join(blocks),
    )


def counted(kept: Kept, method: Method) -> dict[str, int]:
    """The knobs of a composition that the text itself gives a value."""
    known = {knob.name for knob in method.knobs}
    return {name: kept.counts[outer] for outer, name in COUNTED.items()
            if outer in kept.counts and name in known}  # fmt: skip


@lru_cache(maxsize=1024)
def from_key(key: str) -> Method | None:
    """The composition that a key describes; None where it describes none."""
    found = KEY.fullmatch(key) if len(key) <= LONGEST else None
    if not found:
        return None
    blocks, apart = ((text or "").strip("/1 ").split() for text in found.group(1, 3))
    named = [*blocks, *apart]
    overlap = any({outer, inner} & set(named) and axis in named
                  for outer, (axis, inner) in SPLITS.items())  # fmt: skip
    if len(set(named)) < len(named) or overlap:
        return None
    try:
        method = compose(apart, found[5], found[6], found[8] or "channel", blocks=blocks)
    except NormError:
        return None
    return method if method.key == key else None


@dataclass(frozen=True)
class Example:
    """A composition to start from: what is typed, and what is chosen beside it."""

    text: str
    operation: str = "standardize"
    recovery: str = "affine"
    per: str = "channel"


EXAMPLES: Mapping[str, Example] = {
    "group": Example("n g"),
    "height": Example("h"),
    "rows": Example("n c h w -> (c w) (n h)", recovery="identity"),
    "interleaved": Example("n k"),
    "threshold": Example("n c", "rms", "threshold"),
    "whitened": Example("n / g", "zca"),
    "pixels": Example("h w", "center", "shift", "feature"),
    "everything": Example("1", "l2", "scale", "one"),
}


def _knobs(named: set[str], operation: str) -> tuple[Knob, ...]:
    counts = {"g": GROUPS, "b": PARTS}
    split = (knob for outer, knob in counts.items() if {outer, SPLITS[outer][1]} & named)
    return (*split, *(EPS,) * (operation != "center"))
