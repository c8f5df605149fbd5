"""One parameter of a link: its default, what it may be, and how it is read and written."""

from dataclasses import dataclass

from normlib.method import Knob

Value = str | int | float | bool
METHODS_OWN = -1.0  # the eps, or another setting, that a method takes by itself
MOST_OF_A_KNOB = 1000.0
TEXT_LIMIT = 6000  # characters of typed numbers in a link


@dataclass(frozen=True)
class Field:
    """One parameter of a link. Defaults are part of old links: a test pins them."""

    default: Value
    choices: tuple[Value, ...] = ()
    ends: tuple[float, float] | None = None  # of a number

    def read(self, text: str) -> Value:
        """The value that a text stands for; ValueError where it stands for none."""
        kind = type(self.default)
        if kind is str and not self.choices:
            if len(text) > TEXT_LIMIT:
                raise ValueError(text[:40])
            return text
        value = {"true": True, "false": False}.get(text) if kind is bool else kind(text)
        low, high = self.ends or (value, value)
        if value is None or (self.choices and value not in self.choices):
            raise ValueError(text)
        if self.ends and not low <= value <= high:
            raise ValueError(text)
        return value

    def write(self, value: Value) -> str:
        """The text that stands for a value."""
        return str(value).lower() if isinstance(value, bool) else str(value)


def of_knob(knob: Knob) -> Field:
    """The parameter of a link that holds a knob; METHODS_OWN is the method's own value."""
    if knob.kind is bool:
        return Field(bool(knob.default))
    return Field(knob.kind(METHODS_OWN), ends=(knob.minimum, min(knob.maximum, MOST_OF_A_KNOB)))
