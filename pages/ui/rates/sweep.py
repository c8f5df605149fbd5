"""The sweep: every method at every rate, and three numbers that are kept apart."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from normlib.landscape import rate_settings, shipped
from normlib.landscape.limits import Rates, beside_start, ratio
from pages.ui import charts, controls, exports, frame, state, text, work
from pages.ui.jobs import Report
from pages.ui.smooth.shared import number
from pages.ui.text import section, t

Found = Mapping[str, Rates]
NUMBERS = ("start", "path", "largest")


@frame.live
def draw() -> None:
    """Settings, the sweep if it is known, and else a way to measure it."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        low, high = state.FIELDS["hidden_layers"].ends or (1, 1)
        depth = int(st.slider(t("controls.hidden_layers"), int(low), int(high), width=170,
                              key="hidden_layers"))  # fmt: skip
        controls.segments("start_weights")
        controls.segments("curve")
        third = str(st.selectbox(t("controls.third"), rate_settings.THIRDS, key="third", width=210,
                                 help=t("help.third"), format_func=_name))  # fmt: skip
    start, curve = (str(st.session_state[key]) for key in ("start_weights", "curve"))
    if (
        (start, curve) == ("he", "relu")
        and depth in rate_settings.DEPTHS
        and (third in rate_settings.METHODS)
    ):
        _show(shipped.load(f"rates_depth_{depth}"))
        return
    asked = (third, depth, curve, start)
    found = work.result(("rates", *asked), partial(_measure, asked), label=t("rates.measure"))
    if found is None:
        st.caption(t("rates.meanwhile"))
        found = shipped.load("rates_depth_3")
    _show(found)


def _measure(asked: tuple[str, int, str, str], report: Report) -> dict[str, Rates]:
    from normlib.landscape import limiting

    return limiting.asked(*asked, progress=report)


def _show(found: Found) -> None:
    """Sentences, figure and table of a sweep, all from its own numbers."""
    one = next(iter(found.values()))
    st.markdown(f"{_setting(one)}\n\n{_ratio(found)}")
    from normlib.figures import rates as figures

    names = {method: _name(method) for method in found}
    figure = figures.sweep(found, names, section("rates.sweep_chart"))
    charts.draw(figure, t("rates.sweep_alt"), name="learning_rates")
    st.markdown(f"{_table(found)}\n\n{_sides(found)}\n\n{t('rates.status')}")
    exports.draw(found, "learning_rates")


def _setting(one: Rates) -> str:
    """What was trained, and how."""
    net, training = one.net, one.training
    return t("rates.setting", depth=net.depth, width=net.width, steps=training.steps,
             curve=t(f"curve.{net.activation}.name"), start=t(f"start_weights.{net.init}.name"),
             batch=training.batch, seeds=len(one.seeds), rates=len(one.rates),
             low=number(one.rates[0]), high=number(one.rates[-1]),
             apart=number(one.apart, 3))  # fmt: skip


def _ratio(found: Found) -> str:
    """How the largest rates of no normalization and of batch norm compare."""
    gained = ratio(found, "batch", "none")
    return t(f"rates.ratio.{gained.verdict}", times=number(gained.times, 3),
             batch=number(gained.one, 3), none=number(gained.other, 3),
             least=t("rates.at_least") if gained.at_least else "",
             more=t("rates.at_least") if gained.other_at_least else "")  # fmt: skip


def _table(found: Found) -> str:
    """The three numbers of every method, medians over seeds."""
    rows = [[t(f"rates.head.{key}") for key in ("method", *NUMBERS)]]
    for method, one in found.items():
        cells = [number(one.middle(name), 3) for name in NUMBERS]
        cells[-1] = f"**{'≥ ' * one.open_end}{cells[-1]}**"
        rows.append([_name(method), *cells])
    return text.table(rows, rest="--:")


def _sides(found: Found) -> str:
    """Whose largest rate lies above 2 / lambda at the start, and whose below."""
    return " ".join(
        t(f"rates.{side}", names=t("smooth.comma").join(map(_name, methods)))
        for side, methods in beside_start(found).items()
        if methods
    )


def _name(method: str) -> str:
    return t(f"rates.method.{method}")
