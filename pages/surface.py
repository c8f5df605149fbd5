"""Surface: what the loss looks like around a net, with and without normalization."""

import streamlit as st

from pages.ui import frame, surface, text

frame.enter("surface")
lead, statistics, question = text.parts("surface")
st.markdown(lead)
surface.draw()
st.markdown(statistics)
st.markdown(question)
