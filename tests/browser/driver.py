"""What a person's browser does: open the app, wait until it has come to rest, see no error."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, TimeoutError

# No name but this machine's own resolves: whatever is fetched from elsewhere fails.
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"

# On a deep link Streamlit first asks below the page's own path, then at the root.
DEEP_LINK_404 = re.compile(r"^http://localhost:\d+/.+/_stcore/(health|host-config)$")

NOTE_MESSAGES = """
window.WebSocket = class extends WebSocket {
    constructor(...settings) {
        super(...settings);
        this.addEventListener("message", () => this.note(false));
    }
    send(message) {
        this.note(true);
        super.send(message);
    }
    note(awaiting) {
        window.awaiting = awaiting;
        window.lastMessage = Date.now();
    }
};
"""

# Widgets send 200 ms after the last key, so rest is longer than that.
AT_REST = """(since) => {
    const app = document.querySelector('[data-testid="stApp"]');
    return app?.dataset.testConnectionState === "CONNECTED"
        && app.dataset.testScriptState === "notRunning"
        && !document.querySelector('[data-testid$="Skeleton"], [data-stale="true"]')
        && !window.awaiting
        && Date.now() - Math.max(since, window.lastMessage) > 300;
}"""


def find_chromium() -> str | None:
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def watched_page(browser: Browser, url: str, **options: object) -> Iterator[Page]:
    """Yield a page in a context of its own; fail on what it complained about or fetched outside.

    `options` are those of Playwright's `new_context`, such as `viewport` and `color_scheme`.
    """
    problems: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        source = message.location["url"]
        if message.type == "error" and not DEEP_LINK_404.match(source):
            problems.append(f"console: {message.text} ({source})")

    def note_request(address: str) -> None:
        if not address.startswith((url, url.replace("http", "ws", 1), "data:", "blob:")):
            problems.append(f"outside request: {address}")

    with browser.new_context(base_url=url, **options) as context:
        context.add_init_script(NOTE_MESSAGES)
        page = context.new_page()
        page.on("console", note_console)
        page.on("pageerror", lambda error: problems.append(f"uncaught: {error}"))
        page.on("request", lambda request: note_request(request.url))
        page.on("websocket", lambda socket: note_request(socket.url))
        yield page
    assert not problems, "\n".join(problems)


def open_app(page: Page, path: str = "/") -> None:
    """Open a path, with its query, of the page's server; wait until the app is at rest."""
    page.goto(path)
    settle(page)


def settle(page: Page) -> None:
    """Wait until the app is at rest, and check that it shows no exception."""
    page.wait_for_function(AT_REST, arg=time.time() * 1000)
    assert page.get_by_test_id("stException").count() == 0


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than the window, charts given the time to take their width."""
    fits = """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
        .every((one) => one.scrollWidth <= one.clientWidth)"""
    try:
        page.wait_for_function(fits, timeout=5000)
    except TimeoutError:
        return True
    return False


def serious_violations(page: Page) -> list[tuple[str, object, object]]:
    """What axe finds serious or critical: rule, place, and what would mend it."""
    return [
        (violation["id"], node["target"], node.get("failureSummary"))
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def check_on_a_phone(browser: Browser, url: str, path: str) -> None:
    """A narrow, dark screen: nothing scrolls sideways, and axe finds nothing serious."""
    look = {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}}
    with watched_page(browser, url, **look) as page:
        open_app(page, path)
        assert not scrolls_sideways(page)
        assert not serious_violations(page)
