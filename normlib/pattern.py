"""Typed text that says which axes are kept apart: parsed from left to right, never evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from normlib.errors import NormError
from normlib.partition import SPLITS
from normlib.tokens import LONGEST_TOLD, Token, tokens_of, wrong

DOTS = "..."
WHOLE = {part: axis for outer, (axis, inner) in SPLITS.items() for part in (outer, inner)}
ARROWS = ("->", "→")


@dataclass(frozen=True)
class Kept:
    """What a text asks for.

    Attributes:
        apart: axes kept apart, in the order of the text; ``g`` and ``k``, ``b`` and ``m`` where
            an axis is split.
        blocks: of these, the axes that number whole matrices.
        counts: how many groups ``g`` or parts ``b`` the text names; empty where it names none.
            Where all of them are pooled, or all kept apart, no method needs the number.
    """

    apart: tuple[str, ...]
    blocks: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def parse(text: str, lengths: Mapping[str, int]) -> Kept:
    """Read the axes to keep apart, or an einops pattern whose columns are the groups.

    Args:
        text: axes (``n g``), with the axes of whole matrices before a slash (``n / g``), or a
            pattern (``n (g k) h w -> (k h w) (n g)``: rows, columns; with three items on the
            right blocks, rows, columns). ``g`` groups of ``k`` channels and ``b`` parts of ``m``
            samples may be named, ``...`` stands for all axes besides n and c, ``1`` for none.
            Counts may follow as in ``n g, g=3``. Capitals and full-width signs are read as well.
        lengths: length of every axis, in the order of the tensor.

    Raises:
        NormError: for anything else; it names the token, its position and what would fit.

    Example:
        >>> lengths = {"n": 4, "c": 6, "h": 5, "w": 5}
        >>> parse("n (g k) h w -> (k h w) (n g), g=3", lengths)
        Kept(apart=('n', 'g'), blocks=(), counts={'g': 3})
        >>> parse("n ...", lengths).apart
        ('n', 'h', 'w')
    """
    reader = _Reader(lengths)
    tokens, counts = reader.counts(tokens_of(text))
    if not tokens:
        raise NormError("pattern_empty", fits=_some(lengths))
    arrows = [place for place, token in enumerate(tokens) if token.text in ARROWS]
    if arrows[1:]:
        raise wrong("arrow", tokens[arrows[1]])
    if arrows:
        at = arrows[0]
        blocks, apart = reader.pattern(tokens[:at], tokens[at], tokens[at + 1 :])
    else:
        blocks, apart = reader.kept(tokens)
    named = {token.text.lower() for token in tokens}
    for name, token in counts.items():
        if named.isdisjoint({name, SPLITS[name][1]}):
            raise wrong("unused", token, name=name)
    numbers = {name: int(token.text) for name, token in counts.items()}
    return Kept(joined(apart), joined(blocks), numbers)


def joined(names: Sequence[str]) -> tuple[str, ...]:
    """Names with ``g`` and ``k`` among them, or ``b`` and ``m``, read as the whole axis."""
    whole = {outer: axis for outer, (axis, inner) in SPLITS.items() if {outer, inner} <= {*names}}
    dropped = {SPLITS[outer][1] for outer in whole}
    return tuple(whole.get(name, name) for name in names if name not in dropped)


@dataclass(frozen=True)
class _Item:
    """A name, or names in brackets."""

    tokens: tuple[Token, ...]
    at: int
    bracketed: bool


class _Reader:
    """Reads tokens for a tensor with given axes."""

    def __init__(self, lengths: Mapping[str, int]) -> None:
        self.lengths = lengths
        self.space = tuple(axis for axis in lengths if axis not in ("n", "c"))
        parts = [name for outer, (axis, inner) in SPLITS.items() if axis in lengths
                 for name in (outer, inner)]  # fmt: skip
        self.known = (*lengths, *parts)

    def counts(self, tokens: Sequence[Token]) -> tuple[list[Token], dict[str, Token]]:
        """The tokens without the counts, and the counts by name."""
        rest: list[Token] = []
        found: dict[str, Token] = {}
        place = 0
        while place < len(tokens):
            if place + 1 < len(tokens) and tokens[place + 1].text == "=":
                name, sign = tokens[place], tokens[place + 1]
                number = tokens[place + 2] if place + 2 < len(tokens) else sign
                found[self._counted(name, number, found)] = number
                place += 3
            else:
                rest.append(tokens[place])
                place += 1
        return rest, found

    def _counted(self, name: Token, number: Token, found: Mapping[str, Token]) -> str:
        outer = name.text.lower()
        if outer not in SPLITS or SPLITS[outer][0] not in self.lengths:
            raise wrong("count_name", name, fits=", ".join(SPLITS))
        if outer in found:
            raise wrong("twice", name)
        size = self.lengths[SPLITS[outer][0]]
        fits = ", ".join(str(d) for d in range(1, size + 1) if size % d == 0)
        if not (number.text.isascii() and number.text.isdecimal()):
            raise wrong("count", number, name=outer, fits=fits)
        if int(number.text) < 1 or size % int(number.text):
            raise wrong("divides", number, name=outer, axis=SPLITS[outer][0], size=size, fits=fits)
        return outer

    def kept(self, tokens: Sequence[Token]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Blocks and columns of a text without an arrow."""
        slashes = [place for place, token in enumerate(tokens) if token.text == "/"]
        if slashes[1:]:
            raise wrong("slash", tokens[slashes[1]])
        cut = slashes[0] if slashes else 0
        named: list[str] = []
        found = [
            tuple(name for item in self._items(part)
                  for name in self._names(item.tokens, self.known, named))
            for part in (tokens[:cut], tokens[cut + len(slashes) :])
        ]  # fmt: skip
        return found[0], found[1]

    def pattern(
        self, left: Sequence[Token], arrow: Token, right: Sequence[Token]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Blocks and columns of a pattern."""
        elementary = self._left(self._items(left), arrow)
        items = self._items(right)
        named: list[str] = []
        found = [self._names(item.tokens, elementary, named) for item in items]
        if missing := [axis for axis in elementary if axis not in named]:
            last = right[-1] if right else arrow
            raise NormError("pattern_missing_right", axis=missing[0], at=last.at + len(last.text))
        if len(items) not in (2, 3):
            extra = items[3] if items[3:] else items[0]
            token = extra.tokens[0] if extra.tokens else Token("()", extra.at)
            raise wrong("sides", token, count=len(items))
        return (found[0] if items[2:] else ()), found[-1]

    def _left(self, items: Sequence[_Item], arrow: Token) -> tuple[str, ...]:
        """Elementary axes of the left side, which names the tensor's axes in order."""
        waiting = list(self.lengths)
        named: list[str] = []
        found: list[str] = []
        for item in items:
            if item.bracketed:
                split = next(((outer, inner) for outer, (axis, inner) in SPLITS.items()
                              if waiting[:1] == [axis]), ())  # fmt: skip
                if tuple(token.text.lower() for token in item.tokens) != split:
                    fits = " ".join(waiting[:1]) or "->"
                    fits = f"{fits}, ({' '.join(split)})" if split else fits
                    raise wrong("split", Token(_source(item), item.at), fits=fits)
                found += split
                named.append(waiting.pop(0))
                continue
            token = item.tokens[0]
            if token.text == "1":
                raise wrong("sign", token, known=", ".join(self.lengths))
            for name in self._names((token,), self.known, named):
                if waiting[:1] != [name]:
                    raise wrong("order", token, fits=" ".join(waiting[:1]) or "->")
                found.append(waiting.pop(0))
        if waiting:
            raise NormError("pattern_missing_left", axis=waiting[0], at=arrow.at)
        return tuple(found)

    def _items(self, tokens: Sequence[Token]) -> list[_Item]:
        """Names and brackets, which do not nest."""
        items: list[_Item] = []
        opened: Token | None = None
        inside: list[Token] = []
        for token in tokens:
            if token.text == "(":
                if opened:
                    raise wrong("nested", token, opened=opened.at)
                opened, inside = token, []
            elif token.text == ")":
                if not opened:
                    raise wrong("closed", token)
                items.append(_Item(tuple(inside), opened.at, True))
                opened = None
            elif opened:
                inside.append(token)
            else:
                items.append(_Item((token,), token.at, False))
        if opened:
            raise wrong("open", opened)
        return items

    def _names(
        self, tokens: Sequence[Token], known: Sequence[str], named: list[str]
    ) -> tuple[str, ...]:
        """Axes that tokens name, each known and not named before; notes them as named."""
        found: list[str] = []
        for token in tokens:
            for name in self._meant(token, known):
                for other in named:
                    if other == name:
                        raise wrong("twice", token)
                    if other == WHOLE.get(name) or name == WHOLE.get(other):
                        raise wrong("part", token, other=other)
                named.append(name)
                found.append(name)
        return tuple(found)

    def _meant(self, token: Token, known: Sequence[str]) -> tuple[str, ...]:
        name = token.text.lower()
        if name == DOTS:
            return self.space
        if name == "1":
            return ()
        if name in known:
            return (name,)
        if name.isidentifier() and set(name) <= set(known):
            raise wrong("glued", token, fits=" ".join(name[:LONGEST_TOLD]))
        if name[0].isalpha() and name.isascii():
            raise wrong("unknown", token, known=", ".join(known))
        raise wrong("sign", token, known=", ".join(known))


def _source(item: _Item) -> str:
    return f"({' '.join(token.text for token in item.tokens)})"


def _some(lengths: Mapping[str, int]) -> str:
    return " ".join(axis for axis in lengths if axis in ("n", "c"))
