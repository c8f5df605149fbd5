"""The gradient mode mistaken for the training mode: four cases, with their numbers."""

import streamlit as st

from normlib.grad_mode import CODE, CONVENTION, Case, four_cases
from normlib.stream import follow
from pages.ui import cached, frame, state
from pages.ui.text import t
from pages.ui.training import shared


def draw() -> None:
    """The code, and what it does."""
    st.code(CODE, language=None, wrap_lines=True)
    st.markdown(t("grad_mode.cases"))
    _cards()


@frame.live
def _cards() -> None:
    """Two sliders, four cards, and torch on demand."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        size, trained = shared.batch_size(), shared.trained()
    source = shared.source()
    record = follow(cached.feed(source.seed, size), CONVENTION).records[trained]
    x = source.batch(state.MOST_FED, size)
    cases = four_cases(record, x)
    for row in (cases[:2], cases[2:]):
        for column, case in zip(st.columns(2), row, strict=True):
            with column.container(border=True, height="stretch"):
                st.markdown(_card(case))
    if st.button(t("grad_mode.run"), icon=":material/play_circle:"):
        with st.spinner(t("check.loading")):
            from normlib.layers import VERSION, grad_mode

            difference = grad_mode.largest_difference(cases, record, x)
        st.success(t("grad_mode.ran", difference=f"{difference:.2g}", version=VERSION))


def _card(case: Case) -> str:
    """One case in words: what was wanted, what happens, by how much it is off."""
    wanted = "training" if case.training else "prediction"
    gradients = "on" if case.gradients else "off"
    return t(f"grad_mode.{wanted}_{gradients}", difference=f"{case.difference:.3g}",
             moved=f"{case.moved:.3g}", should_move=f"{case.should_move:.3g}")  # fmt: skip
