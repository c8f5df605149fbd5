"""The page Surface: the controls, the pictures side by side, and what can be read from them."""

from collections.abc import Mapping
from functools import partial
from math import isfinite

import streamlit as st

from normlib.landscape import Net, Surface, Training, panels
from normlib.landscape.heights import between_methods, between_modes, compare, heights
from normlib.landscape.panels import PREVIEW, SIZE, Panel, side_by_side, surfaces
from normlib.landscape.settings import NONE
from pages.ui import charts, controls, exports, frame, sliders, state, work
from pages.ui.cameras import linked
from pages.ui.text import section, t, table

Picture = Mapping[Panel, Surface]


@frame.live
def draw() -> None:
    """Controls, pictures, numbers, and what they say."""
    wanted = _chosen()
    found = _found(wanted)
    pictures = st.container()
    _numbers(found)  # first, as pictures take longer to be drawn
    with pictures:
        _pictures(found)
    if all(surface.exact for surface in found.values()):
        _take_away(found)


def _take_away(found: Picture) -> None:
    """The cells as numbers, and what computes them."""
    calls = panels.calls(found)

    def table() -> str:
        from normlib.landscape.tables import csv

        return csv(dict(zip(calls, found.values(), strict=True)))

    def code() -> str:
        from normlib.landscape.scripts import script

        return script(calls, "surface")

    exports.offer("surface", table, code)


def _chosen() -> tuple[Panel, ...]:
    """The controls, and the pictures that they ask for."""
    with st.container(border=True):
        with sliders.row():
            for key in ("surface_first", "surface_second"):
                st.selectbox(t(f"controls.{key}"), state.NETS, key=key, width=205,
                             format_func=_method)  # fmt: skip
            st.slider(t("controls.surface_depth"), 1, 10, key="surface_depth", width=130,
                      help=t("help.surface_depth"))  # fmt: skip
            with st.popover(t("surface.more"), icon=":material/tune:"):
                _more()
        with sliders.row():
            controls.segments("plane", help=t("help.plane"))
            controls.segments("surface_statistics", help=t("help.surface_statistics"))
            controls.segments("surface")
            controls.segments("surface_scale")
            st.toggle(t("controls.surface_shared"), key="surface_shared",
                      help=t("help.surface_shared"))  # fmt: skip
    chosen = frame.values()
    seed = int(chosen["seed"])
    nets = [
        Net(method=str(chosen[key]), depth=int(chosen["surface_depth"]),
            activation=str(chosen["surface_activation"]), init=str(chosen["surface_init"]),
            seed=seed)
        for key in ("surface_first", "surface_second")
    ]  # fmt: skip
    return side_by_side(
        nets, Training(steps=int(chosen["surface_steps"]), seed=seed),
        plane=str(chosen["plane"]), statistics=str(chosen["surface_statistics"]), seed=seed,
    )  # fmt: skip


def _more() -> None:
    st.select_slider(t("controls.surface_steps"), state.FIELDS["surface_steps"].choices,
                     key="surface_steps", help=t("help.surface_steps"))  # fmt: skip
    controls.segments("surface_activation")
    controls.segments("surface_init")
    sliders.seed()


def _found(wanted: tuple[Panel, ...]) -> Picture:
    """The pictures that are there: shipped, a preview, exact, or the shipped ones of other nets."""
    known = panels.known()
    if all(panel in known for panel in wanted):
        _computed()
        return {panel: known[panel] for panel in wanted}
    first = work.result(("surface_preview", wanted), partial(surfaces, wanted, PREVIEW),
                        label=t("surface.compute"))  # fmt: skip
    if first is None:
        stand_in = panels.stand_in(wanted)
        st.caption(t("surface.shown", panels=" · ".join(map(_name, stand_in))))
        return stand_in
    exact = work.result(("surface", wanted), partial(surfaces, wanted, SIZE),
                        label=t("surface.exact"), at_once=True)  # fmt: skip
    if exact is not None:
        _computed()
        return dict(zip(wanted, exact, strict=True))
    st.caption(t("surface.preview", few=PREVIEW))
    return {panel: panels.refined(one, SIZE) for panel, one in zip(wanted, first, strict=True)}


def _computed() -> None:
    st.caption(t("surface.computed", many=SIZE))


def _pictures(found: Picture) -> None:
    """One chart for each; all of them on one scale, unless each is to fill its own."""
    from normlib.figures import surface as figures  # plotly is loaded where a figure is drawn

    chosen = frame.values()
    solid, log = chosen["surface"] == "relief", chosen["surface_scale"] == "log"
    if solid:
        st.slider(t("controls.camera"), 0, 350, step=10, key="camera", help=t("help.camera"))
    columns = st.columns(len(found), gap="small")
    for number, (column, (panel, surface)) in enumerate(zip(columns, found.items(), strict=True)):
        alike = tuple(found.values()) if chosen["surface_shared"] else (surface,)
        scale = {"ends": figures.span(alike), "within": figures.frame(alike), "log": log,
                 "words": section(f"surface.figure.{panel.plane}")}  # fmt: skip
        read = {key: f"{value:.3g}" for key, value in vars(heights(surface)).items()}
        if solid:
            figure = figures.relief(surface, turn=float(chosen["camera"]), narrow=len(found) > 2,
                                    **scale)  # fmt: skip
        else:
            figure = figures.contour(surface, **scale)
        with column:
            st.markdown(f"**{_name(panel)}**")
            charts.draw(
                figure, t("surface.alt", panel=_name(panel), layers=panel.net.depth,
                          steps=panel.training.steps, **read),
                key=f"surface_{chosen['surface']}_{number}",
            )  # fmt: skip
    if solid:
        linked()


def _numbers(found: Picture) -> None:
    """Heights in a table; then what differs between methods, and between statistics."""
    read = {panel: heights(surface) for panel, surface in found.items()}
    heads = [t(f"surface.{key}") for key in ("head", "of_net", "least", "most")]
    rows = [[_name(panel), *(f"{value:.3g}" for value in vars(one).values())]
            for panel, one in read.items()]  # fmt: skip
    st.markdown(table([heads, *rows], rest="--:"))
    most = {panel: one.most for panel, one in read.items() if isfinite(one.most)}
    if pair := between_methods(most):
        _between(*pair, most)
    for batch, running in between_modes(most):
        apart = compare(most[running], most[batch])
        st.markdown(t(f"surface.modes.{apart.verdict}", method=_method(batch.net.method),
                      running=f"{most[running]:.3g}", batch=f"{most[batch]:.3g}",
                      ratio=f"{apart.ratio:.3g}"))  # fmt: skip
    shares = {_name(panel): sum(one.explained) for panel, one in found.items() if one.explained}
    if shares:
        said = " · ".join(f"{name} {share:.1%}" for name, share in shares.items())
        st.caption(t("surface.explained", shares=said))


def _between(first: Panel, second: Panel, most: Mapping[Panel, float]) -> None:
    apart = compare(most[first], most[second])
    facts = {"first": _name(first), "second": _name(second), "ratio": f"{apart.ratio:.3g}",
             "first_most": f"{most[first]:.3g}", "second_most": f"{most[second]:.3g}"}  # fmt: skip
    st.markdown(t(f"surface.between.{apart.verdict}", **facts))


def _method(key: str) -> str:
    return t("surface.none") if key == NONE else t(f"method.{key}.name")


def _name(panel: Panel) -> str:
    """What stands above a picture."""
    name = _method(panel.net.method)
    if not panel.has_modes:
        return name
    said = t(f"surface_phrase.{panel.statistics}")
    return t("surface.panel_statistics", method=name, statistics=said)
