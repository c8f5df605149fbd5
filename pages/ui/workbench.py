"""The workbench: what is typed becomes a method, with its groups, steps, verdict and code."""

from collections.abc import Sequence

import streamlit as st

from normlib import METHODS, Method, Spec, Trace, code, data, formula, parameters, trace
from normlib.compose import COMPOSABLE, EXAMPLES, GIVING_BACK, compose, counted
from normlib.gradient_invariance import invariance
from normlib.pattern import Kept, parse
from normlib.published import COUNTS, Match, published, reach
from normlib.trace import step_names
from pages.ui import check, controls, fit, frame, knobs, methods, scenes, sentences, stepper
from pages.ui.tensor_view import tensor_view
from pages.ui.text import t

ANY = METHODS["batch"]  # takes every layout
MATRICES = ("input", "reshape")  # steps where groups are to be seen; later on it is the values


@frame.live
def topic() -> None:
    """Controls, verdict, picture, and one closer look."""
    _examples()
    traced = _normalized()
    _verdict(traced.spec)
    _picture(traced)
    controls.segments("bench")
    look = {"statistics": _statistics, "gradient": _gradient, "code": _code}
    look[str(st.session_state["bench"])](traced)


def _examples() -> None:
    """Compositions to start from; the present one is marked."""
    chosen = frame.values()
    now = tuple(chosen[field] for field in ("compose", "operation", "gives_back", "per"))
    found = {(one.text, one.operation, one.recovery, one.per): key for key, one in EXAMPLES.items()}
    st.session_state["example"] = found.get(now)
    st.pills(t("controls.example"), tuple(EXAMPLES), key="example", on_change=_use,
             format_func=lambda key: t(f"example.{key}.name"))  # fmt: skip


def _use() -> None:
    key = st.session_state["example"]
    if key is not None:
        one = EXAMPLES[key]
        fields = {"compose": one.text, "operation": one.operation, "gives_back": one.recovery,
                  "per": one.per, "layout": "nchw"}  # fmt: skip
        for field, value in fields.items():
            st.session_state[field] = value


