import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from moliere_core.cli import main
from moliere_core.config import RunConfig
from moliere_core.errors import TrainingError
from moliere_core.models.references import open_run
from moliere_core.pretrained import catalogue
from moliere_core.runs.run import request_id
from tests import hub
from tests.networks import LETTERS, make_run


@pytest.fixture(name="run_folder")
def _run_folder(tmp_path: Path) -> str:
    return str(make_run(tmp_path / "run").path)


def call(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    assert main([*args, "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)  # one object and nothing else
    return result


def test_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    result = call(capsys, "corpus", "embedded")
    assert set(result) == {"plays", "cues", "chars", "vocab_size", "source"}
    assert result["plays"] == 3


def test_next(capsys: pytest.CaptureFixture[str], run_folder: str) -> None:
    result = call(capsys, "next", "--prompt", "ab", "--model", run_folder)
    assert set(result) == {"model", "entropy_bits", "next", "extra"}
    assert result["extra"] == {"unknown": 0, "end": 0, "unresolved": 0}
    assert {item["char"] for item in result["next"]} == set(LETTERS.chars)
    probs = [item["prob"] for item in result["next"]]
    assert sum(probs) == pytest.approx(1, abs=1e-5)
    assert probs == sorted(probs, reverse=True)
    top = call(
        capsys, "next", "--prompt", "ab", "--model", run_folder, "--top", "3", "--top-k", "2"
    )
    assert [item["prob"] > 0 for item in top["next"]] == [True, True, False]


def test_sample(capsys: pytest.CaptureFixture[str], run_folder: str) -> None:
    common = ("--prompt", "ab", "--chars", "40", "--temperature", "0.8", "--model", run_folder)
    three = call(capsys, "sample", *common, "--seed", "5", "--count", "3")["texts"]
    assert [len(text) for text in three] == [40] * 3
    assert call(capsys, "sample", *common, "--seed", "7")["texts"] == three[2:]
    assert call(capsys, "sample", "--chars", "0", "--model", run_folder) == {"texts": [""]}


def test_evaluate(capsys: pytest.CaptureFixture[str], run_folder: str, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("un mot\u00a0!\r\n", encoding="utf-8")
    result = call(capsys, "evaluate", str(text), "--model", run_folder)
    assert set(result) == {"model", "bits_per_char", "chars", "unknown_chars", "upper_bound"}
    assert (result["chars"], result["unknown_chars"], result["upper_bound"]) == (9, 1, False)
    assert 3 < result["bits_per_char"] < 20


def test_evaluate_a_play_in_tei_and_an_archive(
    capsys: pytest.CaptureFixture[str], run_folder: str, tmp_path: Path
) -> None:
    tei = tmp_path / "piece.xml"
    tei.write_text(
        "<TEI><text><body><sp><l>un mot</l><l>un mot</l></sp></body></text></TEI>",
        encoding="utf-8",
    )
    archive = tmp_path / "pieces.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(tei, tei.name)
    of_tei = call(capsys, "evaluate", str(tei), "--model", run_folder)
    assert of_tei["chars"] == len("un mot\nun mot")
    assert call(capsys, "evaluate", str(archive), "--model", run_folder) == of_tei


def test_models(capsys: pytest.CaptureFixture[str]) -> None:
    models = call(capsys, "models")["models"]
    assert [set(model) for model in models] == [
        {"name", "kind", "parameters", "available"} for _ in models
    ]
    assert {"petit", "grand"} <= {model["name"] for model in models}


def test_a_model_that_is_here_without_what_runs_it_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(catalogue, "FRAMEWORKS", ("no_such_framework",))
    name = "google/gemma-3-270m"
    hub.store(tmp_path, name, model_type="gemma3_text", architectures=["Gemma3ForCausalLM"])
    found = call(capsys, "models")
    assert name not in {model["name"].removeprefix("hf:") for model in found["worth_fetching"]}
    assert main(["models"]) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if name in line]
    assert line.endswith("(needs torch and transformers, see README)")


def test_models_of_long_names_and_what_is_worth_fetching(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    name = "owner/" + "very-" * 15 + "long"
    hub.store(tmp_path, name)
    found = call(capsys, "models")
    assert f"hf:{name}" in {model["name"] for model in found["models"]}
    worth = {model["name"]: model for model in found["worth_fetching"]}
    assert worth["hf:gpt2"]["licence"] == "MIT"
    assert all(m["shows"] and m["languages"] and m["parameters"] for m in worth.values())
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    table = [line for line in lines if re.search(r"  (rnn|lstm|gru|transformer|ngram|gpt)  ", line)]
    assert len(table) == len(found["models"])
    [line] = [line for line in table if name in line]
    assert line.startswith(f"hf:{name}  gpt")
    starts = {
        line.index(m["kind"] + " ", len(m["name"]))
        for line, m in zip(table, found["models"], strict=True)
    }
    assert len(starts) == 1  # a column


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["nonsense"],
        ["corpus", "/no/such/file"],
        ["next", "--model", "gros"],
        ["next", "--temperature", "-1"],
        ["next", "--temperature", "hot"],
        ["next", "--top", "0"],
        ["sample", "--chars", "-5"],
        ["sample", "--top-p", "0"],
        ["evaluate", "/no/such/file"],
        ["evaluate"],
        ["corpus", "fetch"],
        ["corpus", "remove"],
        ["next", "--model", "x" * 5_000],
        ["train", "--units", "0"],
        ["train-gpt", "--out", "x", "--passes", "0"],
        ["train", "--preset", "none"],
        ["train", "--corpus", "embedded", "--validation", "zzz"],
        ["train", "--corpus", "embedded", "--min-char-freq", "1000000"],
        ["train", "--from", "kn-3"],
        ["train", "--from", "petit", "--units", "8"],
        ["train", "--corpus", "embedded", "--play", "tartuffe"],
    ],
)
def test_bad_input_is_one_line_and_status_2(
    args: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: Any = main(args)
    except SystemExit as error:
        status = error.code
    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1


def test_limits_are_whole_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "--chars", "1000001"]) == 2
    assert "chars is 1,000,001: choose a value from 0 to 1,000,000" in capsys.readouterr().err
    assert main(["train", "--lr", "0"]) == 2
    assert "learning_rate is 0: choose a value from 1e-07 to 1" in capsys.readouterr().err


def test_texts_without_json(capsys: pytest.CaptureFixture[str], run_folder: str) -> None:
    assert main(["next", "--model", run_folder, "--top", "2"]) == 0
    assert main(["sample", "--model", run_folder, "--chars", "5"]) == 0
    assert main(["corpus", "embedded"]) == 0
    assert main(["models"]) == 0
    assert "entropy" in capsys.readouterr().out


def test_no_framework_is_imported_that_the_command_does_not_need(run_folder: str) -> None:
    code = (
        "import sys; from moliere_core.cli import main;"
        f"main(['next', '--model', {run_folder!r}]);"
        "heavy = {'keras', 'tensorflow', 'torch', 'transformers', 'pandas', 'streamlit'};"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_help_imports_next_to_nothing() -> None:
    code = (
        "import sys\n"
        "from moliere_core.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit('numpy' in sys.modules or 'click' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_the_installed_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "moliere_core", "--version"], capture_output=True, check=True
    )
    assert result.stdout.strip()


def test_the_request_of_a_shipped_model_is_made_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[RunConfig] = []

    def asks(config: RunConfig, *_: object, **__: object) -> None:
        asked.append(config)
        raise TrainingError("asked")

    monkeypatch.setattr("moliere_core.training.session.train", asks)
    petit = open_run("petit")[0]
    common = ["train", "--corpus", "embedded", "--like", "petit"]
    assert main(common) == 2
    assert request_id(asked[0], petit.corpus["digest"]) == petit.id
    assert main([*common, "--epochs", "1"]) == 2
    assert asked[1] == replace(petit.config, training=replace(petit.config.training, epochs=1))
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main([*common, "--preset", "demo"])
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.slow
def test_train_then_open_the_stored_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("keras")
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    text = tmp_path / "text.txt"
    text.write_text("il était une fois. " * 60, encoding="utf-8")
    request = ["train", "--corpus", str(text), "--units", "8", "--embedding", "4", "--epochs", "2"]
    request += ["--seq-length", "10", "--batch", "4", "--cell", "gru"]
    first = call(capsys, *request)
    assert set(first) == {"run", "epochs", "bits_per_char", "seconds", "chars_per_second"}
    assert first["epochs"] == 2
    assert first["bits_per_char"] < 5
    assert first["chars_per_second"] > 0
    assert call(capsys, *request) == first  # stored: even the seconds are the same
    assert call(capsys, *request, "--seed", "1")["run"] != first["run"]
    sampled = call(capsys, "sample", "--model", first["run"], "--chars", "12")
    assert len(sampled["texts"][0]) == 12


@pytest.mark.slow
def test_a_transformer_is_trained_written_with_measured_and_taken_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("keras")
    monkeypatch.setenv("MOLIERE_HOME", str(tmp_path / "home"))
    text = tmp_path / "text.txt"
    text.write_text("il était une fois. " * 60, encoding="utf-8")
    request = ["train", "--corpus", str(text), "--cell", "transformer", "--units", "8"]
    request += ["--heads", "2", "--context", "16", "--layers", "1", "--epochs", "2"]
    run = call(capsys, *request, "--batch", "4", "--warm-up", "3")["run"]
    written = call(capsys, "sample", "--model", run, "--chars", "40", "--prompt", "il était")
    assert len(written["texts"][0]) == 40
    following = call(capsys, "next", "--model", run, "--prompt", "il ")["next"]
    assert sum(one["prob"] for one in following) == pytest.approx(1, abs=1e-5)
    assert 0 < call(capsys, "evaluate", str(text), "--model", run)["bits_per_char"] < 7
    [compared] = call(capsys, "compare", "--models", run, "--chars", "5")["models"]
    assert len(compared["text"]) == 5
    out = tmp_path / "out" / "gpt"
    assert call(capsys, "export", run, str(out))["format"] == "gpt2"
    assert json.loads((out / "config.json").read_text())["n_head"] == 2
    assert main(["train", "--corpus", str(text), "--cell", "transformer", "--heads", "5"]) == 2
    assert "which 5 heads do not share out" in capsys.readouterr().err


def test_the_reader_may_leave_early(run_folder: str) -> None:
    command = f"{sys.executable} -m moliere_core next --model {run_folder} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert "entropy" in done.stdout
    assert done.stderr == ""


def test_output_is_utf8_whatever_the_locale(run_folder: str) -> None:
    command = [sys.executable, "-m", "moliere_core", "next", "--model", run_folder]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, check=True, env=env)
    assert "␣" in done.stdout.decode("utf-8")


@pytest.mark.slow
def test_a_fine_tuning_takes_the_architecture_of_its_model(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, run_folder: str
) -> None:
    pytest.importorskip("keras")
    text = tmp_path / "text.txt"
    text.write_text("il était une fois. " * 60, encoding="utf-8")
    request = ["train", "--corpus", str(text), "--from", run_folder, "--epochs", "1"]
    request += ["--seq-length", "10", "--batch", "4", "--out", str(tmp_path / "tuned")]
    assert call(capsys, *request)["epochs"] == 1


def test_what_a_play_leaves_out_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        "<TEI><text><body><sp><l>Oui</l><stage>Il sort.</stage></sp></body></text></TEI>", "utf-8"
    )
    assert main(["corpus", str(path)]) == 0
    printed = capsys.readouterr()
    assert "note: left out: stage directions (1), such as “Il sort.”" in printed.err
    assert "left_out" not in printed.out
    result = call(capsys, "corpus", str(path))
    kind = {"what": "stage directions", "count": 1, "example": "Il sort."}
    assert result["left_out"] == [kind]
    assert result["notes"] == ["left out: stage directions (1), such as “Il sort.”"]
