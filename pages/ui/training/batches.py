"""Batches fed one after another, and two records that follow them."""

import streamlit as st

from normlib.conventions import CONVENTIONS, meant_for_the_other_side
from normlib.stream import Fed, Move, Path, follow, moves
from pages.ui import cached, charts, frame, state, stepper
from pages.ui.text import section, t
from pages.ui.training import shared

PAUSE = 0.9  # seconds between two batches while playing


@frame.live
def draw() -> None:
    """Controls, charts, and the last step in numbers."""
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        for key in ("convention", "beside"):
            st.selectbox(t(f"controls.{key}"), tuple(CONVENTIONS), key=key, width=218,
                         format_func=lambda name: t(f"convention.{name}.name"))  # fmt: skip
        momentum = st.number_input(t("controls.momentum"), 0.0, 1.0, step=0.05, width=130,
                                   key="momentum", help=t("help.momentum"))  # fmt: skip
        size = shared.batch_size()
        shared.seed()
    fed = cached.feed(shared.source().seed, size)
    chosen = dict.fromkeys(str(st.session_state[key]) for key in ("convention", "beside"))
    paths = [follow(fed, name, momentum) for name in chosen]
    names = [t(f"convention.{name}.label") for name in chosen]
    _tell_the_other_side(chosen, momentum)

    with st.container(horizontal=True, vertical_alignment="bottom"):
        stepper.buttons("fed", range(state.MOST_FED + 1), pause=PAUSE)
        steps = st.slider(t("controls.fed"), 0, state.MOST_FED, key="fed", width=180,
                          on_change=stepper.stop)  # fmt: skip
        channel = shared.channel()
    from normlib.figures import stream as figures

    figure = figures.convergence(fed, paths, names, steps=steps, channel=channel,
                                 words=section("training.chart"))  # fmt: skip
    charts.draw(figure, t("training.chart_alt", steps=steps, channel=channel))
    st.markdown(_numbers(fed, paths, momentum, steps, channel))
    _torch(fed, paths, momentum)


def _tell_the_other_side(chosen: dict[str, None], momentum: float) -> None:
    """Say so where the number looks like one of the opposite convention."""
    for name in chosen:
        other = meant_for_the_other_side(CONVENTIONS[name], momentum)
        if other is not None:
            st.info(t(f"training.other_side.{CONVENTIONS[name].weighs}", momentum=f"{momentum:g}",
                      name=t(f"convention.{name}.label"), other=f"{other:g}"),
                    icon=":material/swap_horiz:")  # fmt: skip


def _numbers(fed: Fed, paths: list[Path], momentum: float, steps: int, channel: int) -> str:
    """The last batch and what each record made of it, as a table."""
    if not steps:
        return t("training.cold")
    at = steps - 1
    rows = [t("training.table.head", step=steps, count=fed.count, factor=f"{fed.factor:.4g}",
              mean=_number(fed.mean[at, channel]), biased=_number(fed.biased[at, channel]),
              unbiased=_number(fed.unbiased[at, channel]))]  # fmt: skip
    for path in paths:
        found = moves(fed, path, momentum, at, channel)
        shown = {name: _one_move(move) for name, move in found.items()}
        rule = CONVENTIONS[path.convention]
        rows.append(t("training.table.row", name=t(f"convention.{rule.key}.label"),
                      rule=t(f"training.rule.{rule.weighs}"), **shown))  # fmt: skip
    rows.append(t("training.table.true", mean=_number(fed.source.mean[channel]),
                  variance=_number(fed.source.variance[channel])))  # fmt: skip
    return "\n".join(rows)


def _one_move(move: Move) -> str:
    """One number of a record, from old to new."""
    key = "pooled" if move.extra else "move"
    shown = {name: _number(value) for name, value in vars(move).items()}
    return t(f"training.moved.{key}", **shown)


def _number(value: float) -> str:
    """Four digits, with a minus that stands well beside a dot."""
    return f"{value:.4g}".replace("-", "−")


def _torch(fed: Fed, paths: list[Path], momentum: float) -> None:
    """On demand: every record beside the buffers of a batch norm of torch, at every step."""
    if not st.button(t("check.button"), icon=":material/balance:", help=t("help.buffers")):
        return
    with st.spinner(t("check.loading")):
        from normlib.layers import buffers

        found = {path.convention: buffers.distance(fed, path, momentum) for path in paths}
    for name, verdict in found.items():
        say = st.success if verdict.equal else st.info
        key = "equal" if verdict.equal else "differs"
        say(t(f"training.torch.{key}", name=t(f"convention.{name}.label"), steps=len(fed.mean),
              mean=f"{verdict.mean:.2g}", variance=f"{verdict.variance:.2g}"))  # fmt: skip
