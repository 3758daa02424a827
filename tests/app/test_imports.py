"""A notebook’s model becomes a run, a run becomes a .keras file; the summary before the start."""

from __future__ import annotations

import io
import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.training import results
from dashboard.training.views import importing
from moliere_core.config import ModelConfig
from moliere_core.corpus import Corpus, library
from moliere_core.corpus.sources import file_of
from moliere_core.errors import ModelError
from moliere_core.exchange.keras_import import OnStep, raw_text
from moliere_core.networks.summary import summary
from moliere_core.runs.index import stored_runs
from moliere_core.runs.run import Run, run_path
from tests.app.helpers import REFERENCE, RUN, Open, address, shown

ROOT = Path(__file__).parents[2]
RAW = "play_name,cue\nune,Ah ! L’été\nautre,Oui\n"  # a curly apostrophe, as the notebook reads it


@pytest.fixture(autouse=True)
def _own_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MOLIERE_PUBLIC", "MOLIERE_TEACHER_CODE", "MOLIERE_CORPUS"):
        monkeypatch.delenv(name, raising=False)


def stored(open_page: Open, **settings: Any) -> AppTest:
    at = open_page("training", view="stored", **settings)
    assert not at.exception
    return at


def given(at: AppTest, text: bytes | None = RAW.encode(), name: str = "plays.csv") -> AppTest:
    """Choose a model's file, and a text of one's own."""
    at.file_uploader(key="training.import.model").set_value(("m.keras", b"PK", "application/zip"))
    at = at.selectbox(key="training.import.corpus").set_value("own").run()
    if text is not None:
        at.file_uploader(key="training.import.text").set_value((name, text, "text/csv"))
        at = at.run()
    return at


def test_the_model_and_its_text_become_the_open_run(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Any, ...]] = []

    def fake(
        data: bytes,
        name: str,
        corpus: Corpus,
        text: str | None,
        token: str,
        on_step: OnStep,
        plays: dict[str, str],
    ) -> Run:
        asked.append((data, name, corpus.plays, corpus.source, text, plays))
        on_step("open", 0.0)
        on_step("measure", 0.5)
        return Run.open(run_path(RUN))

    monkeypatch.setattr(importing, "import_keras", fake)
    at = stored(open_page)
    assert at.button(key="training.import.start").disabled
    at = given(at, None)
    assert at.button(key="training.import.start").disabled
    at = given(at)
    at = at.button(key="training.import.start").click().run()
    assert not at.exception
    assert asked == [
        (
            b"PK",
            "m.keras",
            ("une", "autre"),
            "plays.csv",
            "Ah ! L’été\nOui",
            {"une": "Ah ! L’été", "autre": "Oui"},
        )
    ]  # the texts as they are, though the corpus says L'été
    assert address(at)["runs"] == REFERENCE
    assert at.button(key="training.open")


