"""A failure on the page: what was done, its numbers, why, the repair; the same for every one."""

import math
from dataclasses import replace

import streamlit as st

from normlib.failures import FAILURES, SUBJECTS, Failure, Images, Lines, Table, View, reproduce
from pages.ui import charts, frame, scenes, state, text, words
from pages.ui.tensor_view import tensor_view
from pages.ui.text import section, t

DIALS = ("dial", "second")  # fields of the link, in the order of a failure's dials
NOTHING = 1e-12  # a number below is rounding


def choose() -> None:
    """Every failure, one click away, by subject."""
    chosen = str(st.session_state["failure"])
    for subject in SUBJECTS:
        keys = [key for key, entry in FAILURES.items() if entry.subject == subject]
        st.session_state[f"_{subject}"] = chosen if chosen in keys else None
        st.pills(
            t(f"breaking.subject.{subject}"), keys, key=f"_{subject}", on_change=_choose,
            args=(subject,), format_func=lambda key: t(f"failure.{key}.title"),
        )  # fmt: skip


def _choose(subject: str) -> None:
    key = st.session_state[f"_{subject}"]
    if key is not None:  # a second click on the same one changes nothing
        st.session_state.update({"failure": key, **dict.fromkeys(DIALS, state.OWN_SETTING)})


@frame.live
def draw() -> None:
    """The chosen failure at the chosen setting."""
    key = str(st.session_state["failure"])
    st.subheader(t(f"failure.{key}.title"), anchor=False)
    st.markdown(t(f"failure.{key}.done"))
    found, facts = _found(key)
    st.code(found.code, language="python", wrap_lines=True)
    say = st.error if found.broken else st.success
    icon = ":material/heart_broken:" if found.broken else ":material/check_circle:"
    say(t(f"failure.{key}.verdict.{found.verdict}", **facts), icon=icon)
    with st.container(horizontal=True):
        for name, (_, repaired) in found.numbers.items():
            st.metric(
                t(f"failure.{key}.number.{name}"), facts[name], border=True, width="content",
                delta=t("breaking.repaired", number=number(repaired)), delta_arrow="off",
                delta_color="off",
            )  # fmt: skip
    for place, drawing in enumerate(found.drawings):
        _drawing(key, place, drawing)
    st.markdown("\n\n".join((  # one element: every one more makes the slider slower
        f"**{t('breaking.why')}** {t(f'failure.{key}.why', **facts)}",
        f":small[{t(f'failure.{key}.source')}]",
        f"**{t('breaking.repair')}** {t(f'failure.{key}.repair', **facts)}",
    )))  # fmt: skip
    st.code(found.repair, language="python", wrap_lines=True)
    _ask_torch(found)
    known = state.from_query(found.query)
    query = frame.link(**{name: known[name] for name in found.query})
    st.page_link(f"pages/{found.page}.py", query_params=query, icon=":material/explore:",
                 label=t(f"failure.{key}.explore"))  # fmt: skip


def number(value: float, digits: int = 4) -> str:
    """A number as it is shown: whole ones in full, others with so many digits."""
    if math.isnan(value) or math.isinf(value):
        return t(f"breaking.special.{value:f}")
    if 0 < abs(value) < NOTHING:
        return t("breaking.special.rounding")
    whole = value == int(value) and abs(value) < 1e9
    return (f"{int(value):,}" if whole else f"{value:.{digits}g}").replace("-", "−")


def _found(key: str) -> tuple[Failure, dict[str, str]]:
    """Draw the dials; the failure at their setting, and all that its sentences name."""
    entry, values = FAILURES[key], []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for field, dial in zip(DIALS, entry.dials, strict=False):
            value = dial.fitting(float(st.session_state[field]))
            if st.session_state[field] != value:
                st.session_state[field] = value
            values.append(st.select_slider(
                t(f"failure.{key}.dial.{dial.name}"), [float(v) for v in dial.choices], key=field,
                format_func=lambda value: f"{value:,.10g}", width=280,
            ))  # fmt: skip
        if entry.seeded:
            st.number_input(t("controls.seed"), 0, state.FIELDS["seed"].ends[1], key="seed",
                            help=t("help.seed"), width=130)  # fmt: skip
    found = reproduce(key, *values, seed=int(st.session_state["seed"]))
    dials = {dial.name: f"{value:,.10g}" for dial, value in zip(entry.dials, values, strict=True)}
    wrong = {name: number(before) for name, (before, _) in found.numbers.items()}
    repaired = {f"{name}_repaired": number(after) for name, (_, after) in found.numbers.items()}
    facts = {name: str(fact) for name, fact in found.facts.items()}
    return found, {**dials, **facts, **wrong, **repaired, "message": found.error}


def _drawing(key: str, place: int, drawing: View | Lines | Images | Table) -> None:
    if isinstance(drawing, Table):
        st.markdown(t(f"failure.{key}.table"))
        st.markdown(_table(drawing))
        return
    if isinstance(drawing, View):
        st.markdown(t(f"failure.{key}.view.{drawing.name}"))
        color = "group" if drawing.step == "input" else "value"
        picture = scenes.scene(drawing.trace, drawing.step, color=color, digits=4, alone=True)
        if drawing.partition is not None:
            picture = replace(
                picture, group=drawing.partition.group_of_entry(),
                group_names=words.group_names(drawing.partition),
                group_size=drawing.partition.rows, sentence=t(f"failure.{key}.sentence"),
            )  # fmt: skip
        tensor_view(picture, key=f"failure_{place}")
        return
    from normlib.figures import failures  # plotly is loaded where a figure is drawn

    labels = section(f"failure.{key}.chart") | {"mark": t("breaking.mark")}
    figure = failures.curves if isinstance(drawing, Lines) else failures.images
    charts.draw(figure(drawing, labels), t(f"failure.{key}.alt"), key=f"failure_{place}")


def _table(table: Table) -> str:
    """Widths down, formulas across; what is wrong is said in a word."""
    head = [t("breaking.table.width"), *(t(f"breaking.table.{name}") for name in table.columns)]
    rows = []
    for row, cells in zip(table.rows, table.cells, strict=True):
        said = [t(f"breaking.cell.{cell.state}", value=number(cell.value),
                  error=number(cell.error, 2)) for cell in cells]  # fmt: skip
        rows.append([f"`{row}`", *said])
    return text.table([head, *rows])


def _ask_torch(found: Failure) -> None:
    """The whole code, and what torch answers to it; torch is loaded only when asked."""
    panel = st.expander(t("breaking.whole"), key="open_whole", on_change="rerun")
    if not panel.open:
        return
    with panel:
        st.code(f"{found.setup}{found.code}", language="python", wrap_lines=True)
        if not st.button(t("breaking.ask"), icon=":material/play_arrow:"):
            return
        with st.spinner(t("check.loading")):
            from normlib.layers import VERSION, asked

            parts = {"done": found.code, "repaired": found.repair, "torch": found.asked}
            answers = {name: (code, asked.ask(found.setup + code))
                       for name, code in parts.items() if code}  # fmt: skip
        for name, (code, answer) in answers.items():
            st.markdown(t(f"breaking.answer.{name}"))
            st.code(f"{code}\n# {answer}", language="python", wrap_lines=True)
        st.caption(t("breaking.version", version=VERSION))
