"""The reference table: which methods are shown, and what each row says and draws."""

import streamlit as st

from normlib import METHODS, Method, Spec, Trace, data, parameters, trace
from normlib.formula import shown
from normlib.formulas import FORMULAS
from normlib.layouts import layouts
from pages.ui import frame, methods, scenes, state
from pages.ui.tensor_view import tensor_view
from pages.ui.text import t

SIZES = {"n": 2, "c": 4, "o": 2, "i": 4, "h": 2, "w": 2, "t": 4}  # of the small pictures
USUAL = ("nchw", "oihw", "nct")  # the layout drawn: the first that a method can take


def choose() -> list[Method]:
    """Draw the filters; the methods that pass them, by kind and then by year."""
    with st.container(border=True):
        st.pills(
            t("controls.kind"), state.FIELDS["kind"].choices, key="kind", required=True,
            format_func=lambda kind: t(f"kind.{kind}.name"), help=t("help.kind"),
        )  # fmt: skip
        st.slider(t("controls.since"), state.FIRST_YEAR, state.LAST_YEAR, key="since",
                  help=t("help.since"), width=330)  # fmt: skip
    kind, since = str(st.session_state["kind"]), int(st.session_state["since"])
    if kind != "all":
        st.markdown(t(f"kind.{kind}.text"))
    return [method for method in METHODS.values()
            if kind in ("all", method.kind) and method.year >= since]  # fmt: skip


def row(method: Method) -> None:
    """One method: words and formula on the left, its groups on the right, links below."""
    traced = example(method)
    with st.container(border=True, key=f"row_{method.key}"):
        words, picture = st.columns([5, 2], vertical_alignment="center")
        with words:
            st.subheader(t(f"method.{method.key}.name"), anchor=False)
            st.markdown(" · ".join((methods.paper(method), t(f"kind.{method.kind}.name"),
                                   methods.apart(method), methods.mode(method))))  # fmt: skip
            with st.container(horizontal=True, gap="large"):
                for formula in symbols(traced):
                    st.latex(formula, width="content")
            st.markdown(t(f"method.{method.key}.text"))
            st.markdown(methods.used(method))
            with st.container(horizontal=True):
                for page in ("groups", "steps"):
                    query = frame.link(method=method.key)
                    st.page_link(f"pages/{page}.py", label=t(f"methods.{page}"),
                                 query_params=query)  # fmt: skip
        with picture:
            scene = scenes.scene(traced, "input", color="group", digits=3, small=True)
            tensor_view(scene, key=f"small_{method.key}")


def example(method: Method) -> Trace:
    """A small tensor, normalized by the method with seeded parameters."""
    layout = next(axes for axes in USUAL if axes in layouts(method))
    spec = Spec(method.key, tuple(SIZES[axis] for axis in layout), layout)
    x = data.make("random", spec)
    return trace(spec, x, parameters.seeded(spec, x))


def symbols(traced: Trace) -> list[str]:
    """The formulas of normalizing and recovering, in letters."""
    return [FORMULAS[shown(traced, name)].symbols for name in ("normalize", "recover")]
