"""Take a picture of every page and every view, and tell which pictures of two folders differ.

    python -m tools.screenshots before --tree ../before --language fr --theme light
    python -m tools.screenshots after --language fr --theme light
    python -m tools.screenshots --compare before after

The application of a tree is started on an empty store, or on a copy of `--store`, and looked at
with Chromium and reduced motion. A picture is taken once the script has ended, nothing is loading
and two looks in a row are the same. Of every view, the drawer of the code is taken too, also as
text; of every page, its other drawers and all that opens. Durations that a page measures differ
between any two runs.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.clients import ROOT, server

PATIENCE = 120_000  # milliseconds, on a machine that does other things too
NOISE = 2  # of 255, by which edges differ from one run of Chromium to the next
LOOKS = 200  # until two in a row are the same
TOLD = 1_000  # milliseconds after which a browser has told how large its type is; see screen.js
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
THEMES = ("light", "dark")
DRAWERS = ("lesson", "questions", "try", "code")
OPENERS = "[data-testid=stPopover] button, [data-testid=stExpander] summary"
QUIET = """() => new Promise((done) => requestIdleCallback(() =>
  requestAnimationFrame(() => requestAnimationFrame(done))))"""
LOADED = """() => document.fonts.status === "loaded"
  && [...document.images].every((image) => image.complete)
  && !document.querySelector("[data-stale=true], [data-testid=stSkeleton], [data-testid=stSpinner]")
"""

# The addresses of each page, of which the first is what the others are compared with at a glance.
VIEWS: dict[str, tuple[str, ...]] = {
    "": ("speed=instant", "speed=instant&model=mini-gpt&prompt=Madame,", "speed=instant&seed=7"),
    "about": ("",),
    "course": (
        "view=short",
        "view=long",
        "view=after",
        "view=about",
        "view=quiz",
        "view=home",
        "step=3",
    ),
    "corpus": (
        "view=figures",
        "view=raw",
        "view=raw&first=40",
        "view=words",
        "view=words&stops=1",
        "view=word&word=coeur",
        "view=lines&word=amour",
        "view=lines&word=amour&order=right",
        "view=voices",
        "view=keywords",
        "view=keywords&against=play&keystops=0",
        "view=variety",
        "view=letters",
    ),
    "characters": (
        "view=trip&step=back",
        "view=trip&step=text",
        "view=trip&step=chars",
        "view=trip&step=ints",
        "view=alphabet",
        "view=alphabet&order=count&min_char_freq=20",
        "view=tokens",
        "view=tokens&merges=100",
        "view=bytes",
        "view=dice",
    ),
    "windows": (
        "view=slide",
        "view=slide&length=12&shift=length",
        "view=streams",
        "view=batch",
        "view=batch&order=buffer",
        "view=start",
        "view=length",
        "view=variants",
        "view=variants&variant=many",
        "view=compare",
    ),
    "model": (
        "view=drawing",
        "view=drawing&cell=gru&layers=3",
        "view=counts",
        "view=loss",
        "view=embedding",
    ),
    "training": (
        "view=new",
        "view=new&preset=cours",
        "view=follow",
        "view=stored",
        "view=stored&runs=exp-length-40,exp-length-150",
        "job={run}",
        "view=stored&runs=run:{run}",
    ),
    "film": ("view=film&moment=epoch-003", "view=compare&moment=epoch-012&back=1", "view=verse"),
    "experiments": (
        "plan=length",
        "plan=length&revealed=length&view=past",
        "plan=length&revealed=length&view=seconds",
        "plan=length&revealed=length&view=texts",
        "plan=length&revealed=length&view=live",
        "plan=architecture&revealed=architecture&view=parameters",
        "plan=plays&revealed=plays&view=matrix",
        "plan=overfitting",
        "plan=overfitting&revealed=overfitting&view=learning&votes_dropout-0=3",
        "plan=transformer&revealed=transformer",
    ),
    "temperature": ("compare=temperatures", "compare=prompts", "t=0,1&chars=40"),
    "probabilities": (
        "view=bars",
        "view=bars&chosen=a&bars=20",
        "view=bars&beside=mini-gpt",
        "view=stages&temperature=0.5",
        "view=guess",
    ),
    "reading": (
        "view=text&text=corpus",
        "text=own",
        "text=modern&colour=rank",
        "text=written",
        "view=sources",
        "view=verse",
        "view=word",
        "view=learning",
        "view=mixing",
    ),
    "inside": (
        "view=unit",
        "view=unit&tracks=other&layer=2&unit=5",
        "view=gates",
        "view=gates&gate=f&from=3&to=30",
        "view=mattered",
        "view=mattered&edit=replace&char=a",
        "view=forgets",
        "view=embedding",
        "view=step",
        "view=why",
        "model=petit-gpt&view=heads",
        "model=petit-gpt&view=layers",
        "model=petit-gpt&view=why",
        "model=petit-gpt&view=embedding",
        "model=petit-gpt&view=step",
    ),
    "recurrence": ("view=name", "view=name&distance=100", "view=seconds"),
    "bridge": (
        "view=same&models=petit,mini-gpt",
        "view=same",
        "view=alphabet&models=petit,mini-gpt",
        "view=alphabet&models=petit,mini-gpt&chosen=ma&draws=petit",
        "view=axis&models=petit,mini-gpt,kn-8",
        "view=axis&on=prose",
        "view=axis&on=modern&against=parameters",
        "view=axis&against=read&part=verse",
        "view=axis&against=two",
        "view=ladder",
        "view=talk&topic=table",
        "view=talk&topic=pairs",
        "view=talk&topic=pairs&pairs=all",
        "view=talk&topic=attention",
        "view=talk&topic=tongues",
        "view=talk&topic=cards",
    ),
    "preferences": ("view=vote", "view=cost"),
    "games": ("view=machine", "view=letter", "view=scene", "view=author"),
}


def name_of(page: str, query: str) -> str:
    """A file's name for a view, the same in every language."""
    return re.sub(r"[^\w.=-]+", "_", f"{page or 'home'}_{query}")


