"""What saved links depend on: the names and parsers of addresses, the keys of widgets.

`python -m tests.app.addresses` writes `addresses.json` anew, which a change that is meant needs.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import tempfile
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.shared.fields import Field
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[2]
FROZEN = Path(__file__).with_name("addresses.json")
SAMPLES = ("", "0", "1", "-1", "1e9", "nan", "abc", "1.5", "0,7", "petit", "a,b,a", "x" * 600)
# The views of each page, which show different widgets.
VIEWS: dict[str, tuple[str, ...]] = {
    "games": ("machine", "letter", "scene", "author"),
    "bridge": ("same", "alphabet", "axis", "ladder", "talk"),
    "training": ("new", "follow", "stored"),
}


def settings() -> dict[str, Field[Any]]:
    """Every setting with an address, by the key of its widget."""
    found: dict[str, Field[Any]] = {}
    for module in pkgutil.walk_packages(dashboard.__path__, "dashboard."):
        if module.name == "dashboard.Home":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Field):
                found[value.key] = value
    return dict(sorted(found.items()))


def fields() -> dict[str, Any]:
    """Of every setting its name, its default and what its parser makes of texts."""
    return {key: _field(setting) for key, setting in settings().items()}


def _field(field: Field[Any]) -> dict[str, Any]:
    parsed: dict[str, Any] = {}
    for text in SAMPLES:
        try:
            parsed[text[:8]] = _said(field.parse(text))
        except ValueError:
            parsed[text[:8]] = "refused"
    shown = None
    with contextlib.suppress(Exception):
        shown = field.show(field.default)
    return {"name": field.name, "default": _said(field.default), "shown": shown, "parsed": parsed}


def _said(value: Any) -> Any:
    return repr(value) if len(repr(value)) < 100 else f"{type(value).__name__} of {len(value)}"


def widgets() -> dict[str, list[str]]:
    """The keys of the widgets that each page shows when it is opened."""
    return {
        f"{page}?view={view}" if view else page: _keys(page, view)
        for page in sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
        for view in VIEWS.get(page, ("",))
    }


def _keys(page: str, view: str) -> list[str]:
    at = AppTest.from_file(str(ROOT / "dashboard" / "Home.py"), default_timeout=PATIENCE)
    at.query_params["lang"] = "fr"
    if view:
        at.query_params["view"] = view
    if page != "home":
        at.switch_page(f"../pages/{page}.py")
    at.run()
    assert not at.exception, page
    keys = {getattr(element, "key", None) for element in at}
    return sorted(key for key in keys if isinstance(key, str))


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["MOLIERE_HOME"] = os.environ["HF_HUB_CACHE"] = home
        os.environ.pop("MOLIERE_CORPUS", None)
        st.cache_data.clear()
        found = {"fields": fields(), "widgets": widgets()}
    FROZEN.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
