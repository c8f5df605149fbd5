"""The app in Chromium beside an empty Streamlit app: first text, slider to picture, pointing."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.driver import OFFLINE, find_chromium, open_app, settle, watched_page
from tests.browser.server import PATHS, serve
from tests.browser.test_tensor_view import LARGEST, TIME_HOVER

Row = tuple[str, float, float, str]
VISITS, MOVES = 9, 15
SLIDERS = {  # what the first slider of a page moves
    "picture of 512 cells": "/groups?n=4&c=8&h=4&w=4",
    "chart and table of training": "/training",
    "numbers of a step in time": "/sequences?sequences=time",
    "two methods side by side": "/equal?method=batch&other=layer",
    "numbers, table and chart of a failure": "/breaking?failure=large_mean",
    "table and chart of scaled weights": "/gradients?gradients=scale&layer_eps=0.001",
    "pictures of 512 x 512 and their table": "/pictures",
    "cloud before and after whitening": "/whitening?whitener=pca",
    "two loss surfaces": "/surface?surface_depth=4",
    "curves of two trainings": "/lab?lab_rate=0.1&lab_rate_other=0.1",
    "loss of a recovery that learns": "/recovering?recovering=descent",
    "groups and gradient of a composition": "/workbench",
    "table and chart of rescaled weights": "/santurkar?santurkar=weights",
    # Smooth or not
    "parabola and its numbers": "/smooth",
    "inequality on a real loss": "/smooth?smooth=inequality",
    # Learning rates
    "sweep of learning rates": "/rates?hidden_layers=6",
}
EMPTY = Path(__file__).parent / "empty.py"

# From the message that a slider sends to the first frame that shows the answer.
WATCH = """() => {
    const all = (root) => [...root.querySelectorAll("*")].flatMap(
        (element) => element.shadowRoot ? [element, ...all(element.shadowRoot)] : [element]);
    const shown = () => {
        const view = all(document).find((element) => element.dataset.testid === "tensor-view");
        const table = document.querySelector("[data-testid=stMain] table");
        if (table) return table.textContent;
        if (view) return view.dataset.settled === "true" ? view.dataset.scene : null;
        const plain = "[data-testid=stText], [data-testid=stMetricValue]";
        return [...document.querySelectorAll(plain)].map((one) => one.textContent).join();
    };
    let sent = null;
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (message) {
        sent ??= performance.now();
        return send.call(this, message);
    };
    const start = (before) => {
        sent = null;
        watching.answer = new Promise((resolve) => {
            const look = () => {
                const now = sent === null ? null : shown();
                if (now && now !== before) resolve(performance.now() - sent);
                else requestAnimationFrame(look);
            };
            look();
        });
    };
    window.watching = { shown, start, answer: null };
}"""


def measure() -> Iterator[Row]:
    """Milliseconds; medians of runs that alternate between the two apps."""
    with ExitStack() as stack:
        log = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(serve(log / "ours"))
        empty = stack.enter_context(serve(log / "empty", str(EMPTY)))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[OFFLINE], chromium_sandbox=os.geteuid() != 0
        )
        for path in PATHS:
            _first_text(browser, ours, path)  # warm
            own, peer = [], []
            for _ in range(VISITS):
                own.append(_first_text(browser, ours, path))
                peer.append(_first_text(browser, empty, "/"))
            yield f"ms, first text of {path}, warm server", median(own), median(peer), "empty app"
        for shown, path in SLIDERS.items():
            own, peer = _slider(browser, ours, path), _slider(browser, empty, "/")
            yield f"ms, slider to {shown}, p50", median(own), median(peer), "empty app"
            yield f"ms, slider to {shown}, p95", _p95(own), _p95(peer), "empty app"
        yield "ms, pointing to lit group, 4,096 cells, p95", _hover(browser, ours), 50, "the limit"
        browser.close()


def _first_text(browser: Browser, url: str, path: str) -> float:
    with watched_page(browser, url) as page:
        page.goto(path, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        return float(page.evaluate("performance.now()"))


def _slider(browser: Browser, url: str, path: str) -> list[float]:
    with watched_page(browser, url) as page:
        open_app(page, path)
        page.evaluate(WATCH)
        return [_one_move(page, back=i % 2 == 1) for i in range(MOVES)]


def _one_move(page: Page, *, back: bool) -> float:
    shown = page.evaluate("() => watching.shown()")
    slider = page.locator("input[type=range]").first
    page.evaluate("shown => watching.start(shown)", shown)
    slider.press("ArrowLeft" if back else "ArrowRight")
    time = page.evaluate("() => watching.answer")
    settle(page)
    return float(time)


def _hover(browser: Browser, url: str) -> float:
    with watched_page(browser, url, viewport={"width": 1280, "height": 800}) as page:
        open_app(page, LARGEST)
        canvas = page.locator("canvas[data-panel='input']")
        return min(_p95([time for time, _ in canvas.evaluate(TIME_HOVER)]) for _ in range(5))


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]
