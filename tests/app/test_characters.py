from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.characters import controls, results, wording
from dashboard.characters.views import VIEWS, trip
from dashboard.characters.views.bytes import payload as bytes_payload
from dashboard.shared import tokens
from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.text import tokenisation
from moliere_core.text.tokenisation import char_counts, load_tokenizer, prune
from moliere_core.text.vocabulary import UNKNOWN_GLYPH, Vocabulary
from tests.app.helpers import Open, address, component, run_snippet, shown

DRAWN = [view for view in VIEWS if view != "dice"]  # by the component of characters
PROMPTS = ["Ah ! Çà, monsieur", "", 'l\'"œil"\n{0} \\ \'\'\' """ %s', "<b>gras</b> 🎭"]


@pytest.fixture(autouse=True)
def _only_the_embedded_plays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))


def embedded() -> Vocabulary:
    return Vocabulary.from_text(load_corpus(EMBEDDED).text())


def notes(at: AppTest) -> str:
    return "\n".join(str(m.value) for m in at.markdown)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("view", DRAWN)
def test_every_view_in_both_languages(open_page: Open, view: str, language: str) -> None:
    at = open_page("characters", view=view, lang=language)
    assert not at.exception
    assert not at.error
    assert component(at)["view"] == view
    assert at.title[0].value == ("Les caractères" if language == "fr" else "Characters")


@pytest.mark.slow
@pytest.mark.parametrize("view", DRAWN)
@pytest.mark.parametrize("prompt", ["", "<b>gras</b> **x** <img src=x>", "a" * 500, "🎭 漢"])
def test_any_sentence(open_page: Open, view: str, prompt: str) -> None:
    at = open_page("characters", view=view, prompt=prompt)
    assert not at.exception
    assert not at.error
    assert all("<b>" not in e.proto.body and "<img" not in e.proto.body for e in at.get("html"))


# There and back


def test_there_and_back(open_page: Open) -> None:
    at = open_page("characters", step="back", prompt="Ah ! é")
    vocabulary = embedded()
    tiles = component(at)["tiles"]
    assert [t["char"] for t in tiles] == list("Ah ! é")
    assert [t["index"] for t in tiles] == vocabulary.encode("Ah ! é").tolist()
    assert [t["back"] for t in tiles] == list("Ah ! é")
    assert "**intact**" in notes(at)


def test_an_unknown_character_does_not_come_back(open_page: Open) -> None:
    at = open_page("characters", step="back", prompt="Ah 🎭")
    lost = component(at)["tiles"][-1]
    assert (lost["index"], lost["back"]) == (0, UNKNOWN_GLYPH)
    assert "**pas** intact" in notes(at)


def test_the_alphabet_follows_min_char_freq(open_page: Open) -> None:
    at = open_page("characters", min_char_freq=100)
    text = load_corpus(EMBEDDED).text()
    chars = [slot["char"] for slot in component(at)["alphabet"]]
    assert chars == [UNKNOWN_GLYPH, *Vocabulary.from_text(text, 100).chars]


def test_text_is_normalised_first(open_page: Open) -> None:
    data = component(open_page("characters", prompt="l’ami…"))
    assert data["text"] == "l'ami..."


def test_a_long_sentence_says_what_is_left_out(open_page: Open) -> None:
    data = component(open_page("characters", step="ints", prompt="a" * 100))
    assert len(data["tiles"]) + data["more"] == 100
    assert data["labels"]["more"] == f"et {100 - trip.MOST_TILES} de plus"


# The vocabulary


def test_counts_are_those_of_the_corpus(open_page: Open) -> None:
    at = open_page("characters", view="alphabet")
    counts = char_counts(load_corpus(EMBEDDED).text())
    cells = component(at)["cells"]
    assert [c["char"] for c in cells] == sorted(counts)
    assert [c["index"] for c in cells] == list(range(1, len(counts) + 1))
    assert max(cells, key=lambda c: c["level"])["char"] == next(iter(counts))
    frame = at.dataframe[0].value
    assert frame["Occurrences"].tolist() == list(counts.values())
    assert frame["Part (%)"].sum() == pytest.approx(100)


