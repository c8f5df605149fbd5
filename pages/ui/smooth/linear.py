"""The linear model: condition number, allowed rate and steps, for three scalings of features."""

import streamlit as st

from normlib.landscape import shipped
from normlib.landscape.valley import Outcome, gain, outcomes, valley
from pages.ui import charts, controls, frame, state, text
from pages.ui.smooth.shared import number, step_share, take_away
from pages.ui.text import section, t

IN_FULL = 100_000  # steps


@frame.live
def draw() -> None:
    """Data, features and rate; the table, and the path in its valley."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.segments("dataset")
            controls.segments("scaling")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            share = step_share()
            low, high = state.FIELDS["plane_steps"].ends or (0, 1)
            steps = int(st.slider(t("controls.plane_steps"), int(low), int(high), width=230,
                                  key="plane_steps", help=t("help.plane_steps")))  # fmt: skip
    task, scaling = str(st.session_state["dataset"]), str(st.session_state["scaling"])
    models = shipped.load("smooth_linear")[task]
    found = outcomes(models, share)
    drawn = valley(models[scaling], share, steps)
    flat, steep = map(number, drawn.path[-1])
    chosen = found[scaling]
    st.markdown("\n\n".join((
        _table(found, scaling, diverges=share >= 1),
        t("smooth.fall", scaling=t(f"scaling.{scaling}.name"), share=number(share),
          steep=number(chosen.steep), flat=number(chosen.flat, 3), steps=steps,
          done=number(chosen.done(steps), 3)),
        *_gains(found, t(f"dataset.{task}.name")),
    )))  # fmt: skip
    from normlib.figures import quadratic as figures

    figure = figures.valley(drawn, section("smooth.valley_chart"))
    charts.draw(figure, t("smooth.linear_alt", steps=steps, flat=flat, steep=steep), name="valley")
    take_away(models, "linear_model")


def _table(found: dict[str, Outcome], chosen: str, *, diverges: bool) -> str:
    """A row for each scaling, the chosen one in bold."""
    never = t("smooth.never") if diverges else t("smooth.too_long")
    rows = [[t(f"smooth.head.{key}") for key in ("scaling", "condition", "limit", "steps")]]
    for scaling, one in found.items():
        cells = [t(f"scaling.{scaling}.name"), number(one.condition), number(one.limit),
                 never if one.steps is None else _count(one.steps)]  # fmt: skip
        rows.append([f"**{cell}**" if scaling == chosen else cell for cell in cells])
    return text.table(rows, rest="--:")


def _gains(found: dict[str, Outcome], task: str) -> list[str]:
    """What standardizing brings, from the numbers at hand."""
    gained = gain(found)
    said = [t("smooth.gain_of", task=task, condition=number(gained.condition, 3),
              limit=number(gained.limit, 3))]  # fmt: skip
    if gained.centring:
        steps = {name: _count(one.steps or 0) for name, one in found.items()}
        said.append(t("smooth.centred_does_it", **steps,
                      condition=number(found["centred"].condition, 3)))  # fmt: skip
    return said


def _count(steps: int) -> str:
    """A number of steps, in full where it is short."""
    return f"{steps:,}" if steps < IN_FULL else number(steps, 3)
