"""Weights and gradients: normalize what is learned, and what it is learned by."""

import streamlit as st

from pages.ui import controls, frame, gradients, text

frame.enter("gradients")
lead, *topics = text.parts("gradients")  # before and after each topic
st.markdown(lead)

controls.segments("gradients")
topic = str(st.session_state["gradients"])
before, after = text.pairs(topics)[list(gradients.TOPICS).index(topic)]
st.markdown(before)
gradients.TOPICS[topic]()
st.markdown(after)
