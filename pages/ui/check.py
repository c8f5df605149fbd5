"""Checks on demand: against torch, as code, as a figure. Nothing is loaded before it is asked."""

import streamlit as st

from normlib import Trace, code
from normlib.agreement import Agreement, compare
from normlib.summary import summarize
from pages.ui import charts, state, words
from pages.ui.text import plain, section, t

MOST_SAID = 200  # characters of a sentence of torch


def torch_agrees(trace: Trace) -> None:
    """A button that compares the answer with torch's; torch is loaded only then."""
    if trace.spec.operates(trace.training).key == "divide_by_variance":
        st.caption(t("check.no_oracle"))
        return
    if st.button(t("check.button"), icon=":material/balance:"):
        with st.spinner(t("check.loading")):
            outcome, facts = asked(trace)
        (st.success if outcome == "agrees" else st.warning)(t(f"check.{outcome}", **facts))
        if outcome == "differs" and trace.spec.eps == 0:
            st.caption(t("check.without_eps"))


def asked(trace: Trace) -> tuple[str, dict[str, object]]:
    """What came of asking torch: the sentence that says so, and what it names."""
    from normlib.layers.oracle import VERSION, answer

    try:
        judge = answer(trace)
    except (RuntimeError, ValueError) as problem:
        said = plain(str(problem).splitlines()[0][:MOST_SAID])
        return "refused", {"version": VERSION, "said": said}
    found = compare(trace.output, judge, trace.steps[0].array)
    return verdict(found), {
        "version": VERSION, "count": judge.size, "broken": found.broken, "missing": found.missing,
        "difference": f"{found.difference:.3g}", "tolerance": f"{found.tolerance:.3g}",
    }  # fmt: skip


def verdict(found: Agreement) -> str:
    """Which sentence says how the comparison came out."""
    if found.holds:
        return "agrees"
    if found.missing:
        return "missing"
    return "broken" if found.broken else "differs"


def show_code(trace: Trace) -> None:
    """The code in numpy and torch, with the numbers on the screen."""
    st.code(written(trace), language="python", wrap_lines=True, height=420)


def written(trace: Trace) -> str:
    """The code in the library that a row of choices asks for."""
    library = st.segmented_control(t("check.library"), state.FIELDS["library"].choices,
                                   key="library", required=True)  # fmt: skip
    write = code.numpy_code if library == "NumPy" else code.torch_code
    return write(trace.spec, trace.steps[0].array, trace.parameters, training=trace.training)


def statistics(trace: Trace) -> None:
    """Mean and standard deviation of the groups, before and after, as a figure."""
    from normlib.figures import groups  # plotly is loaded where a figure is asked for

    if "reshape" not in trace.names:
        st.caption(t("check.unchanged"))
        return
    names = words.group_names(trace.spec.partition)
    figure = groups.group_statistics(summarize(trace), names, section("figure"))
    charts.draw(figure, t("figure.title"))
    if len(names) > groups.MOST_GROUPS:
        st.caption(t("check.most_groups", shown=groups.MOST_GROUPS, count=len(names)))
