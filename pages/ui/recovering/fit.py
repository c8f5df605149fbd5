"""What each recovery can restore: best fits, their residuals, and the pictures."""

import streamlit as st

from normlib import restoring
from normlib.restoring import RECOVER, TARGETS
from pages.ui import cached, charts, controls, frame
from pages.ui.text import section, t, table


@frame.live
def draw() -> None:
    """Controls, three albums, and a table."""
    for key in ("normed", "goal", "restored_by"):
        controls.segments(key)
    chosen = st.session_state
    norm, goal, kind = (str(chosen[key]) for key in ("normed", "goal", "restored_by"))
    x = restoring.batch()
    given, target = restoring.normalized(norm, x), TARGETS[goal](x)
    found = cached.best_fit(kind, norm, goal)
    st.markdown(t(f"restored_by.{kind}.text"))
    albums = {"normalized": restoring.middle(given), "target": target, "answer": found.answer}
    for (name, tensor), place in zip(albums.items(), st.columns(3), strict=True):
        caption = t(f"album.{name}")
        place.image(restoring.album(tensor), caption, width="stretch", alt=caption)
    st.markdown(t("recovering.residual", residual=f"{found.residual:.3f}", count=found.count))
    residuals, names = cached.restored(norm), section("short_recovery")
    rows = [[t("recovering.recovery"), t("recovering.of_goal", goal=t(f"goal.{goal}.name"))]]
    for key in RECOVER:
        mark = "**" if key == kind else ""
        rows.append([f"{mark}{names[key]}{mark}", f"{mark}{residuals[key][goal]:.3f}{mark}"])
    st.markdown(table(rows, rest="--:"))
    from normlib.figures import restoring as figures

    figure = figures.residuals(residuals, kind=kind, goal=goal, recoveries=names,
                               goals=section("short_goal"), word=t("controls.goal"))  # fmt: skip
    charts.draw(figure, t("recovering.residuals_alt"))
