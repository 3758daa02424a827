"""Recorded models on the Bridge page: heard where the model is not on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st

from dashboard.bridge import controls, recordings, results
from dashboard.bridge.controls import Settings
from dashboard.shared import i18n, naming, state
from dashboard.shared.fields import DEFAULT_PROMPT
from dashboard.shared.widgets import COURSE_START
from moliere_core import pretrained
from moliere_core.config import SamplingConfig
from moliere_core.measures import axis
from moliere_core.pretrained import client, recorded
from moliere_core.text.normalise import normalise
from tests import hub
from tests.app.bridge import FAKE, bars, column, drawn, text
from tests.app.helpers import ROOT, Open, component, figure, run_snippet, shown

GEMMA, SMOL = "hf:google/gemma-3-270m", "hf:HuggingFaceTB/SmolLM2-135M-Instruct"


@pytest.fixture(name="cache", autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(client, "COMMAND", FAKE)
    results.forget()
    yield tmp_path / "hub"
    results.forget()
    client.close()


def test_the_prompts_and_the_settings_are_those_of_the_pages() -> None:
    plan = recorded.plan()
    assert plan.prompts[:2] == (normalise(DEFAULT_PROMPT), normalise(COURSE_START))
    assert (controls.TEMPERATURE.default, 1) in plan.draws
    assert plan.chars >= controls.LENGTH.default


@pytest.mark.parametrize(("lang", "said"), [("fr", "enregistré le "), ("en", "recorded on ")])
def test_a_model_that_is_not_here_is_heard(open_page: Open, lang: str, said: str) -> None:
    at = open_page("bridge", models=f"petit,{SMOL},{GEMMA}", lang=lang)
    assert not at.exception
    for number, reference in ((1, SMOL), (2, GEMMA)):
        found, voice = column(component(at), number), recorded.voices()[reference]
        written = voice.written(DEFAULT_PROMPT, SamplingConfig(0.8), 1, controls.LENGTH.default)
        assert written is not None
        assert text(found["prompt"]) == normalise(DEFAULT_PROMPT)
        assert text(found["pieces"]) == written.generation.text
        assert found["recorded"].startswith(said)
        assert voice.date[:4] in found["recorded"]
        assert not found["problem"]
        assert not found["choices"]["items"]


def test_settings_that_were_not_recorded_say_which_were(open_page: Open) -> None:
    at = open_page("bridge", models=SMOL, temperature=0.9)
    assert "T = 0,8, graine 1" in column(component(at), 0)["said"]
    at = open_page("bridge", models=SMOL, temperature=0.8, seed=2)
    assert "graine" not in column(component(at), 0)["said"]


def test_another_prompt_offers_the_recorded_ones(open_page: Open) -> None:
    at = open_page("bridge", models=f"petit,{GEMMA}", prompt="Bonjour")
    found = column(component(at), 1)
    assert not found["pieces"]
    assert "ni enregistré après ce texte" in found["choices"]["lead"]
    offered = [item["value"] for item in found["choices"]["items"]]
    assert offered == list(recorded.plan().prompts)


def test_a_model_that_was_never_recorded_offers_those_that_were(open_page: Open) -> None:
    at = open_page("bridge", models="petit,hf:gpt2")
    found = column(component(at), 1)
    assert found["problem"]
    assert [item["label"] for item in found["choices"]["items"]] == [
        name.rpartition("/")[2] for name in recorded.voices()
    ]


def test_a_choice_changes_the_prompt_or_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    session: dict[str, object] = {controls.MODELS.key: ["petit", "hf:gpt2", GEMMA]}
    changed: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", session)
    monkeypatch.setattr(state, "change", lambda f, value: changed.update({f.key: value}))
    for value in ("", "Bonjour", "hf:gpt2 → hf:nobody/nothing"):
        recordings.take(value)
    assert not changed
    recordings.take("The king is")
    assert changed == {"prompt": "The king is"}
    recordings.take(f"hf:gpt2 → {SMOL}")
    assert changed[controls.MODELS.key] == ("petit", SMOL, GEMMA)
    recordings.take(f"hf:gpt2 → {GEMMA}")
    assert changed[controls.MODELS.key] == ("petit", GEMMA)


def test_the_list_of_models_marks_recorded_ones(open_page: Open) -> None:
    at = open_page("bridge")
    options = at.multiselect(key=controls.MODELS.key).options
    assert f"{GEMMA} (enregistré)" in options
    assert "hf:gpt2" in options


def test_recorded_bars_stand_on_the_same_rows(open_page: Open) -> None:
    at = open_page("bridge", view="alphabet", models=f"petit,{SMOL}")
    data = bars(at)
    voice = recorded.voices()[SMOL]
    assert data["models"][1]["recorded"].startswith("enregistré le ")
    found = voice.following(DEFAULT_PROMPT, results.alphabet())
    assert found is not None
    likely = results.alphabet()[int(found.probs.argmax())]
    row = next(row for row in data["rows"] if row["char"] == likely)
    assert row["probs"][1] == pytest.approx(found.probs.max())
    at.button(key="bridge.step").click().run()  # as petit draws: the way that was recorded
    assert component(at)["models"][1]["recorded"]
    assert component(at)["rows"][0]["probs"][1] is not None


def test_bars_that_were_not_recorded_offer_the_prompts(open_page: Open) -> None:
    at = open_page("bridge", view="alphabet", models=f"petit,{SMOL}", prompt="Bonjour")
    found = component(at)["models"][1]
    assert "ni enregistré après ce texte" in found["choices"]["lead"]
    assert len(found["choices"]["items"]) == len(recorded.plan().prompts)
    assert {row["probs"][1] for row in component(at)["rows"]} == {None}


def test_the_ladder_ends_with_recorded_models(open_page: Open) -> None:
    at = open_page("bridge", view="ladder")
    *_ours, smol, gemma = sorted(component(at)["steps"][-2:], key=lambda s: s["name"])[::-1]
    for step in (smol, gemma):
        assert step["recorded"].startswith("enregistré le ")
        assert len(step["bars"]) == 5
        assert step["measure"].endswith(("bit", "bits"))
        assert "peut-être Molière" in step["note"]
    at = open_page("bridge", view="ladder", prompt="Bonjour")
    step = component(at)["steps"][-1]
    assert not step["recorded"]
    assert step["choices"]["items"]


def test_the_code_plays_what_was_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    config, prompt = SamplingConfig(0.8), recorded.plan().prompts[3]
    written = recorded.voices()[SMOL].written(prompt, config, 1, 60)
    assert written is not None
    settings = Settings(("petit", SMOL), "petit", prompt, "", config, 1, 60)
    code = controls.code("same", settings)
    assert f"--- {SMOL} ---\n{prompt}{written.generation.text}\n" in run_snippet(code)
    other = replace(settings, references=(SMOL,), prompt="Bonjour")
    assert "(...)" in run_snippet(controls.code("same", other))


def test_the_axis_bears_recorded_points_and_says_so(open_page: Open) -> None:
    at = open_page("bridge", view="axis", on="modern", model="petit")
    points = axis.recorded("modern")
    for reference, point in points.items():
        assert drawn(at)[naming.model(reference)] == pytest.approx(point.bits_per_char)
    assert f"{naming.RECORDED}{i18n.NBSP}: enregistré" in shown(at)
    assert naming.RECORDED in str(figure(at))


def test_a_model_that_is_here_speaks_for_itself(
    open_page: Open, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.store(cache, GEMMA.removeprefix("hf:"))
    monkeypatch.setattr(pretrained, "usable", lambda reference: reference == GEMMA)
    results.forget()
    assert results.voice(GEMMA) is None
    assert results.voice(SMOL) is not None
    assert results.voice("hf:gpt2") is None
    at = open_page("bridge", models=GEMMA)
    assert not column(component(at), 0)["recorded"]
