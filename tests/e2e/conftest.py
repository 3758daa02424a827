from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.app.helpers import write_run
from tests.e2e.application import started
from tests.e2e.screen import WAIT, Screens, expect_settled, record

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# In a container shared memory may be too small for Chromium, and root has no sandbox.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]

expect.set_options(timeout=WAIT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as playwright:
        if path is None and not Path(playwright.chromium.executable_path).exists():
            pytest.skip("no Chromium: apt-get install chromium, or playwright install chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS, timeout=WAIT)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The real application, warm, with a small run in its store; its address."""
    home = tmp_path_factory.mktemp("home")
    write_run(home)
    with (home / "server.log").open("wb") as log, started(home, log.fileno()) as address:
        with browser.new_page() as page:  # whose script ends once every page is imported
            page.set_default_timeout(WAIT)
            page.goto(address)
            expect_settled(page)
        yield address
    said = (home / "server.log").read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "left out" not in said  # what the browser says is what `asked` lets through


@pytest.fixture(name="all_screens", scope="session")
def _all_screens(browser: Browser) -> Screens:
    return Screens(browser)


@pytest.fixture
def screens(all_screens: Screens) -> Iterator[Screens]:
    """Screens of any size, which know nothing of the test before."""
    yield all_screens
    all_screens.clear()


@pytest.fixture
def page(screens: Screens) -> Iterator[Page]:
    """A French projector."""
    # Playwright's waits compile expressions; test_door looks at the policy.
    page = screens.open(bypass_csp=True)
    record(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors
