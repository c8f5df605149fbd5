import pytest
from hypothesis import given
from hypothesis import strategies as st

from normlib import METHODS, Spec
from pages.ui import fit, state
from tests.pages.test_state import any_value

ANY = st.fixed_dictionaries({key: any_value(field) for key, field in state.FIELDS.items()})


@given(ANY)
def test_what_is_fitted_is_a_spec_and_fits_for_good(wanted: state.State):
    found = fit.fitted(wanted)
    assert fit.fitted(found) == found
    method = METHODS[str(found["method"])]
    lengths = fit.lengths(found)
    Spec(method.key, tuple(lengths.values()), "".join(lengths),
         fit.settings(method, found, lengths))  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_the_default_state_of_a_method_leaves_alone_what_fits(method: str):
    wanted = state.defaults() | {"method": method}
    changed = {key for key, value in fit.fitted(wanted).items() if wanted[key] != value}
    assert changed <= {"layout"}
    assert ("layout" in changed) == (METHODS[method].needs == "time")


def test_the_link_of_a_spec_of_weights_fits():
    spec = Spec("spectral", (4, 6, 3, 3))
    wanted = state.from_query(spec.to_query())
    assert wanted["layout"] == "oihw"
    assert fit.fitted(wanted) == wanted
    assert tuple(fit.lengths(wanted).values()) == spec.sizes


def test_the_shape_of_a_file_is_not_in_the_link_so_settings_wait():
    wanted = state.defaults() | {"method": "group", "groups": 5, "data": state.UPLOAD}
    assert fit.fitted(wanted)["groups"] == 5
    assert fit.fitted(wanted | {"data": "random"})["groups"] == 2