def settle(page: Page) -> None:
    """Wait until the script has ended and all that it shows is there.

    Raises:
        AssertionError, TimeoutError: it never came to rest.
    """
    app = page.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED")
    expect(page.locator("h1").first).to_be_visible()
    expect(app).to_have_attribute("data-test-script-state", "notRunning")
    page.wait_for_function(LOADED)


def take(page: Page, path: Path) -> None:
    """A picture of what is on screen, once two looks in a row are the same.

    Raises:
        AssertionError: something never stops moving.
    """
    before = b""
    for _ in range(LOOKS):
        settle(page)
        page.evaluate(QUIET)
        now = page.screenshot(animations="disabled", caret="hide")
        if now == before:
            path.write_bytes(now)
            return
        before = now
    raise AssertionError(f"{path.stem}: something never stops moving")


def views(run: str) -> Iterator[tuple[str, str]]:
    """Each page with each of its addresses.

    Args:
        run: a run of the store; "" leaves out what shows one.
    """
    for page, queries in VIEWS.items():
        for query in queries:
            if run or "{run}" not in query:
                yield page, query.format(run=run)


def photograph(
    browser: Browser, address: str, folder: Path, options: argparse.Namespace, run: str
) -> list[str]:
    """Take all the pictures of one language and one theme; what could not be taken, and why."""
    width, height = map(int, options.size.split("x"))
    failed: list[str] = []
    opened: set[tuple[str, str]] = set()
    for place, query in views(run):
        name = name_of(place, query)
        if options.only and not re.search(options.only, name):
            continue
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=LOCALES[options.language],
            color_scheme=options.theme,
            reduced_motion="reduce",
            bypass_csp=True,  # Playwright's waits compile expressions
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        try:
            page.goto(f"{address}/{place}?lang={options.language}&{query}")
            settle(page)
            page.wait_for_timeout(TOLD)  # then figures are drawn again, as large as the type
            take(page, folder / f"{name}.png")
            if page.locator("[data-testid=stException]").count():
                failed.append(f"{name}: shows an exception")
            if not options.closed:
                first = query == VIEWS[place][0]
                _open_drawers(page, place or "home", folder / name, DRAWERS if first else ("code",))
                _open_others(page, place, folder / name, opened)
        except Exception as error:
            failed.append(f"{name}: {str(error).splitlines()[0]}")
        finally:
            context.close()
        print(name, flush=True)
    return failed


