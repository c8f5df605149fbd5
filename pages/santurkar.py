"""Santurkar's figure, live: is the loss smoother with normalization, and where is it not?"""

import streamlit as st

from pages.ui import controls, frame, santurkar, text

frame.enter("santurkar")
lead, *topics = text.parts("santurkar")  # before and after each topic
st.markdown(lead)

controls.segments("santurkar")
topic = str(st.session_state["santurkar"])
before, after = text.pairs(topics)[list(santurkar.TOPICS).index(topic)]
st.markdown(before)
santurkar.TOPICS[topic]()
st.markdown(after)
