"""Gamma and beta: where their values come from, and what they give back."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from normlib import Partition, Spec, data, parameters
from pages.ui import frame, numbers, state, words
from pages.ui.text import t

Parameters = Mapping[str, np.ndarray]
ROUNDING = 1e-9  # of the largest input: below it a residual is nothing but rounding


def chosen(spec: Spec, x: np.ndarray) -> Parameters:
    """The values that the link asks for."""
    kind = _kind(spec)
    if kind in parameters.KINDS:
        return parameters.KINDS[kind](spec, x)
    return {
        name: data.from_text(str(st.session_state[name]), start)
        for name, start in parameters.initial(spec, x).items()
    }


def draw(spec: Spec, x: np.ndarray, values: Parameters) -> None:
    """Controls of gamma and beta, and how far the answer is from the input."""
    if "by_variance" in dict(spec.knobs):
        st.toggle(t("controls.by_variance"), key="by_variance", help=t("help.by_variance"))
    if not values:
        can = "affine" in spec.settings
        st.info(t("recovery.none") if can else t("recovery.never"))
        return
    kind = _kind(spec)
    if st.session_state["recovery"] != kind:
        st.session_state["recovery"] = kind
    st.segmented_control(
        t("controls.recovery"), _offered(spec), key="recovery", required=True,
        help=t("help.recovery"), format_func=lambda option: t(f"recovery.{option}.name"),
    )  # fmt: skip
    st.markdown(t(f"recovery.{kind}.text"))
    if kind == state.OWN:
        for name, value in values.items():
            per = Partition(spec.axes, spec.sizes, spec.parameter_axes)
            numbers.edit(name, value.reshape(1, -1), (name,), words.group_names(per))
    _residual(spec, x, values, kind)


def _offered(spec: Spec) -> tuple[str, ...]:
    """The kinds of values that make sense; own ones where they fit into a table."""
    by_hand = set(spec.parameter_shapes) <= {"gamma", "beta"}
    return (*parameters.kinds(spec), *(state.OWN,) * by_hand)


def _kind(spec: Spec) -> str:
    """The kind that the link asks for, or seeded values where the method lacks it."""
    kind = str(frame.values()["recovery"])
    return kind if kind in _offered(spec) else "seeded"


def _residual(spec: Spec, x: np.ndarray, values: Parameters, kind: str) -> None:
    residual = parameters.residual(spec, x, values)
    restored = residual <= ROUNDING * float(np.abs(x).max())
    st.metric(t("recovery.residual"), f"{residual:.4g}", width="content", border=True)
    if kind != "undo":
        return
    if spec.operation != spec.entry.operation:
        st.warning(t("recovery.by_variance"))
    elif restored:
        st.success(t("recovery.restored"))
    else:
        st.warning(t("recovery.met", groups=parameters.groups_met(spec)))
