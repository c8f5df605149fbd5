"""Small controls of fields of the link that several pages have, and the row they stand in."""

from contextlib import AbstractContextManager

import streamlit as st

from normlib.data import SEED_LIMIT
from normlib.pictures import PICTURES
from pages.ui import state
from pages.ui.text import t


def row() -> AbstractContextManager[object]:
    """Controls side by side, as far as there is room."""
    return st.container(horizontal=True, vertical_alignment="bottom")


def slider(key: str, *, step: float = 1) -> None:
    """A slider over all values of a field of the link."""
    low, high = state.FIELDS[key].ends or (0, 1)
    kind = type(state.FIELDS[key].default)
    st.slider(t(f"controls.{key}"), kind(low), kind(high), step=kind(step), key=key,
              help=t(f"help.{key}"), width=230)  # fmt: skip


def seed() -> None:
    """The seed, small enough to stand in a row."""
    st.number_input(t("controls.seed"), 0, SEED_LIMIT - 1, key="seed", help=t("help.seed"),
                    width=150)  # fmt: skip


def photo(key: str) -> None:
    """A drop-down list of the shipped pictures."""
    st.selectbox(t(f"controls.{key}"), tuple(PICTURES), key=key, width=200, help=t(f"help.{key}"),
                 format_func=lambda name: t(f"photo_name.{name}"))  # fmt: skip
