"""The page Training lab: what is trained, how to steer it, and how it stands."""

import logging
from functools import partial
from typing import Any

import streamlit as st

from normlib import NormError
from normlib.landscape import Net, Training, duel
from normlib.landscape.duel import PRESETS, Duel, standing
from normlib.landscape.settings import NONE
from pages.ui import charts, exports, frame, sessions, sliders, state
from pages.ui.text import section, t, table
from pages.ui.trainings import Race, Trainings

LOOK = 0.5  # seconds between two looks at a training that runs
_trainings = Trainings()


@frame.live
def draw() -> None:
    """Controls, and the training that they ask for, or one that came with the app."""
    wanted = _chosen()
    race = _trainings.find(wanted, sessions.current(), sessions.alive)
    if race and race.state == "failed":
        _tell(race)
        race = None
    if race and not race.ended:
        looks = None if race.state == "paused" else LOOK
        st.fragment(_watch, run_every=looks)(wanted, race, race.state)
        return
    finished = race.runs() if race else duel.known().get(wanted)
    _start(wanted, again=finished is not None)
    if finished is None:
        wanted = PRESETS["faster"]
        st.caption(t("lab.example"))
    elif race is None:
        st.caption(t("lab.shipped"))
    _show(wanted, finished or duel.known()[wanted])
    _take_away(wanted, finished or duel.known()[wanted])


def _chosen() -> Duel:
    """The controls, and the pair that they ask for."""
    st.markdown(t("lab.presets"))
    with st.container(horizontal=True):
        for name, preset in PRESETS.items():
            st.button(t(f"lab.preset.{name}"), key=f"_preset_{name}", on_click=_set, args=(preset,))
    with st.container(border=True):
        for column, net in zip(st.columns(2), state.LAB_NETS, strict=True):
            with column:
                _net(net)
        with sliders.row():
            for key in ("lab_batch", "lab_steps", "lab_noise"):
                st.select_slider(t(f"controls.{key}"), state.FIELDS[key].choices, key=key,
                                 help=t(f"help.{key}"), width=190)  # fmt: skip
            sliders.seed()
    chosen = frame.values()
    seed, nets, trainings = int(chosen["seed"]), [], []
    for net in state.LAB_NETS:
        nets.append(Net(
            method=str(chosen[f"lab_method{net}"]), depth=int(chosen[f"lab_depth{net}"]),
            activation=str(chosen[f"lab_activation{net}"]), init=str(chosen[f"lab_init{net}"]),
            seed=seed,
        ))  # fmt: skip
        trainings.append(Training(rate=float(chosen[f"lab_rate{net}"]),
                                  batch=int(chosen["lab_batch"]),
                                  steps=int(chosen["lab_steps"]), seed=seed))  # fmt: skip
    return Duel(tuple(nets), tuple(trainings), float(chosen["lab_noise"]))


def _net(net: str) -> None:
    with sliders.row():
        st.selectbox(t(f"controls.lab_method{net}"), state.NETS, key=f"lab_method{net}",
                     width=200, format_func=_method)  # fmt: skip
        with st.popover(t("lab.more"), icon=":material/tune:"):
            st.slider(t("controls.surface_depth"), *state.FIELDS["lab_depth"].ends,
                      key=f"lab_depth{net}", help=t("help.surface_depth"))  # fmt: skip
            for key in ("activation", "init"):
                st.segmented_control(
                    t(f"controls.surface_{key}"), state.FIELDS[f"lab_{key}"].choices,
                    key=f"lab_{key}{net}", required=True,
                    format_func=partial(_option, key),
                )  # fmt: skip
    st.select_slider(t("controls.lab_rate"), state.RATES, key=f"lab_rate{net}", width=300)


