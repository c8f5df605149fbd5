"""What a step says: the sentence that is true of the method, on this shape, in this mode."""

from math import prod

from normlib import Spec, Trace
from normlib.summary import stored_statistics
from pages.ui import words
from pages.ui.text import t

TEXT = "text"  # the usual sentence of a step; others are named after what sets them apart


def of_step(trace: Trace, step: str) -> list[str]:
    """The sentences of a step."""
    spec = trace.spec
    if step in stored_statistics(spec.operates(trace.training)):
        return [t("step.stored")]
    kind = variant(spec, step, trace.training)
    facts = _facts(trace, step)
    if step == "normalize":
        return [t(f"operation.{spec.operates(trace.training).key}.{kind}", **facts)]
    if step == "recover":
        return [t(f"recover.{spec.recovery.key}.{kind}", **facts)]
    said = t(f"step.{step}.{kind}", **facts)
    if step != "reshape":
        return [said]
    return [said, t(f"memory.{spec.partition.memory().replace(' ', '_')}")]


def variant(spec: Spec, step: str, training: bool) -> str:
    """Which of the sentences of a step is the true one."""
    kind, operation = words.structure(spec, training), spec.operates(training).key
    if kind == "unchanged":
        return kind
    if step == "input":
        fed = kind in ("windows", "mixture", "levels", "block")
        return "alone" if kind == "alone" else "fed" if fed else TEXT
    if step == "reshape":
        if kind == "block" and spec.partition.blocks:
            return "blocks"
        return TEXT if kind == "disjoint" else kind
    if step == "recover":
        return _of_recovery(spec)
    own = {
        ("center_l2", "norm"): "centred", ("orthogonalize", "norm"): "whole",
        ("newton", "whitening"): "near", ("stored_spectral", "sigma"): "stored",
        ("switchable", "mean"): "mixture", ("switchable", "variance"): "mixture",
        ("stored_switchable", "mean"): "mixture_stored",
        ("stored_switchable", "variance"): "mixture_stored",
    }  # fmt: skip
    if (operation, step) in own:
        return own[operation, step]
    if step == "covariance" and spec.partition.blocks:
        return "blocks"
    windowed = step in ("mean", "variance", "mean square") or (
        step == "normalize" and operation in ("standardize", "divide_by_variance")
    )
    return "windows" if windowed and kind == "windows" else TEXT


def _of_recovery(spec: Spec) -> str:
    recovery, axes = spec.recovery.key, spec.parameter_axes
    if recovery == "affine" and spec.entry.roles[0] in axes and spec.entry.tensor == "activation":
        return "given"
    return "single" if recovery == "scale" and not axes else TEXT


def _facts(trace: Trace, step: str) -> dict[str, object]:
    spec, partition = trace.spec, trace.spec.partition
    sizes = words.group_sizes(spec, trace.training)
    blocks = prod(partition.lengths[axis] for axis in partition.blocks)
    windows = words.structure(spec, trace.training) == "windows"
    few, many = int(sizes.min()), int(sizes.max())
    return {
        "pattern": trace[step].pattern,
        "rows": partition.rows, "columns": partition.columns, "eps": f"{spec.eps:g}",
        "blocks": blocks, "features": partition.columns // blocks,
        "entries": str(few) if few == many else t("step.range", few=few, many=many),
        "window": words.window(spec) if windows else "",
        "size": spec.settings.get("size", ""),
    }  # fmt: skip
