"""Style: AdaIN with a strength, from the pixels of one picture to those of another."""

import streamlit as st

from normlib import styles
from pages.ui import charts, frame, methods
from pages.ui.pictures import shared
from pages.ui.text import section, t, table

SIZE = 512


@frame.live
def draw() -> None:
    """The controls, the three pictures, the arrows in the plane, and what does not move."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.slider(t("controls.strength"), 0.0, 1.0, step=0.05, key="strength",
                      help=t("help.strength"), width=230)  # fmt: skip
            shared.choose("picture", "companion")
        shared.own("picture", "companion")
    picture, other = (shared.pixels(key, SIZE) for key in ("picture", "companion"))
    strength = float(st.session_state["strength"])
    move = styles.restyle(picture, other, strength)
    content, style = shared.called("picture"), shared.called("companion")
    result = t("pictures.result", strength=f"{strength:.2f}")
    shown = {
        t("pictures.content_of", name=content): move.before[0],
        result: move.after[0],
        t("pictures.style_of", name=style): other.transpose(2, 0, 1),
    }
    seen = [shared.seen("picture"), t("pictures.with_look", name=content, other=style),
            shared.seen("companion")]  # fmt: skip
    shared.row("style", shown.items(), seen)
    shared.credit("picture", "companion")
    shared.outside(move)
    shared.numbers(move, [content])
    from normlib.figures import pictures as figures

    goal = styles.moments(other.transpose(2, 0, 1)[None])[0]
    charts.draw(figures.plane(move, [content], section("pictures.chart"), goal=goal),
                t("pictures.plane_alt"))  # fmt: skip
    st.markdown(t("pictures.texture"))
    half = [styles.texture(values[:, ::2, ::2]) for values in shown.values()]
    st.markdown(table([list(shown), [shared.number(value, 3) for value in half]], rest="---"))
    methods.describe(move.spec)
