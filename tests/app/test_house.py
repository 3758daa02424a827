"""The rules of the house, as far as a test can hold them."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.app.helpers import REFERENCE, ROOT
from tests.patience import PATIENCE
from tools.screenshots import VIEWS

PAGES = sorted((ROOT / "pages").glob("*.py"))
DASHBOARD = sorted((ROOT / "dashboard").rglob("*.py"))

VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from dashboard.server import warm
warm.import_all()
before = set(sys.modules)
at = AppTest.from_file("dashboard/Home.py", default_timeout=120)
at.query_params["model"] = sys.argv[1]
at.run()
assert not at.exception and not at.error
for page in sys.argv[2:]:
    at.switch_page(f"../pages/{page}.py").run()
    assert not at.exception and not at.error
after = set(sys.modules) - before
late = {n for n in after if n.startswith("dashboard.") or n in ("numpy", "pandas", "plotly")}
found = {"keras", "tensorflow", "torch", "transformers", "jax"} & set(sys.modules)
sys.exit(f"imported by the server: {found}; while a pupil waits: {late}" if found | late else 0)
"""


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_is_short_and_only_asks_and_shows(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 100
    assert source.startswith('"""')
    assert not re.search(
        r"^\s*class |st\.cache_|plotly|query_params|open\(|^import (?!streamlit)",
        source,
        re.MULTILINE,
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_a_page_knows_its_own_room_and_what_is_shared(page: Path) -> None:
    source = page.read_text(encoding="utf-8")
    rooms = re.findall(r"^\s*from dashboard(?:\.(\w+)[\w.]*)? import (\w+)", source, re.MULTILINE)
    assert {room or name for room, name in rooms} <= {page.stem, "shared"}


def test_the_router_is_short() -> None:
    source = (ROOT / "dashboard" / "Home.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60


def test_one_module_each_for_addresses_and_plotly() -> None:
    for path in DASHBOARD:
        source = path.read_text(encoding="utf-8")
        code = re.sub(r'""".*?"""', "", source, flags=re.DOTALL)
        # phones.py is asked by telephones, which are no session of Streamlit.
        assert "query_params" not in code or path.name in ("state.py", "phones.py"), path
        imports_plotly = re.search(r"^\s*(import|from) plotly", code, re.MULTILINE)
        assert (
            not imports_plotly
            or path.name in {"figures.py", "plotting.py"}
            or path.parent.name == "figures"
        ), path


def test_one_module_gives_tables_away() -> None:
    for path in [*DASHBOARD, *PAGES]:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"to_csv|st\.dataframe|data_editor", source) or (
            path.name == "tables.py"
        ), path


def test_components_never_parse_text_as_html() -> None:
    for path in (ROOT / "dashboard").rglob("*.js"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval", source)


def test_tests_share_modules_and_no_test_imports_another() -> None:
    """Helpers are in modules, fixtures in conftest.py, which pytest alone reads."""
    shared = re.compile(r"^ *(?:from|import) tests[\w.]*\.(?:conftest|test_\w+)\b", re.MULTILINE)
    for path in (ROOT / "tests").rglob("*.py"):
        assert not shared.search(path.read_text(encoding="utf-8")), path
    for path in (ROOT / "tests").rglob("conftest.py"):
        defined = re.findall(
            r"((?:^@.*\n)*)^def (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        for decorators, name in defined:
            assert "@pytest.fixture" in decorators or name.startswith("pytest_"), (path, name)


def private_names(tree: ast.Module) -> Iterator[str]:
    """What a file uses of others that is theirs alone: `a._b`, imported, or named in a string."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(ast.Name("self" | "cls")):
                continue
            case ast.Attribute(_, name):
                names = [name]
            case ast.ImportFrom(module):
                names = [*(module or "").split("."), *(alias.name for alias in node.names)]
            case ast.Import():
                names = [part for alias in node.names for part in alias.name.split(".")]
            case ast.Call(
                ast.Name("getattr" | "setattr") | ast.Attribute(_, "setattr" | "delattr")
            ):
                strings = [a.value for a in node.args[:2] if isinstance(a, ast.Constant)]
                names = [part for string in strings for part in str(string).split(".")]
            case _:
                continue
        yield from (name for name in names if re.match(r"_[^_]", name))


def test_tests_use_nothing_private() -> None:
    """What is worth a test of its own is public; the rest is tested through what is."""
    allowed = {
        "fake_training_worker.py": {"_exit"},  # of `os`: an end without a word is what is tested
        "pattern_probe.py": {"_constants", "_parser"},  # of `re`: it reads all our patterns
    }
    for path in (ROOT / "tests").rglob("*.py"):
        found = set(private_names(ast.parse(path.read_text(encoding="utf-8"))))
        assert found <= allowed.get(path.name, set()), path


def test_pictures_are_taken_of_every_view_of_every_page() -> None:
    pages = {path.stem.replace("home", "") for path in (ROOT / "pages").glob("*.py")}
    assert pages == set(VIEWS)
    for page in pages - {"", "about", "temperature"}:  # which have one view each
        views = importlib.import_module(f"dashboard.{page}.views")
        named = {*views.VIEWS, *getattr(views, "LOOKS", ())}  # these of a transformer
        shown = {view for query in VIEWS[page] for view in parse_qs(query).get("view", [])}
        assert named <= shown, page


def test_no_test_is_timed() -> None:
    """They wait for conditions, as long as `tests.patience` says, and measure no speed."""
    timed = re.compile(r"(perf_counter|process_time|wait_for_timeout)\(|timeout=\d")
    impatient = re.compile(r"AppTest\.from_\w+\((?!.*default_timeout=)")  # it would wait 3 s
    for path in (ROOT / "tests").rglob("*.py"):
        if path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            assert not timed.search(text), path
            assert not impatient.search(text), path


def test_no_page_stops_as_streamlit_does() -> None:
    """After `st.stop` nothing goes on, not even the address: see `widgets.ask_first`."""
    for path in [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        assert not re.search(r"\bst\.stop\(", path.read_text(encoding="utf-8")), path


@pytest.mark.slow
def test_the_server_imports_no_framework_and_pages_import_nothing(store: Path) -> None:
    """What a page imported, thirty browsers that open it together would await."""
    names = [page.stem for page in PAGES if page.stem != "home"]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", VISIT, REFERENCE, *names],
        cwd=ROOT,
        env={**os.environ, "MOLIERE_HOME": str(store), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE,  # every page, one after the other
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
