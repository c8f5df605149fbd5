"""The formula of every step, written once: in letters, and with names where numbers go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import compress, product


@dataclass(frozen=True)
class Formula:
    """The formula of a step.

    Attributes:
        symbols: in letters, LaTeX.
        numbers: with ``{names}`` for numbers: + - * / ** sqrt tanh max min and brackets.
        result: name of the number that it gives.
        latex: the right-hand side typeset, ``<names>`` for numbers; empty where `numbers` will do.
    """

    symbols: str
    numbers: str
    result: str
    latex: str = ""


def given(symbols: str, name: str) -> Formula:
    """A number that is not worked out here: stored, or found by a longer computation."""
    return Formula(symbols, f"{{{name}}}", name)


def recovery(terms: Iterable[str]) -> Formula:
    """``max(gamma x + others + beta + input, tau)`` with the terms that are there."""
    terms = tuple(terms)
    gamma = r"w_{cc}" if "others" in terms else r"\gamma"  # a matrix has one for each channel
    letters = [rf"{gamma}\,\hat{{x}}" if "gamma" in terms else r"\hat{x}"]
    numbers = ["{gamma} * {normalized}" if "gamma" in terms else "{normalized}"]
    typeset = [r"<gamma> \cdot <normalized>" if "gamma" in terms else "<normalized>"]
    for name, letter in (("others", r"\textstyle\sum_{j \neq c} w_{cj}\,\hat{x}_j"),
                         ("beta", r"\beta"), ("input", "x")):  # fmt: skip
        if name in terms:
            letters.append(letter)
            numbers.append(f"{{{name}}}")
            typeset.append(f"<{name}>")
    symbols, plain, latex = (" + ".join(parts) for parts in (letters, numbers, typeset))
    if "tau" in terms:
        symbols, plain = rf"\max({symbols},\ \tau)", f"max({plain}, {{tau}})"
        latex = rf"\max({latex},\ <tau>)"
    return Formula(f"y = {symbols}", plain, "recovered", latex)


def modulation(terms: Iterable[str]) -> Formula:
    """``(1 + gamma) x + beta``: as `recovery`, gamma told from the 1 that is added to it."""
    plain = recovery(terms)
    return Formula(
        plain.symbols.replace(r"\gamma", r"(1 + \gamma)"),
        plain.numbers.replace("{gamma}", "(1 + {modulation})"), plain.result,
        plain.latex.replace("<gamma>", "(1 + <modulation>)"),
    )  # fmt: skip


TERMS = ("gamma", "others", "beta", "input", "tau")
ROOT = r"\sqrt{\sigma^2 + \varepsilon}"
MEAN = Formula(
    r"\mu = \frac{1}{m}\sum_{i=1}^{m} x_i", "{total} / {count}", "mean",
    r"\frac{<first> + <second> + \cdots + <last>}{<count>} = \frac{<total>}{<count>}",
)  # fmt: skip
VARIANCE = Formula(
    r"\sigma^2 = \frac{1}{m}\sum_{i=1}^{m} (x_i - \mu)^2", "{squares} / {count}", "variance",
    r"\frac{(<first> - <mean>)^2 + \cdots + (<last> - <mean>)^2}{<count>}"
    r" = \frac{<squares>}{<count>}",
)  # fmt: skip
STANDARDIZED = Formula(
    rf"\hat{{x}} = \frac{{x - \mu}}{{{ROOT}}}",
    "({x} - {mean}) / sqrt({variance} + {eps})", "normalized",
    r"\frac{<x> - <mean>}{\sqrt{<variance> + <eps>}}",
)  # fmt: skip
OUTSIDE = Formula(
    r"\hat{x} = \frac{x - \mu}{\sigma + \varepsilon}",
    "({x} - {mean}) / (sqrt({variance}) + {eps})", "normalized",
    r"\frac{<x> - <mean>}{\sqrt{<variance>} + <eps>}",
)  # fmt: skip
CENTRED = Formula(r"\hat{x} = x - \mu", "{x} - {mean}", "normalized", "<x> - <mean>")
SQUARES_OVER = r"\frac{<first>^2 + <second>^2 + \cdots + <last>^2}"
NORM = Formula(
    r"\lVert x \rVert = \sqrt{\textstyle\sum_i x_i^2}", "sqrt({squares})", "norm",
    r"\sqrt{<first>^2 + <second>^2 + \cdots + <last>^2} = \sqrt{<squares>}",
)  # fmt: skip
WEIGHT_NORM = Formula(
    r"\lVert w \rVert = \sqrt{\textstyle\sum_i w_i^2}", "sqrt({weight_squares})", "weight_norm",
    r"\sqrt{<weight_squares>}",
)  # fmt: skip
TIMES_FACTOR = Formula(r"\hat{x} = f\,x", "{x} * {factor}", "normalized", r"<x> \cdot <factor>")
WHITE = Formula(
    r"\hat{x}_c = \sum_j W_{cj} (x_j - \mu_j)", "{weight} * ({x} - {mean}) + {rest}",
    "normalized", r"<weight> \cdot (<x> - <mean>) + <rest>",
)  # fmt: skip
COVARIANCE = Formula(
    r"C_{cc} = \frac{1}{m}\sum_{i=1}^{m} (x_i - \mu)^2 + \varepsilon",
    "{squares} / {count} + {eps}", "covariance", r"\frac{<squares>}{<count>} + <eps>",
)  # fmt: skip
WHITENING = given(r"W C W^{\top} = I, \quad W_{cc}", "weight")
NEARLY_WHITENING = given(r"W C W^{\top} \approx I, \quad W_{cc}", "weight")
STORED_WHITENING = given("W_{cc}", "weight")
SHARES = ("instance", "layer", "batch")


def shared(name: str, letter: str) -> Formula:
    """A statistic mixed from those of instance, layer and batch."""
    terms = [f"{{{kind}_{name}_share}} * {{{kind}_{name}}}" for kind in SHARES]
    latex = [rf"<{kind}_{name}_share> \cdot <{kind}_{name}>" for kind in SHARES]
    symbols = rf"{letter} = \textstyle\sum_k w_k\,{letter}_k"
    return Formula(symbols, " + ".join(terms), name, " + ".join(latex))


BATCH_INSTANCE = {
    "batch mean": Formula(r"\mu_B = \frac{1}{m}\sum_i x_i", "{total} / {count}", "batch_mean",
                          r"\frac{<total>}{<count>}"),
    "batch variance": Formula(r"\sigma_B^2 = \frac{1}{m}\sum_i (x_i - \mu_B)^2",
                              "{squares} / {count}", "batch_variance",
                              r"\frac{<squares>}{<count>}"),
    "instance mean": Formula(r"\mu_I = \frac{1}{m}\sum_i x_i", "{own_total} / {own_count}",
                             "instance_mean", r"\frac{<own_total>}{<own_count>}"),
    "instance variance": Formula(r"\sigma_I^2 = \frac{1}{m}\sum_i (x_i - \mu_I)^2",
                                 "{own_squares} / {own_count}", "instance_variance",
                                 r"\frac{<own_squares>}{<own_count>}"),
    "normalize": Formula(
        r"\hat{x} = \rho \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}}"
        r" + (1 - \rho) \frac{x - \mu_I}{\sqrt{\sigma_I^2 + \varepsilon}}",
        "{rho} * ({x} - {batch_mean}) / sqrt({batch_variance} + {eps})"
        " + (1 - {rho}) * ({x} - {instance_mean}) / sqrt({instance_variance} + {eps})",
        "normalized",
        r"<rho> \frac{<x> - <batch_mean>}{\sqrt{<batch_variance> + <eps>}}"
        r" + (1 - <rho>) \frac{<x> - <instance_mean>}{\sqrt{<instance_variance> + <eps>}}"),
}  # fmt: skip
BY_OPERATION: Mapping[str, Mapping[str, Formula]] = {
    "standardize": {"mean": MEAN, "variance": VARIANCE, "normalize": STANDARDIZED},
    "divide_by_variance": {"mean": MEAN, "variance": VARIANCE, "normalize": Formula(
        r"\hat{x} = \frac{x - \mu}{\sigma^2 + \varepsilon}",
        "({x} - {mean}) / ({variance} + {eps})", "normalized",
        r"\frac{<x> - <mean>}{<variance> + <eps>}")},
    "outside": {"mean": MEAN, "variance": VARIANCE, "normalize": OUTSIDE},
    "rms": {"mean square": Formula(
        r"q = \frac{1}{m}\sum_{i=1}^{m} x_i^2", "{squares} / {count}", "mean_square",
        SQUARES_OVER + r"{<count>} = \frac{<squares>}{<count>}"), "normalize": Formula(
        r"\hat{x} = \frac{x}{\sqrt{q + \varepsilon}}",
        "{x} / sqrt({mean_square} + {eps})", "normalized",
        r"\frac{<x>}{\sqrt{<mean_square> + <eps>}}")},
    "center": {"mean": MEAN, "normalize": CENTRED},
    "center_l2": {"mean": MEAN, "norm": Formula(
        r"\lVert x - \mu \rVert = \sqrt{\textstyle\sum_i (x_i - \mu)^2}",
        "max(sqrt({squares}), {eps})", "norm", r"\sqrt{<squares>}"), "normalize": Formula(
        r"\hat{x} = \frac{x - \mu}{\lVert x - \mu \rVert}", "({x} - {mean}) / {norm}",
        "normalized", r"\frac{<x> - <mean>}{<norm>}")},
    "l2": {"norm": Formula(
        r"\lVert x \rVert = \max\left(\sqrt{\textstyle\sum_i x_i^2},\ \varepsilon\right)",
        "max(sqrt({squares}), {eps})", "norm",
        r"\sqrt{<first>^2 + <second>^2 + \cdots + <last>^2} = \sqrt{<squares>}"),
        "normalize": Formula(r"\hat{x} = \frac{x}{\lVert x \rVert}", "{x} / {norm}", "normalized",
                             r"\frac{<x>}{<norm>}")},
    "l1": {"mean": MEAN, "mean deviation": Formula(
        r"d = \frac{1}{m}\sum_{i=1}^{m} \lvert x_i - \mu \rvert", "{absolute} / {count}",
        "mean_deviation", r"\frac{<absolute>}{<count>}"), "normalize": Formula(
        r"\hat{x} = \frac{x - \mu}{\sqrt{\pi / 2}\,d + \varepsilon}",
        "({x} - {mean}) / (1.2533141373155003 * {mean_deviation} + {eps})", "normalized",
        r"\frac{<x> - <mean>}{\sqrt{\pi / 2} \cdot <mean_deviation> + <eps>}")},
    "by_fan_in": {"mean": MEAN, "variance": VARIANCE, "normalize": Formula(
        r"\hat{x} = \frac{x - \mu}{\sqrt{\max(m\,\sigma^2,\ \varepsilon)}}",
        "({x} - {mean}) / sqrt(max({count} * {variance}, {eps}))", "normalized",
        r"\frac{<x> - <mean>}{\sqrt{\max(<count> \cdot <variance>,\ <eps>)}}")},
    "stored": {"mean": given(r"\mu", "mean"), "variance": given(r"\sigma^2", "variance"),
               "normalize": STANDARDIZED},
    "stored_outside": {"mean": given(r"\mu", "mean"),
                       "variance": given(r"\sigma^2", "variance"), "normalize": OUTSIDE},
    "stored_center": {"mean": given(r"\mu", "mean"), "normalize": CENTRED},
    "renorm": {"mean": MEAN, "variance": VARIANCE, "r": Formula(
        r"r = \operatorname{clip}"
        r"\left(\frac{\sigma_B}{\sigma},\ \frac{1}{r_{\max}},\ r_{\max}\right)",
        "min(max(sqrt({variance} + {eps}) / sqrt({running_variance} + {eps}), 1 / {r_max}),"
        " {r_max})", "r", r"\frac{\sqrt{<variance> + <eps>}}{\sqrt{<running_variance> + <eps>}}"
        r"\ \text{in}\ \tfrac{1}{<r_max>} \ldots <r_max>"), "d": Formula(
        r"d = \operatorname{clip}\left(\frac{\mu_B - \mu}{\sigma},\ -d_{\max},\ d_{\max}\right)",
        "min(max(({mean} - {running_mean}) / sqrt({running_variance} + {eps}), -{d_max}),"
        " {d_max})", "d", r"\frac{<mean> - <running_mean>}{\sqrt{<running_variance> + <eps>}}"
        r"\ \text{in}\ -<d_max> \ldots <d_max>"), "normalize": Formula(
        r"\hat{x} = \frac{x - \mu_B}{\sigma_B}\,r + d",
        "({x} - {mean}) / sqrt({variance} + {eps}) * {r} + {d}", "normalized",
        r"\frac{<x> - <mean>}{\sqrt{<variance> + <eps>}} \cdot <r> + <d>")},
    "local_response": {"mean square": Formula(
        r"q = \frac{1}{s}\sum_{i} x_i^2", "{squares} / {size}", "mean_square",
        r"\frac{<squares>}{<size>}"), "normalize": Formula(
        r"\hat{x} = \frac{x}{(k + \alpha\,q)^{p}}",
        "{x} / ({k} + {alpha} * {mean_square}) ** {power}", "normalized",
        r"\frac{<x>}{(<k> + <alpha> \cdot <mean_square>)^{<power>}}")},
    "global_response": {"norm": NORM, "mean norm": Formula(
        r"\overline{\lVert x \rVert} = \frac{1}{C}\sum_c \lVert x_c \rVert",
        "{norm_total} / {norm_count}", "mean_norm", r"\frac{<norm_total>}{<norm_count>}"),
        "ratio": Formula(
        r"r = \frac{\lVert x \rVert}{\overline{\lVert x \rVert} + \varepsilon}",
        "{norm} / ({mean_norm} + {eps})", "ratio", r"\frac{<norm>}{<mean_norm> + <eps>}"),
        "normalize": Formula(r"\hat{x} = r\,x", "{x} * {ratio}", "normalized",
                             r"<x> \cdot <ratio>")},
    "switchable": {"mean": shared("mean", r"\mu"), "variance": shared("variance", r"\sigma^2"),
                   "normalize": STANDARDIZED},
    "batch_instance": BATCH_INSTANCE,
    "stored_batch_instance": {**BATCH_INSTANCE, "batch mean": given(r"\mu_B", "batch_mean"),
                              "batch variance": given(r"\sigma_B^2", "batch_variance")},
    "tanh": {"normalize": Formula(r"\hat{x} = \tanh(\alpha\,x)", "tanh({alpha} * {x})",
                                  "normalized", r"\tanh(<alpha> \cdot <x>)")},
    "stored_whitening": {"mean": given(r"\mu", "mean"), "whitening": STORED_WHITENING,
                         "normalize": WHITE},
    "spectral": {"u": given(r"u = \frac{W v}{\lVert W v \rVert},\quad u_o", "u"),
                 "sigma": given(r"\sigma = u^{\top} W v", "sigma"), "normalize": Formula(
        r"\hat{w} = \frac{w}{\sigma}", "{x} / {sigma}", "normalized", r"\frac{<x>}{<sigma>}")},
    "clip_global": {"norm": NORM, "factor": Formula(
        r"f = \min\left(\frac{m}{\lVert x \rVert + 10^{-6}},\ 1\right)",
        "min({max_norm} / ({norm} + 0.000001), 1)", "factor",
        r"\min\left(\frac{<max_norm>}{<norm> + 10^{-6}},\ 1\right)"), "normalize": TIMES_FACTOR},
    "clip_adaptive": {"norm": NORM, "weight norm": WEIGHT_NORM, "factor": Formula(
        r"f = \min\left(\frac{\lambda \max(\lVert w \rVert, \varepsilon)}"
        r"{\lVert x \rVert},\ 1\right)",
        "min({clipping} * max({weight_norm}, {eps}) / max({norm}, 0.000001), 1)", "factor",
        r"\min\left(\frac{<clipping> \cdot \max(<weight_norm>, <eps>)}{<norm>},\ 1\right)"),
        "normalize": TIMES_FACTOR},
    "trust_ratio": {"norm": NORM, "weight norm": WEIGHT_NORM, "factor": Formula(
        r"f = \frac{\eta\,\lVert w \rVert}"
        r"{\lVert x \rVert + \lambda \lVert w \rVert + \varepsilon}",
        "{trust} * {weight_norm} / ({norm} + {decay} * {weight_norm} + {eps})", "factor",
        r"\frac{<trust> \cdot <weight_norm>}{<norm> + <decay> \cdot <weight_norm> + <eps>}"),
        "normalize": TIMES_FACTOR},
    "orthogonalize": {"norm": Formula(
        r"\lVert X \rVert_F = \sqrt{\textstyle\sum_i x_i^2}", "sqrt({squares})", "norm",
        r"\sqrt{<squares>}"), "polynomial": given(
        r"P_{k+1} = (a I + b A + c A^2) P_k,\ A = P_k X X^{\top} P_k, \quad P_{oo}", "weight"),
        "normalize": Formula(
        r"\hat{x} = \frac{P X}{\lVert X \rVert_F}",
        "({weight} * {x} + {rest}) / ({norm} + 0.0000001)", "normalized",
        r"\frac{<weight> \cdot <x> + <rest>}{<norm> + 10^{-7}}")},
}  # fmt: skip
SAME_AS: Mapping[str, str] = {"stored_steps": "stored", "stored_switchable": "switchable"}
WHITENED = {"mean": MEAN, "covariance": COVARIANCE, "whitening": WHITENING, "normalize": WHITE}
_OPERATIONS = {
    **BY_OPERATION,
    "stored_spectral": {**BY_OPERATION["spectral"], "u": given("u_o", "u")},
    **dict.fromkeys(("pca", "zca", "cholesky"), WHITENED),
    "newton": {**WHITENED, "whitening": NEARLY_WHITENING},
    **{key: BY_OPERATION[other] for key, other in SAME_AS.items()},
}
FORMULAS: Mapping[str, Formula] = {
    "input": Formula(r"x_{<index>}", "{x}", "x"),
    "reshape": Formula(r"X_{<row>,\,<column>} = x_{<index>}", "{x}", "x"),
    **{f"{key}.{step}": formula for key, steps in _OPERATIONS.items()
       for step, formula in steps.items()},
    "recover.identity": Formula(r"y = \hat{x}", "{normalized}", "recovered"),
    **{f"recover.{'_'.join(terms)}": recovery(terms)
       for mask in product((True, False), repeat=len(TERMS))
       if (terms := tuple(compress(TERMS, mask)))},
    **{f"modulate.{'_'.join(terms)}": modulation(terms)
       for terms in (("gamma",), ("gamma", "beta"))},
    "reshape back": Formula(r"y_{<index>} = Y_{<row>,\,<column>}", "{recovered}", "recovered"),
    "unchanged": Formula(r"y_{<index>} = x_{<index>}", "{x}", "x"),
}  # fmt: skip
