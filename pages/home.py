"""Home: the idea of the project, alive in its default state."""

import streamlit as st

from normlib import METHODS, Spec, data, trace
from normlib.layouts import layouts
from pages.ui import controls, frame, map, methods, scenes, text
from pages.ui.tensor_view import tensor_view

frame.enter("home")
SIZES = {"n": 3, "c": 4, "o": 3, "i": 4, "h": 2, "w": 3, "t": 3}  # small enough to read

lead, example, where, rest = text.parts("home")
st.markdown(lead)

controls.basics()
method = METHODS[str(st.session_state["method"])]
layout = next(axes for axes in ("nchw", "oihw", "nct") if axes in layouts(method))
spec = Spec(method.key, tuple(SIZES[axis] for axis in layout), layout)
methods.describe(spec)
picture = scenes.scene(trace(spec, data.make("random", spec)), "reshape", color="group", digits=3)
tensor_view(picture, key="home_view")
st.markdown(example)
st.markdown(where)
map.draw()
st.markdown(rest)
