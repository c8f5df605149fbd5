"""The inequality between two points of a real loss, and the largest ratio on the line."""

from collections.abc import Mapping

import streamlit as st

from normlib.landscape import Line, shipped
from normlib.landscape.slopes import Inequality, closer, hold, steepest
from pages.ui import charts, controls, frame, state
from pages.ui.smooth.shared import number, take_away
from pages.ui.text import section, t


@frame.live
def draw() -> None:
    """Two sliders, both sides of the inequality, and the loss with its slope."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        first, second = _point("first_point"), _point("second_point")
        controls.segments("line_of")
    lines, name = shipped.load("smooth_lines"), str(st.session_state["line_of"])
    held = hold(lines[name], first, second)
    st.markdown(_numbers(held))
    from normlib.figures import slopes as figures

    figure = figures.inequality(lines, name, held, section("smooth.slope_chart"))
    chosen = held.chosen
    shown = {
        "first": chosen.points[0], "second": chosen.points[1], "place": held.largest.points[0],
        "first_slope": chosen.slopes[0], "second_slope": chosen.slopes[1],
    }  # fmt: skip
    charts.draw(figure, t("smooth.inequality_alt", **{k: number(v) for k, v in shown.items()}),
                name="slopes")  # fmt: skip
    st.markdown(f"{_closer(lines[name])}\n\n{_compared(lines)}")
    take_away(lines, "slopes")


def _point(key: str) -> float:
    low, high = state.FIELDS[key].ends or (0, 1)
    return float(st.slider(t(f"controls.{key}"), low, high, key=key, step=0.01, width=220,
                           help=t(f"help.{key}")))  # fmt: skip


def _numbers(held: Inequality) -> str:
    """Both sides of the inequality, and L."""
    chosen, largest = held.chosen, held.largest
    if chosen.ratio is None:
        return t("smooth.one_point")
    shown = {
        "distance": chosen.distance, "change": chosen.change, "ratio": chosen.ratio,
        "ratio_squared": chosen.ratio_squared, "their_distance": largest.distance,
        "their_change": largest.change, "largest": held.lipschitz, "squared": held.beta,
        "limit": held.limit, "allowed": held.allowed,
    }  # fmt: skip
    facts = {name: number(value) for name, value in shown.items()}
    return f"{t('smooth.change', **facts)}\n\n{t('smooth.holds', **facts)}"


def _closer(line: Line) -> str:
    """What happens to L where one looks closer."""
    found = closer(line)
    key = "grows" if found.grows else "stays"
    shown = {"wide": found.wide, "narrow": found.narrow, "coarse": found.coarse,
             "fine": found.fine, "factor": found.factor}  # fmt: skip
    return t(f"smooth.closer_{key}", **{name: number(value, 3) for name, value in shown.items()})


def _compared(lines: Mapping[str, Line]) -> str:
    found = {name: steepest(line).ratio or 0.0 for name, line in lines.items()}
    return t("smooth.lines_compared", all=t("smooth.comma").join(
        t("smooth.line_entry", name=t(f"line_of.{name}.name"), largest=number(ratio, 3))
        for name, ratio in found.items()
    ))  # fmt: skip
