"""What the topics share: which pictures, the visitor's own among them, and how they are shown."""

from collections.abc import Iterable, Sequence

import numpy as np
import streamlit as st

from normlib import picture_files
from normlib.pictures import PICTURES, photo
from normlib.styles import Move
from pages.ui import state
from pages.ui.text import plain, section, t, table

GIVEN, READ = "_picture", "_picture_read"  # the file, and its pixels by what they are made for
SPREAD = 2.5  # normalized values from -SPREAD to SPREAD are shown, black to white
MOST = 1e4  # a larger ratio says only that something is flat
ROW = "pictures_row"
WIDTH = 273  # pixels of a picture on the page, where there is room


def choose(*keys: str) -> None:
    """Draw the choice of a picture for each of these fields of the link, and ask for a file."""
    for key in keys:
        st.selectbox(t(f"controls.{key}"), state.FIELDS[key].choices, key=key, width=210,
                     format_func=name)  # fmt: skip


def own(*keys: str) -> None:
    """Ask for a file where one of these fields says that it is the visitor's own."""

    def changed() -> None:
        st.session_state[GIVEN] = st.session_state["picture_file"]
        st.session_state.pop(READ, None)

    if state.UPLOAD not in {st.session_state[key] for key in keys}:
        return
    st.file_uploader(t("controls.picture_file"), type=["png", "jpg", "jpeg", "webp"],
                     key="picture_file", on_change=changed, help=t("help.picture_file"),
                     max_upload_size=picture_files.MOST_BYTES // 2**20)  # fmt: skip
    if st.session_state.get(GIVEN) is None:
        st.info(t("pictures.no_file"))


def pixels(key: str, size: int) -> np.ndarray:
    """The picture that a field of the link names, shape (size, size, 3)."""
    chosen, file = str(st.session_state[key]), st.session_state.get(GIVEN)
    if chosen != state.UPLOAD:
        return photo(chosen, size)
    if file is None:
        return photo(str(state.FIELDS[key].default), size)
    read = st.session_state.setdefault(READ, {})
    if size not in read:
        picture_files.check_size(file.size)
        read[size] = picture_files.read_picture(file.getvalue(), size)
    return read[size]


def name(key: str) -> str:
    """What a picture is called."""
    return t(f"picture.{key}.name")


def called(key: str) -> str:
    """What the picture is called that a field of the link names."""
    return name(str(st.session_state[key]))


def seen(key: str) -> str:
    """What there is to see on the picture that a field of the link names."""
    return t(f"picture.{st.session_state[key]}.seen")


def credit(*keys: str) -> None:
    """Say who made the shipped pictures that are shown, and under which licence."""
    chosen = dict.fromkeys(str(st.session_state[key]) for key in keys)
    shipped = {key: PICTURES[key] for key in chosen if key in PICTURES}
    said = [f"[{name(key)}]({found.link}): {plain(found.author)}, {t(f'licence.{found.licence}')}"
            for key, found in shipped.items()]  # fmt: skip
    if said:
        st.caption(" · ".join(said))


def number(value: float, digits: int) -> str:
    """A ratio with so many digits; no figures where something flat is compared."""
    return f"{value:.{digits}f}" if value < MOST else "–"


def outside(move: Move) -> None:
    """Say how many of the moved values cannot be shown."""
    st.caption(t("pictures.outside", share=f"{move.outside:.1%}"))


def numbers(move: Move, names: Sequence[str]) -> None:
    """A table of mean and standard deviation of every channel, before and after."""
    colors = section("pictures.chart")
    heads = [t("pictures.channel"), *(t(f"pictures.{key}") for key in ("mean", "std"))]
    rows = [[f"{name}, {colors[f'channel{c}']}",
             *(f"{a:.3f} → {b:.3f}" for a, b in zip(start[c], end[c], strict=True))]
            for name, start, end in zip(names, move.start, move.end, strict=True)
            for c in range(3)]  # fmt: skip
    st.markdown(table([heads, *rows], rest="--:"))


def row(
    place: str, shown: Iterable[tuple[str, np.ndarray]], alts: Sequence[str], *, low: float = 0,
    high: float = 1,
) -> None:  # fmt: skip
    """Pictures side by side, smaller where there is less room.

    Args:
        place: tells the rows of a page apart.
        shown: captions, and pictures of shape (3, h, w) or, grey, (1, h, w).
        alts: what there is to see on each.
        low, high: these values become black and full colour.
    """
    width, key = WIDTH * len(alts), f"{ROW}_{place}"
    with st.container(horizontal=True, wrap=False, width=width, key=key):
        for (caption, values), alt in zip(shown, alts, strict=True):
            st.image(picture_files.encode(values, low, high), caption, "stretch", alt=alt)


def style() -> None:
    """Make pictures in a row equally wide, whenever they load, and keep those of a list apart."""
    st.html(f"<style>[class*='st-key-{ROW}'] > * {{ flex: 1 1 0; min-width: 0 }} "
            "[data-testid='stImage'] { column-gap: 0.5rem }</style>")  # fmt: skip
