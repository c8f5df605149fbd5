"""Steps: the four moves, one after the other, with real numbers."""

import streamlit as st

from normlib import formula, trace
from normlib.trace import step_names
from pages.ui import check, controls, frame, methods, recovery, scenes, stepper, text, words
from pages.ui.tensor_view import tensor_view
from pages.ui.text import t

frame.enter("steps")
lead, question = text.parts("steps")
st.markdown(lead)

choice = controls.choose()
spec, x = choice.spec, choice.x
methods.describe(spec)

names = step_names(spec)
stepper.draw(names)
step = stepper.current(names)
values = recovery.chosen(spec, x)
traced = trace(spec, x, values)

st.subheader(f"{names.index(step) + 1} · {t(f'step.{step}.name')}", anchor=False)
facts = {"rows": spec.partition.rows, "columns": spec.partition.columns, "eps": f"{spec.eps:g}"}
if step == "normalize":
    st.markdown(t(f"operation.{spec.operation}.text", **facts))
elif step == "recover":
    st.markdown(t(f"recover.{spec.recovery.key}.text"))
elif step in traced.stats and spec.operation == "stored":
    st.markdown(t("step.stored"))
else:
    st.markdown(t(f"step.{step}.text", pattern=traced[step].pattern, **facts))
if step == "reshape":
    st.markdown(t(f"memory.{spec.partition.memory().replace(' ', '_')}"))
if step in traced.stats and (window := words.window(spec)):
    st.markdown(window)
controls.view("paint", digits=True)
scenes.tell_cap(spec.sizes)

digits = 0 if st.session_state["digits"] == "full" else 4
picture = scenes.scene(traced, step, color=str(st.session_state["paint"]), digits=digits)
tensor_view(picture, key="steps_view", on_lock=scenes.locks(spec.sizes))

index = scenes.locked(spec.sizes) or (0,) * len(spec.sizes)
numbers = formula.numbers(traced, index)
precision = formula.digits_for(traced, digits)
st.latex(formula.latex(traced[step].formula, numbers, precision))
st.caption(t("steps.entry", index=", ".join(map(str, index))))

with st.expander(t("steps.recovery"), icon=":material/settings_backup_restore:", expanded=True):
    recovery.draw(spec, x, values)
for name, draw in (("statistics", check.statistics), ("check", check.torch_agrees),
                   ("code", check.show_code)):  # fmt: skip
    panel = st.expander(t(f"steps.{name}"), key=f"open_{name}", on_change="rerun")
    if panel.open:
        with panel:
            draw(traced)
st.markdown(question)
