"""The wheel, unpacked outside the repository: it holds the application, and a command starts it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.helpers import ROOT
from tests.e2e.application import started
from tests.e2e.screen import expect_settled

SOURCES = ("dashboard", "moliere_core", "pages", "pyproject.toml", "README.md", "LICENSE")
COMMAND = ("-m", "moliere_core", "dashboard", "--port")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(name="unpacked", scope="module")
def _unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation of the wheel puts beside other packages; built without a network."""
    sources, folder = tmp_path_factory.mktemp("sources"), tmp_path_factory.mktemp("site-packages")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, sources / name)
    command = [sys.executable, "-W", "ignore", "-c", BUILD, str(folder)]
    subprocess.run(command, cwd=sources, check=True, stdout=subprocess.DEVNULL)
    [wheel] = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


@pytest.fixture(name="installed")
def _installed(unpacked: Path, tmp_path: Path) -> Iterator[str]:
    """The application as the wheel's command starts it; its address."""
    with started(tmp_path, subprocess.DEVNULL, COMMAND, unpacked) as address:
        yield address


def test_the_wheel_holds_all_that_is_in_the_repository(unpacked: Path) -> None:
    for package in ("dashboard", "moliere_core", "pages"):
        files = subprocess.run(
            ["git", "ls-files", package], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("\n")[:-1]
        assert [name for name in files if (ROOT / name).exists()]
        for name in files:
            assert not (ROOT / name).exists() or (unpacked / name).exists(), name
    assert sorted(path.name for path in unpacked.iterdir() if "." not in path.name) == [
        *("dashboard", "moliere_core", "pages")
    ]


def test_it_opens_pages_with_the_settings_of_the_repository(installed: str, page: Page) -> None:
    for name, title in (("", "Un réseau écrit"), ("corpus", "Le corpus"), ("model", "Le modèle")):
        page.goto(f"{installed}/{name}?lang=fr")
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        expect_settled(page)
        expect(page.locator("[data-testid=stException]")).to_have_count(0)
        paper = page.locator("[data-testid=stApp]").evaluate(
            "(e) => getComputedStyle(e).backgroundColor"
        )
        assert paper == "rgb(253, 251, 246)"  # of config.toml
