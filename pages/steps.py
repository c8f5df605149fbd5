"""Steps: the four moves, one after the other, with real numbers."""

import streamlit as st

from normlib import formula, trace
from normlib.trace import step_names
from pages.ui import check, controls, frame, methods, recovery, scenes, sentences, stepper, text
from pages.ui.tensor_view import tensor_view
from pages.ui.text import t

frame.enter("steps")
lead, to_undo, to_follow = text.parts("steps")
st.markdown(lead)

choice = controls.choose()
spec = choice.spec
methods.describe(spec)

names = step_names(spec, choice.training)
stepper.draw(names)
step = stepper.current(names)
values = recovery.chosen(choice)
traced = trace(spec, choice.x, values, training=choice.training)

st.subheader(f"{names.index(step) + 1} · {t(f'step.{step}.name')}", anchor=False)
for said in sentences.of_step(traced, step):
    st.markdown(said)
controls.view("paint", digits=True)
scenes.tell_cap(spec.sizes)

digits = 0 if st.session_state["digits"] == "full" else 4
picture = scenes.scene(traced, step, color=str(st.session_state["paint"]), digits=digits)
tensor_view(picture, key="steps_view", on_lock=scenes.locks(spec.sizes))

index = scenes.locked(spec.sizes) or (0,) * len(spec.sizes)
numbers = formula.numbers(traced, index)
precision = formula.digits_for(traced, digits)
st.latex(formula.latex(formula.shown(traced, step), numbers, precision))
st.caption(t("steps.entry", index=", ".join(map(str, index))))

with st.expander(t("steps.recovery"), icon=":material/settings_backup_restore:", expanded=True):
    recovery.draw(choice, values)
for name, draw in (("statistics", check.statistics), ("check", check.torch_agrees),
                   ("code", check.show_code)):  # fmt: skip
    panel = st.expander(t(f"steps.{name}"), key=f"open_{name}", on_change="rerun")
    if panel.open:
        with panel:
            draw(traced)
st.markdown(to_undo if recovery.offers_undo(spec, choice.training) else to_follow)
