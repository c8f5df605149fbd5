"""A method in words and numbers: what it is, how many statistics it keeps, what it learns."""

import streamlit as st

from normlib import Method, Spec
from pages.ui.text import t
from pages.ui.words import shape


def describe(spec: Spec) -> None:
    """Name, paper, einops pattern, a sentence or two, and where it is used."""
    entry = spec.entry
    name = t(f"method.{entry.key}.name")
    st.markdown(f"**{name}** · {paper(entry)} · `{spec.partition.pattern}`")
    st.markdown(t(f"method.{entry.key}.text"))
    st.markdown(used(entry))


def used(entry: Method) -> str:
    """Where the method is used, with sources."""
    return t("methods.used", where=t(f"method.{entry.key}.used"))


def paper(entry: Method) -> str:
    """Authors and year, linked."""
    address = entry.link.replace("(", "%28").replace(")", "%29")
    return f"[{t(f'method.{entry.key}.paper')}, {entry.year}]({address})"


def count(spec: Spec) -> None:
    """How many statistics there are, how many entries each pools, shapes of the parameters."""
    partition = spec.partition
    kept = [partition.lengths[axis] for axis in partition.kept]
    with st.container(horizontal=True):
        _number(t("count.groups"), partition.columns)
        _number(t("count.entries"), partition.rows)
        _number(t("count.statistic_shape"), shape(tuple(kept)))
        for name, found in spec.parameter_shapes.items():
            _number(t("count.parameter", name=name), shape(found))


def _number(label: str, value: int | str) -> None:
    st.metric(label, value, width="content", border=True)
