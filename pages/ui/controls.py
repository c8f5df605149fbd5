"""The widgets that choose a spec, its data and its view: the fields of the link."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from normlib import METHODS, Method, Spec, data
from normlib.layouts import default_layout
from normlib.membership import check_num_sources
from pages.ui import fit, frame, knobs, numbers, state
from pages.ui.state import LARGEST
from pages.ui.text import t

MOST_MIXED = 2**16  # entries of the matrices that mix columns: 256 features
MOST_SOURCES = 2**20  # columns named in all windows together


@dataclass(frozen=True)
class Choice:
    """What the controls ask for: a normalization, an array to use it on, and the mode."""

    spec: Spec
    x: np.ndarray
    training: bool = True


def choose() -> Choice:
    """Draw the controls of the normalization; `NormError` says what does not fit."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            select("method", tuple(METHODS), width=240)
            method = METHODS[str(st.session_state["method"])]
            kind_of_data(fit.kinds_of_data(method))
            if "affine" in {knob.name for knob in method.knobs}:
                st.toggle(t("controls.affine", names=knobs.learned(method)), key="affine",
                          help=t("help.affine"))  # fmt: skip
            if method.mode_dependent:
                segments("mode", help=t("help.mode"))
            with st.popover(t("controls.more"), icon=":material/tune:"):
                more(method)
        uploaded = numbers.upload_file() if st.session_state["data"] == state.UPLOAD else None
        if uploaded is None:
            shape(method)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            knobs.draw(method, lengths(uploaded), training=training(method))
    spec = _spec(uploaded)
    check_width(spec)
    return Choice(spec, tensor(spec, uploaded), training(spec.entry))


def training(method: Method) -> bool:
    """The mode: training, unless prediction is asked for and makes a difference."""
    return st.session_state["mode"] == "training" or not method.mode_dependent


def check_width(spec: Spec) -> None:
    """Raise `NormError` where groups that depend on each other are too many for a page."""
    check_num_sources(spec, MOST_MIXED if spec.operates().mixes else MOST_SOURCES)


def view(color: str, *, digits: bool) -> None:
    """Draw the controls of the picture; ``color`` is the page's own field for it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        segments("drawing")
        segments(color)
        if digits:
            segments("digits")


def basics() -> None:
    """The best known methods side by side, and the chosen one where it is another."""
    options = dict.fromkeys((*state.BASICS, str(st.session_state["method"])))
    st.segmented_control(
        t("controls.method"), list(options), key="method", required=True,
        format_func=lambda option: t(f"method.{option}.name"),
    )  # fmt: skip


def segments(key: str, *, help: str | None = None) -> None:
    """All choices of a field of the link, side by side."""
    st.segmented_control(
        t(f"controls.{key}"), state.FIELDS[key].choices, key=key, required=True, help=help,
        format_func=lambda option: t(f"{key}.{option}.name"),
    )  # fmt: skip


def more(method: Method, *, cell: bool = True) -> None:
    """What is seldom changed: eps, the seed, the locked entry."""
    own = next((knob.default for knob in method.knobs if knob.name == "eps"), None)
    if own is not None:
        epsilon(own)
    st.number_input(t("controls.seed"), 0, data.SEED_LIMIT - 1, key="seed", help=t("help.seed"))
    if not cell:
        return
    st.text_input(t("controls.cell"), key="cell", help=t("help.cell"),
                  placeholder=t("controls.cell_example"))  # fmt: skip


def epsilon(own: float, *, width: int | str = "stretch") -> float | None:
    """Draw the choice of eps; None where it is left to the method, whose own it is."""
    names = {state.METHODS_OWN: t("controls.own_eps", eps=f"{own:g}")}
    eps = st.selectbox(
        t("controls.eps"), (state.METHODS_OWN, *state.EPSILONS), key="eps", help=t("help.eps"),
        width=width, format_func=lambda eps: names.get(eps, f"{eps:g}"),
    )  # fmt: skip
    return None if eps == state.METHODS_OWN else float(eps)


def select(key: str, options: tuple[str, ...], *, width: int) -> None:
    """A drop-down list for a field of the link."""
    st.selectbox(
        t(f"controls.{key}"), options, key=key, width=width, help=t(f"help.{key}"),
        format_func=lambda option: t(f"{key}.{option}.name"),
    )  # fmt: skip


def shape(method: Method, *others: Method) -> None:
    """Draw axes and sizes that all the methods can take."""
    options = fit.layouts_for(method, *others)
    layout = fit.layout_for(str(st.session_state["layout"]), method, *others)
    if st.session_state["layout"] != layout:
        st.session_state["layout"] = layout
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            t("controls.layout"), options, key="layout", required=True,
            format_func=lambda option: fit.renamed(option, method).upper(),
        )  # fmt: skip
        for axis in fit.renamed(layout, method):
            st.slider(t(f"axes.{axis}"), 1, LARGEST[axis], key=axis, width=115)


def kind_of_data(kinds: tuple[str, ...]) -> None:
    """Choose among some kinds of data."""
    if st.session_state["data"] not in kinds:
        st.session_state["data"] = "random"
    select("data", kinds, width=205)


def tensor(spec: Spec, uploaded: np.ndarray | None) -> np.ndarray:
    """The numbers that the link, the table or the file holds."""
    if uploaded is not None:
        return uploaded
    kind = str(st.session_state["data"])
    if kind == state.TABLE:
        return numbers.table(spec)
    return data.make(kind if kind in data.KINDS else "random", spec)


def lengths(uploaded: np.ndarray | None, *others: Method) -> dict[str, int]:
    """Length of every axis that is asked for, where the other methods can take it as well."""
    if uploaded is not None:
        method = METHODS[str(frame.values()["method"])]
        axes = fit.renamed(default_layout(uploaded.ndim, METHODS["batch"]), method)
        return dict(zip(axes, uploaded.shape, strict=True))
    return fit.lengths(frame.values(), *others)


def _spec(uploaded: np.ndarray | None) -> Spec:
    chosen = frame.values()
    method = METHODS[str(chosen["method"])]
    sizes = lengths(uploaded)
    settings = fit.settings(method, chosen, sizes)
    return Spec(method.key, tuple(sizes.values()), "".join(sizes), settings,
                int(chosen["seed"]))  # fmt: skip
