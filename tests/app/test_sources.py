"""The corpus of the application: chosen, given as a file, fetched, explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from dashboard.server import stream
from dashboard.shared import provenance, sources
from moliere_core.corpus import formats, library
from moliere_core.corpus.apart import read_apart
from moliere_core.errors import CorpusError
from tests.app.helpers import address
from tests.patience import PATIENCE

CSV = "play_name,cue\n" + "phedre,Que ces vains ornements !\nesther,Oui.\n" * 40

PANEL = """
from dashboard.shared import sources, state, widgets
from moliere_core.errors import MoliereError
state.begin()
state.enter("corpus")
try:
    found = sources.panel()
    assert sources.chosen() == found
except MoliereError as error:
    widgets.problem(error)
state.publish()
"""


@pytest.fixture(autouse=True)
def no_server_corpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.delenv("MOLIERE_PUBLIC", raising=False)


@pytest.fixture
def fetched(store: Path) -> library.Entry:
    """The course's CSV, as if somebody had fetched it."""
    return keep("course", CSV)


def keep(identifier: str, text: str) -> library.Entry:
    url = library.ADDRESSES[identifier]
    return library.keep(identifier, text.encode(), "df_moliere.csv", url, ())


def opened(**values: str) -> AppTest:
    at = AppTest.from_string(PANEL, default_timeout=PATIENCE)
    at.query_params["lang"] = "fr"
    for name, value in values.items():
        at.query_params[name] = value
    return at.run()


def said(at: AppTest) -> str:
    return "\n".join(e.value for e in (*at.markdown, *at.caption, *at.error))


def options(at: AppTest) -> list[str]:
    return list(at.selectbox(key="corpus").options)


def test_the_embedded_plays_are_there_without_anything(store: Path) -> None:
    at = opened()
    assert not at.exception
    assert at.selectbox(key="corpus").value == "embedded"
    assert options(at) == ["pastiches"]
    assert "licence MIT" in at.caption[-1].value
    assert not at.get("error")


def test_a_fetched_corpus_is_chosen_has_an_address_and_says_where_it_is_from(
    fetched: library.Entry,
) -> None:
    at = opened()
    at.selectbox(key="corpus").set_value("course").run()
    assert address(at)["corpus"] == "course"
    assert library.ADDRESSES["course"] in said(at)
    assert fetched.sha256[: provenance.SHOWN_DIGITS] in said(at)
    assert "La source ne dit rien de" in said(at)
    assert at.button(key="sources.fetch.course").disabled
    assert not at.button(key="sources.fetch.tei").disabled
    again = opened(corpus="course")
    assert again.selectbox(key="corpus").value == "course"


@pytest.mark.parametrize("wanted", ["course", "url-0123456789ab", "file-" + "0" * 32])
def test_a_link_to_what_is_not_here_says_so_and_falls_back(store: Path, wanted: str) -> None:
    at = opened(corpus=wanted)
    assert at.selectbox(key="corpus").value == "embedded"
    assert len(at.error) == 1
    assert "le corpus lu est\u00a0: pastiches" in at.error[0].value
    assert len(at.run().error) == 1  # it stays until another is chosen


@pytest.mark.parametrize("wanted", ["/etc/passwd", "../x", "server", "nimporte"])
def test_an_address_opens_no_path(store: Path, wanted: str) -> None:
    at = opened(corpus=wanted)
    assert at.selectbox(key="corpus").value == "embedded"
    assert not at.exception


def test_a_file_of_somebody_is_read_chosen_and_seen_by_nobody_else(store: Path) -> None:
    at = opened()
    at.file_uploader(key="sources.file").upload("racine.csv", CSV.encode(), "text/csv").run()
    assert not at.exception
    mine = at.selectbox(key="corpus").value
    assert str(mine).startswith("file-")
    assert address(at)["corpus"] == mine
    assert "racine" in said(at)
    assert f"{len(CSV) / 1000:.1f}".replace(".", ",") + " ko, empreinte" in said(at)
    assert options(at) == ["pastiches", "racine.csv"]
    assert options(opened()) == ["pastiches"]
    by_link = opened(corpus=mine)
    assert by_link.selectbox(key="corpus").value == mine
    at.run()
    assert len(list((store / "corpora" / "uploads").glob("*.json"))) == 1  # read once
    at.button(key="sources.remove").click().run()
    assert at.selectbox(key="corpus").value == "embedded"
    assert library.entry(mine) is None


