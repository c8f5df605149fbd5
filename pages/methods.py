"""Methods: the whole table, by kind and year, each row with its formula and its picture."""

import streamlit as st

from normlib import METHODS
from pages.ui import frame, gallery, text
from pages.ui.text import t

frame.enter("methods")
lead, question = text.parts("methods")
st.markdown(lead)

chosen = gallery.choose()
st.caption(t("methods.count", shown=len(chosen), all=len(METHODS)))
if not chosen:
    st.info(t("methods.none"))
for method in chosen:
    gallery.row(method)
st.markdown(question)
