"""Whitening: no correlation left, in many ways, and what each of them costs."""

import streamlit as st

from pages.ui import controls, frame, text
from pages.ui.whitening import cloud, few, flips, newton, of_patches

TOPICS = {"cloud": cloud, "newton": newton, "flips": flips, "few": few, "patches": of_patches}

frame.enter("whitening")
lead, *parts = text.parts("whitening")
st.markdown(lead)
controls.segments("whitening")
topic = str(st.session_state["whitening"])
before, after = text.pairs(parts)[list(TOPICS).index(topic)]
st.markdown(before)
TOPICS[topic].draw()
st.markdown(after)
