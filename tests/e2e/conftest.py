from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.app.conftest import ROOT, write_run
from tests.e2e.screen import WAIT, expect_settled, record
from tests.patience import PATIENCE, wait_until

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# In a container shared memory may be too small for Chromium, and root has no sandbox.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]
STARTS = (
    3  # somebody else may take a port between the time it is found free and the time it is used
)

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
    assert "Traceback" not in (home / "server.log").read_text(encoding="utf-8")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A French projector."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 720},
        locale="fr-FR",
        bypass_csp=True,  # Playwright's waits compile expressions; test_door looks at the policy
    )
    context.set_default_timeout(WAIT)
    page = context.new_page()
    record(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


@contextlib.contextmanager
def started(home: Path, log: int, **settings: str) -> Iterator[str]:
    """A server of this store, healthy, and stopped afterwards; its address.

    Args:
        home: MOLIERE_HOME.
        log: a file descriptor, or subprocess.DEVNULL.
        settings: more of the server's environment.
    """
    for _ in range(STARTS):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "dashboard/Home.py"]
            + [f"--{name}={value}" for name, value in options.items()],
            cwd=ROOT,
            env={**os.environ, "MOLIERE_HOME": str(home), "PYTHONPATH": str(ROOT), **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: process.poll() is not None or _healthy(address))  # noqa: B023
            if process.poll() is None:
                yield address
                return
        finally:
            process.terminate()
            process.wait(PATIENCE)
    pytest.fail("the server did not start: see server.log")


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE):
            return True
    except OSError:
        return False
