"""Groups: which numbers share statistics."""

import streamlit as st

from normlib import trace
from pages.ui import controls, frame, methods, scenes, text, words
from pages.ui.tensor_view import tensor_view
from pages.ui.text import t

frame.enter("groups")
lead, question = text.parts("groups")
st.markdown(lead)

choice = controls.choose()
spec = choice.spec
methods.describe(spec)
controls.view("color", digits=False)
scenes.tell_cap(spec.sizes)

picture = scenes.scene(
    trace(spec, choice.x), "input", color=str(st.session_state["color"]), digits=4, alone=True
)
tensor_view(picture, key="groups_view", on_lock=scenes.locks(spec.sizes))

if (index := scenes.locked(spec.sizes)) is not None:
    st.markdown(f"**{t('groups.locked')}** {words.of_entry(spec, index)}")
methods.count(spec)
st.markdown(question)
