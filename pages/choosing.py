"""Which one to use: three questions, an answer, and how well it is supported."""

import streamlit as st

from pages.ui import choosing, frame, text

frame.enter("choosing")
lead, question = text.parts("choosing")
st.markdown(lead)
choosing.draw()
st.markdown(question)
