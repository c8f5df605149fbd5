"""Newton's iteration towards the identity, direction by direction."""

import streamlit as st

from normlib import whitenings
from pages.ui import charts, controls, frame, sliders, state
from pages.ui.text import section, t, table
from pages.ui.whitening import shared


@frame.live
def draw() -> None:
    """Controls, the reached numbers, and both curves."""
    with sliders.row():
        sliders.slider("newton_steps")
        controls.select("cloud", state.FIELDS["cloud"].choices, width=250)
        shared.which()
    steps = int(st.session_state["newton_steps"])
    found = whitenings.compare(shared.points(), iterations=steps)
    run = whitenings.iterate(found["newton"].covariance)
    rows = [[t("whitening.axis", number=i), f"{value:.4f}"]
            for i, value in enumerate(run.variances[steps], 1)]  # fmt: skip
    rows.append([t("whitening.residual"), f"{run.residual[steps]:.3g}"])
    rows.append([t("whitening.from_zca"), f"{found['newton'].apart(found['zca']):.3g}"])
    st.markdown(table([[t("whitening.after_steps", steps=steps), ""], *rows], rest="--:"))
    from normlib.figures import whitening as figures

    charts.draw(figures.iterations(run, steps=steps, words=section("newton_chart")),
                t("whitening.newton_alt", most=whitenings.MOST_STEPS))  # fmt: skip
