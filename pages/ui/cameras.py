"""Cameras of 3-D charts on one page, which turn together."""

from pathlib import Path

import streamlit as st

SCRIPT = Path(__file__).parents[2] / "assets" / "cameras.js"
_component = st.components.v2.component("cameras", js=SCRIPT.read_text("utf-8"))


def linked() -> None:
    """Let all 3-D charts of the page follow the one that is turned by hand."""
    _component(key="cameras", height=1)
