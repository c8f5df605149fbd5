"""Break it: real failures, one click each, with their numbers, reasons and repairs."""

import streamlit as st

from pages.ui import failure, frame, text

frame.enter("breaking")
lead, question = text.parts("breaking")
st.markdown(lead)

failure.choose()
failure.draw()
st.markdown(question)
