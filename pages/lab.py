"""Training lab: any two nets in training, side by side, live."""

import streamlit as st

from pages.ui import frame, lab, text

frame.enter("lab")
lead, explained, question = text.parts("lab")
st.markdown(lead)
lab.draw()
st.markdown(explained)
st.markdown(question)
