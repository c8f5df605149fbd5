"""Filters: the feature maps of two pictures under a fixed filter bank, normalized as one batch."""

import numpy as np
import streamlit as st

from normlib import looks, picture_files
from normlib.filter_bank import NAMES
from normlib.styles import moments
from pages.ui import charts, controls, frame, methods
from pages.ui.pictures import shared
from pages.ui.text import section, t, table

KEYS = ("picture", "companion")
SIZE, WIDTH = 256, 112


@frame.live
def draw() -> None:
    """The controls, twelve maps before and after, and how strong each is in both pictures."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            shared.choose(*KEYS)
        shared.own(*KEYS)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.segments("picture_norm")
            if st.session_state["picture_norm"] == "group":
                controls.segments("map_groups")
    chosen = st.session_state
    picture, other = (shared.pixels(key, SIZE) for key in KEYS)
    groups, method = int(chosen["map_groups"]), str(chosen["picture_norm"])
    found = looks.compare_maps(method, picture, other, groups=groups)
    names = [*map(shared.called, KEYS)]
    extent = looks.extent(found.before)
    inputs = (picture.transpose(2, 0, 1), other.transpose(2, 0, 1))
    shared.row("input", zip(names, inputs, strict=True), [*map(shared.seen, KEYS)])
    shared.credit(*KEYS)
    st.markdown(t("pictures.maps_before", name=names[0], extent=f"{extent:.2f}"))
    _maps(found.before[0], names[0], extent)
    st.markdown(t("pictures.maps_after", spread=shared.SPREAD))
    _maps(found.after[0], names[0], shared.SPREAD)
    methods.describe(found.spec)
    heads = ["", t("pictures.before"), t("pictures.after")]
    ratios = (looks.balance(x) for x in (found.before, found.after))
    both = zip(("within", "between"), *ratios, strict=True)
    rows = [
        [t(f"pictures.ratio.{key}"), *(shared.number(ratio, 2) for ratio in (old, new))]
        for key, old, new in both
    ]
    st.markdown(table([heads, *rows], rest="--:"))
    from normlib.figures import pictures as figures

    before, after = (moments(x)[..., 1] for x in (found.before, found.after))
    st.markdown(t("pictures.strengths"))
    titles = [section("filter")[name] for name in NAMES]
    charts.draw(figures.strengths(before, after, titles, names, section("pictures.chart")),
                t("pictures.strengths_alt"))  # fmt: skip


def _maps(maps: np.ndarray, name: str, extent: float) -> None:
    """Twelve maps, from -extent to +extent; one element, which is much faster than twelve."""
    titles = [section("filter")[key] for key in NAMES]
    st.image([picture_files.encode(one[None], -extent, extent) for one in maps], titles, WIDTH,
             alt=[t("pictures.map_alt", filter=title, name=name) for title in titles])  # fmt: skip
