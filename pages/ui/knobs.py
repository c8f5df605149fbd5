"""The settings of a method as widgets, each held by the field of the link that has its name."""

from collections.abc import Mapping

import streamlit as st

from normlib.knobs import Value
from normlib.method import Knob, Method
from normlib.methods import default_groups, divisors
from pages.ui import frame, state
from pages.ui.text import t

ELSEWHERE = ("affine", "eps", "by_variance")  # drawn in places of their own


def draw(method: Method, lengths: Mapping[str, int]) -> None:
    """One widget for each setting, with the values that fit the shape."""
    for knob in method.knobs:
        if knob.name in ELSEWHERE:
            continue
        value = fitting(knob, st.session_state[knob.name], lengths)
        if st.session_state[knob.name] != value:
            st.session_state[knob.name] = value
        label, help = t(f"controls.{knob.name}"), t(f"help.{knob.name}")
        if knob.kind is bool:
            st.toggle(label, key=knob.name, help=help)
        elif knob.divides:
            st.segmented_control(label, divisors(lengths[knob.divides]), key=knob.name, help=help,
                                 required=True)  # fmt: skip
        else:
            most = largest(knob, lengths)
            st.number_input(
                label, knob.kind(knob.minimum), knob.kind(most), key=knob.name, help=help,
                width=170, step=1 if knob.kind is int else None,
                format=None if knob.kind is int else "%g",
            )  # fmt: skip


def chosen(method: Method, lengths: Mapping[str, int]) -> dict[str, Value]:
    """The values that the link asks for, those that do not fit the shape replaced."""
    wanted = frame.values()
    return {knob.name: fitting(knob, wanted[knob.name], lengths) for knob in method.knobs}


def fitting(knob: Knob, value: Value, lengths: Mapping[str, int]) -> Value:
    """The value itself where the method can take it on this shape, else the method's own."""
    if knob.kind is bool:
        return value
    if knob.divides:
        size = lengths[knob.divides]
        return value if value > 0 and size % value == 0 else default_groups(size)
    fits = knob.minimum <= value <= largest(knob, lengths)
    own = knob.default if knob.default is not None else knob.minimum
    return knob.kind(value if fits else own)


def largest(knob: Knob, lengths: Mapping[str, int]) -> float:
    """The largest value that a widget offers."""
    return min(knob.maximum, lengths.get(knob.within, state.MOST_OF_A_KNOB))
