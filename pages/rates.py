"""Learning rates: which train, what curvature says about them, and the edge of stability."""

import streamlit as st

from pages.ui import controls, frame, text
from pages.ui.rates import edge, sweep

TOPICS = {"sweep": sweep, "edge": edge}

frame.enter("rates")
lead, *parts = text.parts("rates")
st.markdown(lead)
controls.segments("rates")
topic = str(st.session_state["rates"])
explained, question = text.pairs(parts)[list(TOPICS).index(topic)]
st.markdown(explained)
TOPICS[topic].draw()
st.markdown(question)
