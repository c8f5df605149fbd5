"""On pictures: what each normalization throws away of a picture, and what it keeps."""

import streamlit as st

from pages.ui import controls, frame, text
from pages.ui.pictures import maps, pixels, shared, style, swap

TOPICS = {"pixels": pixels, "filters": maps, "swap": swap, "style": style}

frame.enter("pictures")
lead, *parts = text.parts("pictures")
st.markdown(lead)
controls.segments("pictures")
topic = str(st.session_state["pictures"])
explained, question = text.pairs(parts)[list(TOPICS).index(topic)]
st.markdown(explained)
shared.style()
TOPICS[topic].draw()
st.markdown(question)
