"""Name the files that a click enters, and count them.

    python -m tools.trace --names
    python tools/trace.py --tree ../before

Each deed has a process of its own, in which it is done twice, on two sessions, and traced the
second time: imports and what is kept for all do not count, what a class sees every day does. A file
is entered when one of its functions is called, by the script or by a thread of the application; the
server under it (uploads, headers) and worker processes do not count.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

PACKAGES = ("moliere_core", "dashboard", "pages")
PATIENCE = 120.0  # seconds
CSV = "play_name,cue\n" + "phedre,Que ces vains ornements !\nesther,Oui.\n" * 40
LOOKS = 2000  # at what a worker has answered


class Trace:
    """The files of a tree's application whose functions are called while it is on.

    Attributes:
        found: their paths inside the tree.
        on: whether it listens.
    """

    def __init__(self, tree: Path) -> None:
        self.found: set[str] = set()
        self.on = False
        self._tree = tree
        self._ours = tuple(f"{tree / package}{os.sep}" for package in PACKAGES)

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        """What `sys.setprofile` calls."""
        code = frame.f_code
        entered = self.on and event == "call" and code.co_name != "<module>"
        if entered and code.co_filename.startswith(self._ours):
            self.found.add(str(Path(code.co_filename).relative_to(self._tree)))


def opened(tree: Path, page: str, **settings: object) -> Any:
    """A page as a browser opens it, by Streamlit's `AppTest`."""
    from streamlit.testing.v1 import AppTest

    at = AppTest.from_file(str(tree / "dashboard" / "Home.py"), default_timeout=PATIENCE)
    at.query_params["lang"] = "fr"
    at.run()
    for name, value in settings.items():
        at.query_params[name] = str(value)
    if page != "home":
        at.switch_page(f"../pages/{page}.py")
    return at.run()


def prompt(at: Any, time: int) -> Any:
    """A prompt is typed."""
    return at.text_input(key="prompt").set_value(f"Madame {time}").run()


def train(at: Any, time: int) -> Any:
    """A training begins."""
    return at.button(key="training.start").click().run()


def upload(at: Any, time: int) -> Any:
    """A text of one's own is given to the Corpus page."""
    file = (f"plays-{time}.csv", (CSV + f"esther,{time}\n").encode(), "text/csv")
    return at.file_uploader(key="sources.file").set_value(file).run()


def bridge(at: Any, time: int) -> Any:
    """A GPT writes after a prompt, to the end of its text."""
    at = prompt(at, time)
    for _ in range(LOOKS):
        shown = [element.proto.json for element in at.get("bidi_component")]
        if any('"speed": "' in data and '"speed": ""' not in data for data in shown):
            return at
        at.run()
    raise AssertionError("the model never answered")


TINY: dict[str, object] = {"seq": 40, "batch": 4, "units": 128, "embedding": 64}
# What is done: the page and its address, and the deed.
DEEDS: dict[str, tuple[str, dict[str, object], Callable[[Any, int], Any]]] = {
    "a prompt on Home": ("home", {}, prompt),
    "Train": ("training", TINY, train),
    "an upload": ("corpus", {}, upload),
    "a bridge request": ("bridge", {"models": "mini-gpt", "chars": 40}, bridge),
}


def traced(tree: Path, deed: str) -> list[str]:
    """The files entered by a deed when it is done a second time, in this process.

    Raises:
        AssertionError: the page shows an exception.
    """
    logging.disable(logging.WARNING)  # Streamlit's, of a script without a server
    page, settings, act = DEEDS[deed]
    trace = Trace(tree)
    threading.setprofile(trace)
    sys.setprofile(trace)
    for time in (1, 2):
        more = {"epochs": time} if deed == "Train" else {}  # or it is the same training
        at = opened(tree, page, **settings, **more)
        trace.on = time == 2
        at = act(at, time)
        trace.on = False
        assert not at.exception, at.exception
    sys.setprofile(None)
    return sorted(trace.found)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--tree", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--names", action="store_true", help="also which files")
    parser.add_argument("--deed", choices=DEEDS, help="in this process, this one alone")
    options = parser.parse_args()
    tree = options.tree.resolve()
    if options.deed:
        found = traced(tree, options.deed)
        print(f"{options.deed}: {len(found)} files")
        if options.names:
            print(*(f"  {name}" for name in found), sep="\n")
        sys.stdout.flush()
        os._exit(0)  # without waiting for a worker, which ends with the process that began it
    for deed in DEEDS:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            mine = {"MOLIERE_HOME": home, "HF_HUB_CACHE": f"{home}/hub", "PYTHONPATH": str(tree)}
            command = [sys.executable, "-W", "ignore", __file__, *sys.argv[1:], "--deed", deed]
            subprocess.run(command, cwd=tree, env=os.environ | mine, check=True)


if __name__ == "__main__":
    main()
