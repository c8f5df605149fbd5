"""Whitening: no correlation left, in many ways, and what each of them costs."""

import streamlit as st

from pages.ui import controls, frame, text, whitening

frame.enter("whitening")
lead, *topics = text.parts("whitening")
st.markdown(lead)
controls.segments("whitening")
topic = str(st.session_state["whitening"])
before, after = text.pairs(topics)[list(whitening.TOPICS).index(topic)]
st.markdown(before)
whitening.TOPICS[topic]()
st.markdown(after)