def test_only_the_plays_it_was_trained_on(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def fake(_data: bytes, _name: str, corpus: Corpus, text: str, *_rest: Any) -> Run:
        asked.append((corpus.plays, text))
        return Run.open(run_path(RUN))

    monkeypatch.setattr(importing, "import_keras", fake)
    at = given(stored(open_page))
    at = at.multiselect(key="training.import.plays").set_value(["autre"]).run()
    at.button(key="training.import.start").click().run()
    assert asked == [(("autre",), "Oui")]


def test_what_is_refused_is_one_french_sentence(open_page: Open) -> None:
    at = given(stored(open_page))
    at = at.button(key="training.import.start").click().run()
    assert not at.exception
    [error] = at.error
    assert "n’est pas un modèle enregistré par Keras" in error.value.replace("\\", "")
    assert at.file_uploader(key="training.import.model").value is not None  # nothing is lost
    at = given(at, b"a,b\n1,2\n")
    [error] = at.error
    assert "colonne" in error.value


def brought(at: AppTest, data: bytes, name: str = "moliere.zip") -> AppTest:
    """Choose a file and import it."""
    at.file_uploader(key="training.import.model").set_value((name, data, "application/zip"))
    at = at.run()
    assert not any(s.key == "training.import.corpus" for s in at.selectbox)  # nothing to ask
    return at.button(key="training.import.start").click().run()


@pytest.mark.parametrize("name", ["moliere.zip", "moliere.keras"])  # told by its content
def test_a_run_trained_at_home_is_opened_with_its_history(
    open_page: Open, store: Path, name: str
) -> None:
    run = Run.open(run_path(RUN))
    run.rename("Chez moi")
    data = run.zip_bytes()
    at = stored(open_page, runs="")
    run.delete()
    at = brought(at.run(), data, name)
    assert not at.exception
    [found] = stored_runs()
    again = found.run
    assert address(at)["runs"] == f"run:{again.id}" != REFERENCE  # named after what is in it
    assert at.button(key="training.open")
    assert any("Importé du fichier" in caption.value for caption in at.caption)
    assert (again.label, again.complete, again.imported_from) == ("Chez moi", True, name)
    assert again.check_owner(at.session_state["training.token"])
    assert not again.check_owner("autre")


def test_one_limit_for_archives_is_said_before(open_page: Open) -> None:
    """The server's own, which refuses what is larger, and the uploader's, which says so."""
    at = stored(open_page, runs="")
    uploader = at.file_uploader(key="training.import.model")
    assert uploader.proto.max_upload_size_mb == 50
    assert "50" in uploader.label
    settings = tomllib.loads((ROOT / "dashboard" / ".streamlit" / "config.toml").read_text("utf-8"))
    assert settings["server"]["maxUploadSize"] == 50
    at = given(at, None)
    assert at.file_uploader(key="training.import.text").proto.max_upload_size_mb == 10


def unescaped(at: AppTest) -> str:
    """What is shown, without Markdown's backslashes."""
    return shown(at).replace("\\", "")


def damaged(run_id: str, line: str) -> None:
    """Damage the history of a copy of the stored run."""
    folder = run_path(run_id)
    shutil.copytree(run_path(RUN), folder)
    settings = json.loads((folder / "config.json").read_text("utf-8")) | {"id": run_id}
    (folder / "config.json").write_text(json.dumps(settings), "utf-8")
    (folder / "history.jsonl").write_text(line, "utf-8")


@pytest.mark.parametrize("value", ['"abc"', "NaN", "[]", "-1", "1e999"])
def test_a_damaged_run_is_listed_as_such_and_harms_no_other(open_page: Open, value: str) -> None:
    damaged("0" * 12, f'{{"epoch": 1, "updates": 1, "validation_bits_per_char": {value}}}\n')
    at = stored(open_page, runs="")
    assert len(at.dataframe[0].value) == 1  # the other one
    assert any("1 entraînement ne peut pas être lu" in e.label for e in at.expander)
    assert "history.jsonl" in unescaped(at)
    at = at.button(key=f"training.damaged.{'0' * 12}").click().run()
    assert not at.exception
    assert not run_path("0" * 12).exists()
    assert not any("ne peut pas être lu" in e.label for e in at.expander)


def test_a_public_server_names_no_folder(
    open_page: Open, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged("0" * 12, "{")
    assert str(store) in unescaped(stored(open_page, runs=""))
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = stored(open_page, runs="")
    assert "0" * 12 in shown(at)
    assert str(store) not in unescaped(at)


def test_a_run_that_is_here_stays_as_it_is(open_page: Open) -> None:
    data = Run.open(run_path(RUN)).zip_bytes()
    Run.open(run_path(RUN)).rename("Ici")
    at = brought(stored(open_page, runs=""), data)
    assert address(at)["runs"] == REFERENCE
    assert Run.open(run_path(RUN)).label == "Ici"
    assert any("déjà ici" in toast.value for toast in at.toast)


def test_another_archive_is_one_french_sentence(open_page: Open) -> None:
    at = brought(stored(open_page, runs=""), b"PK", "pieces.zip")
    assert not at.exception
    [error] = at.error
    assert "pieces.zip n’est pas" in error.value.replace("\\", "")
    assert at.file_uploader(key="training.import.model").value is not None  # nothing is lost


def test_a_public_server_opens_no_file(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOLIERE_PUBLIC", "1")
    at = stored(open_page, runs="")
    assert not at.file_uploader
    assert any("serveur public" in info.value for info in at.info)
    at = stored(open_page, runs=REFERENCE)
    assert "training.keras" not in {button.key for button in at.button}


def test_a_run_is_prepared_as_a_keras_file(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def fake(run: Run, snapshot: str) -> bytes:
        made.append(snapshot)
        if len(made) == 1:
            raise ModelError("this model's description is not one: give {expected}", expected="x")
        return b"PK"

    monkeypatch.setattr(results, "to_keras", fake)
    at = stored(open_page, runs=REFERENCE)
    at = at.button(key="training.keras").click().run()
    assert len(at.error) == 1
    at = at.button(key="training.keras").click().run()
    assert not at.exception
    [_zip, _page, download] = at.get("download_button")
    assert download.proto.label == "Télécharger (.keras)"
    assert made == ["epoch-001", "epoch-001"]
    at.run()
    assert len(made) == 2  # kept


def test_the_summary_of_the_chosen_settings(open_page: Open) -> None:
    at = open_page("training", units=128, embedding=64, cell="gru", layers=2, preset="cours")
    at = at.button(key="training.summary").click().run()
    assert not at.exception
    expected = summary(ModelConfig("gru", 64, 128, 2), 1, None, 60).splitlines()
    text = shown(at)
    assert expected[1] in text
    assert "gru_1 (GRU)" in text
    assert "(None, 60, 128)" in text  # windows: any batch
    at = open_page("training", preset="demo")
    at = at.button(key="training.summary").click().run()
    assert "(32, 50, 256)" in shown(at)  # streams: a batch of their number


def test_the_text_of_a_corpus_is_the_one_in_its_file(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = file_of("embedded")
    assert data is not None
    frame = pd.read_csv(io.BytesIO(data))
    assert raw_text(data) == "\n".join(frame["cue"].dropna().astype(str))
    (store / "a.csv").write_text(RAW)
    monkeypatch.setenv("MOLIERE_CORPUS", str(store / "a.csv"))
    assert file_of() == RAW.encode()
    monkeypatch.setenv("MOLIERE_CORPUS", "https://example.org/a.csv")
    assert file_of() is None
    kept = library.keep_upload(RAW.encode(), "a.csv", 1_000)
    assert file_of(kept.id) == RAW.encode()
