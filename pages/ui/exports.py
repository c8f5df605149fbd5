"""What a learner takes away from a page: its numbers, and a script that computes them anew."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.ui.text import t

Text = Callable[[], str]


def draw(record: Any, name: str) -> None:
    """Buttons for a record of ``normlib.landscape``, or several of one kind by name.

    Args:
        record: one of those that ``tables`` and ``scripts`` know.
        name: of the files, without their endings.
    """

    def table() -> str:
        from normlib.landscape.tables import csv

        return csv(record)

    def code() -> str:
        from normlib.landscape.scripts import script

        return script(record, name)

    offer(name, table, code)


def offer(name: str, table: Text, code: Text | None = None) -> None:
    """Buttons for texts that are written when somebody asks for them.

    Args:
        name: of the files, without their endings.
        table: gives the CSV.
        code: gives the Python script.
    """
    with st.container(horizontal=True):
        _button(t("exports.csv"), table, f"{name}.csv", "text/csv", ":material/table:")
        if code:
            _button(t("exports.script"), code, f"{name}.py", "text/x-python", ":material/code:")


def _button(label: str, content: Text, name: str, mime: str, icon: str) -> None:
    st.download_button(label, content, name, mime, key=f"_export_{name}", icon=icon,
                       on_click="ignore")  # fmt: skip
