"""Filters that whiten the patches of a photo, and the photo through one of them."""

import streamlit as st

from normlib import patches
from normlib.pictures import photo
from pages.ui import cached, frame, sliders
from pages.ui.text import t, table
from pages.ui.whitening import shared


@frame.live
def draw() -> None:
    """Controls, numbers, and four pictures."""
    with sliders.row():
        st.select_slider(t("controls.patch_shrinkage"), patches.SHRINKAGES, key="patch_shrinkage",
                         help=t("help.patch_shrinkage"), width=230,
                         format_func=lambda amount: f"{amount:g}")  # fmt: skip
        shared.photo_choice()
    chosen = st.session_state
    name = str(chosen["patch_photo"])
    found = cached.whitened_patches(name, float(chosen["patch_shrinkage"]))
    rows = [
        [t("patch_table.head"), t("patch_table.pca"), t("patch_table.zca")],
        [t("patch_table.near"), *(f"{patches.locality(part):.0%}"
                                  for part in (found.axes, found.filters))],
    ]  # fmt: skip
    st.markdown(table(rows, rest="--:"))
    st.markdown(
        t("patch_table.text", count=found.count, condition=f"{found.condition:,.0f}",
          deviation=f"{shared.rounded(found.deviation):.2g}")
    )  # fmt: skip
    pictures = {
        "pca": patches.tiles(found.axes, patches.SIDE, patches.ZOOM),
        "zca": patches.tiles(found.filters, patches.SIDE, patches.ZOOM),
        "photo": patches.shown(patches.grey(photo(name, patches.SIZE)), patches.ZOOM_PHOTO),
        "answer": patches.shown(found.answer, patches.ZOOM_PHOTO),
    }
    for pair in (("pca", "zca"), ("photo", "answer")):
        for key, place in zip(pair, st.columns(2), strict=True):
            caption = t(f"patch_picture.{key}")
            place.image(pictures[key], caption, width="stretch", alt=caption)
