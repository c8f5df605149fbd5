"""Gamma and beta from a class, from a painted map, from the style of another picture."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from normlib import tints
from normlib.pictures import photo
from pages.ui import controls, frame, sliders
from pages.ui.text import t, table


@frame.live
def by_class() -> None:
    """Buttons for the class, and the picture in its tint."""
    sliders.photo("tinted")
    controls.segments("tint")
    tint = str(st.session_state["tint"])
    pixels = _photo("tinted")
    found = tints.by_class(pixels, tint)
    _pictures({"photo": _shown(pixels), "tinted": found.shown})
    gamma, beta = tints.TINTS[tint]
    reached = found.picture.mean((0, 1)), found.picture.std((0, 1))
    rows = [[t("tint_table.colour"), "gamma", "beta", t("tint_table.mean"), t("tint_table.std")]]
    for i, numbers in enumerate(zip(gamma, beta, *reached, strict=True)):
        rows.append([t(f"whitening.colour.{i}"), *(f"{number:.3f}" for number in numbers)])
    st.markdown(table(rows, rest="--:"))
    st.markdown(t("tint_table.beyond", beyond=f"{found.beyond:.1%}"))


@frame.live
def by_map() -> None:
    """A map of digits to paint, and the picture with a tint for every cell."""
    sliders.photo("tinted")
    with sliders.row():
        for name, painted in tints.MAPS.items():
            st.button(t(f"map_name.{name}"), on_click=_paint, args=(painted,))
    paint_at, picture_at = st.columns((2, 3))
    with paint_at:
        st.markdown(t("tint_table.digits"))
        st.text_area(t("controls.painted"), key="painted", help=t("help.painted"), height=250)
    painted = tints.read_map(str(st.session_state["painted"]))
    found = tints.by_map(_photo("tinted"), painted)
    with picture_at:
        caption = t("tint_picture.mapped")
        st.image(found.shown, caption, width="stretch", alt=caption)
    st.markdown(t("tint_table.beyond", beyond=f"{found.beyond:.1%}"))


@frame.live
def by_style() -> None:
    """Two pictures, and the first with the statistics of the second."""
    with sliders.row():
        sliders.photo("tinted")
        sliders.photo("style_photo")
    pixels, style = _photo("tinted"), _photo("style_photo")
    plain, colored = tints.by_style(pixels, style), tints.by_coloring(pixels, style)
    rows = [[t("style_table.head"), t("style_table.adain"), t("style_table.coloring")]]
    pairs = zip(*(tints.apart(one.picture, style) for one in (plain, colored)), strict=True)
    for key, pair in zip(("mean", "std", "correlation"), pairs, strict=True):
        rows.append([t(f"style_table.{key}"), *(f"{_zero(number):.3f}" for number in pair)])
    rows.append([t("style_table.beyond"), *(f"{one.beyond:.1%}" for one in (plain, colored))])
    st.markdown(table(rows, rest="--:"))
    _pictures({"photo": _shown(pixels), "style": _shown(style)})
    _pictures({"adain": plain.shown, "coloring": colored.shown})


def _paint(painted: str) -> None:
    st.session_state["painted"] = painted


def _photo(key: str) -> np.ndarray:
    return photo(str(st.session_state[key]), tints.SIZE)


def _shown(pixels: np.ndarray) -> np.ndarray:
    return tints.Tinted(pixels).shown


def _pictures(pictures: Mapping[str, np.ndarray]) -> None:
    for (key, picture), place in zip(pictures.items(), st.columns(2), strict=True):
        caption = t(f"tint_picture.{key}")
        place.image(picture, caption, width="stretch", alt=caption)


def _zero(value: float) -> float:
    """Without the minus or the digits of rounding."""
    return round(value, 3) + 0.0
