"""Equal or not: a pair of one's own, and the gallery of classic confusions."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import streamlit as st

from normlib import Spec, Trace, data, trace
from normlib.comparison import Comparison, compare, distance
from normlib.confusions import CONFUSIONS, Confusion, blend, hold_side_by_side, original
from normlib.folding import fold_digits
from pages.ui import controls, frame, pairs, scenes, state, verdict
from pages.ui.state import LARGEST
from pages.ui.tensor_view import Panel, tensor_view
from pages.ui.text import t

Arrays = tuple[np.ndarray, np.ndarray]
GAP = "|y₁ − y₂|"


@frame.live
def topic() -> None:
    """The row of topics, and the chosen one."""
    st.pills(
        t("controls.confusion"), state.FIELDS["confusion"].choices, key="confusion",
        required=True, on_change=_forget_the_guess,
        format_func=lambda key: t(f"confusion.{key}.name"),
    )  # fmt: skip
    key = str(st.session_state["confusion"])
    if key == state.OWN:
        _own()
    else:
        _case(CONFUSIONS[key])


def _own() -> None:
    pair = pairs.choose()
    found = compare(pair.first, pair.second, pair.x, training=pair.training, learned=pair.learned)
    names = verdict.method_names(pair.first.method, pair.second.method)
    verdict.draw(found, names)
    _pictures(found, names)


def _case(confusion: Confusion) -> None:
    st.markdown(t(f"equal.case.{confusion.key}.question"))
    controls.segments("guess")
    guess = str(st.session_state["guess"])
    if guess == "none":
        return
    said = t("equal.right") if guess == confusion.claim else t("equal.wrong")
    claim, why = t(f"equal.claim.{confusion.claim}"), t(f"equal.case.{confusion.key}.why")
    practice = t("equal.practice", text=t(f"equal.case.{confusion.key}.practice"),
                 link=confusion.source)  # fmt: skip
    st.markdown(f"**{said} {claim}** {why}\n\n{practice}")
    names = t(f"equal.case.{confusion.key}.first"), t(f"equal.case.{confusion.key}.second")
    {"folding": _folding, "blend": _blend}.get(confusion.key, _pair)(confusion, names)


def _pair(confusion: Confusion, names: verdict.Names) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        controls.kind_of_data(tuple(data.KINDS))
        _sliders(*(axis for axis in confusion.layout if axis not in confusion.fixed))
        st.toggle(t("controls.learned"), key="learned", help=t("help.learned"))
    spec = original(confusion, _lengths(), int(st.session_state["seed"]))
    found = hold_side_by_side(confusion, data.make(_kind(), spec), affine=_on("learned"),
                              seed=spec.seed)  # fmt: skip
    verdict.draw(found, names)
    _pictures(found, names)


def _folding(confusion: Confusion, names: verdict.Names) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        _sliders("n", "c")
    lengths, seed = _lengths(), int(st.session_state["seed"])
    found, rough = (fold_digits(lengths["n"], lengths["c"], seed=seed, dtype=dtype)
                    for dtype in ("float64", "float32"))  # fmt: skip
    verdict.say(found.agree, found.difference, found.scale, names)
    _differences({"float64": found.difference, "float32": rough.difference})
    st.latex(r"W' = W\,\frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}} \qquad"
             r" b' = (b - \mu)\,\frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}} + \beta")  # fmt: skip
    weights = {"plain": found.plain[0], "folded": found.folded[0]}
    traced = trace(Spec("weight_standardization", weights["plain"].shape, "oihw"), weights["plain"])
    symbols = {"plain": "W", "folded": "W′"}
    _values(traced, {name: (t(f"equal.{name}_weight"), weights[name], symbols[name])
                     for name in weights}, "W = {plain}, W′ = {folded}", weights)  # fmt: skip


def _blend(confusion: Confusion, names: verdict.Names) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="bottom"):
        controls.kind_of_data(tuple(data.KINDS))
        _sliders(*confusion.layout)
        st.slider(t("controls.share"), 0.0, 1.0, key="share", step=0.05, width=170,
                  help=t("help.share"))  # fmt: skip
    lengths = _lengths()
    spec = Spec("batch", tuple(lengths[axis] for axis in confusion.layout), confusion.layout,
                seed=int(st.session_state["seed"]))  # fmt: skip
    predicted, trained = (
        blend(spec, float(st.session_state["share"]), kind=_kind(), training=training)
        for training in (False, True)
    )
    verdict.say(predicted.agree, predicted.difference, predicted.scale, names)
    _differences({"prediction": predicted.difference, "training": trained.difference})
    st.markdown(t("equal.where_training"))
    _gap(trace(spec, trained.mixed), trained.outputs)


def _differences(found: Mapping[str, float]) -> None:
    """Largest differences side by side, each under what it was found in."""
    with st.container(horizontal=True):
        for name, difference in found.items():
            st.metric(t(f"equal.largest.{name}"), f"{difference:.2g}", border=True, width="content")


def _pictures(found: Comparison, names: verdict.Names) -> None:
    """Both partitions, and where the answers differ."""
    for column, name, traced, key in zip(st.columns(2), names, found.traces, "ab", strict=True):
        with column:
            st.markdown(t("equal.groups_of", name=name))
            scene = scenes.scene(traced, "input", color="group", digits=4, alone=True)
            same = {side.move for side in found.sides} == {"same"}
            tensor_view(scene if same else replace(scene, locked=-1), key=f"equal_{key}",
                        on_lock=scenes.locks(traced.spec.sizes) if same else None)  # fmt: skip
    unmoved = found.traces[[side.move for side in found.sides].index("same")]
    if found.agree != "equal":
        _gap(unmoved, found.outputs)
    scenes.tell_cap(unmoved.spec.sizes)


def _gap(of: Trace, outputs: Arrays) -> None:
    """Where two answers differ; both stand in the formula of every entry."""
    window = scenes.drawn(of.spec.sizes)
    first, second = (array[window] for array in outputs)
    gap = distance(first, second)
    formula, numbers = (
        f"{GAP} = |{{first}} − {{second}}| = {{gap}}",
        {"first": first, "second": second},
    )
    _values(of, {"gap": (t("equal.gap"), gap, GAP)}, formula, {**numbers, "gap": gap})


def _values(of: Trace, shown: Mapping[str, tuple[str, np.ndarray, str]], formula: str,
            numbers: Mapping[str, np.ndarray]) -> None:  # fmt: skip
    """Arrays of the drawn shape, each with title and symbol; no groups, only values."""
    base = scenes.scene(of, "input", color="value", digits=4)
    panels = tuple(Panel(name, "tensor", title, array, base.axes, symbol=symbol)
                   for name, (title, array, symbol) in shown.items())  # fmt: skip
    extent = max(float(np.abs(array).max()) for _, array, _ in shown.values()) or 1.0
    tensor_view(replace(base, panels=panels, group=np.full(base.group.shape, -1), group_names=(),
                        group_size=1, sources=None, formula=formula, numbers=numbers, locked=-1,
                        sentence="", labels={**base.labels, "hint": t("equal.hint")},
                        extent=extent), key="equal_values")  # fmt: skip


def _sliders(*axes: str) -> None:
    for axis in axes:
        st.slider(t(f"axes.{axis}"), 1, LARGEST[axis], key=axis, width=115)


def _lengths() -> dict[str, int]:
    return {axis: int(frame.values()[axis]) for axis in LARGEST}


def _kind() -> str:
    return str(st.session_state["data"])


def _on(key: str) -> bool:
    return bool(st.session_state[key])


def _forget_the_guess() -> None:
    st.session_state["guess"] = "none"
