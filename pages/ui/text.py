"""All prose, from assets/text/<language>: labels, sentences of errors, pages."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from normlib import NormError
from pages.ui.state import FIELDS

FOLDER = Path(__file__).parents[2] / "assets" / "text"


@cache
def labels(language: str) -> dict[str, str]:
    """All labels of a language under dotted keys."""
    flat: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        _flatten(tomllib.loads(path.read_text("utf-8")), "", flat)
    return flat


@cache
def page(language: str, name: str) -> str:
    """The Markdown text of a page."""
    return (FOLDER / language / f"{name}.md").read_text("utf-8")


def language() -> str:
    """The language of this session."""
    return str(st.session_state.get("lang", FIELDS["lang"].default))


def t(key: str, /, **facts: object) -> str:
    """The label in the session's language, its named placeholders filled in."""
    text = labels(language())[key]
    return text.format(**facts) if facts else text


def section(name: str) -> dict[str, str]:
    """All labels below a key, under the rest of their keys."""
    start = f"{name}."
    found = labels(language())
    return {key.removeprefix(start): found[key] for key in found if key.startswith(start)}


def error(problem: NormError) -> str:
    """The friendly sentence for an error of normlib."""
    facts = {name: plain(value) for name, value in problem.facts.items()}
    return t(f"errors.{problem.code}", **facts)


def parts(name: str) -> list[str]:
    """The text of a page, cut at its ``---`` lines."""
    return re.split(r"^---$", page(language(), name), flags=re.MULTILINE)


def pairs(found: list[str]) -> list[tuple[str, str]]:
    """Parts that belong together, two by two."""
    return list(zip(found[::2], found[1::2], strict=True))


def table(rows: Sequence[Sequence[str]], *, rest: str = "---") -> str:
    """A table in Markdown, the first row its head; ``rest`` aligns all columns but the first."""
    head, *body = rows
    lines = [head, ["---", *[rest] * (len(head) - 1)], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(value: object) -> str:
    """A fact as text that Markdown leaves alone."""
    return re.sub(r"([\\`*_{}\[\]<>#|$~:])", r"\\\1", str(value))


def _flatten(table: dict[str, Any], prefix: str, into: dict[str, str]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", into)
        else:
            into[f"{prefix}{key}"] = value
