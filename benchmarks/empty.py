"""The peer of the app: a slider and its number, nothing else."""

import streamlit as st

st.title("Empty")
st.text(f"value {st.slider('N', 1, 8, 4)}")
