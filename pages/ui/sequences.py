"""The topics of the page Sequences: the controls of each, and what they show."""

from collections.abc import Callable, Mapping

import streamlit as st

from normlib import Spec, influence, padding, recordings, trace
from normlib.timeline import Forecast, forecast
from pages.ui import cached, charts, controls, frame, methods, scenes, sliders, state, words
from pages.ui.tensor_view import tensor_view
from pages.ui.text import section, t, table


@frame.live
def norms() -> None:
    """Four normalizations, their groups and windows in the tensor view."""
    controls.segments("sequence_norm")
    with sliders.row():
        sliders.slider("utterances")
        sliders.slider("frames")
    chosen = st.session_state
    x = recordings.abreast()[: int(chosen["utterances"]), :, : int(chosen["frames"])]
    spec = Spec(str(chosen["sequence_norm"]), x.shape, "nct", {"affine": False})
    methods.describe(spec)
    picture = scenes.scene(trace(spec, x), "input", color="value", digits=4, alone=True)
    tensor_view(picture, key="sequences_view", on_lock=scenes.locks(spec.sizes))
    if (index := scenes.locked(spec.sizes)) is not None:
        st.markdown(f"**{t('groups.locked')}** {words.of_entry(spec, index)}")
    methods.count(spec, training=True)


@frame.live
def time() -> None:
    """Statistics of every step, and what a predictor does where there are none."""
    with sliders.row():
        sliders.slider("time_step")
        sliders.slider("feature")
        sliders.slider("least")
    controls.segments("beyond")
    st.toggle(t("controls.masked"), key="masked", help=t("help.masked"))
    chosen = st.session_state
    step, feature = int(chosen["time_step"]), int(chosen["feature"])
    x = recordings.vowels("test")[0][-1]
    found = forecast(cached.of_training(bool(chosen["masked"])), x,
                     beyond=str(chosen["beyond"]), least=int(chosen["least"]))  # fmt: skip
    with st.container(horizontal=True):  # before the chart, which takes longer to be drawn
        if found.reaches(step):
            _numbers_at(found, step, feature)
    from normlib.figures import sequences as figures  # plotly is loaded where a figure is drawn

    charts.draw(
        figures.over_time(found.used, x, found.scale, feature=feature, known=found.known,
                          chosen=step, words=section("over_time")),
        t("sequences.over_time", feature=feature, known=found.known),
    )  # fmt: skip
    found.check(step)


@frame.live
def edit() -> None:
    """One edit, and the outputs that it reaches under each of the four."""
    with sliders.row():
        sliders.slider("edit_step")
        sliders.slider("edit_by", step=0.25)
        st.toggle(t("controls.edit_all"), key="edit_all", help=t("help.edit_all"))
    chosen = st.session_state
    found = influence.influence(
        recordings.abreast(), float(chosen["edit_by"]), step=int(chosen["edit_step"]),
        feature=None if chosen["edit_all"] else 0,
    )  # fmt: skip
    names = section("short")
    counts = {method: found.counts(method) for method in found.change}
    heads = [t("sequences.norm"), *(t(f"sequences.{key}") for key in counts["layer"])]
    rows = [[names[method], *map(str, row.values())] for method, row in counts.items()]
    st.markdown(t("sequences.changed"))
    st.markdown(table([heads, *rows], rest="--:"))
    from normlib.figures import sequences as figures

    charts.draw(
        figures.reach(found, names, section("reach")), t("sequences.reach", step=found.step)
    )


@frame.live
def company() -> None:
    """One utterance, alone and in a batch."""
    with sliders.row():
        sliders.slider("others")
        sliders.slider("extra")
        st.toggle(t("controls.masked"), key="masked", help=t("help.masked"))
    chosen = st.session_state
    batch = padding.company(int(chosen["others"]))
    extra = int(chosen["extra"])
    found = padding.changes(batch, extra=extra, masked=bool(chosen["masked"]))
    st.markdown(t("sequences.batch", count=len(batch), frames=len(batch[0]),
                  steps=padding.num_steps(batch, extra)))  # fmt: skip
    names = section("short")
    rows = [[names[method], f"{value:.3g}"] for method, value in found.items()]
    st.markdown(table([[t("sequences.norm"), t("sequences.largest")], *rows], rest="--:"))
    from normlib.figures import sequences as figures

    charts.draw(figures.bars(found, names, t("sequences.change")), t("sequences.bars"))


@frame.live
def depth() -> None:
    """Activation scale over the depth of a Transformer, or over time of a recurrent step."""
    controls.segments("network")
    chosen = st.session_state
    blocks = chosen["network"] == "blocks"
    with sliders.row():
        if blocks:
            sliders.slider("depth")
            st.select_slider(t("controls.weights"), state.FIELDS["weights"].choices, key="weights",
                             help=t("help.weights"), width=230)  # fmt: skip
        else:
            sliders.slider("gain", step=0.05)
        sliders.seed()
    seed, names = int(chosen["seed"]), section("place")
    if blocks:
        found, last = cached.over_depth(float(chosen["weights"]), seed), int(chosen["depth"])
    else:
        found = cached.over_time(float(chosen["gain"]), seed)
        last = found.last
    names = {key: names[f"{key}.{chosen['network']}"] for key in found.scale}
    heads = [t("sequences.variant"), t(f"sequences.after.{chosen['network']}"), t("sequences.adds")]
    rows = [[name, *(f"{number:.4g}" for number in found.at(key, last))]
            for key, name in names.items()]  # fmt: skip
    shown = [heads, *rows] if blocks else [row[:2] for row in (heads, *rows)]
    st.markdown(table(shown, rest="--:"))
    from normlib.figures import sequences as figures

    axes = t(f"sequences.axis.{chosen['network']}"), t("sequences.scale")
    charts.draw(figures.scales(found, names, last=last, axes=axes),
           t(f"sequences.alt.{chosen['network']}", last=last))  # fmt: skip


TOPICS: Mapping[str, Callable[[], None]] = {
    "norms": norms, "time": time, "edit": edit, "padding": company, "depth": depth,
}  # fmt: skip


def _numbers_at(found: Forecast, step: int, feature: int) -> None:
    _number(t("sequences.left"), int(found.used.count[step]))
    _number(t("sequences.mean"), found.used.mean[feature, step])
    _number(t("sequences.variance"), found.used.variance[feature, step])
    _number(t("sequences.output"), found.scale[step])


def _number(label: str, value: float) -> None:
    st.metric(label, f"{value:.4g}", width="content", border=True)
