"""A cloud before and after, and all whitenings in numbers."""

from collections.abc import Mapping

import streamlit as st

from normlib import clouds, outlook, whitenings
from normlib.whitenings import Whitened
from pages.ui import charts, controls, frame, sliders, state
from pages.ui.text import t, table
from pages.ui.whitening import shared


@frame.live
def draw() -> None:
    """Controls, two pictures, and a table."""
    with sliders.row():
        controls.select("cloud", state.FIELDS["cloud"].choices, width=250)
        shared.which()
    controls.segments("whitener")
    chosen = st.session_state
    points = shared.points()
    with sliders.row():
        if chosen["whitener"] == "newton":
            sliders.slider("newton_steps")
        if points.shape[1] > 2:
            sliders.slider("turn", step=5)
        st.toggle(t("controls.trails"), key="trails", help=t("help.trails"))
    found = whitenings.compare(points, iterations=int(chosen["newton_steps"]))
    kind = str(chosen["whitener"])
    st.markdown(t(f"whitener.{kind}.text"))
    pictures = st.container()  # filled last: charts take longer to be drawn than numbers
    st.markdown(_compared(found, kind))
    least = whitenings.least_moved(found[kind].covariance)
    st.markdown(t("whitening.least", least=f"{least:.4f}"))
    with pictures:
        _before_and_after(found[kind], found)


def _before_and_after(found: Whitened, others: Mapping[str, Whitened]) -> None:
    from normlib.figures import whitening as figures

    chosen = st.session_state
    look = outlook.outlook(found.before.shape[1], float(chosen["turn"]))
    every = [found.before, *(other.after for other in others.values())]
    scale = figures.Scale(look, outlook.square(look, every), found.largest)
    colored = chosen["cloud"] == state.COLOURS
    kind = "colour" if colored else "feature"
    names = [t(f"whitening.{kind}.{i}") for i in range(found.before.shape[1])]
    for after, place in zip((False, True), st.columns(2), strict=True):
        key = "after" if after else "before"
        with place:
            st.markdown(f"**{t(f'whitening.{key}')}**")
            figure = figures.cloud(
                found, scale, after=after, names=names, word=t("whitening.covariance"),
                colors=clouds.painted(found.before) if colored else None,
                trails=after and bool(chosen["trails"]),
            )  # fmt: skip
            charts.draw(figure, t(f"whitening.{key}_alt"), key=f"whitening_{key}")


def _compared(found: Mapping[str, Whitened], kind: str) -> str:
    """All whitenings in numbers, the chosen one in bold."""
    head = [t("whitening.whitener"), t("whitening.deviation"), t("whitening.moved")]
    rows = []
    for key, one in found.items():
        mark = "**" if key == kind else ""
        numbers = (f"{shared.rounded(one.deviation):.3g}", f"{one.moved:.4f}")
        rows.append([f"{mark}{cell}{mark}" for cell in (t(f"whitener.{key}.name"), *numbers)])
    return table([head, *rows], rest="--:")