def test_what_min_char_freq_removes(open_page: Open) -> None:
    at = open_page("characters", view="alphabet", min_char_freq=50, order="count")
    pruning = prune(char_counts(load_corpus(EMBEDDED).text()), 50)
    removed = [c["char"] for c in component(at)["cells"] if c["index"] == 0]
    assert removed == [char for char, _ in pruning.removed]
    assert removed
    assert f"**{len(removed)} caractères retirés**" in notes(at)
    assert str(pruning.unknown_chars) in notes(at)
    assert UNKNOWN_GLYPH in shown(at)  # the excerpt of the corpus, as the network reads it


def test_the_slider_is_in_the_address(open_page: Open) -> None:
    at = open_page("characters", view="alphabet")
    at = at.select_slider(key="characters.least").set_value(20).run()
    assert address(at)["min_char_freq"] == "20"
    assert component(at)["cells"] == component(open_page("characters", **address(at)))["cells"]


@pytest.mark.parametrize(("typed", "value"), [("0", 1), ("37", 50), ("99999999", 5000)])
def test_a_number_that_the_slider_lacks(typed: str, value: int) -> None:
    assert controls.nearest(typed) == value


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.5, "50,0"), (0.00025, "0,025"), (0.0000012, "0,00012"), (0.01, "1,0")],
)
def test_small_shares_keep_two_digits(
    share: float, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    assert wording.percent(share) == text


def test_counts_fit_a_tile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    counts = (7, 999, 1000, 9_960, 12_345, 1_250_000)
    assert [wording.short(n) for n in counts] == ["7", "999", "1,0k", "10k", "12k", "1,2M"]


# Tokens


def test_the_slider_knows_how_many_merges_there_are() -> None:
    assert len(load_tokenizer().merges) == tokens.MOST_MERGES


def test_characters_against_tokens(open_page: Open) -> None:
    prompt = "Madame, je vous aime."
    rows = component(open_page("characters", view="tokens", prompt=prompt))["rows"]
    assert ["".join(s["text"] for s in row["segments"]) for row in rows] == [prompt] * 2
    pieces = load_tokenizer().pieces(prompt)
    assert [i for s in rows[1]["segments"] for i in s["ids"]] == [p.id for p in pieces]
    assert rows[0]["figures"] == f"{len(prompt)} caractères"
    assert rows[1]["figures"].startswith(f"{len(pieces)} tokens · ")
    corpus = load_corpus(EMBEDDED)
    texts = [corpus.select([play]).text() for play in corpus.plays]
    average = sum(map(len, texts)) / load_tokenizer().count(texts)
    assert f"{average:.2f}".replace(".", ",") + " sur tout le corpus" in rows[1]["figures"]


def test_without_merges_there_are_only_bytes(open_page: Open) -> None:
    data = component(open_page("characters", view="tokens", prompt="été", merges=0))
    segments = data["rows"][1]["segments"]
    assert [(s["text"], len(s["ids"])) for s in segments] == [("é", 2), ("t", 1), ("é", 2)]
    assert not data["chips"]
    assert "256 tokens" in data["rows"][1]["note"]


def test_the_first_merges(open_page: Open) -> None:
    data = component(open_page("characters", view="tokens", merges=3))
    assert data["chips"][0]["items"] == [b.decode() for b in load_tokenizer().learned[:3]]


def test_gpt2_where_it_is_on_disk(open_page: Open, tmp_path: Path) -> None:
    assert "moliere models fetch gpt2" in shown(open_page("characters", view="tokens"))
    root = tmp_path / "hub" / "models--gpt2"
    (root / "snapshots" / "abc").mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("abc")
    source = json.loads((tokenisation.SHIPPED_PATH / "tokenizer.json").read_text())
    source["model"]["merges"] = source["model"]["merges"][:100]  # as if it knew less French
    (root / "snapshots" / "abc" / "tokenizer.json").write_text(json.dumps(source))
    st.cache_data.clear()
    at = open_page("characters", view="tokens")
    rows = component(at)["rows"]
    assert rows[2]["title"] == "BPE de gpt2"
    assert len(rows[2]["segments"]) > len(rows[1]["segments"])
    assert "moliere models fetch" not in shown(at)


def test_a_download_that_was_cut_short(open_page: Open, tmp_path: Path) -> None:
    root = tmp_path / "hub" / "models--gpt2"
    (root / "snapshots" / "abc").mkdir(parents=True)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text("abc")
    (root / "snapshots" / "abc" / "tokenizer.json").write_text('{"model": {')
    at = open_page("characters", view="tokens")
    assert "hf:gpt2" in at.error[0].value.replace("\\", "")
    assert [row["title"] for row in component(at)["rows"]] == ["Par caractère", "BPE de Molière"]


@pytest.mark.parametrize(
    ("language", "sentence", "text"),
    [
        ("fr", "ôë!", "caractère par token"),
        ("fr", "Madame", "caractères par token"),
        ("en", "ôë!", "character"),
    ],
)
def test_plurals(language: str, sentence: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: language)
    row = tokens.row(tokenisation.SHIPPED_TOKENIZER, sentence, tokens.MOST_MERGES)
    assert row is not None
    assert text in row["figures"].split(" · ")[1]


# Bytes


def test_the_bytes_of_a_character(open_page: Open) -> None:
    data = component(open_page("characters", view="bytes", char="œ"))
    assert [b["hex"] for b in data["bytes"]] == ["C5", "93"]
    assert int(data["joined"], 2) == ord("œ")
    assert data["labels"]["index"] == str(embedded().index["œ"])


def test_a_character_outside_the_alphabet_still_has_tokens(open_page: Open) -> None:
    at = open_page("characters", view="bytes", char="漢")
    data = component(at)
    assert data["labels"]["index"] == "0, inconnu"
    assert [t["hex"] for t in data["tokens"]] == ["E6", "BC", "A2"]
    assert "il faut 3 tokens" in notes(at)


def test_a_typed_character(open_page: Open) -> None:
    at = open_page("characters", view="bytes")
    at = at.text_input(key="characters.char").set_value("ñandú").run()
    assert component(at)["char"] == "ñ"
    assert address(at)["char"] == "ñ"
    at = at.text_input(key="characters.char").set_value("").run()
    assert component(at)["char"] == "é"
    assert not at.exception


@pytest.mark.parametrize("char", ["\n", " ", "\x07", "\ue000", "\U0010ffff"])
def test_characters_without_a_name(char: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    data = bytes_payload(char, "", embedded(), load_tokenizer().pieces(char))
    assert data["name"].startswith(f"U+{ord(char):04X} · ")
    assert len(data["bytes"]) == len(char.encode())


def test_a_click_shows_the_bytes(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(
        "dashboard.shared.components.picked_char",
        lambda key: "ù" if key == "characters.trip" else "",
    )
    monkeypatch.setattr(
        "dashboard.shared.state.change", lambda field, value: state.__setitem__(field.name, value)
    )
    controls.pick_char()
    assert state == {"char": "ù", "view": "bytes"}


# The list to try, and the cell


def test_what_was_tried_ticks_itself(open_page: Open) -> None:
    done = {
        "back": {"step": "back", "prompt": "Agathe"},
        "lost": {"step": "back", "prompt": "🎭"},
        "prune": {"view": "alphabet", "min_char_freq": "100"},
        "merges": {"view": "tokens", "merges": "12"},
        "efficient": {"view": "tokens", "prompt": " maintenant, Madame"},
        "split": {"view": "bytes", "char": "漢"},
    }
    for name, where in done.items():
        at = open_page("characters", **where)
        assert name in at.session_state["lesson.done"]["characters"], name
    at = open_page("characters")
    assert not at.session_state["lesson.done"]["characters"]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_snippet_runs(prompt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    written = run_snippet(controls.code(prompt, EMBEDDED, 3))
    vocabulary = Vocabulary.from_text(load_corpus(EMBEDDED).text(), 3)
    assert written.startswith(f"{len(vocabulary)} ")
    assert str(trip.round_trip(prompt, vocabulary)) in written
    assert written.endswith(f"{len(prompt)} {len(load_tokenizer().pieces(prompt))}\n")


def test_an_excerpt_surrounds_its_character() -> None:
    before, after = results.excerpt(EMBEDDED, "œ") or ("", "")
    assert f"{before}œ{after}" in load_corpus(EMBEDDED).text()
    assert results.excerpt(EMBEDDED, "漢") is None
