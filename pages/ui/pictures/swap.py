"""Swap: cross norm between two pictures, or between two channels of one."""

import streamlit as st

from normlib import styles
from pages.ui import charts, controls, frame, methods
from pages.ui.pictures import shared
from pages.ui.text import section, t

SIZE = 512
CHANNELS = {"red_green": (0, 1), "red_blue": (0, 2), "green_blue": (1, 2)}


@frame.live
def draw() -> None:
    """The controls, the pictures before and after, and the arrows in the plane."""
    keys = ("picture", "companion")
    with st.container(border=True):
        controls.segments("swapped")
        channels = CHANNELS.get(str(st.session_state["swapped"]))
        keys = keys[:1] if channels else keys
        with st.container(horizontal=True, vertical_alignment="bottom"):
            shared.choose(*keys)
        shared.own(*keys)
    pictures, names = [shared.pixels(key, SIZE) for key in keys], list(map(shared.called, keys))
    move = styles.swap_channels(pictures[0], channels) if channels else styles.swap(*pictures)
    swapped = t(f"swapped.{st.session_state['swapped']}.name")
    looks = ([t("pictures.with_channels", name=names[0], channels=swapped)] if channels else
             [t("pictures.with_look", name=name, other=other)
              for name, other in zip(names, names[::-1], strict=True)])  # fmt: skip
    before, after = zip(names, move.before, strict=True), zip(looks, move.after, strict=True)
    seen = [*map(shared.seen, keys)]
    if channels:
        shared.row("channels", [*before, *after], [*seen, *looks])
    else:
        shared.row("before", before, seen)
        shared.row("after", after, looks)
    shared.credit(*keys)
    shared.outside(move)
    shared.numbers(move, names)
    from normlib.figures import pictures as figures

    charts.draw(figures.plane(move, names, section("pictures.chart")), t("pictures.plane_alt"))
    methods.describe(move.spec)
