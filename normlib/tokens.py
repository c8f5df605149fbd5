"""A typed text as tokens with their positions, and the error that points at one of them."""

import re
from dataclasses import dataclass

from normlib.errors import NormError

LONGEST = 200  # characters that are read at most
LONGEST_TOLD = 24  # characters of a token that an error repeats
TOKEN = re.compile(r"(?P<space>[\s,]+)|->|\.{3}|[()/=]|[A-Za-z_]\w*|[0-9]+|.", re.ASCII | re.DOTALL)
ALSO = str.maketrans(
    {"（": "(", "）": ")", "，": ",", "＝": "=", "／": "/", "、": ",", "\u3000": " "}
)


@dataclass(frozen=True)
class Token:
    """A piece of the text, and its position: 1 for the first character."""

    text: str
    at: int


def tokens_of(text: str) -> list[Token]:
    """All tokens of a text in order; spaces and commas only part them.

    Raises:
        NormError: for anything but a text of at most `LONGEST` characters; no more are looked at.
    """
    if not isinstance(text, str):
        raise NormError("pattern_type", type=type(text).__name__)
    if len(text) > LONGEST:
        raise NormError("pattern_long", length=len(text), limit=LONGEST)
    found = TOKEN.finditer(text.translate(ALSO))
    return [Token(one.group(), one.start() + 1) for one in found if not one.group("space")]


def wrong(code: str, token: Token, **facts: object) -> NormError:
    """The error ``pattern_<code>`` that names a token and its position, and further facts."""
    return NormError(f"pattern_{code}", token=_told(token.text), at=token.at, **facts)


def _told(text: str) -> str:
    """A token as errors repeat it: short, and every character one that can be shown."""
    text = text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"
    return text if text.isprintable() else ascii(text)[1:-1]
