"""Training and prediction: batch norm learns from batches, and predicts from memory."""

import streamlit as st

from pages.ui import controls, frame, text
from pages.ui.training import batches, drift, mode, paper, size

TOPICS = {"batches": batches, "size": size, "drift": drift, "mode": mode, "paper": paper}

frame.enter("training")
lead, *parts = text.parts("training")
st.markdown(lead)
controls.segments("training")
topic = str(st.session_state["training"])
explained, question = text.pairs(parts)[list(TOPICS).index(topic)]
st.markdown(explained)
TOPICS[topic].draw()
st.markdown(question)
