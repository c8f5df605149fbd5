"""Equal or not: two normalizations on one tensor, and why they agree or do not."""

import streamlit as st

from pages.ui import equal, frame, text

frame.enter("equal")
lead, question = text.parts("equal")
st.markdown(lead)
equal.topic()
st.markdown(question)
