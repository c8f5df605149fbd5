"""A method in words and numbers: what it is, how many statistics it keeps, what it learns."""

import streamlit as st

from normlib import Spec
from normlib.normalize import OPERATIONS
from pages.ui.text import t
from pages.ui.words import shape


def describe(spec: Spec) -> None:
    """Name, paper, einops pattern and a sentence or two."""
    entry = spec.entry
    name = t(f"method.{entry.key}.name")
    paper = f"[{t(f'method.{entry.key}.paper')}, {entry.year}](https://arxiv.org/abs/{entry.paper})"
    st.markdown(f"**{name}** · {paper} · `{spec.partition.pattern}`")
    st.markdown(t(f"method.{entry.key}.text"))


def count(spec: Spec) -> None:
    """How many statistics there are, how many entries each pools, shapes of gamma and beta."""
    partition, kind = spec.partition, "_".join(OPERATIONS[spec.operation].statistics)
    kept = [partition.lengths[axis] for axis in partition.apart]
    with st.container(horizontal=True):
        st.metric(t(f"count.{kind.replace(' ', '_')}"), partition.columns, width="content",
                  border=True)  # fmt: skip
        st.metric(t("count.entries"), partition.rows, width="content", border=True)
        st.metric(t("count.statistic_shape"), shape(tuple(kept)), width="content", border=True)
        for name in ("gamma", "beta"):
            found = spec.parameter_shapes.get(name)
            value = shape(found) if found else t("count.none")
            st.metric(t(f"count.{name}"), value, width="content", border=True)
