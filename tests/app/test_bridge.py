"""The Bridge page, with a worker that has no framework."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.bridge import controls, results
from dashboard.bridge.controls import Settings
from dashboard.bridge.views import alphabet
from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.models.references import load_model
from moliere_core.models.sampling import generate
from moliere_core.networks.arrays import softmax
from moliere_core.pretrained import NextChars, catalogue, client, fetching
from tests import hub
from tests.app.bridge import FAKE, bars, column, settled, text
from tests.app.helpers import (
    REFERENCE,
    ROOT,
    Open,
    address,
    component,
    run_snippet,
    shown,
    ticked,
)
from tests.patience import PATIENCE, wait_until


@pytest.fixture(name="cache", autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(client, "COMMAND", FAKE)
    monkeypatch.setattr(client, "LEASE", 10 * PATIENCE)  # a busy machine may look late
    for name in ("echo", "slow", "error"):
        hub.store(tmp_path / "hub", name)
    yield tmp_path / "hub"
    client.close()


def test_as_in_the_notebook_is_a_click_and_an_address(open_page: Open) -> None:
    at = open_page("bridge", models=REFERENCE).button(key="bridge.notebook").click().run()
    course = {"prompt": "Quand l'Amour", "top_k": "50", "chars": "150", "seed": "42"}
    found = address(at)  # the temperature is at its default, 0.8
    assert {name: found[name] for name in course} == course
    assert not at.exception


@pytest.mark.parametrize(("lang", "title"), [("fr", "Du LSTM aux LLM"), ("en", "Bridge")])
def test_the_same_prompt_in_columns(open_page: Open, lang: str, title: str) -> None:
    at = open_page("bridge", models=f"{REFERENCE},kn-8,hf:echo", chars=40, prompt="ab", lang=lang)
    assert [t.value for t in at.title] == [title]
    data = settled(at, lambda d: len(text(column(d, 2)["pieces"])) == 40)
    config = SamplingConfig(0.8)
    for number, name in enumerate((REFERENCE, "kn-8")):
        [expected] = generate(load_model(name), ["ab"], [config], [1], 40)
        assert text(column(data, number)["pieces"]) == expected
        assert column(data, number)["letters"]
    assert text(column(data, 2)["prompt"]) == "ab"
    assert text(column(data, 2)["pieces"]) == "ab" * 20
    assert column(data, 2)["speed"].startswith("10 ")
    assert not column(data, 2)["said"]


def test_a_text_streams_while_it_is_written(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_RELEASE", str(tmp_path / "never"))
    at = open_page("bridge", models="hf:echo", chars=200, prompt="ab")
    data = settled(at, lambda d: len(column(d, 0)["pieces"]) > 0)
    assert column(data, 0)["said"] == "il travaille…"
    assert len(column(data, 0)["pieces"]) < 200


def test_those_who_wait_see_their_place(open_page: Open) -> None:
    at = open_page("bridge", models="hf:slow,hf:echo")
    assert column(component(at), 1)["said"] == "dans la file, place 1"


def test_a_failure_stays_in_its_column(open_page: Open) -> None:
    at = open_page("bridge", models="hf:error,hf:echo,hf:absent", chars=20, prompt="ab")
    data = settled(at, lambda d: len(text(column(d, 1)["pieces"])) == 20)
    assert not at.error
    assert column(data, 2)["problem"]
    assert "hf:absent n’est pas sur cette machine" in column(data, 2)["said"]
    assert at.button(key="bridge.fetch.hf:absent")
    failed = column(settled(at, lambda d: column(d, 0)["problem"]), 0)
    assert "two lines" in failed["said"]
    at.run()
    assert column(component(at), 0) == failed  # and is not asked again at once


@pytest.mark.slow
def test_no_view_speaks_of_what_is_not_installed(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "FRAMEWORKS", ("no_such_framework",))
    for view in ("same", "alphabet", "ladder", "axis", "talk"):
        at = open_page("bridge", models=f"{REFERENCE},mini-gpt,hf:gpt2", view=view, chars=30)
        assert not at.exception
        said = shown(at) + "".join(info.value for info in at.info)
        assert "torch" not in said
        assert "pip" not in said


def test_a_model_that_needs_a_framework_says_so_in_its_column(
    open_page: Open, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "FRAMEWORKS", ("no_such_framework",))
    hub.store(cache, "llama", model_type="llama", architectures=["LlamaForCausalLM"])
    at = open_page("bridge", models=f"{REFERENCE},hf:llama,hf:echo", chars=30)
    data = settled(at, lambda d: len(text(column(d, 2)["pieces"])) == 30)
    assert len(text(column(data, 0)["pieces"])) == 30
    assert column(data, 1)["problem"]
    assert "torch et transformers" in column(data, 1)["said"]


def test_the_default_models_are_those_of_the_course(open_page: Open) -> None:
    at = open_page("bridge")
    assert not at.exception
    headings = [c["heading"] for c in component(at)["columns"]]
    assert headings == ["petit", "mini-gpt", "gpt2", "gpt-fr-cased-small"]
    [size, *_rest] = column(component(at), 2)["facts"]
    assert size.replace("\N{NARROW NO-BREAK SPACE}", " ") == "124 439 808 paramètres · 597 Mo"
    assert "models" not in address(at)


def test_what_is_worth_fetching_is_listed_whole(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("bridge", models="petit")
    for found in pretrained.suggestions():
        assert found.reference in shown(at)
        assert found.shows["fr"] in shown(at)
    fetched = [b.key for b in at.button if str(b.key).startswith("bridge.list.fetch")]
    assert fetched == [f"bridge.list.fetch.{name}" for name in pretrained.OFFERED]
    monkeypatch.setattr(pretrained, "has_frameworks", lambda: True)
    assert "comment ajouter les autres" not in shown(open_page("bridge", models="petit"))
    monkeypatch.setattr(pretrained, "has_frameworks", lambda: False)
    assert "comment ajouter les autres" in shown(open_page("bridge", models="petit"))
    at = open_page("bridge", models="petit,hf:gpt2")  # which has its button on the page
    assert at.button(key="bridge.fetch.hf:gpt2")
    assert not [b for b in at.button if b.key == "bridge.list.fetch.hf:gpt2"]


# The same alphabet


def test_every_model_on_the_same_rows(open_page: Open) -> None:
    at = open_page("bridge", view="alphabet", models="petit,kn-8,hf:echo", prompt="Mon frèr")
    data = bars(at)
    assert [m["name"] for m in data["models"]] == ["petit", "kn-8", "echo"]
    for number in range(3):
        total = sum(row["probs"][number] for row in [*data["rows"], *data["extra"]])
        assert total == pytest.approx(1, abs=1e-5)
    means = [sum(row["probs"]) for row in data["rows"]]
    assert means == sorted(means, reverse=True)
    petit = load_model("petit")
    probs = softmax(petit.start(["Mon frèr"])[0][0][1:])
    row = next(row for row in data["rows"] if row["char"] == "e")
    assert row["probs"][0] == pytest.approx(probs[petit.vocabulary.index["e"] - 1], abs=1e-4)
    first, *beyond = [row["label"] for row in data["extra"]]
    assert first == "les autres"
    assert set(beyond) <= {"hors alphabet", "fin", "non résolu"}


def test_what_no_model_expects_has_no_row_of_its_own() -> None:
    chars = results.alphabet()
    settings = Settings(("petit", "hf:gpt2"), "petit", "Ah", "", SamplingConfig(1.0), 0, 40)
    sure = np.full(len(chars), 0.9 / len(chars))

    def extra(found: NextChars | None) -> dict[str, list[float | None]]:
        data = alphabet.payload(settings, [(NextChars(chars, sure, unknown=0.1), ""), (found, "")])
        for number in range(1 if found is None else 2):
            total = sum(row["probs"][number] for row in [*data["rows"], *data["extra"]])
            assert total == pytest.approx(1)
        return {row["label"]: row["probs"] for row in data["extra"]}

    assert list(extra(None)) == ["les autres", "hors alphabet"]
    told = extra(NextChars(chars, sure, end=0.0996, unresolved=0.0004))
    assert list(told) == ["les autres", "hors alphabet", "fin"]
    assert told["fin"] == [0.0, pytest.approx(0.0996)]


def test_all_models_read_what_one_of_them_draws(open_page: Open) -> None:
    at = open_page("bridge", view="alphabet", models="petit,hf:echo", prompt="Ah ! ", seed=5)
    for step in range(3):
        bars(at)
        at.button(key="bridge.step").click().run()
        assert len(component(at)["chain"]) == step + 1
    petit = load_model("petit")
    expected = generate(petit, ["Ah ! "], [SamplingConfig()], [5], 3)[0]
    assert "".join(component(at)["chain"]) == expected
    assert address(at)["chosen"] == expected
    at.button(key="bridge.undo").click().run()
    assert "".join(component(at)["chain"]) == expected[:2]
    at.segmented_control(key="bridge.draws").set_value("hf:echo").run()
    bars(at)
    at.button(key="bridge.step").click().run()
    assert address(at)["draws"] == "hf:echo"
    assert len(component(at)["chain"]) == 3


def test_typing_a_character(open_page: Open) -> None:
    at = open_page("bridge", view="alphabet", models="petit", prompt="Ah")
    at.text_input(key="bridge.typed").set_value("q").run()
    assert component(at)["chain"] == ["q"]
    at.text_input(key="bridge.typed").set_value("ß").run()
    assert component(at)["chain"] == ["q"]
    assert "« ß »".replace(" ", "\N{NO-BREAK SPACE}") in at.warning[0].value
    at.text_input(key="prompt").set_value("Oh").run()
    assert component(at)["chain"] == []


def test_a_model_that_is_not_there_leaves_its_column_empty(open_page: Open) -> None:
    at = open_page("bridge", view="alphabet", models="petit,hf:absent")
    data = component(at)
    assert "n’est pas sur cette machine" in data["models"][1]["said"]
    assert {row["probs"][1] for row in data["rows"]} == {None}
    assert not at.exception


def test_a_prompt_is_never_read_as_markup(open_page: Open) -> None:
    prompt = "<img src=x onerror=alert(1)> **gras**"
    at = open_page("bridge", models="petit", prompt=prompt)
    assert text(column(component(at), 0)["prompt"]) == prompt
    assert "<img" not in shown(at)


def test_models_that_are_none_are_one_sentence(open_page: Open) -> None:
    at = open_page("bridge", models="nothing,hf:a b,../../etc", chars=20)
    assert not at.exception
    assert all(c["problem"] and c["said"] for c in component(at)["columns"])


# Downloads


def test_a_button_fetches_with_progress(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    script = (
        "import json, time; print(json.dumps({'event': 'progress', 'done': 2e6, 'total': 8e6}), "
        "flush=True); time.sleep(600)"
    )
    monkeypatch.setattr(fetching, "COMMAND", (sys.executable, "-c", script))
    at = open_page("bridge", models="petit,hf:gpt2")
    at.button(key="bridge.fetch.hf:gpt2").click().run()
    current = fetching.current("hf:gpt2")
    assert current is not None
    wait_until(lambda: current.total)
    at.run()
    [bar] = at.get("progress")
    assert (bar.proto.value, "2 Mo sur 8" in bar.proto.text) == (25, True)
    at.button(key="bridge.stop.hf:gpt2").click().run()
    assert current.wait(PATIENCE)
    at.run()
    assert "a été arrêté" in shown(at)
    assert at.button(key="bridge.fetch.hf:gpt2")


# The lesson and the code


def test_what_was_done_is_ticked(open_page: Open) -> None:
    at = open_page("bridge", models="petit,kn-8", prompt="The king is")
    assert {name for name, done in ticked(at, "bridge").items() if done} == {"counts", "english"}


def _done(at: AppTest) -> set[str]:
    return set(at.session_state["lesson.done"]["bridge"])


def test_nothing_is_ticked_before_it_is_done(open_page: Open) -> None:
    assert not _done(open_page("bridge"))  # its three models stand there, one to be fetched


def test_a_prompt_of_ones_own_and_a_fetched_model_tick_themselves(open_page: Open) -> None:
    assert _done(open_page("bridge", prompt="Bonjour")) == {"same"}
    assert _done(open_page("bridge", models="petit,hf:echo")) == {"hub"}


@pytest.mark.parametrize("prompt", ["Ah ! ", 'l\'"œil"\n{0} \\ %s'])
def test_the_code_runs(prompt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    transformers = MagicMock()
    transformers.pipeline.return_value.return_value = [{"generated_text": "with transformers"}]
    monkeypatch.setitem(sys.modules, "transformers", transformers)
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    config = SamplingConfig(0.7)
    settings = Settings(("petit", "hf:echo"), "petit", prompt, "", config, 4, 30)
    written = run_snippet(controls.code("same", settings))
    [expected] = generate(load_model("petit"), [prompt], [config], [4], 30)
    assert f"--- petit ---\n{prompt}{expected}\n" in written
    assert "--- hf:echo ---" in written
    assert written.endswith("with transformers\n")
    transformers.pipeline.assert_called_once_with("text-generation", model="echo")
    asked = {"max_new_tokens": 30, "do_sample": True, "temperature": 0.7, "top_k": 0, "top_p": 1}
    transformers.pipeline.return_value.assert_called_once_with(prompt, **asked)
    greedy = controls.code("same", replace(settings, config=SamplingConfig(0)))
    assert "max_new_tokens=30, do_sample=False)" in greedy
    assert "pipeline" not in controls.code("same", replace(settings, references=("petit",)))
    shown = run_snippet(controls.code("alphabet", replace(settings, prompt="A", chosen="b")))
    assert shown.count("unresolved") == 2


def test_a_draw_is_never_an_extra_bar() -> None:
    import numpy as np

    found = pretrained.NextChars(("a", "b"), np.array([0.0, 0.001]), unknown=0.999)
    assert {found.draw(seed, 0) for seed in range(50)} == {"b"}
