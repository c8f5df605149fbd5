"""Home: the idea of the project, alive in its default state."""

import streamlit as st

from normlib import Spec, data, trace
from pages.ui import controls, frame, methods, scenes, text
from pages.ui.tensor_view import tensor_view

frame.enter("home")
SIZES = (3, 4, 2, 3)  # small enough to read every number

lead, example, rest = text.parts("home")
st.markdown(lead)

controls.segments("method")
spec = Spec(str(st.session_state["method"]), SIZES)
methods.describe(spec)
picture = scenes.scene(trace(spec, data.make("random", spec)), "reshape", color="group", digits=3)
tensor_view(picture, key="home_view")
st.markdown(example)
st.markdown(rest)
