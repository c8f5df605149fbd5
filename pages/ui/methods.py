"""A method in words and numbers: what it is, how many statistics it keeps, what it learns."""

from math import prod

import streamlit as st

from normlib import Method, Spec
from normlib.operations import OPERATIONS
from normlib.summary import statistic_shapes
from pages.ui import words
from pages.ui.text import t


def describe(spec: Spec) -> None:
    """Name, paper, einops pattern, a sentence or two, and where it is used."""
    entry = spec.entry
    name = t(f"method.{entry.key}.name")
    st.markdown(f"**{name}** · {paper(entry)} · `{spec.partition.pattern}`")
    st.markdown(t(f"method.{entry.key}.text"))
    st.markdown(used(entry))


def used(entry: Method) -> str:
    """Where the method is used, with sources."""
    return t("methods.used", where=t(f"method.{entry.key}.used"))


def paper(entry: Method) -> str:
    """Authors and year, linked."""
    address = entry.link.replace("(", "%28").replace(")", "%29")
    return f"[{t(f'method.{entry.key}.paper')}, {entry.year}]({address})"


def count(spec: Spec, training: bool) -> None:
    """How many statistics there are, how many entries each pools, shapes of the parameters."""
    partition = spec.partition
    shapes = statistic_shapes(spec, training=training)
    sizes = words.group_sizes(spec, training)
    kind = words.structure(spec, training)
    with st.container(horizontal=True):
        if shapes:
            groups = "windows" if kind == "windows" else "columns" if kind == "block" else "groups"
            blocks = prod(partition.lengths[axis] for axis in partition.blocks)
            _number(t(f"count.{groups}"), partition.columns // blocks)
            few, many = int(sizes.min()), int(sizes.max())
            entries = few if few == many else t("step.range", few=few, many=many)
            _number(t(f"count.entries_of_{groups}"), entries)
        else:
            _number(t("count.statistics"), 0)
        if len(set(shapes.values())) == 1:
            _number(t("count.statistic_shape"), words.shape(next(iter(shapes.values()))))
        else:
            for name, found in shapes.items():
                _number(t("count.statistic", name=t(f"step.{name}.name")), words.shape(found))
        for name, parameter in spec.parameters(training).items():
            _number(t("count.parameter", name=name), words.shape(spec.shape_of(parameter)))


def mode(entry: Method) -> str:
    """What prediction does otherwise than training, in a few words."""
    if entry.forgets:
        return t("methods.forgets")
    return t("methods.stored") if entry.mode_dependent else t("methods.same")


def apart(entry: Method) -> str:
    """Which axes are kept apart, which are joined again, or treated together."""
    mixes = OPERATIONS[entry.operation].mixes
    kept = entry.blocks if mixes else entry.apart
    parts = [t("methods.apart", axes=kept)] if kept else []
    if mixes:
        parts.append(t("methods.together", axes=entry.apart))
    elif entry.kind == "none":
        parts = [t("methods.alone")]
    elif not kept:
        parts = [t("methods.nothing")]
    if joined := list(dict.fromkeys(pool.rpartition(" ")[0] for pool in entry.pools if pool)):
        parts.append(t("methods.joined", axes=" ".join(joined)))
    return t("words.comma").join(parts)


def _number(label: str, value: int | str) -> None:
    st.metric(label, value, width="content", border=True)
