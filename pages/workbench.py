"""Workbench: any partition, operation and recovery, composed by hand."""

import streamlit as st

from pages.ui import frame, text, workbench

frame.enter("workbench")
lead, question = text.parts("workbench")
st.markdown(lead)
workbench.topic()
st.markdown(question)
