"""Checks on demand: against torch, as code, as a figure. Nothing is loaded before it is asked."""

import streamlit as st

from normlib import Trace, code
from normlib.summary import summarize
from pages.ui import words
from pages.ui.text import section, t


def torch_agrees(trace: Trace) -> None:
    """A button that computes the largest difference from torch; torch is loaded only then."""
    if trace.spec.operation != trace.spec.entry.operation:
        st.caption(t("check.no_oracle"))
        return
    if st.button(t("check.button"), icon=":material/balance:"):
        with st.spinner(t("check.loading")):
            from normlib import layers

            difference = layers.largest_difference(trace)
        st.success(t("check.agrees", difference=f"{difference:.3g}", version=layers.VERSION))


def show_code(trace: Trace) -> None:
    """The code in numpy and torch, with the numbers on the screen."""
    library = st.segmented_control(
        t("check.library"), ("NumPy", "PyTorch"), default="NumPy", required=True, key="library"
    )
    write = code.numpy_code if library == "NumPy" else code.torch_code
    source = write(trace.spec, trace.steps[0].array, trace.parameters)
    st.code(source, language="python", wrap_lines=True, height=420)


def statistics(trace: Trace) -> None:
    """Mean and standard deviation of the groups, before and after, as a figure."""
    from normlib.figures import groups  # plotly is loaded where a figure is asked for

    names = words.group_names(trace.spec.partition)
    figure = groups.group_statistics(summarize(trace), names, section("figure"))
    st.plotly_chart(figure, width="stretch", alt=t("figure.title"), config={"displaylogo": False})
    if len(names) > groups.MOST_GROUPS:
        st.caption(t("check.most_groups", shown=groups.MOST_GROUPS, count=len(names)))
