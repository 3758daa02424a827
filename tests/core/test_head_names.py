"""Heads of any transformer named on some plays and measured again on others, and kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from moliere_core.assets import ASSETS
from moliere_core.cli import main
from moliere_core.corpus import EMBEDDED, Corpus, load_corpus
from moliere_core.corpus.corpus import COLUMNS
from moliere_core.errors import ModelError
from moliere_core.inspection.heads import HEADS, HeadTable, load_heads, name_heads
from moliere_core.measures import head_names
from moliere_core.models.networks import TransformerModel
from moliere_core.models.references import load_network_model
from moliere_core.pretrained import catalogue, client, operations
from moliere_core.pretrained.language import LanguageModel
from moliere_core.pretrained.operations import opened
from tests.gpts import write_gpt2, write_looking_back
from tests.patience import PATIENCE


def plays(*names: str, lines: int = 200) -> Corpus:
    """A corpus of plays whose every line is their own name."""
    rows = [dict.fromkeys(COLUMNS, "") | {"play_name": n, "cue": n} for n in names] * lines
    return Corpus(pd.DataFrame(rows, columns=list(COLUMNS)), "made up")


@pytest.fixture
def corpus() -> Corpus:
    return load_corpus(EMBEDDED)


@pytest.fixture
def built(cache: Path) -> str:
    """A GPT-2 of the hub whose two heads look just before, and at the first."""
    write_looking_back(cache / "models--built" / "snapshots" / "0123")
    return "hf:built"


# Texts


@pytest.mark.parametrize(
    ("names", "held"),
    [
        (("avare", "ecole-des-maris", "tartuffe"), ("ecole-des-maris",)),
        (("avare", "sganarelle", "tartuffe", "don-juan", "psyche"), ("sganarelle", "psyche")),
        (("avare", "tartuffe"), ("tartuffe",)),
        (("ecole-des-maris", "medecin-malgre-lui"), ("medecin-malgre-lui",)),
    ],
)
def test_texts_have_no_play_in_common(names: tuple[str, ...], held: tuple[str, ...]) -> None:
    found = head_names.passages(plays(*names), (8, 4), 30)
    assert found.plays == held
    assert (len(found.find), len(found.check), found.count) == (8, 4, 12)
    for name in names:
        assert any(name in text for text in found.check) == (name in held)
        assert any(name in text for text in found.find) == (name not in held)


def test_of_one_play_the_end_is_left_for_later() -> None:
    cues = ["begin"] * 200 + ["ended"] * 100
    rows = [dict.fromkeys(COLUMNS, "") | {"play_name": "a", "cue": cue} for cue in cues]
    one = Corpus(pd.DataFrame(rows, columns=list(COLUMNS)), "made up")
    found = head_names.passages(one, (5, 5), 27)
    assert found.plays == ()
    assert all("begin" in text and "ended" not in text for text in found.find)
    assert all("ended" in text and "begin" not in text for text in found.check)
    with pytest.raises(ModelError, match="give at least 3000"):
        head_names.passages(one, (5, 5), 3_000)


# Of tokens


def test_heads_of_a_gpt2_are_named_by_the_worker_and_kept(built: str, corpus: Corpus) -> None:
    texts = head_names.of_tokens(corpus, (3, 2))
    request = head_names.name_tokens(built, texts, corpus, EMBEDDED)
    assert request.background  # whoever waits for an answer passes
    table = request.result(PATIENCE)
    client.close()
    assert table is not None
    assert [head.name for head in table.heads] == ["previous", "first"]
    assert (table.corpus, table.plays) == (EMBEDDED, ("L'Homme aux pendules",))
    assert (table.found_on, table.checked_on) == (3 * 24, 2 * 24)
    weights = head_names.identity(built)
    folder = head_names.folder(weights, corpus)
    assert head_names.kept(weights, folder) == table
    assert head_names.shipped(built, weights) is None


def test_names_are_those_of_the_network_over_the_tokens(
    built: str, corpus: Corpus, tmp_path: Path
) -> None:
    model = opened(built, catalogue.check(built))
    texts = head_names.of_tokens(corpus, (3, 2))
    events = list(asked(model, texts, tmp_path))
    shares = [event["share"] for event in events[:-1]]
    assert shares == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    found = HeadTable.from_json(json.loads(json.dumps(events[-1]["table"])))
    symbols = [token.decode("utf-8", "replace") for token in model.vocabulary.tokens]
    find, check = ([model.encode(text)[:24] for text in part] for part in (texts.find, texts.check))
    expected = name_heads(model.transformer, find, check, symbols, "made up", texts.plays)
    assert found.heads == expected.heads
    assert load_heads(tmp_path) == found


def asked(model: LanguageModel, texts: head_names.Passages, keep: Path) -> Any:
    """What the worker answers."""
    request = {"find": texts.find, "check": texts.check, "plays": texts.plays, "corpus": "made up"}
    return operations.name_heads(model, {**request, "weights": "0" * 12, "keep": str(keep)})


def test_whatever_runs_the_network(built: str, corpus: Corpus, tmp_path: Path) -> None:
    """Torch gives where tokens look, and nothing else of its inside."""
    plain = opened(built, catalogue.check(built))

    class Other:
        vocab_size = plain.network.vocab_size
        context_length, parameters = 24, 0
        attention = staticmethod(plain.network.attention)

    other = LanguageModel("hf:other", Other(), plain.tokenizer)  # type: ignore[arg-type]
    texts = head_names.of_tokens(corpus, (3, 2))
    *_, done = asked(other, texts, tmp_path)
    *_, expected = asked(plain, texts, tmp_path)
    assert done == expected


def test_a_model_that_gives_no_numbers_gets_no_names(
    built: str, corpus: Corpus, tmp_path: Path
) -> None:
    model = opened(built, catalogue.check(built))
    model.transformer.positions[3] = np.nan
    with pytest.raises(ModelError, match="not numbers: its files are damaged"):
        list(asked(model, head_names.of_tokens(corpus, (3, 2)), tmp_path / "kept"))
    assert not (tmp_path / "kept").exists()


def test_another_model_never_has_these_names(cache: Path, built: str, corpus: Corpus) -> None:
    mine = head_names.identity(built)
    assert head_names.identity(built) == mine
    other = write_gpt2(cache / "models--other" / "snapshots" / "0123")
    theirs = head_names.identity("hf:other")
    assert theirs != mine
    texts = head_names.of_tokens(corpus, (3, 2))
    *_, done = operations.name_heads(
        opened("hf:other", other),
        {
            "find": texts.find,
            "check": texts.check,
            "plays": texts.plays,
            "corpus": "made up",
            "weights": theirs,
            "keep": str(head_names.folder(mine, corpus)),  # copied to another's place
        },
    )
    folder = head_names.folder(mine, corpus)
    assert done["event"] == "done"
    assert head_names.kept(theirs, folder) is not None
    assert head_names.kept(mine, folder) is None
    (other / "model.safetensors").replace(catalogue.check(built) / "model.safetensors")
    assert head_names.identity(built) != mine


def test_what_cannot_be_read_is_not_taken(built: str, corpus: Corpus) -> None:
    weights = head_names.identity(built)
    folder = head_names.folder(weights, corpus)
    assert head_names.kept(weights, folder) is None
    folder.mkdir(parents=True)
    (folder / HEADS).write_text('{"heads": [3]}')
    assert head_names.kept(weights, folder) is None


# The command


def call(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    """What `moliere models heads` answers."""
    assert main(["models", "heads", *args, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_the_command_tells_what_ships(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("mini-gpt", "petit-gpt"):
        found = call(capsys, name)
        table = load_heads(ASSETS / name)
        assert table is not None
        assert found["plays_again"] == list(table.plays)
        assert [h["name"] for h in found["heads"]] == [h.name for h in table.heads]
        assert found["heads"][0]["share"] == table.heads[0].found[table.heads[0].best].share
    assert main(["models", "heads", "petit-gpt"]) == 0
    assert "1.5    previous      previous" in capsys.readouterr().out


@pytest.mark.usefixtures("cache")
def test_the_command_names_what_has_no_names(capsys: pytest.CaptureFixture[str]) -> None:
    found = call(capsys, "petit-gpt@1", "--corpus", EMBEDDED)
    assert found["corpus"] == EMBEDDED
    assert len(found["heads"]) == 20
    model = load_network_model("petit-gpt@1")
    assert isinstance(model, TransformerModel)
    weights = head_names.identity("petit-gpt@1", model)
    kept = head_names.kept(weights, head_names.folder(weights, load_corpus(EMBEDDED)))
    assert kept is not None
    assert [head.name for head in kept.heads] == [head["name"] for head in found["heads"]]
    assert head_names.shipped("petit-gpt@1", weights) is None  # those are of the last epoch


def test_the_command_names_the_heads_of_a_gpt2(
    capsys: pytest.CaptureFixture[str], built: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    first = call(capsys, built)
    assert [head["name"] for head in first["heads"]] == ["previous", "first"]
    client.close()
    assert call(capsys, built) == first  # from the store
    assert client.shared().pid is None


@pytest.mark.parametrize(
    ("args", "told"), [(["petit"], "has no heads"), ([], "give the model"), (["kn-3"], "no cells")]
)
def test_what_has_no_heads(capsys: pytest.CaptureFixture[str], args: list[str], told: str) -> None:
    assert main(["models", "heads", *args]) == 2
    assert told in capsys.readouterr().err
