"""The Inside page on a transformer: of characters, read here, and of tokens, in the worker."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.inside import controls, heads, models, results, text
from dashboard.inside.contrasts import Question
from dashboard.inside.views import LOOKS, VIEWS, gaze, why
from dashboard.shared import attention, cached
from moliere_core import pretrained
from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED
from moliere_core.inspection import attention_step, logit_lens, transformer_trace
from moliere_core.inspection.contrast import TOKENS, contrast
from moliere_core.inspection.heads import load_heads
from moliere_core.inspection.vectors import neighbours
from moliere_core.networks.initial import initial_weights
from moliere_core.pretrained import catalogue
from moliere_core.runs.run import Run
from moliere_core.text.signs import all_visible
from tests.app.helpers import (
    ALPHABET,
    REFERENCE,
    Open,
    address,
    asked_in_vain,
    components,
    run_snippet,
    shown,
    ticked,
)
from tests.networks import random_weights
from tests.patience import PATIENCE, wait_until

RUN, PLAIN = "fedcba987654", "abcdef012345"
CHARACTERS = f"run:{RUN}"
TEXT = "Quoi ? ma reine est belle"
TINY = ModelConfig("transformer", units=8, layers=2, dropout=0.0, heads=2, context=16)


@pytest.fixture(autouse=True)
def _embedded(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """The corpus that everybody has; a small transformer that nobody trained."""
    monkeypatch.delenv("MOLIERE_CORPUS", raising=False)
    config = RunConfig(TINY, TrainingConfig(epochs=1))
    corpus = {"source": "test", "digest": "", "chars": 1}
    run = Run.create(store / "runs" / RUN, RUN, config, ALPHABET, corpus, "plays")
    run.save_snapshot("epoch-001", initial_weights(TINY, len(ALPHABET), 0))
    run.append_history({"epoch": 1, "updates": 1, "validation_bits_per_char": 4.25})


def opened(open_page: Open, model: str, **settings: Any) -> AppTest:
    """The page once its model has answered, and nothing wrong on it."""
    at = open_page("inside", model=model, **{"text": TEXT, **settings})

    def answered() -> bool:
        assert not at.exception
        assert not [e.value for e in at.error]
        if settings.get("view") == "why":
            return len(at.get("plotly_chart")) == 2 or not at.run()
        drawn = components(at) or at.get("plotly_chart")
        return bool(drawn and not at.get("progress")) or not at.run()

    wait_until(answered)
    if model == CHARACTERS:
        heads.named(model).result(PATIENCE)
        at.run()
    return at


def looks(at: AppTest) -> dict[str, Any]:
    """What the page sends to the text that looks."""
    sent: list[dict[str, Any]] = components(at)
    return next(data for data in sent if "looks" in data)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("model", ["mini-gpt", CHARACTERS])
@pytest.mark.parametrize("view", LOOKS)
def test_every_view_in_both_languages(
    open_page: Open, view: str, model: str, language: str
) -> None:
    at = opened(open_page, model, view=view, lang=language)
    assert address(at)["view"] == view
    for chart in at.get("plotly_chart"):
        assert json.loads(chart.proto.spec)["layout"]["title"]["text"]
        assert chart.proto.alt
    assert at.get("download_button")


@pytest.mark.parametrize("text", ["", "\n", "\U0001f600", "a", "<b>Ah</b> **non** $x$"])
@pytest.mark.parametrize("model", ["mini-gpt", CHARACTERS])
@pytest.mark.parametrize("view", LOOKS)
def test_short_and_strange_texts(open_page: Open, view: str, model: str, text: str) -> None:
    at = open_page("inside", model=model, view=view, text=text)
    at.run()
    assert not at.exception
    assert not [e.value for e in at.error]
    assert "<b>" not in shown(at).replace("\\<b\\>", "")


def test_a_head_of_mini_gpt_looks_as_the_worker_says(open_page: Open) -> None:
    at = opened(open_page, "mini-gpt", block=4, head=2, **{"from": 1, "to": 5})
    data = looks(at)
    found = pretrained.attention("mini-gpt", TEXT).result(PATIENCE)
    assert data["pieces"] == list(found.tokens)
    rows = data["looks"][0]["rows"]
    assert [len(row) for row in rows] == list(range(1, len(found.tokens) + 1))
    assert rows[-1] == pytest.approx(found.heads[3, 1, -1].tolist(), abs=1e-4)
    assert data["grid"]["chosen"] == [3, 1]
    assert [len(row["cells"]) for row in data["grid"]["rows"]] == [3] * 4
    assert "".join(data["pieces"])[1:5] == "Quoi"
    chosen = sum(map(len, found.tokens[: data["asked"] + 1]))
    assert chosen >= 5 > chosen - len(found.tokens[data["asked"]])


def test_it_opens_on_the_head_that_does_most(open_page: Open) -> None:
    at = opened(open_page, "mini-gpt")
    table = load_heads(catalogue.check("mini-gpt"))
    assert table is not None
    named = [head for head in table.heads if head.name in head.checked]
    best = max(named, key=lambda head: head.checked[head.name].skill)
    assert looks(at)["grid"]["chosen"] == [best.layer, best.head]
    said = shown(at)
    assert "tout près" in said
    assert f"{round(100 * best.checked[best.name].share)}" in said
    assert f"{round(100 * best.checked[best.name].chance)}" in said
    assert "pas des trouvailles" in said  # most heads do nothing that has a name


def test_a_transformer_of_characters_is_read_here_as_far_as_it_sees(open_page: Open) -> None:
    at = opened(open_page, CHARACTERS, block=2, head=1)
    data = looks(at)
    model = models.transformer(CHARACTERS)
    context = ("\n" + TEXT)[: TINY.context]
    assert data["pieces"] == list(context)
    seen = transformer_trace.read(model.network.transformer, model.vocabulary.encode(context))
    assert data["looks"][0]["rows"][-1] == pytest.approx(seen.weights[1, 0, -1].tolist(), abs=1e-4)
    assert "16" in shown(at)  # says how much of the text it is


def test_the_heads_of_a_run_are_measured_once(store: Path) -> None:
    table = heads.named(CHARACTERS).result(PATIENCE)
    assert table is not None
    assert len(table.heads) == 4
    assert table.plays == ("L'Homme aux pendules",)  # of the pastiches, one that named none
    st.cache_resource.clear()
    assert heads.named(CHARACTERS).done()  # from the store
    assert heads.named(CHARACTERS).result() == table


def test_each_layer_says_what_the_core_reads_there(open_page: Open) -> None:
    at = opened(open_page, CHARACTERS, view="layers", **{"from": 4, "to": 5})
    model = models.transformer(CHARACTERS)
    ids = model.vocabulary.encode(("\n" + TEXT)[: TINY.context])
    network = model.network.transformer
    found = logit_lens.guesses(network, transformer_trace.read(network, ids), 3, 1, never=[0])
    (table,) = [e.proto.body for e in at.main.get("html") if "lens" in e.proto.body]
    first = re.findall(r"</th><td style=\"--share: ([\d.]+)\"( class=last)?>(.) ", table)
    assert [float(share) for share, *_ in first] == pytest.approx(found.probs[:, 0], abs=1e-3)
    along = logit_lens.next_by_layer(network, transformer_trace.read(network, ids), never=[0])
    guessed = (along.decided <= TINY.layers).mean()
    assert f"**{round(100 * guessed)}" in shown(at)
    said = [model.vocabulary.decode([int(i)]) for i in found.symbols[:, 0]]
    assert [all_visible(char) for char in said] == [char for *_, char in first]
    assert first[-1][1]  # what the last layer prefers is set off


@pytest.mark.parametrize("view", VIEWS)
def test_a_plain_rnn_has_no_gate_and_every_view(store: Path, open_page: Open, view: str) -> None:
    settings = ModelConfig("rnn", embedding_dim=4, units=8, dropout=0.0)
    config = RunConfig(settings, TrainingConfig(epochs=1))
    corpus = {"source": "test", "digest": "", "chars": 1}
    run = Run.create(store / "runs" / PLAIN, PLAIN, config, ALPHABET, corpus, "plays")
    run.save_snapshot("epoch-001", random_weights(ALPHABET, "rnn"))
    run.append_history({"epoch": 1, "updates": 1, "validation_bits_per_char": 4.25})
    results.tracking(f"run:{PLAIN}", EMBEDDED).result(PATIENCE)
    at = open_page("inside", model=f"run:{PLAIN}", view=view, text=TEXT)
    assert not at.exception
    assert not [e.value for e in at.error]
    assert ("pas de porte" in shown(at)) == (view in ("gates", "step"))


def test_a_click_chooses_a_symbol_and_a_head(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr(attention, "clicked", lambda _key: (2, 1, 0))
    monkeypatch.setattr(
        "dashboard.shared.state.change", lambda field, value: told.update({field.name: value})
    )
    gaze.pick(("\n", "ab", "cd"), (0, 0))
    assert told == {"from": 3, "to": 5, "rather": "", "block": 2, "head": 1}


@pytest.mark.parametrize("told", [None, 3, {"at": -1}, {"at": 1, "layer": "x", "head": 0}])
def test_what_a_browser_sends_may_be_anything(monkeypatch: pytest.MonkeyPatch, told: Any) -> None:
    monkeypatch.setattr("dashboard.shared.components.told", lambda _key, _name: told)
    assert attention.clicked("x") is None


def test_a_thumbnail_shows_the_most_of_what_it_stands_for() -> None:
    weights = np.tril(np.full((100, 100), 0.01, np.float32))
    weights[99, 0] = 1.0
    small = attention.thumbnail(weights, 32)
    assert small.shape == (25, 25)
    assert small[24, 0] == 255
    assert small[0, 24] == 0
    assert 0 < small[10, 3] < 255


def test_what_is_chosen_stays_from_an_lstm_to_a_transformer(open_page: Open) -> None:
    at = opened(open_page, "mini-gpt", **{"from": 8, "to": 10})
    data = looks(at)
    assert "ma" in data["pieces"][data["asked"]]
    at.selectbox(key="model").set_value(REFERENCE).run()
    assert address(at).get("view", "unit") == "unit"
    assert (address(at)["from"], address(at)["to"]) == ("8", "10")
    at.selectbox(key="model").set_value("mini-gpt").run()
    assert not at.exception
    assert address(at)["view"] == "heads"


def test_the_menu_has_what_can_be_looked_into(open_page: Open) -> None:
    at = opened(open_page, "mini-gpt")
    options = at.selectbox(key="model").options
    assert {"petit", "grand", "mini-gpt", CHARACTERS, REFERENCE} <= set(options)
    assert "kn-8" not in options
    at = open_page("inside", model="hf:nobody/nothing")
    assert not at.exception
    assert asked_in_vain(at)
    assert address(at).get("model", "petit") == "petit"


def test_kinds() -> None:
    assert models.kind("petit") == "cells"
    assert models.kind(CHARACTERS) == "characters"
    assert models.kind("mini-gpt") == "tokens"
    assert not set(VIEWS) & set(LOOKS) - {"embedding", "step", "why"}


def test_items_tick_themselves(open_page: Open) -> None:
    assert not ticked(opened(open_page, "mini-gpt"), "inside")["head"]


@pytest.mark.parametrize("text", ["Ah ! ", 'l\'"œil"\n{0} \\ \'\'\' """ %s'])
@pytest.mark.parametrize("model", ["mini-gpt", CHARACTERS])
def test_the_cell_runs(monkeypatch: pytest.MonkeyPatch, model: str, text: str) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    lines = run_snippet(controls.code(model, text, 1, 0)).splitlines()
    layers = 4 if model == "mini-gpt" else 2
    assert all(line.startswith("[(") for line in lines[-layers - 1 :])
    shares = [float(line.split()[-1]) for line in lines[: -layers - 1]]
    assert sum(shares) == pytest.approx(1, abs=0.02)


