"""Groups: which numbers share statistics."""

import streamlit as st

from normlib import trace
from pages.ui import controls, frame, methods, recovery, scenes, text, words
from pages.ui.tensor_view import tensor_view
from pages.ui.text import t

frame.enter("groups")
lead, question = text.parts("groups")
st.markdown(lead)

choice = controls.choose()
spec, training = choice.spec, choice.training
methods.describe(spec)
controls.view("color", digits=False)
scenes.tell_cap(spec.sizes)

traced = trace(spec, choice.x, recovery.chosen(choice), training=training)
picture = scenes.scene(traced, "input", color=str(st.session_state["color"]), digits=4, alone=True)
tensor_view(picture, key="groups_view", on_lock=scenes.locks(spec.sizes))

if (index := scenes.locked(spec.sizes)) is not None:
    st.markdown(f"**{t('groups.locked')}** {words.of_entry(spec, index, training)}")
methods.count(spec, training)
st.markdown(question)
