"""The topics of the page Whitening: the controls of each, and what they show."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import numpy as np
import streamlit as st

from normlib import axis_flips, clouds, few_rows, outlook, patches, shrinkage, whitenings
from normlib.data import SEED_LIMIT
from normlib.pictures import PICTURES, photo
from normlib.whitenings import Whitened
from pages.ui import cached, charts, controls, frame, state
from pages.ui.text import section, t, table


@frame.live
def cloud() -> None:
    """A cloud before and after, and all whitenings in numbers."""
    with _row():
        controls.select("cloud", state.FIELDS["cloud"].choices, width=250)
        _which()
    controls.segments("whitener")
    chosen = st.session_state
    points = _points()
    with _row():
        if chosen["whitener"] == "newton":
            _slider("newton_steps")
        if points.shape[1] > 2:
            _slider("turn", step=5)
        st.toggle(t("controls.trails"), key="trails", help=t("help.trails"))
    found = whitenings.compare(points, iterations=int(chosen["newton_steps"]))
    kind = str(chosen["whitener"])
    st.markdown(t(f"whitener.{kind}.text"))
    _before_and_after(found[kind], found)
    st.markdown(_compared(found, kind))
    least = whitenings.least_moved(found[kind].covariance)
    st.markdown(t("whitening.least", least=f"{least:.4f}"))


@frame.live
def newton() -> None:
    """Newton's iteration towards the identity, direction by direction."""
    with _row():
        _slider("newton_steps")
        controls.select("cloud", state.FIELDS["cloud"].choices, width=250)
        _which()
    steps = int(st.session_state["newton_steps"])
    found = whitenings.compare(_points(), iterations=steps)
    run = whitenings.iterate(found["newton"].covariance)
    rows = [[t("whitening.axis", number=i), f"{value:.4f}"]
            for i, value in enumerate(run.variances[steps], 1)]  # fmt: skip
    rows.append([t("whitening.residual"), f"{run.residual[steps]:.3g}"])
    rows.append([t("whitening.from_zca"), f"{found['newton'].apart(found['zca']):.3g}"])
    st.markdown(table([[t("whitening.after_steps", steps=steps), ""], *rows], rest="--:"))
    from normlib.figures import whitening as figures

    charts.draw(figures.iterations(run, steps=steps, words=section("newton_chart")),
                t("whitening.newton_alt", most=whitenings.MOST_STEPS))  # fmt: skip


@frame.live
def flips() -> None:
    """Axes of batch after batch, and where one row lands."""
    with _row():
        _slider("spread_ratio", step=0.1)
        _slider("axis_angle", step=5)
        st.select_slider(t("controls.batch_rows"), axis_flips.ROWS, key="batch_rows", width=230)
        _seed()
    controls.segments("sign_rule", help=t("help.sign_rule"))
    chosen = st.session_state
    found = axis_flips.flips(
        float(chosen["spread_ratio"]), float(chosen["axis_angle"]), int(chosen["batch_rows"]),
        sign=str(chosen["sign_rule"]), seed=int(chosen["seed"]),
    )  # fmt: skip
    st.markdown(t("whitening.counted", swapped=int(found.swapped.sum()),
                  turned=int(found.turned.sum()), steps=axis_flips.BATCHES - 1,
                  axes=found.turned[1:].size))  # fmt: skip
    names = section("short_whitener")
    rows = [[names[kind], f"{found.scatter(kind):.3f}"] for kind in found.landed]
    st.markdown(table([[t("whitening.by"), t("whitening.scatter")], *rows], rest="--:"))
    from normlib.figures import flips as figures

    charts.draw(figures.vanes(found, section("vanes")), t("whitening.vanes_alt"))
    charts.draw(figures.landings(found, names, section("landings")), t("whitening.landings_alt"))


@frame.live
def few() -> None:
    """As many rows as columns and fewer, without and with shrinkage."""
    with _row():
        _slider("few_rows")
        _slider("shrinkage", step=0.01)
        _seed()
    chosen = st.session_state
    count, seed = int(chosen["few_rows"]), int(chosen["seed"])
    rows = few_rows.draw(count, seed)
    plain, shrunk = (few_rows.repair(rows, a) for a in (0.0, float(chosen["shrinkage"])))
    both = (plain, shrunk)
    lines = [
        [t("few_table.head", rows=count), t("few_table.plain"),
         t("few_table.shrunk", amount=f"{shrunk.amount:.2f}")],
        [t("few_table.rank"), *(str(one.rank) for one in both)],
        [t("few_table.smallest"), *(f"{one.eigenvalues[-1]:.3g}" for one in both)],
        [t("few_table.condition"), *(_finite(one.condition) for one in both)],
        [t("few_table.deviation"), *(f"{_rounded(one.deviation):.3g}" for one in both)],
        [t("few_table.fresh_largest"), *(f"{one.largest:.3g}" for one in both)],
        [t("few_table.fresh_smallest"), *(f"{_rounded(one.smallest):.3g}" for one in both)],
    ]  # fmt: skip
    st.markdown(table(lines, rest="--:"))
    st.markdown(t("few_table.advised", amount=f"{shrinkage.estimated(rows):.2f}"))
    from normlib.figures import flips as figures

    figure = figures.few(few_rows.sweep(shrunk.amount, seed), plain=plain, shrunk=shrunk,
                         true=few_rows.spectrum(), rows_now=count,
                         words=section("few_chart"))  # fmt: skip
    charts.draw(figure, t("few_table.alt", rows=count))


