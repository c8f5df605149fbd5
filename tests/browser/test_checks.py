"""The panels below the steps, opened and asked: torch, code, figure, mode."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driver import open_app, settle


def open_panel(page: Page, name: str) -> None:
    page.get_by_text(name, exact=True).click()
    settle(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("method=batch", "Agrees with torch"),
        ("method=batch&mode=prediction", "Agrees with torch"),
        ("method=cross&mode=prediction", "Agrees with torch"),
        ("method=batch&data=constant&eps=0.0", "gives no answer for these numbers"),
        ("method=cholesky_whitening&data=constant&eps=0.0", "gives no answer for these numbers"),
        ("method=layer&data=constant&eps=0.0", "answers NaN or infinity"),
        ("method=instance&data=constant&eps=0.0", "Differs from torch"),
    ],
)
def test_the_comparison_with_torch_is_answered_in_a_sentence(page: Page, query: str, said: str):
    open_app(page, f"/steps?{query}")
    open_panel(page, "Does torch agree?")
    page.get_by_role("button", name="Compare with PyTorch").click()
    expect(page.get_by_test_id("stAlert").filter(has_text=said)).to_be_visible(timeout=30_000)
    settle(page)


def test_the_mode_is_in_the_link_and_changes_statistics_and_code(page: Page):
    open_app(page, "/steps?method=batch&step=mean")
    open_panel(page, "Show code")
    expect(page.get_by_test_id("stCode").last).not_to_contain_text("running_mean")
    page.get_by_role("radio", name="Prediction").click()
    settle(page)
    assert "mode=prediction" in page.url
    expect(page.get_by_text("This is stored:")).to_be_visible()
    expect(page.get_by_test_id("stCode").last).to_contain_text("running_mean")
    page.reload()
    settle(page)
    expect(page.get_by_text("This is stored:")).to_be_visible()


def test_where_nothing_is_normalized_every_panel_says_so(page: Page):
    open_app(page, "/steps?method=cross&mode=prediction&step=variance")
    expect(page.get_by_role("heading", level=3)).to_have_text("2 · Reshape back")
    open_panel(page, "Every group's mean and spread, before and after")
    expect(page.get_by_text("Nothing is normalized here")).to_be_visible()
    open_panel(page, "Show code")
    expect(page.get_by_test_id("stCode").last).to_contain_text("y = x")


def test_what_is_learned_stays_switched_off_when_another_method_calls_it_otherwise(page: Page):
    open_app(page, "/groups?method=batch&affine=false")
    expect(page.get_by_text("Learn gamma, beta")).to_be_visible()
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="RMS norm per position").click()
    settle(page)
    expect(page.get_by_text("Learn gamma", exact=True)).to_be_visible()
    assert "affine=false" in page.url
