"""Any two methods: the widgets that choose them, and the specs on one tensor that they mean."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from normlib import METHODS, Method, Spec
from normlib.knobs import Value
from normlib.methods import GROUPS
from pages.ui import controls, fit, frame, knobs, numbers, state
from pages.ui.text import t

OTHER_GROUPS = replace(GROUPS, name="other_groups")


@dataclass(frozen=True)
class Pair:
    """Two normalizations, the tensor that both get, and how."""

    first: Spec
    second: Spec
    x: np.ndarray
    training: bool
    learned: bool


def choose() -> Pair:
    """Draw the controls; `NormError` says what does not fit."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _method("method", t("controls.first"), tuple(METHODS))
            first = METHODS[str(st.session_state["method"])]
            options = tuple(key for key in METHODS if METHODS[key].roles == first.roles)
            if st.session_state["other"] not in options:
                st.session_state["other"] = options[0]
            _method("other", t("controls.second"), options)
            second = METHODS[str(st.session_state["other"])]
            controls.kind_of_data(fit.kinds_of_data(first))
            with st.popover(t("controls.more"), icon=":material/tune:"):
                st.toggle(t("controls.same_eps"), key="same_eps", help=t("help.same_eps"))
                controls.more(first, cell=False)
        uploaded = numbers.upload_file() if st.session_state["data"] == state.UPLOAD else None
        if uploaded is None:
            controls.shape(first, second)
        lengths = controls.lengths(uploaded, second)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.toggle(t("controls.learned"), key="learned", help=t("help.learned"))
            controls.segments("mode", help=t("help.mode_of_both"))
            knobs.draw(_together(first, second), lengths)
    specs = _specs(first, second, lengths)
    for spec in specs:
        controls.check_width(spec)
    training, learned = st.session_state["mode"] == "training", bool(st.session_state["learned"])
    return Pair(*specs, controls.tensor(specs[0], uploaded), training, learned)


def _method(key: str, label: str, options: tuple[str, ...]) -> None:
    st.selectbox(label, options, key=key, width=215, help=t("help.method"),
                 format_func=lambda option: t(f"method.{option}.name"))  # fmt: skip


def _renamed(second: Method) -> Method:
    """The second method with a knob of its own for its groups."""
    return replace(second, knobs=tuple(
        OTHER_GROUPS if knob.name == "groups" else knob for knob in second.knobs
    ))  # fmt: skip


def _together(first: Method, second: Method) -> Method:
    """A method with the knobs of both, each once."""
    own = {knob.name: knob for knob in (*first.knobs, *_renamed(second).knobs)}
    return replace(first, knobs=tuple(own.values()))


def _specs(first: Method, second: Method, lengths: dict[str, int]) -> tuple[Spec, Spec]:
    chosen = frame.values()
    settings = [fit.settings(method, chosen, lengths) for method in (first, _renamed(second))]
    if "other_groups" in settings[1]:
        settings[1]["groups"] = settings[1].pop("other_groups")
    if chosen["same_eps"] and all("eps" in knobs_of for knobs_of in settings):
        settings[1]["eps"] = settings[0]["eps"]
    fixed: dict[str, Value] = {"affine": bool(chosen["learned"]), "by_variance": False}
    sizes, layout = tuple(lengths.values()), "".join(lengths)
    one, two = (
        Spec(method.key, sizes, layout, {name: fixed.get(name, value)
                                         for name, value in knobs_of.items()}, int(chosen["seed"]))
        for method, knobs_of in zip((first, second), settings, strict=True)
    )  # fmt: skip
    return one, two
