"""Pixels: a picture, a changed copy and another picture, normalized as one batch."""

import streamlit as st

from normlib import looks, picture_files
from normlib.histograms import histograms
from pages.ui import charts, controls, frame, methods, state
from pages.ui.pictures import shared
from pages.ui.text import section, t, table

SIZE, PAIR = 512, 160  # pixels: of a picture, of the width of a pair on the page
STEPS = {"contrast": 0.05, "light": 0.05, "cast": 0.05}


@frame.live
def draw() -> None:
    """The controls, the pictures before and after, what survives, and the histograms."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for key in looks.CHANGES:
                low, high = state.FIELDS[key].ends or (0.0, 1.0)
                st.slider(t(f"controls.{key}"), low, high, step=STEPS[key], key=key,
                          help=t(f"help.{key}"), width=200)  # fmt: skip
            shared.choose("picture", "companion")
        shared.own("picture", "companion")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            controls.segments("picture_norm")
            if st.session_state["picture_norm"] == "group":
                controls.segments("picture_groups", help=t("help.picture_groups"))
            eps = controls.epsilon(1e-5, width=210)
    chosen = st.session_state
    change = looks.Change(*(float(chosen[key]) for key in looks.CHANGES))
    picture, other = (shared.pixels(key, SIZE) for key in ("picture", "companion"))
    groups, method = int(chosen["picture_groups"]), str(chosen["picture_norm"])
    found = looks.compare(method, picture, other, change, groups=groups, eps=eps)
    before, after = found.difference
    st.markdown(t("pictures.difference", before=f"{before:.4f}", after=f"{after:.4f}"))
    names = [shared.called("picture"), t("pictures.copy"), shared.called("companion")]
    _pictures(found, names)
    if method == "positional":
        _taken_away(found, names[0])
    methods.describe(found.spec)
    _survey(looks.survey(picture, other, change, groups=groups, eps=eps), change)
    from normlib.figures import pictures as figures

    drawn = histograms(found)
    st.markdown(t("pictures.tiny") if drawn.tiny else t("pictures.histograms"))
    charts.draw(figures.distributions(drawn, section("pictures.chart")),
                t("pictures.histograms_alt", count=len(drawn.groups)))  # fmt: skip


def _pictures(found: looks.Comparison, names: list[str]) -> None:
    alts = [shared.seen("picture"), t("pictures.copy_alt"), shared.seen("companion")]
    shared.row("before", zip(names, found.before, strict=True), alts)
    shared.credit("picture", "companion")
    st.caption(t("pictures.shown", spread=shared.SPREAD))
    look = t(f"pictures.look.{found.spec.method}")
    alts = [t("pictures.alt", name=name, look=look) for name in names]
    captions = [t("pictures.normalized", name=name) for name in names]
    shown = zip(captions, found.after, strict=True)
    shared.row("after", shown, alts, low=-shared.SPREAD, high=shared.SPREAD)


def _taken_away(found: looks.Comparison, name: str) -> None:
    """The maps of what positional norm takes away from the picture."""
    captions = t("pictures.taken_mean"), t("pictures.taken_std")
    maps = zip(captions, looks.moment_maps(found.before[0]), strict=True)
    shared.row("taken", maps, [t("pictures.alt", name=name, look=caption) for caption in captions])


def _survey(found: looks.Survey, change: looks.Change) -> None:
    names = {method: t(f"picture_norm.{method}.name") for method in looks.COMPARED}
    names["group"] += f" ({st.session_state['picture_groups']})"
    st.markdown(t("pictures.side_by_side"))
    with st.container(horizontal=True):
        for method, pair in found.pairs.items():
            alt = t("pictures.pair_alt", look=t(f"pictures.look.{method}"))
            file = picture_files.encode(pair, -shared.SPREAD, shared.SPREAD)
            st.image(file, names[method], PAIR, alt=alt)
    st.markdown(t("pictures.survives"))
    heads = [t("controls.picture_norm"), *(t(f"pictures.change.{name}") for name in looks.CHANGES)]
    rows = [[names[method], *(_survived(left[name], change, name) for name in looks.CHANGES)]
            for method, left in found.left.items()]  # fmt: skip
    st.markdown(table([heads, *rows], rest="--:"))


def _survived(left: float, change: looks.Change, name: str) -> str:
    if change.alone(name) == looks.Change():
        return "–"
    return f"**{left:.2f}**" if left >= looks.GONE else f"{left:.2f}"
