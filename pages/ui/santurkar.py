"""The topics of Santurkar's figure: smoothness along a training, and what the scale does to it."""

from collections.abc import Callable, Mapping

import streamlit as st

from normlib.landscape import Net, Smoothness, Training, shipped
from normlib.landscape.presets import SEEDS, SMOOTHNESS, Comparison, nearest, shipped_with, spacing
from normlib.landscape.rescaled import FACTORS, lost
from normlib.landscape.settings import NONE
from normlib.landscape.verdicts import CLAIMED, CURVES, asked, bands, verdict
from pages.ui import charts, controls, exports, frame, sliders, state, work
from pages.ui.text import section, t, table

Found = Mapping[str, Smoothness]
CASE = "_figure_case"  # which of the shipped settings the controls show; follows from the link
MARKS = {"holds": ":material/check_circle:", "absent": ":material/drag_handle:",
         "reversed": ":material/swap_vert:", "broken": ":material/help:"}  # fmt: skip
SCALED = ("loss", "gradient", "eigenvalue")


@frame.live
def figure() -> None:
    """Controls, what was found, six charts with their verdicts, and what to take away."""
    wanted = _chosen()
    if name := shipped_with(wanted):
        st.markdown(t(f"santurkar.hint.{name}"))
    found = _found(wanted)
    _summary(found)
    shown = [one for one in CURVES if asked(found, one)]
    for left, right in zip(shown[::2], shown[1::2], strict=False):
        for column, one in zip(st.columns(2), (left, right), strict=True):
            with column:
                _panel(found, one)
    if len(shown) % 2:
        _panel(found, shown[-1])
    exports.draw(found, "santurkar")


def weights() -> None:
    """Hidden weights times a factor: numbers, curves, and what to take away."""
    _scaled()
    exports.draw(shipped.load("santurkar_scale"), "santurkar_weights")


@frame.live
def _scaled() -> None:
    st.select_slider(t("controls.hidden_factor"), FACTORS, key="hidden_factor", width=420,
                     help=t("help.hidden_factor"),
                     format_func=lambda factor: f"× {factor:g}")  # fmt: skip
    found, factor = shipped.load("santurkar_scale"), float(st.session_state["hidden_factor"])
    rows = [[t("santurkar.net"), *(t(f"santurkar.scaled.{name}") for name in SCALED)]]
    rows.append([t("santurkar.lost"), *(f"×\u00a0{lost(name, factor):.3g}" for name in SCALED)])
    for method, record in found.items():
        pairs = (record.at(name, factor) for name in SCALED)
        rows.append(
            [_name(method), *(f"**×\u00a0{ratio:.3g}** ({value:.3g})" for value, ratio in pairs)]
        )
    st.markdown(table(rows, rest="--:"))
    from normlib.figures import smoothness as figures  # plotly is loaded where a figure is drawn

    words = section("santurkar.scaled") | {method: _name(method) for method in found}
    charts.draw(figures.rescaled(found, factor, words), t("santurkar.scaled_alt"),
                name="santurkar_weights")  # fmt: skip


TOPICS: Mapping[str, Callable[[], None]] = {"figure": figure, "weights": weights}


def _chosen() -> Comparison:
    """The controls, and the comparison that they ask for."""
    with st.container(border=True):
        st.session_state[CASE] = shipped_with(_asked())
        st.segmented_control(t("santurkar.case"), list(SMOOTHNESS), key=CASE, on_change=_take,
                             format_func=lambda name: t(f"santurkar.case_name.{name}"))  # fmt: skip
        with sliders.row():
            for key in ("figure_first", "figure_second", "figure_third"):
                st.selectbox(t(f"controls.{key}"), state.NETS, key=key, width=190,
                             format_func=_name)  # fmt: skip
            with st.popover(t("santurkar.more"), icon=":material/tune:"):
                _more()
    return _asked()


def _more() -> None:
    for key in ("figure_activation", "figure_init", "figure_loss"):
        controls.segments(key)
    low, high = state.FIELDS["figure_depth"].ends or (1, 1)
    st.slider(t("controls.figure_depth"), int(low), int(high), key="figure_depth")
    for key in ("figure_width", "figure_rate", "figure_steps", "figure_seeds"):
        st.select_slider(t(f"controls.{key}"), state.FIELDS[key].choices, key=key)
    st.toggle(t("controls.figure_eigenvalues"), key="figure_eigenvalues",
              help=t("help.figure_eigenvalues"))  # fmt: skip


def _asked() -> Comparison:
    """What the fields of the link ask for."""
    held = frame.values()
    steps, methods = int(held["figure_steps"]), (
        str(held[f"figure_{place}"]) for place in ("first", "second", "third")
    )  # fmt: skip
    net = Net(depth=int(held["figure_depth"]), width=int(held["figure_width"]),
              activation=str(held["figure_activation"]), init=str(held["figure_init"]))  # fmt: skip
    training = Training(rate=float(held["figure_rate"]), steps=steps,
                        loss=str(held["figure_loss"]))  # fmt: skip
    return Comparison(net, training, tuple(dict.fromkeys((NONE, *methods))),
                      tuple(range(int(held["figure_seeds"]))), spacing(steps),
                      bool(held["figure_eigenvalues"]))  # fmt: skip


