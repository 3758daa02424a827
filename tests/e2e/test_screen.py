"""Every page on the screens of a school, for those who see it and for those who do not."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.app.helpers import REFERENCE, ROOT
from tests.e2e.screen import OFFSCREEN, Screens, expect_settled
from tests.patience import wait_until

PAGES = [path.stem for path in sorted((ROOT / "pages").glob("*.py")) if path.stem != "home"] + [""]
# All views of the pages that draw in colours of their own, beside the first of each.
VIEWS = [
    "preferences?view=cost",
    "reading?view=word",
    "reading?view=learning",
    "reading?view=mixing",
    "recurrence?view=seconds",
    *(
        f"inside?view={view}"
        for view in ("gates", "mattered", "why", "forgets", "embedding", "step")
    ),
    "inside?model=mini-gpt&view=heads",
    "inside?model=mini-gpt&view=layers",
    "inside?model=mini-gpt&view=why",
    "course?view=quiz",
]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# What is wrong for those who do not see, but for Streamlit's own list of pages.
AUDIT = """() => axe.run({ exclude: ["[data-testid=stSidebarNav]"] })
  .then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]))"""
SIZE = """(selector) => Math.min(...[...document.querySelectorAll(selector)]
  .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
LOADED = """() => !document.querySelector("[data-stale=true], [data-testid=stSkeleton]")"""


def look(screens: Screens, server: str, path: str, width: int, height: int, **kind: Any) -> Page:
    size = {"width": width, "height": height}
    page = screens.open(viewport=size, reduced_motion="reduce", bypass_csp=True, **kind)
    page.goto(f"{server}/{path}")
    expect(page.locator("h1").first).to_be_visible()
    expect_settled(page)
    page.wait_for_function(LOADED)
    return page


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, *VIEWS])
def test_nothing_serious_for_those_who_do_not_see(
    screens: Screens, server: str, name: str, theme: str
) -> None:
    if not AXE.exists():
        pytest.skip("no axe-core: npm ci")
    page = look(screens, server, name, 1280, 720, color_scheme=theme)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(AUDIT)
    if found:  # what fades in, as a part of the page does that is drawn again, is pale for a moment
        with contextlib.suppress(AssertionError):
            wait_until(lambda: not page.evaluate(AUDIT))
        found = page.evaluate(AUDIT)
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_down_and_never_sideways(screens: Screens, server: str, name: str) -> None:
    page = look(screens, server, name, 390, 844)
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("[data-testid=stSidebar]")).not_to_be_in_viewport()


def test_type_grows_with_the_screen(screens: Screens, server: str) -> None:
    sizes = []
    for width, height in ((1280, 720), (1920, 1080)):
        page = look(screens, server, "model?view=loss", width, height)
        title = page.locator(".gtitle").first
        if width > 1280:  # the server hears of it, once
            expect(title).to_have_css("font-size", "28.5px")
        sizes.append((page.evaluate(SIZE, "html"), page.evaluate(SIZE, ".gtitle")))
    assert sizes == [(pytest.approx(21, abs=0.1), 19), (pytest.approx(31.5, abs=0.1), 28.5)]


def test_a_projector_has_no_menu_and_letters_of_24_pixels(screens: Screens, server: str) -> None:
    page = look(screens, server, "model?view=loss&projecteur=1", 1280, 720)
    expect(page.locator("[data-testid=stSidebar]")).to_have_attribute("data-collapsed", "true")
    expect(page.locator("[data-testid=stPopover]").first).to_be_hidden()
    for selector in (".facts-table td", ".gtitle", ".xtick text"):
        page.wait_for_function(f"({SIZE})('{selector}') >= 24")
    assert page.evaluate(OFFSCREEN) == 0


def test_a_lesson_opens_beside_what_plays_and_stays(screens: Screens, server: str) -> None:
    page = look(screens, server, f"?model={REFERENCE}&speed=normal", 1280, 720)
    page.evaluate("() => { document.querySelector('h1').dataset.mark = 'same'; }")
    player = page.locator(".player")
    expect(player).not_to_have_attribute("data-at", "0")
    page.get_by_text("Leçon", exact=True).click()
    drawer = page.locator(".st-key-drawer")
    expect(drawer.get_by_text("Ce que vous voyez.")).to_be_visible()
    beside, box = player.bounding_box(), drawer.bounding_box()
    assert beside
    assert box
    assert beside["x"] + beside["width"] <= box["x"]
    assert page.locator(".written").is_visible()
    assert page.locator("h1[data-mark=same]").count() == 1  # the page was not drawn again
    page.get_by_text("Leçon", exact=True).click()
    expect(drawer).to_have_count(0)


def test_the_menu_speaks_french_and_shows_the_keyboard(page: Page, server: str) -> None:
    page.goto(f"{server}/?model={REFERENCE}")
    expect(page.locator("[data-testid=stSkipToContent]")).to_have_text("Aller au contenu")
    link = page.locator("[data-testid=stSidebarNavLink]").nth(1)
    page.keyboard.press("Tab")
    link.focus()
    expect(link).to_have_css("outline-style", "solid")