def test_a_file_that_cannot_be_read_is_one_sentence_and_the_choice_stays(
    fetched: library.Entry,
) -> None:
    at = opened(corpus="course")
    at.file_uploader(key="sources.file").upload("a.csv", b"%PDF-1.7", "text/csv").run()
    [error] = at.error
    assert "un document PDF" in error.value
    assert at.selectbox(key="corpus").value == "course"
    at.file_uploader(key="sources.file").upload("b.csv", CSV.encode(), "text/csv").run()
    assert not at.error


def test_a_click_fetches_shows_how_far_it_is_and_chooses(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    def fetch(name: str, progress: Callable[[int, int | None], None]) -> library.Entry:
        for done, total in ((1_000_000, None), (1_500_000, 3_000_000)):
            progress(done, total)
        return keep(name, CSV)

    def noted(_: DeltaGenerator, fraction: float, text: str) -> None:
        shown.append(f"{fraction:.1f} {text}")

    monkeypatch.setattr(library, "fetch", fetch)
    monkeypatch.setattr(DeltaGenerator, "progress", noted)
    at = opened()
    at.button(key="sources.fetch.course").click().run()
    assert shown == ["0.0 Connexion…", "0.0 1,0 Mo", "0.5 1,5 Mo sur 3,0"]
    assert at.selectbox(key="corpus").value == "course"
    at.run()
    assert len(shown) == 3  # nothing is fetched again


def paste(at: AppTest, text: str, name: str = "") -> AppTest:
    at.text_area(key="sources.text").set_value(text)
    at.text_input(key="sources.name").set_value(name)
    return at.button(key="sources.paste").click().run()


def test_a_pasted_text_is_kept_as_a_file_is(store: Path) -> None:
    at = paste(opened(), "ANNA.\nQue ces vains ornements !\n" * 40, "  Ma   pièce ")
    assert not at.exception
    assert not at.error
    mine = at.selectbox(key="corpus").value
    assert str(mine).startswith("file-")
    assert address(at)["corpus"] == mine
    assert options(at) == ["pastiches", "Ma pièce"]
    assert options(opened()) == ["pastiches"]
    [told] = at.success
    assert told.value.startswith("C’est lu et choisi\u00a0: Ma pièce")
    assert at.text_area(key="sources.text").value == ""
    at.run()
    assert len(list((store / "corpora" / "uploads").glob("*.json"))) == 1  # read once


def test_a_pasted_text_has_an_end_and_a_browser_may_send_it(store: Path) -> None:
    box = opened().text_area(key="sources.text")
    assert box.proto.max_chars == sources.MOST_PASTED
    assert 2 * sources.MOST_PASTED < stream.MOST_BYTES  # two bytes a letter, in most alphabets


@pytest.mark.parametrize(("text", "name"), [("", ""), ("%PDF-1.7 x", "a"), ("\x00\x01", "../../x")])
def test_a_pasted_text_that_is_none_is_one_sentence_and_stays_in_its_box(
    store: Path, text: str, name: str
) -> None:
    at = paste(opened(), text, name)
    assert not at.exception
    [error] = at.error
    assert error.value.startswith("Rien n’a été ajouté")
    assert ("la case est vide" in error.value) == (not text)
    assert at.text_area(key="sources.text").value == text
    assert at.selectbox(key="corpus").value == "embedded"
    assert not at.success


def test_too_long_a_text_is_refused_as_too_large_a_file_is(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "UPLOAD_BYTES", 1_000_000)
    [error] = paste(opened(), "Que ces vains ornements !\n" * 50_000).error
    assert "1" in error.value
    assert not list((store / "corpora").rglob("*.txt"))


def test_no_network_is_one_sentence_and_the_embedded_plays_stay(store: Path) -> None:
    at = opened()
    at.text_input(key="sources.address").input("http://127.0.0.1:1/a.csv").run()
    assert not at.error  # nothing without a click
    at.button(key="sources.fetch").click().run()
    [error] = at.error
    assert "le serveur refuse la connexion" in error.value
    assert at.selectbox(key="corpus").value == "embedded"


def test_a_public_server_calls_no_address_of_strangers_and_deletes_nothing_for_them(
    fetched: library.Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    monkeypatch.setattr(library, "fetch", pytest.fail)
    at = opened(corpus="course")
    keys = {button.key for button in at.button}
    assert not keys & {"sources.fetch", "sources.remove"}
    assert not [field for field in at.text_input if field.key == "sources.address"]
    at.session_state["sources.wanted"] = "http://169.254.169.254/latest"
    at.run()
    assert not at.exception
    assert at.file_uploader(key="sources.file").proto.max_upload_size_mb == 4


def test_the_corpus_that_was_deleted_is_forgotten(fetched: library.Entry) -> None:
    at = opened(corpus="course")
    at.button(key="sources.remove").click().run()
    assert at.selectbox(key="corpus").value == "embedded"
    assert not at.error
    keep("course", "play_name,cue\nautre,Non.\n")
    at.selectbox(key="corpus")
    at = opened(corpus="course")
    assert "df_moliere" not in options(at)
    from dashboard.shared import cached

    assert cached.corpus("course").plays == ("autre",)


def test_a_corpus_is_parsed_once_whatever_becomes_of_others(
    fetched: library.Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []

    def counted(data: bytes, name: str, *limits: Any) -> formats.Parsed:
        parsed.append(name)
        return read_apart(data, name, *limits)

    monkeypatch.setattr(library, "read_apart", counted)
    mine = library.keep_upload(CSV.encode(), "mine.csv").id
    for _ in range(2):  # visits
        assert opened(corpus=mine).selectbox(key="corpus").value == mine
    opened(corpus="course").button(key="sources.remove").click().run()
    assert opened(corpus=mine).selectbox(key="corpus").value == mine
    assert parsed == ["mine.csv", "df_moliere.csv"]


def test_text_of_strangers_is_shown_as_it_is(store: Path) -> None:
    name = "a`<b>*x*](javascript:alert(1)).csv"
    entry = library.keep_upload(CSV.encode(), name)
    at = opened(corpus=entry.id)
    assert not at.exception
    assert "`a <b>*x*](javascript:alert(1)).csv`" in said(at)


def test_a_path_is_no_corpus_of_the_application(tmp_path: Path) -> None:
    from dashboard.shared import cached

    path = tmp_path / "a.csv"
    path.write_text(CSV, encoding="utf-8")
    for name in (str(path), "http://127.0.0.1:1/a.csv", "../a"):
        with pytest.raises(CorpusError, match="not on this machine"):
            cached.corpus(name)


def test_a_damaged_corpus_does_not_stop_the_others(fetched: library.Entry, store: Path) -> None:
    from dashboard.shared import cached

    (store / "corpora" / "fetched" / fetched.file).write_bytes(b"x")
    assert [corpus.source for corpus in cached.known_corpora()] == ["embedded"]
    at = opened(corpus="course")
    assert len(at.error) == 1


def test_the_training_page_reads_what_was_chosen(
    fetched: library.Entry, open_page: Callable[..., AppTest]
) -> None:
    at = open_page("training", corpus="course")
    assert not at.exception
    assert at.selectbox(key="corpus").value == "course"
    assert set(at.multiselect(key="training.plays").options) == {"phedre", "esther"}
    assert address(at)["corpus"] == "course"


def test_the_source_says_what_was_left_out(store: Path) -> None:
    speech = "<sp><l>Oui</l><stage>Il sort.</stage></sp>"
    tei = f"<TEI><text><body>{speech * 1_200}</body></text></TEI>"
    entry = library.keep_upload(tei.encode(), "piece.xml")
    at = opened(corpus=entry.id)
    assert not at.exception
    text = said(at).replace("\u202f", " ").replace("\u00a0", " ").replace("\\", "")
    assert "laissé de côté : didascalies (1 200)" in text
    assert "didascalies (1 200), comme « Il sort" in text
    assert "1 remarque · laissé" in text  # that of what it does not say; this is no defect