def _take() -> None:
    """Put shipped settings into the link; the methods stay."""
    name = st.session_state[CASE]
    if name is None:
        return
    one = SMOOTHNESS[name]
    st.session_state.update({
        "figure_depth": one.net.depth, "figure_width": one.net.width,
        "figure_activation": one.net.activation, "figure_init": one.net.init,
        "figure_loss": one.training.loss, "figure_rate": one.training.rate,
        "figure_steps": one.training.steps, "figure_seeds": len(SEEDS),
    })  # fmt: skip


def _found(wanted: Comparison) -> Found:
    """What was measured: shipped, computed, or for the time being what there is instead."""
    name = shipped_with(wanted)
    known: Found = shipped.load(f"santurkar_{name}") if name else {}
    missing = wanted.without(known)
    if missing.methods:

        def measure(report: Callable[[float], None]) -> Found:
            from normlib.landscape.compare import compare  # torch is loaded where it is asked for

            return compare(missing, report)

        computed = work.result(("santurkar", missing), measure, label=t("santurkar.compute"))
        if computed is not None:
            known = {**known, **computed}
        elif not name:
            instead = nearest(wanted)
            _settings("stand_in", SMOOTHNESS[instead])
            return dict(shipped.load(f"santurkar_{instead}"))
        else:
            lacking = t("words.comma").join(map(_name, missing.methods))
            st.caption(t("santurkar.lacking", methods=lacking))
    _settings("settings", wanted)
    return {method: known[method] for method in wanted.methods if method in known}


def _settings(key: str, one: Comparison) -> None:
    facts = {**vars(one.net), **vars(one.training), "seeds": len(one.seeds),
             "rate": f"{one.training.rate:g}"}  # fmt: skip
    words = {
        name: t(f"figure_{name}.{facts[name]}.name") for name in ("activation", "init", "loss")
    }
    st.caption(t(f"santurkar.{key}", **facts | words))


def _summary(found: Found) -> None:
    """Every quantity without normalization over that with each method, in a table."""
    names = [name for name in CLAIMED if asked(found, name)]
    rows = [[t("santurkar.ratio"), *(t(f"santurkar.short.{name}") for name in names)]]
    for method in found:
        if method != NONE:
            verdicts = [verdict(found, method, name) for name in names]
            cells = (MARKS[one.says] if one.says == "broken"
                     else f"{MARKS[one.says]} **{one.ratio:.3g}**" for one in verdicts)  # fmt: skip
            rows.append([_name(method), *cells])
    st.markdown(table(rows))
    st.caption(t("santurkar.marks", **MARKS))
    for method, band in bands(found, "beta").items():
        if band.left_out:
            few = "few" if len(band.steps) else "most"
            st.markdown(t(f"santurkar.left_out.{few}", method=_name(method), count=band.left_out,
                          seeds=len(found[method].seeds)))  # fmt: skip


def _panel(found: Found, name: str) -> None:
    """A chart, and what it says in a line for every method."""
    from normlib.figures import smoothness as figures

    label = t(f"santurkar.quantity.{name}")
    words = {"quantity": label, "step": t("santurkar.step")}
    words |= {method: _name(method) for method in found}
    curves = bands(found, name)
    st.markdown(f"**{t(f'santurkar.heading.{name}')}**")
    figure = figures.over_steps(curves, words, log=name != "hidden_length")
    charts.draw(figure, t("santurkar.alt", quantity=label),
                key=f"_figure_{name}", name=f"santurkar_{name}")  # fmt: skip
    if name in CLAIMED:
        lines = [_said(found, method, name) for method, band in curves.items()
                 if method != NONE and len(band.steps)]  # fmt: skip
    else:
        lines = [t("santurkar.ends", method=_name(method), first=f"{band.middle[0]:.3g}",
                   last=f"{band.middle[-1]:.3g}")
                 for method, band in curves.items() if len(band.steps)]  # fmt: skip
    st.markdown("\n".join(f"- {line}" for line in lines))


def _said(found: Found, method: str, name: str) -> str:
    one = verdict(found, method, name)
    facts = {key: f"{value:.3g}" for key, value in vars(one).items() if key != "says"}
    return t(f"santurkar.verdict.{one.says}", method=_name(method), mark=MARKS[one.says], **facts)


def _name(method: str) -> str:
    """Of a method on vectors: there the statistics have no space to run over."""
    own = method in (NONE, "layer", "rms")
    return t(f"santurkar.name.{method}") if own else t(f"method.{method}.name")
