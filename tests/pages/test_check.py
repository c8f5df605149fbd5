"""The comparison with torch says what is so."""

import pytest

from normlib import METHODS, Spec, data, parameters, trace
from normlib.agreement import Agreement
from pages.ui import check, text


def asked(spec: Spec, kind: str = "random") -> tuple[str, dict[str, object]]:
    x = data.make(kind, spec)
    return check.asked(trace(spec, x, parameters.seeded(spec, x)))


def spec_of(method: str, **knobs: float) -> Spec:
    return Spec(method, (4, 6, 8) if METHODS[method].needs == "time" else (4, 6, 4, 4), knobs=knobs)


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (Agreement(1e-12, 1e-9), "agrees"), (Agreement(0.0, 0.0), "agrees"),
        (Agreement(1e-3, 1e-9), "differs"), (Agreement(float("nan"), 1e-9), "differs"),
        (Agreement(0.0, 1e-9, broken=1), "broken"), (Agreement(0.0, 1.0, missing=2), "missing"),
        (Agreement(0.0, 1.0, broken=1, missing=2), "missing"),
    ],
)  # fmt: skip
def test_the_verdict_follows_the_comparison(found: Agreement, verdict: str):
    assert check.verdict(found) == verdict


@pytest.mark.parametrize("method", METHODS)
def test_every_method_agrees_with_torch(method: str):
    outcome, facts = asked(spec_of(method))
    assert outcome == "agrees"
    assert float(facts["difference"]) <= float(facts["tolerance"])


@pytest.mark.parametrize(
    ("method", "outcome"),
    [("batch", "refused"), ("layer", "broken"), ("cholesky_whitening", "refused"),
     ("coloring", "refused"), ("pca_whitening", "broken"), ("instance", "differs"),
     ("switchable", "agrees")],
)  # fmt: skip
def test_a_group_without_spread_and_without_eps_is_no_traceback(method: str, outcome: str):
    found, facts = asked(spec_of(method, eps=0.0), "constant")
    assert found == outcome
    assert text.t(f"check.{found}", **facts)


def test_what_torch_says_is_quoted():
    outcome, facts = asked(Spec("batch", (1, 6)))
    assert outcome == "refused"
    assert "Expected more than 1 value per channel" in facts["said"]


def test_the_mistake_differs_from_torch():
    assert asked(spec_of("batch", by_variance=True))[0] == "differs"
