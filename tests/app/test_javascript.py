"""What Python and JavaScript both know: here Node, where it is, answers for the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.shared import components, i18n, state
from moliere_core.text import signs
from tests.app.helpers import ROOT
from tests.node import node, run_node

SHARED = ROOT / "dashboard" / "shared" / "components"
COMPONENTS = sorted(
    path for path in (ROOT / "dashboard").rglob("*.js") if path.with_suffix(".css").exists()
)
SHARES = [0, 1e-9, 4e-4, 6e-4, 0.0123, 0.3333, 0.5, 0.9987, 0.9993, 0.9996, 1 - 1e-9, 1]
NUMBERS = [0, -0.004, -0.7, 3, 12.34, 1234.56, -9876543.21]


def answer(module: str, expression: str) -> Any:
    """The value of an expression, where `m` is a module that components share."""
    script = f'import * as m from "{(SHARED / module).as_uri()}";'
    return json.loads(run_node(f"{script} console.log(JSON.stringify({expression}));"))


@node
@pytest.mark.parametrize("language", ["fr", "en"])
def test_numbers_are_written_alike(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "language", lambda: language)
    expected = {
        "chances": [i18n.chance(share) for share in SHARES],
        "whole": [i18n.percent(share) for share in SHARES],
        "percents": [i18n.percent(share, 1) for share in SHARES],
        "numbers": [i18n.number(value, 1) for value in NUMBERS],
    }
    decimal = "{minimumFractionDigits: 1, maximumFractionDigits: 1}"
    found = answer(
        "numbers.js",
        f"""{{
          chances: {SHARES}.map(m.chances("{language}")),
          whole: {SHARES}.map(m.percents("{language}")),
          percents: {SHARES}.map(m.percents("{language}", 1)),
          numbers: {NUMBERS}.map(m.numbers("{language}", {decimal})),
        }}""",
    )
    assert found == expected


@node
def test_invisible_characters_have_the_same_signs() -> None:
    chars = [" ", "\n", "\t", "a", "\u00a0", "é"]
    told = json.dumps(chars)
    expected = [signs.visible(char) for char in chars]
    assert answer("dom.js", f"{told}.map(m.visible)") == expected
    text = json.dumps(" a b\n\tc ")
    assert answer("dom.js", f"m.onOneLine({text})") == signs.visible(" a b\n\tc ")


@node
@pytest.mark.parametrize("path", COMPONENTS, ids=lambda p: p.stem)
def test_a_bundle_is_one_module(path: Path) -> None:
    bundle = components.bundled(path)
    assert "import {" not in bundle
    assert bundle.count("export ") == 1
    of_streamlit = "\nexport default component(render);\n" in bundle
    assert of_streamlit == (path.stem != "phone")  # which is a page of its own
    run_node(bundle, "--check")


def test_what_is_imported_stands_before_who_imports_it_once(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.js").write_text("export const a = 1;\n")
    (tmp_path / "shared" / "b.js").write_text(
        'import { a } from "./a.js";\n\nexport function b() {}\n'
    )
    page = tmp_path / "page.js"
    page.write_text(
        'import {\n  a,\n} from "./shared/a.js";\nimport { b } from "./shared/b.js";\n\n'
        "export default function () {}\n"
    )
    lines = [line for line in components.bundled(page).splitlines() if line]
    assert lines == ["const a = 1;", "function b() {}", "export default function () {}"]
