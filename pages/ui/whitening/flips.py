"""Axes of batch after batch, and where one row lands."""

import streamlit as st

from normlib import axis_flips
from pages.ui import charts, controls, frame, sliders
from pages.ui.text import section, t, table


@frame.live
def draw() -> None:
    """Controls, the counts, and two charts."""
    with sliders.row():
        sliders.slider("spread_ratio", step=0.1)
        sliders.slider("axis_angle", step=5)
        st.select_slider(t("controls.batch_rows"), axis_flips.ROWS, key="batch_rows", width=230)
        sliders.seed()
    controls.segments("sign_rule", help=t("help.sign_rule"))
    chosen = st.session_state
    found = axis_flips.flips(
        float(chosen["spread_ratio"]), float(chosen["axis_angle"]), int(chosen["batch_rows"]),
        sign=str(chosen["sign_rule"]), seed=int(chosen["seed"]),
    )  # fmt: skip
    st.markdown(t("whitening.counted", swapped=int(found.swapped.sum()),
                  turned=int(found.turned.sum()), steps=axis_flips.BATCHES - 1,
                  axes=found.turned[1:].size))  # fmt: skip
    names = section("short_whitener")
    rows = [[names[kind], f"{found.scatter(kind):.3f}"] for kind in found.landed]
    st.markdown(table([[t("whitening.by"), t("whitening.scatter")], *rows], rest="--:"))
    from normlib.figures import flips as figures

    charts.draw(figures.vanes(found, section("vanes")), t("whitening.vanes_alt"))
    charts.draw(figures.landings(found, names, section("landings")), t("whitening.landings_alt"))