def bars(at: AppTest) -> list[dict[str, Any]]:
    """The figures of the question, that of the first model first."""
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def numbers(values: Any) -> list[float]:
    """What a figure draws, which it may hold as bytes."""
    if isinstance(values, list):
        return values
    found: list[float] = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return found


@pytest.mark.parametrize(("model", "beside"), [(REFERENCE, CHARACTERS), (CHARACTERS, REFERENCE)])
def test_why_this_rather_than_that_is_asked_of_two_models(
    open_page: Open, model: str, beside: str
) -> None:
    at = opened(open_page, model, view="why", beside=beside, rather="z", **{"from": 8, "to": 9})
    for reference, found in zip((model, beside), bars(at), strict=True):
        network: Any = cached.model(reference).network
        ids, first, second = map(ALPHABET.encode, ("\n" + TEXT[:7], "m", "z"))
        expected = contrast(
            getattr(network, "transformer", network), ids, first, second, ALPHABET.index[" "]
        )
        blue, orange = (numbers(trace["y"]) for trace in found["data"])
        assert blue == pytest.approx(expected.attribution[expected.positions].tolist(), abs=1e-3)
        assert orange == pytest.approx(expected.change.tolist(), abs=1e-3)
    coloured = next(data for data in components(at) if "values" in data)
    assert coloured["target"] == 8
    assert coloured["values"][8:] == [None] * (len(TEXT) + 1 - 8)
    assert ticked(at, "inside")["why"] is False  # nobody has clicked


