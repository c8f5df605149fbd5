"""The topics of the page Weights and gradients: the controls of each, and what they show."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

import streamlit as st

from normlib import METHODS, on_gradients
from normlib.data import SEED_LIMIT
from normlib.invariance import FACTORS, RATE, Scaled
from normlib.network import LAYERS, NETS, digits
from normlib.on_gradients import Layer
from normlib.on_weights import METHODS_OF_WEIGHTS, MOST_ROUNDS, Look
from pages.ui import cached, charts, controls, fit, frame, knobs, methods, state, stepper
from pages.ui.text import section, t, table

PAUSE = 0.9  # seconds between two rounds while playing


@frame.live
def weights() -> None:
    """One matrix of the trained network, before and after a method."""
    with _row():
        _method("weight_method", METHODS_OF_WEIGHTS)
        controls.segments("of_layer")
        controls.segments("net")
    chosen = st.session_state
    net, layer, method = (str(chosen[key]) for key in ("net", "of_layer", "weight_method"))
    found = cached.change(net, layer, method)
    st.markdown(t(f"method.{method}.text"))
    heads = [t("gradients.of_the_weight"), t("gradients.before"), t("gradients.after")]
    looks = zip(_said(found.before), _said(found.after), strict=True)
    rows = [[t(f"gradients.look.{name}"), *pair] for name, pair in zip(LOOKS, looks, strict=True)]
    share = [f"**{100 * value:.1f}\u00a0%**" for value in found.accuracy]
    rows.append([t("gradients.accuracy", count=len(digits("held out")[1])), *share])
    st.markdown(table([heads, *rows], rest="--:"))
    from normlib.figures import weights as figures  # plotly is loaded where a figure is drawn

    charts.draw(figures.spectrum(found, section("gradients.spectrum")), t("gradients.alt.spectrum"))
    _try(method)


@frame.live
def power() -> None:
    """Power iteration on a weight, round by round."""
    with _row():
        stepper.buttons("rounds", range(1, MOST_ROUNDS + 1), pause=PAUSE)
        st.slider(t("controls.rounds"), 1, MOST_ROUNDS, key="rounds", help=t("help.rounds"),
                  width=230, on_change=stepper.stop)  # fmt: skip
        controls.segments("of_layer")
        st.number_input(t("controls.seed"), 0, SEED_LIMIT - 1, key="seed", help=t("help.seed"),
                        width=130)  # fmt: skip
    chosen = st.session_state
    layer, count = str(chosen["of_layer"]), int(chosen["rounds"])
    found = cached.rounds(layer, int(chosen["seed"]))
    facts = {
        "round": count, "estimate": f"{found.estimate[count - 1]:.4f}",
        "truth": f"{found.singular[0]:.4f}", "second": f"{found.singular[1]:.4f}",
        "ratio": f"{found.singular[1] / found.singular[0]:.3f}",
        "angle": f"{found.angle[count]:.1f}", "largest": f"{found.largest_after(count):.4f}",
        "near": found.near(), "most": MOST_ROUNDS,
    }  # fmt: skip
    st.markdown(t("gradients.round", **facts))
    ends = "soon" if found.near() else "never"
    st.markdown(t(f"gradients.near.{ends}", **facts))
    from normlib.figures import weights as figures

    charts.draw(
        figures.estimates(found, count, section("gradients.estimates")),
        t("gradients.alt.estimates", **facts),
    )
    _try("spectral")


@frame.live
def scale() -> None:
    """The weights before a normalized layer, scaled; beside the network without norm."""
    with _row():
        st.select_slider(t("controls.factor"), FACTORS, key="factor", help=t("help.factor"),
                         format_func=lambda factor: f"{factor:g}", width=260)  # fmt: skip
        controls.segments("of_layer")
        controls.segments("moment")
        st.segmented_control(
            t("controls.layer_eps"), state.FIELDS["layer_eps"].choices, key="layer_eps",
            required=True, format_func=lambda eps: f"{eps:g}", help=t("help.layer_eps"),
        )  # fmt: skip
    chosen = st.session_state
    factor, layer, eps = (chosen[key] for key in ("factor", "of_layer", "layer_eps"))
    curves = {net: cached.scaled(net, str(chosen["moment"]), str(layer), float(eps))
              for net in NETS}  # fmt: skip
    found = [curve[float(factor)] for curve in curves.values()]
    st.markdown(_invariance(found, float(factor)))
    if layer == "third":
        st.info(t("gradients.no_norm_follows"), icon=":material/info:")
    from normlib.figures import weights as figures

    words = section("gradients.scaled_chart") | section("gradients.net_name")
    charts.draw(figures.scaled(curves, float(factor), words), t("gradients.alt.scaled"))


@frame.live
def norms() -> None:
    """A method on the gradients of a whole network: every layer before and after."""
    with _row():
        _method("gradient_method", on_gradients.METHODS_OF_GRADIENTS)
        method = str(st.session_state["gradient_method"])
        knobs.draw(METHODS[method], {})
        controls.segments("moment")
        controls.segments("net")
    chosen = st.session_state
    settings = fit.settings(METHODS[method], dict(chosen.to_dict()), {})
    found = cached.by_layer(str(chosen["net"]), str(chosen["moment"]), method,
                            tuple(settings.items()))  # fmt: skip
    st.markdown(t(f"gradients.does.{method}"))
    st.markdown(_layers(found.layers, found.totals))
    from normlib.figures import gradients as figures

    words = section("gradients.norms_chart") | section("gradients.layer_name")
    shown = {layer: found.layers[layer] for layer in LAYERS}
    charts.draw(figures.norms(shown, words), t("gradients.alt.norms"))
    _try(method)


@frame.live
def whitening() -> None:
    """Muon on the gradient of one layer, step by step."""
    with _row():
        last = int(state.FIELDS["muon_step"].default)
        stepper.buttons("muon_step", range(last + 1), pause=PAUSE)
        st.slider(t("controls.muon_step"), 0, last, key="muon_step", width=200,
                  on_change=stepper.stop)  # fmt: skip
        for key in ("of_layer", "moment", "net"):
            controls.segments(key)
    chosen = st.session_state
    step = int(chosen["muon_step"])
    steps = cached.whitened(*(str(chosen[key]) for key in ("net", "moment", "of_layer")))
    values = steps[step]
    facts = {
        "step": step, "count": len(values), "band": on_gradients.in_band(values),
        "smallest": _number(values.min()), "largest": _number(values.max()),
        "start": _number(steps[0].min()),
    }  # fmt: skip
    st.markdown(t("gradients.whitened", **facts))
    from normlib.figures import gradients as figures

    charts.draw(
        figures.whitening(steps, step, section("gradients.whitening_chart")),
        t("gradients.alt.whitening", step=step),
    )
    _try("muon")


TOPICS: Mapping[str, Callable[[], None]] = {
    "weights": weights, "power": power, "scale": scale, "norms": norms, "whitening": whitening,
}  # fmt: skip
LOOKS = ("largest", "smallest", "condition", "norms", "means")


def _said(look: Look) -> list[str]:
    singular, condition = look.singular, look.condition
    return [
        _number(singular[0]), _number(singular[-1]), _number(condition),
        *(_range(_number(values.min()), _number(values.max()))
          for values in (look.norms, look.means)),
    ]  # fmt: skip


def _range(low: str, high: str) -> str:
    return low if low == high else t("gradients.range", low=low, high=high)


def _invariance(found: list[Scaled], factor: float) -> str:
    """The numbers of a factor, one column per network."""
    heads = [
        t("gradients.at_factor", factor=f"{factor:g}"),
        *section("gradients.net_name").values(),
    ]
    columns = [
        [_number(one.output), *map(_number, one.gradient),
         _number(one.gradient[1] * factor / one.gradient[0]), _number(one.along),
         *map(_number, one.moved)] for one in found
    ]  # fmt: skip
    facts = {"factor": f"{factor:g}", "rate": f"{RATE:g}", "square": f"{RATE * factor**2:g}",
             "effective": f"{RATE / factor**2:g}"}  # fmt: skip
    names = [
        t(f"gradients.scaled.{key}", **facts)
        for key in ("output", "before", "after", "product", "along", "step", "same", "square")
    ]
    rows = [[name, *cells] for name, *cells in zip(names, *columns, strict=True)]
    return table([heads, *rows], rest="--:")


def _layers(found: Mapping[str, Layer], totals: tuple[float, float]) -> str:
    """Norms, directions and means, one column per layer, and the norm of everything."""
    columns = [
        [_number(one.weight), _number(one.before), _number(one.after),
         _number(one.after / one.weight), f"{one.cosine:.3f}", *map(_number, one.row_mean)]
        for one in (found[layer] for layer in LAYERS)
    ]  # fmt: skip
    names = [
        t(f"gradients.layer.{key}")
        for key in ("weight", "before", "after", "step", "cosine", "mean", "mean_after")
    ]
    rows = [[name, *cells] for name, *cells in zip(names, *columns, strict=True)]
    heads = [t("gradients.layer.name"), *section("gradients.layer_name").values()]
    before, after = map(_number, totals)
    told = t("gradients.total", before=before, after=after)
    return f"{table([heads, *rows], rest='--:')}\n\n{told}"


def _number(value: float) -> str:
    """Three digits; rounding is called 0, and what has no end ∞."""
    if value == float("inf"):
        return "∞"
    return "0" if abs(value) < 1e-12 else f"{value:.3g}".replace("-", "−")


def _method(key: str, options: tuple[str, ...]) -> None:
    st.selectbox(t("controls.method"), options, key=key, width=290,
                 format_func=lambda option: t(f"method.{option}.name"))  # fmt: skip


def _try(method: str) -> None:
    """Source of a method, and the way to its steps."""
    st.markdown(f"{methods.paper(METHODS[method])} · {methods.used(METHODS[method])}")
    st.page_link("pages/steps.py", icon=":material/stairs:", query_params=frame.link(method=method),
                 label=t("gradients.steps", method=t(f"method.{method}.name")))  # fmt: skip


def _row() -> AbstractContextManager[object]:
    return st.container(horizontal=True, vertical_alignment="bottom")
