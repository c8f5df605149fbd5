"""What a method takes besides the input: where the values come from, and what they give back."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from normlib import Partition, Spec, data, parameters
from normlib.operation import Parameter
from normlib.trace import leaves_alone
from pages.ui import frame, knobs, numbers, state, words
from pages.ui.controls import Choice
from pages.ui.text import t

Parameters = Mapping[str, np.ndarray]
ROUNDING = 1e-9  # of the largest input: below it a residual is nothing but rounding


def chosen(choice: Choice) -> Parameters:
    """The values that the link asks for."""
    spec, x, training = choice.spec, choice.x, choice.training
    kind = _kind(spec)
    if kind in parameters.KINDS:
        return parameters.KINDS[kind](spec, x, training=training)
    found = parameters.initial(spec, x, training=training)
    return found | {
        name: data.from_text(str(st.session_state[name]), found[name])
        for name in spec.parameter_shapes
    }


def draw(choice: Choice, values: Parameters) -> None:
    """Controls of the values, and how far the answer is from the input."""
    spec, training = choice.spec, choice.training
    if leaves_alone(spec, training):
        st.info(t("recovery.unchanged"))
        return
    if "by_variance" in spec.settings and (training or not spec.entry.predict):
        st.toggle(t("controls.by_variance"), key="by_variance", help=t("help.by_variance"))
    stored = () if training else tuple(parameters.stored(spec, choice.x))
    if names := [name for name in spec.parameter_shapes if name not in stored]:
        _values(choice, values, names)
    elif not values:
        off = "affine" in spec.settings
        missing = knobs.learned(spec.entry)
        st.info(t("recovery.none", names=missing) if off else t("recovery.never"))
    if stored:
        st.markdown(t("recovery.stored", names=t("words.comma").join(stored)))
    if values:
        _residual(choice, values)


def offers_undo(spec: Spec, training: bool) -> bool:
    """Whether there are values that are meant to undo the normalization."""
    return "undo" in _offered(spec) and not leaves_alone(spec, training)


def _values(choice: Choice, values: Parameters, names: Sequence[str]) -> None:
    spec = choice.spec
    kind = _kind(spec)
    if st.session_state["recovery"] != kind:
        st.session_state["recovery"] = kind
    label = t("controls.recovery", names=t("words.comma").join(names))
    st.segmented_control(
        label, _offered(spec), key="recovery", required=True,
        help=t("help.recovery"), format_func=lambda option: t(f"recovery.{option}.name"),
    )  # fmt: skip
    starts = t("words.comma").join(_start(spec.parameters()[name]) for name in names)
    st.markdown(t(f"recovery.{kind}.{variant(choice, kind)}", starts=starts))
    if kind == state.OWN:
        for name in names:
            per = Partition(spec.axes, spec.sizes, spec.parameter_axes)
            numbers.edit(name, values[name].reshape(1, -1), (name,), words.group_names(per))


def variant(choice: Choice, kind: str) -> str:
    """Which sentence about a kind of values fits the operation that they are meant to undo."""
    if kind not in ("undo", "variance"):
        return "text"
    entry = choice.spec.entry
    key = entry.operation if choice.training else entry.predict or entry.operation
    return {"stored": "standardize", "stored_steps": "standardize", "stored_outside": "outside",
            "stored_center": "center"}.get(key, key)  # fmt: skip


def _start(parameter: Parameter) -> str:
    start = parameter.start
    if parameter.name == "style":
        start = "own"
    value = t(f"recovery.starts.{start}") if isinstance(start, str) else f"{start:g}"
    return f"{parameter.name} = {value}"


def _offered(spec: Spec) -> tuple[str, ...]:
    """The kinds of values that make sense; own ones where they fit into a table."""
    by_hand = bool(spec.parameter_shapes) and set(spec.parameter_shapes) <= {"gamma", "beta"}
    return (*parameters.kinds(spec), *(state.OWN,) * by_hand)


def _kind(spec: Spec) -> str:
    """The kind that the link asks for, or seeded values where the method lacks it."""
    kind = str(frame.values()["recovery"])
    return kind if kind in _offered(spec) else "seeded"


def _residual(choice: Choice, values: Parameters) -> None:
    spec, x = choice.spec, choice.x
    residual = parameters.residual(spec, x, values, training=choice.training)
    restored = residual <= ROUNDING * float(np.abs(x).max())
    st.metric(t("recovery.residual"), f"{residual:.4g}", width="content", border=True)
    if _kind(spec) != "undo":
        return
    if spec.operates(choice.training).key == "divide_by_variance":
        st.warning(t("recovery.by_variance"))
    elif restored:
        st.success(t("recovery.restored"))
    elif "tau" in spec.parameter_shapes:
        st.warning(t("recovery.threshold"))
    else:
        st.warning(t("recovery.met", groups=parameters.groups_met(spec)))
