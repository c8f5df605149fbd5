"""Gradient descent on gamma and beta, on a matrix, or on an MLP, step by step."""

import streamlit as st

from normlib import descent, restoring
from normlib.descent import Run
from pages.ui import cached, charts, controls, frame, sliders, stepper
from pages.ui.text import section, t, table

PAUSE = 0.6  # seconds between two steps while playing


@frame.live
def draw() -> None:
    """Controls, the loss, and the pictures that the parameters make."""
    with sliders.row():
        sliders.slider("recovery_rate", step=0.05)
        stepper.buttons("descended", descent.SHOWN, pause=PAUSE)
        st.select_slider(t("controls.descended"), descent.SHOWN, key="descended", width=230,
                         on_change=stepper.stop)  # fmt: skip
    for key in ("learner", "normed", "goal"):
        controls.segments(key)
    chosen = st.session_state
    kind, norm, goal = (str(chosen[key]) for key in ("learner", "normed", "goal"))
    steps = int(chosen["descended"])
    run = cached.descent_run(kind, norm, goal, float(chosen["recovery_rate"]), steps)
    now = run.at(steps)
    least = "–" if run.least is None else f"{_rounded(run.least):.3g}"
    rows = [[t("recovering.now"), ""], [t("recovering.steps"), str(now.number)],
            [t("recovering.loss"), f"{now.loss:.3g}"], [t("recovering.least"), least]]  # fmt: skip
    st.markdown(table(rows, rest="--:"))
    if now.number < steps:
        st.warning(t("recovering.lost", steps=now.number))
    st.markdown(_curvature(run))
    charts_at, album_at = st.columns((3, 2))
    x = restoring.batch()
    given = restoring.rows(restoring.normalized(norm, x))
    answer = restoring.unrolled(descent.answer(kind, given, now.parameters), x.shape)
    caption = t("album.learned", steps=now.number)
    album_at.image(restoring.album(answer), caption, width="stretch", alt=caption)
    from normlib.figures import descent as figures

    with charts_at:
        charts.draw(figures.losses(run, steps=now.number, words=section("descent_chart")),
                    t("recovering.loss_alt", steps=now.number))  # fmt: skip


def _curvature(run: Run) -> str:
    """How steep the loss is at most, and what that allows."""
    if run.curvature is None:
        return t("recovering.no_curvature")
    if run.even:
        return t("recovering.even", most=f"{run.curvature[0]:.3g}", limit=f"{run.limit:.3g}")
    return t("recovering.curvature", most=f"{run.curvature[0]:.3g}",
             least=f"{run.curvature[-1]:.3g}", limit=f"{run.limit:.3g}",
             condition=f"{run.condition:.3g}")  # fmt: skip


def _rounded(value: float) -> float:
    """Zero where nothing but rounding is left."""
    return value if value > descent.EXACT else 0.0
