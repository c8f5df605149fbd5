"""What the topics share: the learning rate in units of its limit, and how numbers are written."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import streamlit as st

from pages.ui import exports, state
from pages.ui.text import t

RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def step_share() -> float:
    """Draw the slider of the learning rate, in units of 2 / lambda."""
    low, high = state.FIELDS["step_share"].ends or (0, 1)
    return float(st.slider(t("controls.step_share"), low, high, key="step_share", step=0.01,
                           format="%.2f", width=300, help=t("help.step_share")))  # fmt: skip


def take_away(found: Mapping[str, Any], name: str) -> None:
    """Buttons that give records by name as CSV, and a script that makes them anew."""

    def table() -> str:
        from normlib.landscape import smooth_or_not

        return smooth_or_not.table(found)

    def program() -> str:
        from normlib.landscape import smooth_or_not

        return smooth_or_not.program(found, name)

    exports.offer(name, table, program)


def number(value: float, digits: int = 4) -> str:
    """A number as one reads it: a true minus, and powers of ten for the very large or small."""
    if not isfinite(value):
        return "–"
    found = f"{value:.{digits}g}"
    if "e" in found:
        base, power = found.split("e")
        found = f"{base} · 10{str(int(power)).translate(RAISED)}"
    return found.replace("-", "−")
