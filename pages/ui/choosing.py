"""The chooser: its questions, its answer with reasons, and what would change it."""

from collections.abc import Sequence

import streamlit as st

from normlib.advice import QUESTIONS, ROLES, Advice, advise, answer, others
from pages.ui import controls, frame
from pages.ui.state import Value
from pages.ui.text import t, table

SIZES = {"one": 1, "few": 4, "many": 32}  # samples that the page on training shows for an answer
MOST_TRIED = 3  # methods with links of their own
ICONS = {"groups": ":material/grid_view:", "steps": ":material/stairs:",
         "training": ":material/timeline:"}  # fmt: skip


@frame.live
def draw() -> None:
    """Questions, answer, reasons, links, and other answers."""
    for question in QUESTIONS:
        controls.segments(question, help=t("help.per_device") if question == "per_device" else None)
    given = {question: str(st.session_state[question]) for question in QUESTIONS}
    found, methods = advise(**given), answer(**given)
    st.subheader(t("choosing.answer", methods=_names(methods)), anchor=False)
    st.markdown(_reasons(found))
    _links(methods[:MOST_TRIED], **given)
    st.markdown(_others(given))


def _reasons(found: Sequence[Advice]) -> str:
    """All advice, by role."""
    parts = []
    for role in ROLES:
        lines = [
            t("choosing.line", methods=_names(one.methods, t("words.comma")),
              said=t(f"advice.{one.key}"), status=t(f"choosing.status.{one.status}"))
            for one in found if one.role == role
        ]  # fmt: skip
        if lines:
            parts.append(f"**{t(f'choosing.role.{role}')}**\n\n" + "\n".join(lines))
    return "\n\n".join(parts)


def _links(methods: Sequence[str], task: str, per_device: str, architecture: str) -> None:
    """The ways to the pages that show the methods."""
    st.markdown(f"**{t('choosing.try')}**")
    with st.container(horizontal=True):
        for method in methods:
            for page, changed in pages_of(method, task, per_device, architecture).items():
                st.page_link(
                    f"pages/{page}.py", query_params=frame.link(**changed),
                    icon=ICONS[page],
                    label=t(f"choosing.{page}", method=t(f"method.{method}.name")),
                )  # fmt: skip


def pages_of(
    method: str, task: str, per_device: str, architecture: str
) -> dict[str, dict[str, Value]]:
    """Pages that show a method, each with the fields of the link that choose it there."""
    pictures = architecture == "cnn" and task != "sequence"
    layout = "nchw" if pictures else "nc" if architecture == "mlp" else "nct"
    found: dict[str, dict[str, Value]] = {
        page: {"method": method, "layout": layout} for page in ("groups", "steps")
    }
    if method == "batch":
        found["training"] = {"training": "size", "batch_size": SIZES[per_device]}
    if method == "group":
        found["training"] = {"training": "paper"}
    return found


def _others(given: dict[str, str]) -> str:
    """A table of the single answers that would change the first method."""
    rows = [
        [t(f"{other.question}.{given[other.question]}.name"),
         " · ".join(t(f"{other.question}.{option}.name") for option in other.options),
         _names(other.methods)]
        for other in others(**given)
    ]  # fmt: skip
    heads = [t(f"choosing.other.{key}") for key in ("given", "options", "methods")]
    said = t("choosing.also")
    return f"**{t('choosing.others')}**\n\n{table([heads, *rows])}\n\n:small[{said}]"


def _names(methods: Sequence[str], between: str = "") -> str:
    names = (t(f"method.{method}.name") for method in methods)
    return (between or t("choosing.or")).join(names)