@frame.live
def of_patches() -> None:
    """Filters that whiten the patches of a photo, and the photo through one of them."""
    with _row():
        st.select_slider(t("controls.patch_shrinkage"), patches.SHRINKAGES, key="patch_shrinkage",
                         help=t("help.patch_shrinkage"), width=230,
                         format_func=lambda amount: f"{amount:g}")  # fmt: skip
        _photo()
    chosen = st.session_state
    name = str(chosen["patch_photo"])
    found = cached.whitened_patches(name, float(chosen["patch_shrinkage"]))
    rows = [
        [t("patch_table.head"), t("patch_table.pca"), t("patch_table.zca")],
        [t("patch_table.near"), *(f"{patches.locality(part):.0%}"
                                  for part in (found.axes, found.filters))],
    ]  # fmt: skip
    st.markdown(table(rows, rest="--:"))
    st.markdown(
        t("patch_table.text", count=found.count, condition=f"{found.condition:,.0f}",
          deviation=f"{_rounded(found.deviation):.2g}")
    )  # fmt: skip
    pictures = {
        "pca": patches.tiles(found.axes, patches.SIDE, patches.ZOOM),
        "zca": patches.tiles(found.filters, patches.SIDE, patches.ZOOM),
        "photo": patches.shown(patches.grey(photo(name, patches.SIZE)), patches.ZOOM_PHOTO),
        "answer": patches.shown(found.answer, patches.ZOOM_PHOTO),
    }
    for pair in (("pca", "zca"), ("photo", "answer")):
        for key, place in zip(pair, st.columns(2), strict=True):
            caption = t(f"patch_picture.{key}")
            place.image(pictures[key], caption, width="stretch", alt=caption)


TOPICS: Mapping[str, Callable[[], None]] = {
    "cloud": cloud, "newton": newton, "flips": flips, "few": few,
    "patches": of_patches,
}  # fmt: skip


def _points() -> np.ndarray:
    chosen = st.session_state
    kind, seed = str(chosen["cloud"]), int(chosen["seed"])
    if kind == state.COLOURS:
        return clouds.colours(photo(str(chosen["patch_photo"]), patches.SIZE), seed)
    return clouds.CLOUDS[kind](float(chosen["correlation"]), seed)


def _which() -> None:
    """What decides the points of the chosen cloud."""
    if st.session_state["cloud"] in clouds.CORRELATED:
        _slider("correlation", step=0.01)
    if st.session_state["cloud"] == state.COLOURS:
        _photo()
    _seed()


def _before_and_after(found: Whitened, others: Mapping[str, Whitened]) -> None:
    from normlib.figures import whitening as figures

    chosen = st.session_state
    look = outlook.outlook(found.before.shape[1], float(chosen["turn"]))
    every = [found.before, *(other.after for other in others.values())]
    scale = figures.Scale(look, outlook.square(look, every), found.largest)
    colored = chosen["cloud"] == state.COLOURS
    kind = "colour" if colored else "feature"
    names = [t(f"whitening.{kind}.{i}") for i in range(found.before.shape[1])]
    for after, place in zip((False, True), st.columns(2), strict=True):
        key = "after" if after else "before"
        with place:
            st.markdown(f"**{t(f'whitening.{key}')}**")
            figure = figures.cloud(
                found, scale, after=after, names=names, word=t("whitening.covariance"),
                colors=clouds.painted(found.before) if colored else None,
                trails=after and bool(chosen["trails"]),
            )  # fmt: skip
            charts.draw(figure, t(f"whitening.{key}_alt"), key=f"whitening_{key}")


def _compared(found: Mapping[str, Whitened], kind: str) -> str:
    """All whitenings in numbers, the chosen one in bold."""
    head = [t("whitening.whitener"), t("whitening.deviation"), t("whitening.moved")]
    rows = []
    for key, one in found.items():
        mark = "**" if key == kind else ""
        numbers = (f"{_rounded(one.deviation):.3g}", f"{one.moved:.4f}")
        rows.append([f"{mark}{cell}{mark}" for cell in (t(f"whitener.{key}.name"), *numbers)])
    return table([head, *rows], rest="--:")


def _rounded(value: float) -> float:
    """Zero where nothing but rounding is left."""
    return value if value > whitenings.SAME else 0.0


def _finite(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "∞"


def _photo() -> None:
    controls.select("patch_photo", tuple(PICTURES), width=200)


def _seed() -> None:
    st.number_input(t("controls.seed"), 0, SEED_LIMIT - 1, key="seed", help=t("help.seed"),
                    width=150)  # fmt: skip


def _row() -> AbstractContextManager[object]:
    return st.container(horizontal=True, vertical_alignment="bottom")


def _slider(key: str, *, step: float = 1) -> None:
    """A slider over all values of a field of the link."""
    low, high = state.FIELDS[key].ends or (0, 1)
    kind = type(state.FIELDS[key].default)
    st.slider(t(f"controls.{key}"), kind(low), kind(high), step=kind(step), key=key,
              help=t(f"help.{key}"), width=230)  # fmt: skip
