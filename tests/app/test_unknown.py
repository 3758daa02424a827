"""What an address asks for and a page has not: the page opens with its default, and says so."""

from __future__ import annotations

import pytest

from tests.app.helpers import REFERENCE, ROOT, Open, address, asked_in_vain

ALL = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))
# Those whose first view reads the model of the address.
OF_A_MODEL = {
    "bridge",
    "course",
    "film",
    "games",
    "home",
    "inside",
    "preferences",
    "probabilities",
    "reading",
    "recurrence",
    "temperature",
    "windows",
}
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "reference"),
    [
        *((page, "tartuffe") for page in ALL),
        *(("home", name) for name in ("run:000000000000", "../../etc", "/tmp", "petit@999")),
        ("inside", "kn-8"),  # has no cells to look into
    ],
)
def test_a_page_opens_with_the_default_model_and_a_note(
    open_page: Open, page: str, reference: str
) -> None:
    at = open_page(page, model=reference)
    assert not at.exception
    assert not at.error
    assert at.title
    told = asked_in_vain(at)
    assert len(told) == (page in OF_A_MODEL)
    if told:
        assert f"Modèle{NBSP}: cette page n’a pas «{NBSP}{reference}{NBSP}»" in told[0]
        assert f"montre «{NBSP}petit{NBSP}»" in told[0]
        assert "model" not in address(at)  # the default again


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "view", "setting"),
    [
        ("reading", "", "play"),
        ("corpus", "figures", "play"),
        ("training", "new", "plays"),
        ("training", "new", "from"),
        ("training", "stored", "runs"),
        ("probabilities", "", "beside"),
    ],
)
def test_so_it_is_with_a_play_and_a_run(
    open_page: Open, embedded: None, page: str, view: str, setting: str
) -> None:
    at = open_page(page, **({"view": view} if view else {}), **{setting: "run:<b>x</b>"})
    assert not at.exception
    assert not at.error
    [note] = asked_in_vain(at)
    assert f"«{NBSP}run:&lt;b&gt;x&lt;/b&gt;{NBSP}»" in note


def test_the_note_is_in_the_reader_s_language_and_goes_with_the_next_choice(
    open_page: Open,
) -> None:
    at = open_page(model="tartuffe", lang="en")
    assert asked_in_vain(at)[0].endswith(
        "Model: this page has no “tartuffe”, and shows “petit”.</p>"
    )
    assert asked_in_vain(at.run())  # a page that computes draws itself again by itself
    at = at.selectbox(key="home.other").set_value(REFERENCE).run()
    assert not asked_in_vain(at)
    assert address(at)["model"] == REFERENCE


def test_what_is_there_needs_no_note(open_page: Open) -> None:
    at = open_page("reading", model="petit@1")
    assert not asked_in_vain(at)
    assert address(at)["model"] == "petit@1"
