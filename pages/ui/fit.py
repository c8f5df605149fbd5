"""What fits together in a link: layout, settings and data to a method and a shape. No Streamlit."""

from collections.abc import Mapping

from normlib import LAYOUTS, METHODS
from normlib.data import KINDS
from normlib.knobs import Value
from normlib.method import Knob, Method
from normlib.methods import default_groups
from pages.ui import state
from pages.ui.state import State


def fitted(wanted: State) -> State:
    """The state with everything replaced that its method cannot take on its shape."""
    method = METHODS[str(wanted["method"])]
    found = dict(wanted)
    if not takes(method, str(wanted["layout"])):
        found["layout"] = layout_for(str(wanted["layout"]), method)
    found["data"] = data_for(method, str(wanted["data"]))
    if wanted["data"] != state.UPLOAD:  # the shape of a file is not in the link
        found |= {
            name: value for name, value in settings(method, found, lengths(found)).items()
            if wanted[name] != state.METHODS_OWN
        }  # fmt: skip
    return found


def renamed(layout: str, method: Method) -> str:
    """The layout with the axes that the method's tensor has: o and i for weights, gradients."""
    return layout.replace("oi", "nc").replace("nc", "".join(method.roles))


def takes(method: Method, layout: str) -> bool:
    """Whether a link may name this layout with this method; weights go by n c or o i."""
    of_weights = layout.startswith("oi") and method.tensor == "activation"
    return not of_weights and method.fits(renamed(layout, method))


def layouts_for(*methods: Method) -> tuple[str, ...]:
    """The layouts that all the methods can take."""
    return tuple(one for one in LAYOUTS if all(method.fits(renamed(one, method))
                                               for method in methods))  # fmt: skip


def layout_for(layout: str, *methods: Method) -> str:
    """The layout itself where all the methods can take it, else the first that they can."""
    layout, fitting = layout.replace("oi", "nc"), layouts_for(*methods)
    return next(one for one in (layout, "nchw", *fitting) if one in fitting)


def data_for(method: Method, data: str) -> str:
    """The kind of data itself, or seeded numbers where it holds no weights or gradients."""
    return data if data in kinds_of_data(method) else "random"


def kinds_of_data(method: Method) -> tuple[str, ...]:
    """The kinds of data that there are: digits are pictures, neither weights nor gradients."""
    pictures = () if method.tensor == "activation" else ("digits",)
    return tuple(kind for kind in state.DATA if kind not in pictures)


def seeded_kinds(wanted: State) -> tuple[str, ...]:
    """The kinds of data that are neither typed nor uploaded and that the state's method keeps."""
    return tuple(kind for kind in kinds_of_data(METHODS[str(wanted["method"])]) if kind in KINDS)


def lengths(wanted: State, *others: Method) -> dict[str, int]:
    """Length of every axis that a state asks for, on a layout that the others can take as well."""
    method = METHODS[str(wanted["method"])]
    axes = renamed(layout_for(str(wanted["layout"]), method, *others), method)
    return {axis: int(wanted[axis]) for axis in axes}


def settings(method: Method, wanted: State, lengths: Mapping[str, int]) -> dict[str, Value]:
    """The settings that a state asks for, those that do not fit the shape replaced."""
    return {knob.name: setting(knob, wanted[knob.name], lengths) for knob in method.knobs}


def setting(knob: Knob, value: state.Value, lengths: Mapping[str, int]) -> Value:
    """The value itself where the method can take it on this shape, else the method's own."""
    assert not isinstance(value, str)
    if knob.kind is bool:
        return value
    if knob.divides:
        size = lengths[knob.divides]
        return value if value > 0 and size % value == 0 else default_groups(size)
    fits = knob.minimum <= value <= largest(knob, lengths)
    own = knob.default if knob.default is not None else knob.minimum
    return knob.kind(value if fits else own)


def largest(knob: Knob, lengths: Mapping[str, int]) -> float:
    """The largest value that a widget offers."""
    return min(knob.maximum, lengths.get(knob.within, state.MOST_OF_A_KNOB))