def _open_drawers(page: Page, key: str, path: Path, wanted: tuple[str, ...]) -> None:
    buttons = page.locator(f".st-key-{key}-drawer button")
    count = buttons.count()
    present = [name for name in DRAWERS if name != "questions" or count == len(DRAWERS)]
    for number, drawer in enumerate(present[:count]):
        if drawer in wanted:
            buttons.nth(number).click()
            take(page, path.with_name(f"{path.name}_{drawer}.png"))
            if drawer == "code":
                code = page.locator("[data-testid=stCode] code").first.inner_text()
                path.with_name(f"{path.name}_code.txt").write_text(code, encoding="utf-8")
            buttons.nth(number).click()
            settle(page)


def _open_others(page: Page, place: str, path: Path, opened: set[tuple[str, str]]) -> None:
    """Popovers and expanders that this page has not shown yet, one after the other."""
    main = page.locator("[data-testid=stMainBlockContainer]")
    for number in range(main.locator(OPENERS).count()):
        opener: Locator = main.locator(OPENERS).nth(number)
        label = opener.inner_text()
        if (place, label) in opened or not opener.is_enabled():
            continue
        opened.add((place, label))
        opener.click()
        take(page, path.with_name(f"{path.name}_open-{number}.png"))
        page.keyboard.press("Escape")


def changed(first: Path, second: Path) -> str:
    """How two pictures differ, in words; "" where they do not."""
    if not (first.exists() and second.exists()):
        return f"only in {(first if first.exists() else second).parent}"
    one, other = (np.asarray(Image.open(path).convert("RGB")) for path in (first, second))
    if one.shape != other.shape:
        return f"{one.shape[1]}x{one.shape[0]} and {other.shape[1]}x{other.shape[0]}"
    apart = np.abs(one.astype(int) - other).max(axis=2)  # (height, width), of 255
    rows, columns = np.nonzero(apart > NOISE)  # (pixels that differ,) each
    if not rows.size:
        return ""
    box = f"{columns.min()},{rows.min()} to {columns.max()},{rows.max()}"
    return f"{rows.size} pixels of {one.shape[0] * one.shape[1]}, from {box}"


def compare(before: Path, after: Path) -> int:
    """Print which pictures of two folders differ; how many do."""
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.png")})
    found = {name: said for name in names if (said := changed(before / name, after / name))}
    for name, said in found.items():
        print(f"{name}: {said}")
    print(f"{len(found)} of {len(names)} pictures differ")
    return len(found)


@contextlib.contextmanager
def application(tree: Path, store: Path | None) -> Iterator[str]:
    """The application of a tree on a store of its own, with no model of the hub; its address."""
    with tempfile.TemporaryDirectory() as home:
        if store:
            shutil.copytree(store, home, dirs_exist_ok=True)
        cache = {"MOLIERE_HOME": home, "HF_HUB_CACHE": f"{home}/hub", "HF_HUB_OFFLINE": "1"}
        environment = {**os.environ, **cache, "PYTHONPATH": str(tree)}
        with server(tree / "dashboard" / "Home.py", environment, tree) as (port, _):
            yield f"http://127.0.0.1:{port}"


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, help="where the pictures go")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    parser.add_argument("--tree", type=Path, default=ROOT, help="whose application it is")
    parser.add_argument("--store", type=Path, help="a MOLIERE_HOME with a run")
    parser.add_argument("--language", choices=LOCALES, default="fr")
    parser.add_argument("--theme", choices=THEMES, default="light")
    parser.add_argument("--size", default="1280x720", help="of the window, in pixels")
    parser.add_argument("--only", default="", help="names that match this regular expression")
    parser.add_argument("--closed", action="store_true", help="nothing is opened")
    options = parser.parse_args()
    if options.compare:
        return int(compare(*options.compare) > 0)
    if not options.folder:
        parser.error("where should the pictures go?")
    options.folder.mkdir(parents=True, exist_ok=True)
    runs = sorted((options.store / "runs").iterdir()) if options.store else []
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, application(options.tree.resolve(), options.store) as at:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        failed = photograph(browser, at, options.folder, options, runs[0].name if runs else "")
        browser.close()
    print(*failed, sep="\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
