"""What goes away while a class uses it: a corpus, the room on the disk, the right to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.shared import cached
from moliere_core.corpus import EMBEDDED, library, load_corpus
from moliere_core.corpus.sources import EMBEDDED_PATH
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import Run, run_path
from moliere_core.system import storage
from tests.app.helpers import REFERENCE, RUN, Open, address

PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("*.py"))


@pytest.fixture(autouse=True)
def _own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE", "MOLIERE_CORPUS"):
        monkeypatch.delenv(name, raising=False)


def disk(monkeypatch: pytest.MonkeyPatch, number: int, reason: str) -> None:
    """A disk that refuses every write from now on."""

    def refuse(path: Path, data: bytes) -> None:
        raise OSError(number, reason)

    monkeypatch.setattr(storage, "write_through", refuse)


def spoken(at: AppTest) -> str:
    """What a page complains of, without Markdown's backslashes."""
    return "\n".join(e.value for e in [*at.error, *at.warning]).replace("\\", "")


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_corpus_deleted_while_a_page_reads_it_is_replaced(open_page: Open, page: str) -> None:
    """Somebody else deletes it, here or on another server of the folder."""
    kept = library.keep_upload(EMBEDDED_PATH.read_bytes(), "classe.csv")
    at = open_page(page, corpus=kept.id)
    assert not at.exception
    read = address(at).get("corpus") == kept.id
    library.remove(kept.id)
    cached.forget_corpus(kept.id)
    at = at.run()
    assert not at.exception
    if read and any(box.key == "corpus" for box in at.selectbox):
        assert at.selectbox(key="corpus").value == EMBEDDED
    if read:  # a link that somebody still has
        again = open_page(page, corpus=kept.id)
        assert not again.exception
    assert load_corpus(EMBEDDED).plays


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "reason", "said"),
    [
        (28, "No space left on device", "plus de place sur le disque"),
        (30, "Read-only file system", "disque en lecture seule"),
        (13, "Permission denied", "permission refusée"),
    ],
)
def test_a_file_that_the_server_cannot_keep_is_one_sentence(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, number: int, reason: str, said: str
) -> None:
    at = open_page("corpus")
    disk(monkeypatch, number, reason)
    given = at.file_uploader(key="sources.file")
    at = given.upload("racine.csv", b"play_name,cue\na,Oui.\nb,Non.\n", "text/csv").run()
    assert not at.exception
    assert f"racine.csv peut être lu, mais pas gardé sur ce serveur ({said})" in spoken(at)
    assert at.selectbox(key="corpus").value == EMBEDDED


def test_a_corpus_of_a_read_only_home_is_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = library.keep_upload(b"play_name,cue\na,Oui.\nb,Non.\n", "a.csv")

    def refuse(*_args: object, **_options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("os.utime", refuse)
    assert library.load(kept.id).plays == ("a", "b")


def test_a_name_on_a_full_disk_is_refused_and_the_old_one_stays(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    Run.open(run_path(RUN)).rename("avant")
    at = open_page("training", view="stored", runs=REFERENCE)
    at.text_input(key=f"training.name.{RUN}").set_value("après")
    disk(monkeypatch, 28, "No space left on device")
    at = at.button(key="training.rename").click().run()
    assert not at.exception
    assert "plus de place sur le disque" in spoken(at)
    assert Run.open(run_path(RUN)).label == "avant"


def test_an_import_on_a_full_disk_is_refused_and_leaves_nothing(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Run.open(run_path(RUN)).zip_bytes()
    Run.open(run_path(RUN)).delete()
    at = open_page("training", view="stored", runs="")

    def refuse(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    at.file_uploader(key="training.import.model").set_value(("a.zip", data, "application/zip"))
    at = at.run()
    at = at.button(key="training.import.start").click().run()
    assert not at.exception
    assert "plus de place sur le disque" in spoken(at)
    assert stored_runs() == []


def test_a_training_on_a_full_disk_is_refused(
    open_page: Open, workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("training")
    disk(monkeypatch, 28, "No space left on device")
    at = at.button(key="training.start").click().run()
    assert not at.exception
    assert "plus de place sur le disque" in spoken(at)
