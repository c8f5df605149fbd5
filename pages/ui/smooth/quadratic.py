"""The quadratic: one curvature, one limit, and both sides of it."""

import streamlit as st

from normlib.landscape import parabola
from pages.ui import charts, frame, state
from pages.ui.smooth.shared import number, step_share
from pages.ui.text import section, t

STEPS = 40


@frame.live
def draw() -> None:
    """Curvature and rate, what they lead to, and the path."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        share = step_share()
        curvature = float(st.select_slider(
            t("controls.curvature"), state.FIELDS["curvature"].choices, key="curvature",
            format_func=number, width=200, help=t("help.curvature"),
        ))  # fmt: skip
    found = parabola.descend(curvature, share, STEPS)
    shown = {
        "curvature": found.curvature, "limit": found.limit, "rate": found.rate,
        "factor": found.factor, "first": found.loss[0], "last": found.loss[-1],
    }  # fmt: skip
    numbers = t("smooth.rates", steps=STEPS, **{key: number(value) for key, value in shown.items()})
    st.markdown(f"{t(f'smooth.manner.{found.manner}')}\n{numbers}")
    from normlib.figures import quadratic as figures

    figure = figures.parabola(found, section("smooth.parabola_chart"))
    charts.draw(
        figure, t("smooth.parabola_alt", rate=number(found.rate), steps=STEPS), name="parabola"
    )
