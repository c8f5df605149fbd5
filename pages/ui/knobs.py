"""The settings of a method as widgets, each held by the field of the link that has its name."""

from collections.abc import Collection, Mapping

import streamlit as st

from normlib.method import Method
from normlib.methods import divisors
from normlib.recover import RECOVERIES
from pages.ui import fit
from pages.ui.text import t

ELSEWHERE = ("affine", "eps", "by_variance")  # drawn in places of their own


def draw(
    method: Method,
    lengths: Mapping[str, int],
    *,
    training: bool = True,
    given: Collection[str] = (),
) -> None:
    """One widget for each setting that matters and is not given, with the values that fit."""
    for knob in method.knobs:
        idle = knob.learning and method.mode_dependent and not training
        if idle or knob.name in (*ELSEWHERE, *given):
            continue
        value = fit.setting(knob, st.session_state[knob.name], lengths)
        if st.session_state[knob.name] != value:
            st.session_state[knob.name] = value
        label, help = t(f"controls.{knob.name}"), t(f"help.{knob.name}")
        if knob.kind is bool:
            st.toggle(label, key=knob.name, help=help)
        elif knob.divides:
            st.segmented_control(label, divisors(lengths[knob.divides]), key=knob.name, help=help,
                                 required=True)  # fmt: skip
        else:
            most = fit.largest(knob, lengths)
            st.number_input(
                label, knob.kind(knob.minimum), knob.kind(most), key=knob.name, help=help,
                width=170, step=1 if knob.kind is int else None,
                format=None if knob.kind is int else "%g",
            )  # fmt: skip


def learned(method: Method) -> str:
    """Names of what the method learns when the knob ``affine`` is on."""
    names = [parameter.name for parameter in RECOVERIES[method.recovery].parameters]
    return t("words.comma").join(names)