def test_nobody_types_a_rival_and_the_likeliest_stands_there(open_page: Open) -> None:
    at = opened(open_page, REFERENCE, view="why", beside=CHARACTERS, **{"from": 8, "to": 9})
    logits = cached.model(REFERENCE).start([TEXT[:7]])[0][0]
    order = [ALPHABET.chars[i - 1] for i in np.argsort(-logits) if i]
    expected = next(char for char in order if char != TEXT[7])
    [rival] = [field for field in at.text_input if field.key == controls.RATHER.key]
    assert rival.placeholder == all_visible(expected)
    assert "rather" not in address(at)


def test_of_tokens_whole_ones_are_compared(open_page: Open) -> None:
    settings = {"text": "Ah ! les belles dames", "rather": " ", "from": 15, "to": 16}
    at = opened(open_page, "mini-gpt", view="why", beside="petit", **settings)
    found = pretrained.contrast("mini-gpt", "Ah ! les belle", "s", " ", *TOKENS).result(PATIENCE)
    assert found.found is not None
    end = "\nAh ! les belles"[len("".join(found.tokens)) :]
    assert len(end) > 1
    assert f"« {all_visible(end)} »" in shown(at).replace("\N{NO-BREAK SPACE}", " ")
    blue = numbers(bars(at)[0]["data"][0]["y"])
    tried = found.found.attribution[found.found.positions]
    assert blue == pytest.approx(tried.tolist(), abs=1e-3)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_tried_far_from_the_question_is_told(open_page: Open, language: str) -> None:
    typed = "L'amour ne se dit point : il se montre, et Valère"
    settings = {"text": typed, "rather": "i", "from": 49, "to": 50, "lang": language}
    at = opened(open_page, "petit", view="why", beside=REFERENCE, **settings)
    model = cached.model("petit")
    network: Any = model.network
    read, first, second = map(model.vocabulary.encode, (f"\n{typed[:-1]}", "e", "i"))
    found = contrast(network, read, first, second, model.vocabulary.index[" "])
    places = found.positions.tolist()
    assert places[0] < len(read) - len(places)  # farther than as many from the end
    coloured = next(data for data in components(at) if "values" in data)
    assert coloured["tried"] == places
    assert found.positions[0] < len(read) - 20  # farther than as many from the end
    axis, blue = bars(at)[0]["layout"]["xaxis"], bars(at)[0]["data"][0]
    tried = [axis["ticktext"][int(column)] for column in numbers(blue["x"])]
    assert "".join(tried) == all_visible("".join(f"\n{typed}"[place] for place in places))
    assert axis["ticktext"].count("…") == (np.diff(places) > 1).sum() > 0
    said = shown(at).replace("\N{NO-BREAK SPACE}", " ")
    assert ("plus loin : r = " if language == "fr" else "farther back: r = ") in said


