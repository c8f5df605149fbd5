"""Recover: what a learned scale, matrix or network gives back, and what a condition adds."""

import streamlit as st

from pages.ui import controls, frame, text
from pages.ui.recovering import descent, fit, tinted

TOPICS = {
    "fit": fit.draw, "descent": descent.draw,
    "class": tinted.by_class, "map": tinted.by_map, "style": tinted.by_style,
}  # fmt: skip

frame.enter("recovering")
lead, *parts = text.parts("recovering")
st.markdown(lead)
controls.segments("recovering")
topic = str(st.session_state["recovering"])
before, after = text.pairs(parts)[list(TOPICS).index(topic)]
st.markdown(before)
TOPICS[topic]()
st.markdown(after)
