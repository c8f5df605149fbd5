"""What a comparison found, in words: the verdict, the reasons, the shapes side by side."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from normlib import METHODS
from normlib.comparison import Comparison, Side
from normlib.reasons import Reason, learned_shapes, why
from normlib.relation import Watched
from pages.ui import text
from pages.ui.text import plain, t
from pages.ui.words import shape

Names = tuple[str, str]
LOOKS = {"equal": st.success, "factor": st.info, "different": st.warning}
ICONS = {"equal": ":material/equal:", "factor": ":material/close:",
         "different": ":material/difference:"}  # fmt: skip
POOLING = ("groups", "windows", "partly")


def draw(found: Comparison, names: Names) -> None:
    """Whether both agree, the reasons, and the shapes."""
    say(found.agree, found.difference, found.scale, names, found.factor)
    sentences = [sentence(reason, found, names) for reason in why(found)]
    if found.tolerance:
        sentences.append(t("equal.rounding", tolerance=f"{found.tolerance:.1g}"))
    listed = "\n".join(f"- {said}" for said in sentences)
    st.markdown(f"{listed}\n\n{table(found, names)}")


def say(agree: str, difference: float, scale: float, names: Names, factor: float = 1.0) -> None:
    """The verdict in a box."""
    facts = {"difference": _number(difference), "scale": _number(scale), "factor": _number(factor)}
    LOOKS[agree](t(f"equal.verdict.{agree}", first=names[0], second=names[1], **facts),
                 icon=ICONS[agree])  # fmt: skip


def sentence(reason: Reason, found: Comparison, names: Names) -> str:
    """One reason, in the session's language."""
    key, facts = reason.key, dict(reason.facts)
    both = dict(zip(("first", "second"), names, strict=True))
    for name in ("difference", "factor"):
        if name in facts:
            facts[name] = _number(facts[name])
    if key == "statistics":
        pools = all(seen.kind in POOLING for seen in found.watched)
        relation = t(f"equal.relation.{facts['relation']}", **both) if pools else ""
        one, two = map(_pooled, found.watched)
        return t("equal.reason.statistics", of_first=one, of_second=two, relation=relation,
                 **both)  # fmt: skip
    if key in ("operation", "recovery"):
        one, two = (t(f"equal.{key}.{facts[side]}") for side in both)
        return t(f"equal.reason.{key}", of_first=one, of_second=two, **both)
    if key == "eps":
        one, two = (_number(facts[side]) for side in both)
        return t("equal.reason.eps", of_first=one, of_second=two)
    if key == "only_eps":
        return t(f"equal.reason.only_eps_{facts['agree']}", factor=facts["factor"])
    if key == "by_mode":
        mode = "training" if facts["training"] else "prediction"
        return t(f"equal.reason.by_{mode}", difference=facts["difference"])
    if key == "by_shape":
        facts["sizes"] = shape(facts["sizes"])
    if key == "by_setting":
        facts |= {"name": names[facts.pop("place")], "knob": t(f"controls.{facts['knob']}")}
    if key == "by_data":
        facts["kind"] = t(f"data.{facts['kind']}.name")
    return t(f"equal.reason.{key}", **facts)


def table(found: Comparison, names: Names) -> str:
    """Groups and shapes of what is learned, in two columns of Markdown."""
    shapes = [_learned(side) for side in found.sides]
    rows = [
        (t("equal.groups"), *(str(seen.count) if seen.kind in POOLING else t("equal.nothing")
                              for seen in found.watched)),
        (t("equal.entries"), *(_entries(seen) if seen.kind in POOLING else t("equal.nothing")
                               for seen in found.watched)),
        *((t("equal.parameter", name=name), *(of.get(name, t("equal.nothing")) for of in shapes))
          for name in {**shapes[0], **shapes[1]}),
    ]  # fmt: skip
    head = (t("equal.what"), *names)
    return text.table([[plain(cell) for cell in row] for row in (head, *rows)])


def method_names(first: str, second: str) -> Names:
    """Names of two methods, told apart where they are the same."""
    one, two = (t(f"method.{key}.name") for key in (first, second))
    return one, two if one != two else t("equal.second_name", name=two)


def _learned(side: Side) -> Mapping[str, str]:
    """Shapes of all that is learned, whether or not it is learned now."""
    spec = side.spec
    if any(knob.name == "affine" for knob in METHODS[spec.method].knobs):
        spec = replace(spec, knobs=spec.settings | {"affine": True})
    return {name: shape(found) for name, found in learned_shapes(spec).items()}


def _pooled(seen: Watched) -> str:
    kind = seen.kind
    if kind == "groups" and seen.count == 1:
        kind = "one"
    elif kind == "groups" and seen.sizes == (1, 1):
        kind = "each"
    return t(f"equal.watched.{kind}", count=seen.count, entries=_entries(seen))


def _entries(seen: Watched) -> str:
    least, most = seen.sizes
    return str(most) if least == most else f"{least}–{most}"


def _number(value: object) -> str:
    return f"{value:.3g}"
