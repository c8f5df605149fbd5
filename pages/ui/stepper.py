"""Stepping: jump, back, next, play and pause, by pointer or by key."""

import time
from collections.abc import Sequence

import streamlit as st

from pages.ui.state import Value
from pages.ui.text import t

PLAYING, DUE = "_playing", "_due"  # the field that plays, and when its next value is due
PAUSE = 1.8  # seconds between two steps while playing


def current(names: Sequence[str]) -> str:
    """The step that the link names, or the one in its place where the method lacks it."""
    step = str(st.session_state["step"])
    if step not in names:
        at = names.index("normalize") if "normalize" in names else 0
        step = names[at - 1]  # the last statistic that there is, or the last step
        st.session_state["step"] = step
    return step


def draw(names: Sequence[str]) -> None:
    """The row of controls; the step itself is the field ``step`` of the link."""
    jump(names)
    buttons("step", names)


def jump(names: Sequence[str]) -> str:
    """All steps side by side; returns the chosen one."""
    current(names)
    st.segmented_control(
        t("controls.step"), names, key="step", required=True, on_change=stop,
        format_func=lambda name: f"{names.index(name) + 1} {t(f'step.{name}.name')}",
    )  # fmt: skip
    return current(names)


def stop() -> None:
    """What every other way to move sets off: nothing goes on playing."""
    st.session_state[PLAYING] = ""


def buttons(field: str, values: Sequence[Value], *, pause: float = PAUSE) -> None:
    """Back, next, play and pause: they move a field of the link through its values."""
    at = values.index(st.session_state[field])
    playing = st.session_state.get(PLAYING) == field

    def go(to: int, play: bool = False) -> None:
        st.session_state[field] = values[to]
        st.session_state[PLAYING] = field if play else ""

    with st.container(horizontal=True, width="content"):
        st.button(t("controls.back"), key="back", icon=":material/arrow_back:", shortcut="b",
                  disabled=at == 0, on_click=go, args=(max(at - 1, 0),))  # fmt: skip
        st.button(t("controls.next"), key="next", icon=":material/arrow_forward:", shortcut="n",
                  disabled=at + 1 == len(values),
                  on_click=go, args=(min(at + 1, len(values) - 1),))  # fmt: skip
        if playing:
            st.button(t("controls.pause"), icon=":material/pause:", shortcut="p", key="play",
                      on_click=go, args=(at,))  # fmt: skip
        else:
            first = 0 if at + 1 == len(values) else at
            st.button(t("controls.play"), icon=":material/play_arrow:", shortcut="p", key="play",
                      on_click=go, args=(first, True))  # fmt: skip
    if playing:
        st.session_state[DUE] = time.monotonic() + pause
        st.fragment(_wait, run_every=pause)(field, values, at, pause)


def _wait(field: str, values: Sequence[Value], at: int, pause: float) -> None:
    """Wakes up by itself; steps on once the pause is over."""
    if time.monotonic() < st.session_state[DUE] - pause / 4:
        return
    following = min(at + 1, len(values) - 1)
    st.session_state[field] = values[following]
    st.session_state[PLAYING] = field if following + 1 < len(values) else ""
    st.rerun()
