"""Smooth or not: from a parabola to a deep net, how far a gradient can be trusted."""

import streamlit as st

from pages.ui import controls, frame, text
from pages.ui.smooth import deep, inequality, linear, quadratic

TOPICS = {"quadratic": quadratic, "inequality": inequality, "linear": linear, "deep": deep}

frame.enter("smooth")
lead, *parts = text.parts("smooth")
st.markdown(lead)
controls.segments("smooth")
topic = str(st.session_state["smooth"])
explained, question = text.pairs(parts)[list(TOPICS).index(topic)]
st.markdown(explained)
TOPICS[topic].draw()
st.markdown(question)
