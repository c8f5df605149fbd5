"""Sequences: normalizing along time, on real utterances of unequal length."""

import streamlit as st

from pages.ui import controls, frame, sequences, text

frame.enter("sequences")
lead, *topics = text.parts("sequences")  # before and after each topic
st.markdown(lead)

controls.segments("sequences")
topic = str(st.session_state["sequences"])
before, after = text.pairs(topics)[list(sequences.TOPICS).index(topic)]
st.markdown(before)
sequences.TOPICS[topic]()
st.markdown(after)
