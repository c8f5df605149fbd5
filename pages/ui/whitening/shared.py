"""What the topics share: which cloud, which photo, and zero where only rounding is left."""

import numpy as np
import streamlit as st

from normlib import clouds, patches, whitenings
from normlib.pictures import photo
from pages.ui import sliders, state


def points() -> np.ndarray:
    """The points of the chosen cloud."""
    chosen = st.session_state
    kind, seed = str(chosen["cloud"]), int(chosen["seed"])
    if kind == state.COLOURS:
        return clouds.colours(photo(str(chosen["patch_photo"]), patches.SIZE), seed)
    return clouds.CLOUDS[kind](float(chosen["correlation"]), seed)


def which() -> None:
    """What decides the points of the chosen cloud."""
    if st.session_state["cloud"] in clouds.CORRELATED:
        sliders.slider("correlation", step=0.01)
    if st.session_state["cloud"] == state.COLOURS:
        photo_choice()
    sliders.seed()


def photo_choice() -> None:
    """Draw the choice of a photo."""
    sliders.photo("patch_photo")


def rounded(value: float) -> float:
    """The value, or zero where nothing but rounding is left."""
    return value if value > whitenings.SAME else 0.0
