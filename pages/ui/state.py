"""What a link holds: from query to state and back. No Streamlit in here."""

from collections.abc import Callable, Mapping

from pages.ui.field import METHODS_OWN, MOST_OF_A_KNOB, Field, Value
from pages.ui.fields import change, practice, shared, smoothness
from pages.ui.fields.change import COLOURS
from pages.ui.fields.practice import MOST_FED, OWN_SETTING
from pages.ui.fields.shared import (
    BASICS,
    DATA,
    EPSILONS,
    FIRST_YEAR,
    LANGUAGES,
    LARGEST,
    LAST_YEAR,
    OWN,
    RECOVERY,
    STEPS,
    TABLE,
    UPLOAD,
)
from pages.ui.fields.smoothness import LAB_NETS, NETS, RATES

__all__ = [
    "BASICS",
    "COLOURS",
    "DATA",
    "EPSILONS",
    "FIELDS",
    "FIRST_YEAR",
    "LAB_NETS",
    "LANGUAGES",
    "LARGEST",
    "LAST_YEAR",
    "METHODS_OWN",
    "MOST_FED",
    "MOST_OF_A_KNOB",
    "NETS",
    "OWN",
    "OWN_SETTING",
    "RATES",
    "RECOVERY",
    "STEPS",
    "TABLE",
    "UPLOAD",
    "Field",
    "State",
    "Value",
    "defaults",
    "fields_of",
    "from_query",
    "to_query",
]

OF_PAGE: Mapping[str, Mapping[str, Field]] = {
    **practice.OF_PAGE,
    **change.OF_PAGE,
    **smoothness.OF_PAGE,
}
FIELDS: dict[str, Field] = dict(shared.FIELDS)
for _own in OF_PAGE.values():
    assert not FIELDS.keys() & _own.keys(), "two pages have a parameter of one name"
    FIELDS |= _own

State = dict[str, Value]


def fields_of(page: str) -> tuple[str, ...]:
    """Names of the parameters that the widgets of a page may hold."""
    return (*shared.FIELDS, *OF_PAGE.get(page, ()))


def defaults() -> State:
    """The state of a link without parameters."""
    return {key: field.default for key, field in FIELDS.items()}


def from_query(
    query: Mapping[str, str], refused: Callable[[str, str], None] = lambda key, text: None
) -> State:
    """The state that a link describes; what it cannot mean is reported and left at its default."""
    state = defaults()
    for key, text in query.items():
        if key in FIELDS:
            try:
                state[key] = FIELDS[key].read(text)
            except ValueError:
                refused(key, text)
    return state


def to_query(state: Mapping[str, Value]) -> dict[str, str]:
    """The parameters of the link, those at their default left out."""
    return {
        key: field.write(state[key]) for key, field in FIELDS.items() if state[key] != field.default
    }
