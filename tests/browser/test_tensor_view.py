"""The tensor view in a real browser: light up, lock, walk by keyboard, step there and back."""

import math

from playwright.sync_api import Locator, Page, expect

from normlib import Spec
from tests.browser.driver import open_app, settle

LARGEST = "/steps?step=reshape&n=8&c=8&h=8&w=8"  # 4,096 entries, in two panels
HOVER_LIMIT = 50  # ms, 95th percentile, from pointer to painted frame

TIME_HOVER = """async (canvas) => {
    const times = [];
    const frame = () => new Promise(requestAnimationFrame);
    const view = canvas.getRootNode().querySelector('[data-testid=tensor-view]');
    const { left, top } = canvas.getBoundingClientRect();
    for (let i = 0; i < 60; i++) {
        const { x, y } = canvas.locate((i * 997) % 4096);
        const begin = performance.now();
        canvas.dispatchEvent(new PointerEvent("pointermove",
            { bubbles: true, composed: true, pointerType: "mouse",
              clientX: left + x, clientY: top + y }));
        await frame();
        await new Promise((resolve) => setTimeout(resolve));
        times.push([performance.now() - begin, view.dataset.focus]);
    }
    return times;
}"""


def view_of(page: Page) -> Locator:
    return page.get_by_test_id("tensor-view")


def canvas_of(page: Page, panel: str) -> Locator:
    return page.locator(f"canvas[data-panel='{panel}']")


def spot(canvas: Locator, entry: int) -> dict[str, float]:
    return canvas.evaluate("(canvas, entry) => canvas.locate(entry)", entry)


def pictures(page: Page) -> list[str]:
    expect(view_of(page)).to_have_attribute("data-settled", "true")
    return [canvas.evaluate("canvas => canvas.toDataURL()")
            for canvas in view_of(page).locator("canvas").all()]  # fmt: skip


def test_pointing_lights_the_group_and_says_it_without_a_message(page: Page):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    open_app(page, "/groups?method=group&groups=3")
    canvas = canvas_of(page, "input")
    before = len(sent)
    entry = ((1 * 6 + 2) * 4 + 1) * 4 + 1
    canvas.hover(position=spot(canvas, entry), force=True)
    expect(view_of(page)).to_have_attribute("data-focus", str(entry))
    expect(page.get_by_test_id("tensor-line")).to_contain_text(
        "32 entries: all pixels, sample 1, channels 2 to 3 (group 1)"
    )
    page.wait_for_timeout(500)
    assert len(sent) == before


def test_pointing_is_answered_in_time_at_4096_entries(page: Page):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    open_app(page, LARGEST)
    before = len(sent)
    rounds = []
    for _ in range(5):  # other work on the machine only adds: the best round tells
        timed = canvas_of(page, "input").evaluate(TIME_HOVER)
        assert [focus for _, focus in timed] == [str(i * 997 % 4096) for i in range(60)]
        times = sorted(time for time, _ in timed)
        rounds.append(times[math.ceil(0.95 * len(times)) - 1])
    assert min(rounds) <= HOVER_LIMIT, rounds
    assert len(sent) == before


def test_a_click_locks_the_cell_into_the_link_and_a_second_one_unlocks(page: Page):
    open_app(page, "/groups")
    canvas = canvas_of(page, "input")
    canvas.click(position=spot(canvas, 200), force=True)
    settle(page)
    expect(view_of(page)).to_have_attribute("data-locked", "200")
    assert "cell=2%2C0%2C2%2C0" in page.url
    expect(page.get_by_text("64 entries: all samples, all pixels, channel 0").last).to_be_visible()
    canvas.click(position=spot(canvas, 200), force=True)
    settle(page)
    expect(view_of(page)).to_have_attribute("data-locked", "-1")
    assert "cell=" not in page.url


def test_stepping_there_and_back_gives_the_identical_picture(page: Page):
    open_app(page, "/steps?step=reshape&cell=1,2,1,1")
    seen = []
    for _ in range(5):
        seen.append(pictures(page))
        page.keyboard.press("n")
        settle(page)
    expect(page.get_by_role("heading", level=3)).to_have_text("7 · Reshape back")
    for earlier in reversed(seen):
        page.keyboard.press("b")
        settle(page)
        assert pictures(page) == earlier
    page.reload()
    settle(page)
    assert pictures(page) == seen[0]


def test_play_walks_to_the_last_step_and_pause_stops_it(page: Page):
    open_app(page, "/steps?step=normalize")
    page.keyboard.press("p")
    heading = page.get_by_role("heading", level=3)
    expect(heading).to_have_text("7 · Reshape back", timeout=20000)
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.keyboard.press("p")  # from the end it starts over
    expect(heading).to_have_text("1 · Input", timeout=10000)
    expect(heading).to_have_text("2 · Reshape", timeout=10000)
    page.keyboard.press("p")
    settle(page)
    stopped = heading.inner_text()
    page.wait_for_timeout(2500)
    assert heading.inner_text() == stopped


def test_everything_can_be_done_by_keyboard(page: Page):
    open_app(page, "/groups")
    for _ in range(60):
        page.keyboard.press("Tab")
        if view_of(page).evaluate("view => view.getRootNode().activeElement === view"):
            break
    expect(view_of(page)).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "PageDown"):
        page.keyboard.press(key)
    spec = Spec("batch", (4, 6, 4, 4))
    entry = int(view_of(page).get_attribute("data-focus"))
    n, c = entry // 96, entry // 16 % 6
    assert n >= 1
    assert c >= 2
    page.keyboard.press("Enter")
    settle(page)
    expect(view_of(page)).to_have_attribute("data-locked", str(entry))
    expect(page.get_by_test_id("tensor-line")).to_contain_text(f"{spec.partition.rows} entries")
    assert f"cell={n}%2C{c}" in page.url
    view_of(page).focus()
    page.keyboard.press("Escape")
    settle(page)
    assert "cell=" not in page.url


def test_without_motion_the_new_picture_stands_at_once(page: Page):
    page.emulate_media(reduced_motion="reduce")
    open_app(page, "/steps")
    page.evaluate("""() => {
        window.flights = 0;
        const view = document.querySelectorAll("*");
        for (const element of view) {
            const found = element.shadowRoot?.querySelector("[data-testid=tensor-view]");
            if (found) new MutationObserver((changes) => {
                for (const change of changes) for (const node of change.addedNodes)
                    if (node.className?.includes?.("flight")) window.flights += 1;
            }).observe(found, { childList: true, subtree: true });
        }
    }""")
    page.keyboard.press("n")
    settle(page)
    expect(view_of(page)).to_have_attribute("data-settled", "true")
    assert page.evaluate("window.flights") == 0


def test_the_cube_turns_under_the_pointer_and_keeps_its_angle(page: Page):
    open_app(page, "/groups?drawing=cube")
    canvas = canvas_of(page, "input")

    def cube() -> str:
        page.mouse.move(0, 0)
        page.wait_for_timeout(200)
        return canvas.evaluate("canvas => canvas.toDataURL()")

    canvas.scroll_into_view_if_needed()
    straight = cube()
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 10, steps=4)
    page.mouse.up()
    turned = cube()
    assert turned != straight
    assert "cell=" not in page.url  # a drag is not a click
    page.get_by_role("radio", name="Values").click()
    settle(page)
    assert cube() != turned
    page.get_by_role("radio", name="Groups").click()
    settle(page)
    assert cube() == turned