def _normalized() -> Trace:
    """Draw the controls; `NormError` says what does not fit, once they are all drawn."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("controls.compose"), key="compose", help=t("help.compose"), width=330)
            controls.select("operation", COMPOSABLE, width=230)
            controls.select("gives_back", GIVING_BACK, width=210)
            if st.session_state["gives_back"] != "identity":
                controls.segments("per", help=t("help.per"))
        controls.shape(ANY)
        lengths = fit.lengths({**frame.values(), "method": ANY.key})
        row = st.container(horizontal=True, vertical_alignment="bottom")
        with row:
            controls.kind_of_data(fit.seeded_kinds(frame.values()))
            with st.popover(t("controls.more"), icon=":material/tune:"):
                controls.more(ANY, cell=False)
        kept = parse(str(st.session_state["compose"]), lengths)
        method = _composed(kept)
        with row:
            knobs.draw(method, lengths, given=counted(kept, method))
    spec = Spec(method.key, tuple(lengths.values()), "".join(lengths),
                fit.settings(method, frame.values(), lengths) | counted(kept, method),
                int(st.session_state["seed"]))  # fmt: skip
    controls.check_width(spec)
    x = data.make(str(st.session_state["data"]), spec)
    return trace(spec, x, parameters.seeded(spec, x))


def _composed(kept: Kept) -> Method:
    operation, recovery, per = (str(st.session_state[field])
                                for field in ("operation", "gives_back", "per"))  # fmt: skip
    return compose(kept.apart, operation, recovery, per, blocks=kept.blocks)


def _verdict(spec: Spec) -> None:
    """Whether somebody has published this, and what the groups mean for prediction."""
    found = published(spec)
    partition = spec.partition
    if found.named:
        st.success(t("workbench.published", names=_names(found.named)), icon=":material/book:")
        first = found.named[0].spec
        query = frame.link(method=first.method, **{
            name: value for name, value in first.settings.items() if name in (*COUNTS, "affine")
        })  # fmt: skip
        with st.container(horizontal=True):
            for page in ("groups", "steps"):
                label = t(f"workbench.{page}", name=t(f"method.{first.method}.name"))
                st.page_link(f"pages/{page}.py", label=label, query_params=query,
                             icon=":material/explore:")  # fmt: skip
    else:
        near = [match for match in found.matches if not match.here]
        key = "relatives" if near else "new"
        names = {"names": _names(near)} if near else {}
        st.info(t(f"workbench.{key}", count=found.compared, **names), icon=":material/science:")
    said = [t("workbench.pattern", pattern=partition.pattern, columns=partition.columns,
              rows=partition.rows)]  # fmt: skip
    said.append(t(f"workbench.{reach(spec)}"))
    if here := [match for match in found.matches if match.here and match.same]:
        said.append(t("workbench.here", names=_names(here)))
    st.markdown("\n\n".join(said))


def _names(matches: Sequence[Match]) -> str:
    """Methods with their papers, and with the knobs that make them agree."""
    said = []
    for match in matches:
        entry, settings = match.spec.entry, match.spec.settings
        name = t(f"method.{entry.key}.name")
        if match.bare:
            name = t("workbench.bare", name=name)
        counts = [t("workbench.knob", name=knob, value=settings[knob])
                  for knob in COUNTS if knob in settings]  # fmt: skip
        key = "with" if counts else "match"
        said.append(t(f"workbench.{key}", name=name, paper=methods.paper(entry),
                      **{"knobs": t("words.comma").join(counts)} if counts else {}))  # fmt: skip
    return t("workbench.and").join(said)


def _picture(traced: Trace) -> None:
    """The step that the link names: its sentence, its picture, its formula with numbers."""
    spec, names = traced.spec, step_names(traced.spec)
    step = stepper.jump(names)
    st.markdown("\n\n".join(sentences.of_step(traced, step)))
    scenes.tell_cap(spec.sizes)
    color = "group" if step in MATRICES else "value"
    picture = scenes.scene(traced, step, color=color, digits=4)
    tensor_view(picture, key="workbench_view", on_lock=scenes.locks(spec.sizes))
    if step == "input":
        return
    index = scenes.locked(spec.sizes) or (0,) * len(spec.sizes)
    numbers = formula.numbers(traced, index)
    shown = formula.shown(traced, step)
    st.latex(formula.latex(shown, numbers, formula.digits_for(traced, 4)))
    st.caption(t("steps.entry", index=", ".join(map(str, index))))


def _statistics(traced: Trace) -> None:
    methods.count(traced.spec, traced.training)
    if traced.spec.parameters():
        names = t("words.comma").join(traced.spec.parameters())
        st.caption(t("workbench.seeded", names=names))
    check.statistics(traced)


def _gradient(traced: Trace) -> None:
    """Two directions that the gradient may leave out, and what that says."""
    spec = traced.spec
    found = invariance(spec, traced.steps[0].array)
    scale = "scale_block" if found.block else "scale"
    of_scale = ("scale_sees" if found.sees_scale
                else "scale_eps" if found.sees_eps else "scale_blind")  # fmt: skip
    rows = [
        [t("workbench.gradient.shift"), _share(found.shift, blind=not found.sees_shift),
         t(f"workbench.gradient.shift_{'sees' if found.sees_shift else 'blind'}")],
        [t(f"workbench.gradient.{scale}"), _share(found.scale, blind=of_scale == "scale_blind"),
         t(f"workbench.gradient.{of_scale}", eps=f"{spec.eps:g}")],
    ]  # fmt: skip
    if found.sees_eps and not found.sees_scale:
        rows.append([t("workbench.gradient.scale_bare"), _share(found.bare, blind=True),
                     t("workbench.gradient.bare_blind")])  # fmt: skip
    lines = [t("workbench.gradient.line", direction=direction, share=share, meaning=meaning)
             for direction, share, meaning in rows]  # fmt: skip
    said = [t("workbench.gradient.intro"), "", *lines, "", t("workbench.gradient.source")]
    st.markdown("\n".join(said))


def _code(traced: Trace) -> None:
    """The code for any x, and the whole of it as a file."""
    source = check.written(traced)
    st.caption(t("workbench.code"))
    st.code(code.without_input(source), language="python", wrap_lines=True)
    st.download_button(t("workbench.whole"), source, "composition.py", on_click="ignore",
                       icon=":material/download:")  # fmt: skip


def _share(share: float, *, blind: bool) -> str:
    return t("workbench.gradient.zero", share=f"{share:.0e}") if blind else f"{share:.2g}"
