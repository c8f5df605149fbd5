"""Sequences: normalizing along time, on real utterances of unequal length."""

import streamlit as st

from pages.ui import controls, frame, sequences, state, text

frame.enter("sequences")
lead, *topics = text.parts("sequences")  # before and after each topic
st.markdown(lead)

controls.segments("sequences")
topic = str(st.session_state["sequences"])
names = state.FIELDS["sequences"].choices
before, after = dict(zip(names, zip(topics[::2], topics[1::2], strict=True), strict=True))[topic]
st.markdown(before)
sequences.TOPICS[topic]()
st.markdown(after)
