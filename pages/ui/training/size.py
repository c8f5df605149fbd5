"""The batch size: how statistics scatter, and how far training and prediction part."""

import streamlit as st

from normlib.batch_size import expected, values_per_channel
from pages.ui import cached, charts, frame
from pages.ui.text import section, t
from pages.ui.training import shared


@frame.live
def draw() -> None:
    """A slider, its charts, and their numbers."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        size, channel = shared.batch_size(), shared.channel()
        shared.seed()
    source = shared.source()
    found = cached.scatter(source.seed)
    from normlib.figures import batch_size as figures

    st.markdown(t("training.by_size"))
    figure = figures.by_size(found, size=size, channel=channel,
                             words=section("training.size_chart"))  # fmt: skip
    charts.draw(figure, t("training.by_size_alt", channel=channel))
    at, theory = found.sizes.index(size), expected(source, size)
    shown = {
        "mean": found.mean_spread[at, channel],
        "mean_theory": theory["mean_spread"][channel],
        "variance": found.variance_spread[at, channel],
        "variance_theory": theory["variance_spread"][channel],
        "gap": found.gap[at, channel],
    }
    st.markdown(t("training.spread", size=size, count=values_per_channel(size),
                  repeats=cached.REPEATS, channel=channel,
                  **{key: f"{value:.3g}" for key, value in shown.items()}))  # fmt: skip
