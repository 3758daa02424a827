"""`?masquer=`: what an exercise leaves on screen."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shared import frame
from tests.app.helpers import ROOT, Open, address

ALL = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def hiding(at: AppTest) -> str:
    """The style that hides, "" for none."""
    styles = [e.proto.body for e in at.get("html") if "display: none !important" in e.proto.body]
    # The application's own style hides parts on some screens alone.
    return "".join(s for s in styles if s.startswith("<style>") and "@media" not in s)


@pytest.mark.slow
@pytest.mark.parametrize("page", ALL)
def test_a_page_hides_parts_and_single_settings(open_page: Open, page: str) -> None:
    at = open_page(page, masquer="reglages,tiroirs,menu,view,seed", seed=7)
    assert not at.exception
    for selector in ("stSidebar", ".st-key-settings", "-drawer", ".st-key-seed"):
        assert selector in hiding(at)
    assert address(at)["masquer"] == "reglages,tiroirs,menu,view,seed"


def test_a_page_s_own_choice_of_views_is_hidden(open_page: Open) -> None:
    assert "-view" in hiding(open_page("games", masquer="view"))


def test_nothing_is_hidden_unless_it_is_asked_for(open_page: Open) -> None:
    assert not hiding(open_page())
    assert not hiding(open_page(masquer="rien,</style><b>"))


def test_a_hidden_setting_keeps_the_value_of_the_address(open_page: Open) -> None:
    at = open_page("temperature", masquer="seed", seed=7)
    assert at.number_input(key="seed").value == 7
    assert address(at)["seed"] == "7"


def test_it_is_kept_while_moving(open_page: Open) -> None:
    at = open_page("temperature", masquer="menu")
    at = at.switch_page("../pages/reading.py").run()
    assert "stSidebar" in hiding(at)
    assert address(at)["masquer"] == "menu"


def test_a_name_stands_for_the_widgets_that_pages_have_under_it() -> None:
    import dashboard.home.controls  # noqa: F401

    assert ".st-key-home-temperature" in frame.selectors(("temperature",))
    assert frame.selectors(("rien", "*")) == []
