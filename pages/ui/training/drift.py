"""Statistics that do not fit: cold ones, drifted data, and the repair."""

import streamlit as st

from normlib.drift import meet, reach
from normlib.stream import follow
from pages.ui import cached, charts, frame, state
from pages.ui.text import section, t
from pages.ui.training import shared

SIZE = 32  # samples in each training batch
SHIFTS, STRETCHES = (state.FIELDS[key].ends for key in ("shift", "stretch"))


@frame.live
def draw() -> None:
    """Sliders of the drift, the outputs in four ways, and a sentence."""
    with st.container(border=True), st.container(horizontal=True, vertical_alignment="bottom"):
        trained = shared.trained()
        shift = st.slider(t("controls.shift"), *SHIFTS, step=0.25, key="shift", width=260)
        stretch = st.slider(t("controls.stretch"), *STRETCHES, step=0.25, key="stretch", width=260)
        channel = shared.channel()
        shared.seed()
    source = shared.source()
    record = follow(cached.feed(source.seed, SIZE), "torch").records[trained]
    found = meet(record, source.drifted(shift, stretch))
    numbers = {f"{outcome.key}_{name}": f"{getattr(outcome, name)[channel]:+z.2f}"
               for outcome in found for name in ("mean", "std")}  # fmt: skip
    from normlib.figures import drift as figures

    figure = figures.outcomes(found, channel=channel, words=section("training.drift_chart"),
                              reach=reach(source, SHIFTS[1], STRETCHES[1], channel))  # fmt: skip
    charts.draw(figure, t("training.drift_alt", channel=channel, **numbers))