@pytest.mark.parametrize("text", ["", "\n", "a", "\U0001f600\U0001f600"])
def test_there_is_not_always_a_question(open_page: Open, text: str) -> None:
    at = open_page("inside", model=CHARACTERS, view="why", text=text, beside=REFERENCE)
    assert not at.exception


def test_another_click_forgets_the_rival(monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr("dashboard.inside.text.spanned", lambda _key: (2, 3))
    monkeypatch.setattr(
        "dashboard.shared.state.change", lambda field, value: told.update({field.name: value})
    )
    text.pick("inside.why")
    assert told == {"from": 2, "to": 3, "rather": ""}


@pytest.mark.parametrize("model", ["mini-gpt", CHARACTERS, REFERENCE])
def test_the_cell_of_the_question_runs(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setattr("dashboard.shared.state.language", lambda: "fr")
    lines = run_snippet(why.code(model, Question("\nQuoi ? m", "a", "'"))).splitlines()
    assert lines[0].startswith("log p('a')")
    assert len(lines) > 3


def test_a_step_shows_the_numbers_of_the_core(open_page: Open) -> None:
    settings = {"text": TEXT[:14], "from": 8, "to": 9}
    at = opened(open_page, CHARACTERS, view="step", block=2, head=1, **settings)
    model = models.transformer(CHARACTERS)
    network = model.network.transformer
    seen = transformer_trace.read(network, model.vocabulary.encode("\n" + TEXT[:14]))
    step = attention_step.spell_out(network, seen, 8, 1, 0)
    formulas = " ".join(element.value for element in at.latex).replace("{,}", ".")
    most = int(step.weights.argmax())
    for number in (step.norm.before[0], step.mixed[0], step.after[0], step.weights[most]):
        assert f"{abs(number):.3f}" in formulas
    assert "−∞" in shown(at)  # the place after is masked
    menu = at.selectbox(key="inside.step.head")
    at = menu.set_value(menu.options[0]).run()
    assert (address(at)["block"], address(at)["head"]) == ("1", "1")


@pytest.mark.parametrize("model", ["mini-gpt", CHARACTERS])
def test_neighbours_are_those_of_the_table(open_page: Open, model: str) -> None:
    at = opened(open_page, model, view="embedding", text=TEXT[:14], **{"from": 8, "to": 9})
    assert len(at.get("plotly_chart")) == 2
    if model == CHARACTERS:
        opened_model = models.transformer(model)
        chars = opened_model.vocabulary.chars
        table = opened_model.network.transformer.tokens
        near = neighbours(table, opened_model.vocabulary.index[TEXT[7]], 1)
    else:
        found = pretrained.vectors(model, TEXT[:14], 7).result(PATIENCE)
        assert found.found is not None
        asked = looks(at)["pieces"][looks(at)["asked"]]
        row = next(i for i, s in enumerate(found.found.symbols) if found.others[int(s)] == asked)
        near = [(int(found.found.neighbours[row, 0]), float(found.found.cosines[row, 0]))]
        chars = tuple(found.others.get(i + 1, "") for i in range(max(found.others)))
    [(best, cosine)] = near
    said = shown(at).replace("\\", "")
    assert f"**{all_visible(chars[best - 1])}** {cosine:.2f}".replace(".", ",") in said