def _set(preset: Duel) -> None:
    """Bring the controls to a pair."""
    for ending, net, training in zip(state.LAB_NETS, preset.nets, preset.trainings, strict=True):
        for key in ("method", "depth", "activation", "init"):
            st.session_state[f"lab_{key}{ending}"] = getattr(net, key)
        st.session_state[f"lab_rate{ending}"] = training.rate
    st.session_state["lab_batch"] = preset.trainings[0].batch
    st.session_state["lab_steps"] = preset.trainings[0].steps
    st.session_state["lab_noise"] = preset.noise
    st.session_state["seed"] = preset.nets[0].seed


def _start(wanted: Duel, *, again: bool) -> None:
    with st.container(horizontal=True):
        label = t("lab.again") if again else t("lab.start")
        _button("start", label, "play_arrow", _begin, wanted, True)
        _button("step", t("lab.step"), "skip_next", _begin, wanted, False)


def _begin(wanted: Duel, go_on: bool) -> None:
    def make() -> Any:
        from normlib.landscape.trainee import live

        return live(wanted)

    race = _trainings.begin(wanted, sessions.current(), make)
    (race.go_on if go_on else race.step)()


def _watch(wanted: Duel, race: Race, before: str) -> None:
    """A training on its way: what steers it, and how it stands."""
    if race.state != before:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        if race.state == "paused":
            _button("pause", t("lab.resume"), "play_arrow", race.go_on, shortcut="p")
        else:
            _button("pause", t("lab.pause"), "pause", race.pause, shortcut="p")
        _button("step", t("lab.step"), "skip_next", race.step, shortcut="n")
        _button("cancel", t("lab.cancel"), "close", race.cancel)
    if runs := race.runs():
        _show(wanted, runs)
    else:
        st.caption(t("lab.loading"))


def _button(key: str, label: str, icon: str, act: Any, *args: Any, shortcut: str = "") -> None:
    st.button(label, key=f"_lab_{key}", icon=f":material/{icon}:", on_click=act, args=args,
              shortcut=shortcut or None)  # fmt: skip


def _show(wanted: Duel, runs: Any) -> None:
    """Numbers first, as they are drawn at once; then the curves."""
    names = [t(f"lab.name.{place}", method=_method(net.method))
             for place, net in zip(("first", "second"), wanted.nets, strict=True)]  # fmt: skip
    heads = [t(f"lab.{key}") for key in ("net", "done", "loss", "accuracy")]
    found = [standing(run) for run in runs]
    rows = [[name, str(one.steps), _written(one.loss, ".3g"), _written(one.accuracy, ".1%")]
            for name, one in zip(names, found, strict=True)]  # fmt: skip
    st.markdown(table([heads, *rows], rest="--:"))
    for name, one in zip(names, found, strict=True):
        if one.diverged is not None:
            st.markdown(t("lab.diverged", name=name, step=one.diverged))
    steps = wanted.trainings[0].steps
    if all(one.steps == steps or one.diverged is not None for one in found):
        st.markdown(t(f"lab.verdict.{duel.better(runs)}", first=names[0], second=names[1]))
    from normlib.figures import lab as figures  # plotly is loaded where a figure is drawn

    said = t("lab.alt", first=names[0], second=names[1], steps=steps)
    figure = figures.curves(runs, names, steps=steps, words=section("lab.figure"))
    charts.draw(figure, said, key="lab_curves")


def _take_away(wanted: Duel, runs: Any) -> None:
    def numbers() -> str:
        from normlib.landscape.tables import csv

        if wanted.nets[0].depth == wanted.nets[1].depth:
            return csv(dict(zip(duel.names(wanted), runs, strict=True)))
        return "\n".join(map(csv, runs))

    def code() -> str:
        from normlib.landscape.scripts import script

        return script(duel.calls(wanted), "lab")

    exports.offer("lab", numbers, code)


def _tell(race: Race) -> None:
    if isinstance(race.error, NormError):
        raise race.error
    logging.getLogger(__name__).error("a training failed", exc_info=race.error)
    st.warning(t("work.failed"), icon=":material/info:")


def _method(key: str) -> str:
    return t("surface.none") if key == NONE else t(f"method.{key}.name")


def _option(key: str, option: str) -> str:
    return t(f"surface_{key}.{option}.name")


def _written(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)
