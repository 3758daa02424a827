"""The Windows page: what slides, what a batch holds, what spaces cost, what a length costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.shared.cached import material
from dashboard.windows import controls
from dashboard.windows.controls import LENGTHS, SHIFT, Settings
from dashboard.windows.views import VIEWS, batch, compare, length, slide, streams
from dashboard.windows.views.variants import REFUSED, payload
from moliere_core.corpus import EMBEDDED
from moliere_core.measures.openings import opening
from moliere_core.models.references import load_recurrent
from moliere_core.text.windows import (
    contiguous_streams,
    coverage,
    shuffled_batches,
    sliding_windows,
)
from tests.app.helpers import Open, address, component, run_snippet, shown

pytestmark = pytest.mark.usefixtures("embedded", "french")

SETTINGS = Settings(EMBEDDED, 60, "1", 64)


def settings(length: int = 60, shift: str = "1", size: int = 64) -> Settings:
    return Settings(EMBEDDED, length, shift, size)


def test_the_animation_has_the_text_the_series_and_the_count(open_page: Open) -> None:
    data = component(open_page("windows"))
    text = material(EMBEDDED).text
    assert data["text"] == text[: len(data["text"])]
    assert data["series"][:3] == list(material(EMBEDDED).cues[:3])
    assert (data["length"], data["shift"]) == (60, 1)
    assert data["reads"][:60] == list(range(1, 61))
    assert set(data["reads"][60:]) == {60}
    windows = len(text) - 60
    assert data["windows"].replace("\N{NARROW NO-BREAK SPACE}", "") == str(windows)
    assert data["labels"]["when"] == "Fenêtre {at} sur {all}"


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("shift", SHIFT.options)
def test_every_length_and_shift_of_the_course_can_be_shown(length: int, shift: str) -> None:
    chosen = settings(length, shift)
    data = slide.payload(chosen)
    assert len(data["text"]) > length + chosen.shift  # two windows, at least
    assert (
        data["reads"]
        == coverage(len(chosen.material.text), length, chosen.shift)[: len(data["reads"])].tolist()
    )


def test_settings_are_in_the_address(open_page: Open) -> None:
    at = open_page("windows")
    at = at.segmented_control(key="windows.length").set_value("100").run()
    at = at.segmented_control(key="windows.shift").set_value("length").run()
    assert address(at)["length"] == "100"
    assert address(at)["shift"] == "length"
    assert component(at)["shift"] == 100
    again = open_page("windows", length=100, shift="length")
    assert component(again)["shift"] == 100


@pytest.mark.slow
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_screen_in_both_languages(open_page: Open, view: str, language: str) -> None:
    at = open_page("windows", view=view, lang=language, model="petit")
    assert not at.exception
    assert not at.error
    assert at.title[0].value == ("Les fenêtres" if language == "fr" else "Windows")


@pytest.mark.parametrize(
    "nonsense", [{"length": "7"}, {"shift": "x"}, {"view": "?"}, {"order": "1"}, {"batch": "-3"}]
)
def test_nonsense_in_the_address_gives_defaults(open_page: Open, nonsense: Any) -> None:
    at = open_page("windows", **nonsense)
    assert not at.exception
    assert not at.error


def test_streams_go_on_where_they_stopped() -> None:
    chosen = settings(size=32)
    data = streams.payload(chosen)
    batches = list(contiguous_streams(chosen.material.ids, 32, 60))
    assert data["windows"] == len(batches)
    vocabulary = chosen.material.vocabulary
    for row, number in zip(data["rows"], (0, 1, 16, 31), strict=True):
        read = vocabulary.decode(np.concatenate([x[number] for x, _ in batches[:3]]))
        assert row["text"].startswith(read)
    assert len(data["random"][0]) == 32
    assert data["facts"][1][0].replace("\N{NARROW NO-BREAK SPACE}", "") == str(32 * 2 * 256)


@pytest.mark.parametrize("order", ["text", "buffer", "all"])
@pytest.mark.parametrize("shift", ["1", "5", "length"])
def test_a_batch_holds_windows_and_their_targets(order: str, shift: str) -> None:
    chosen = settings(40, shift)
    data = batch.payload(chosen, order)
    inputs, targets = sliding_windows(chosen.material.ids, 40, chosen.shift)
    vocabulary = chosen.material.vocabulary
    assert len(data["starts"]) == data["batch"] == 64
    for row, start in zip(data["rows"], batch.starts(chosen, order), strict=False):
        assert row["ids"] == inputs[start // chosen.shift].tolist()
        assert row["target_ids"] == targets[start // chosen.shift].tolist()
        assert vocabulary.decode(row["ids"]) == row["inputs"]
        assert row["inputs"][1:] == row["targets"][:-1]
    assert "(64, 40)" in data["input_shape"]


def test_the_order_of_the_text_reads_the_same_passage_again_and_again() -> None:
    chosen = settings()
    assert batch.distinct(batch.starts(chosen, "text"), 60) == 64 + 59
    assert batch.distinct(batch.starts(chosen, "all"), 60) > 3000
    assert batch.starts(chosen, "buffer").max() < batch.BUFFER + 64
    assert batch.starts(chosen, "all").max() > batch.BUFFER + 64


def test_a_shuffled_batch_is_the_one_that_a_training_reads() -> None:
    chosen = settings()
    windows = sliding_windows(chosen.material.ids, 60, 1)
    first, _targets = next(shuffled_batches(windows, 64, seed=0, epoch=1))
    starts = batch.starts(chosen, "all")
    assert [chosen.material.ids[i : i + 60].tolist() for i in starts] == first.tolist()


def test_spaces_are_compared_with_a_zero_state(open_page: Open) -> None:
    at = open_page("windows", view="start", start="Qu", model="petit")
    found = opening(load_recurrent("petit"), "Qu", 60)
    wanted = f"{found.apart[-1]:.2f}".replace(".", ",")
    unit = "bit" if found.apart[-1] < 1.995 else "bits"
    assert f"**{wanted}\N{NO-BREAK SPACE}{unit}** après le dernier" in shown(at)
    assert "58 espaces" in shown(at)
    assert "60 espaces" in shown(at)  # before real cues


def test_without_spaces_there_is_one_difference(open_page: Open) -> None:
    at = open_page("windows", view="start", start="Quand l'Amour", length=12, model="petit")
    assert "0 espaces" in shown(at)
    assert "avant le premier" not in shown(at)


def test_a_text_shorter_than_a_window_is_one_sentence(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tmp_path / "small.csv"
    small.write_text("play_name,cue\na,Ah ! mon frère\na,Quoi ? encore vous\n", encoding="utf-8")
    monkeypatch.setenv("MOLIERE_CORPUS", str(small))
    for view in VIEWS:
        at = open_page("windows", view=view, corpus="server")
        assert not at.exception
        assert len(at.error) == 1
        assert "choisissez des fenêtres de" in at.error[0].value


@pytest.mark.parametrize("start", ["", "<b>**x**</b>", "k" * 200])
def test_any_start_can_be_read(open_page: Open, start: str) -> None:
    at = open_page("windows", view="start", start=start, model="petit")
    assert not at.exception
    assert not at.error


def test_a_longer_window_costs_in_proportion_and_is_worth_less_and_less() -> None:
    heads, rows = length.rows(settings(), "petit")
    assert len(heads) == len(rows[0])
    assert [row[0] for row in rows] == ["40", "60", "100", "150"]
    bits = [float(row[-2].replace(",", ".")) for row in rows]
    assert bits == sorted(bits, reverse=True)
    assert bits[0] - bits[1] > bits[2] - bits[3] > 0
    memory = [
        float(row[4].split("\N{NO-BREAK SPACE}")[0].split()[0].replace(",", ".")) for row in rows
    ]
    assert memory[3] / memory[0] == pytest.approx(150 / 40, rel=0.02)


@pytest.mark.parametrize("variant", ["notebook", "one", "many"])
def test_only_the_notebook_does_not_fit(variant: str) -> None:
    data = payload(settings(), variant)
    by_name = {name: (shape, fits) for name, shape, fits in data["shapes"]}
    symbols = len(material(EMBEDDED).vocabulary)
    outputs = {"many": (64, 60, symbols), "one": (64, symbols), "notebook": (64, symbols)}
    assert by_name["probabilités"] == (str(outputs[variant]), variant != "notebook")
    assert by_name["cibles"][0] == str((64,) if variant == "one" else (64, 60))
    text = material(EMBEDDED).text
    assert data["inputs"] == [*text[:4], *text[57:60]]
    assert data["targets"] == [*text[1:5], *text[58:61]]


@pytest.mark.parametrize("variant", ["one", "many"])
def test_a_way_out_is_shown_with_its_lines(open_page: Open, variant: str) -> None:
    at = open_page("windows", view="variants", variant=variant)
    assert not at.exception
    assert f"return_sequences={variant == 'many'}" in at.code[0].value


@pytest.mark.slow
def test_keras_refuses_with_these_words() -> None:
    keras = pytest.importorskip("keras")
    x = np.zeros((64, 60), np.int32)
    model = keras.Sequential(
        [keras.layers.Embedding(9, 4), keras.layers.LSTM(8), keras.layers.Dense(9, "softmax")]
    )
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    with pytest.raises(ValueError, match="must have rank") as refused:
        model.train_on_batch(x, x)
    said = REFUSED.format(target=(64, 60), output=(64, 9))
    assert f"ValueError: {refused.value}".startswith(said)


def test_the_table_of_the_course_has_live_figures() -> None:
    rows = {row[0]: row[1:] for row in compare.rows(settings())}
    read = material(EMBEDDED)
    assert f"{len(read.cues)} valeurs" in rows["combien il y en a"][0]
    assert f"{len(read.vocabulary) - 1} caractères" in rows["vocabulaire"][1]
    mean = f"{np.mean(read.cues):.1f}".replace(".", ",")
    assert mean in rows["repère\N{NO-BREAK SPACE}: dire toujours pareil"][0]


@pytest.mark.parametrize("view", ["slide", "streams", "batch", "start", "length", "compare"])
def test_snippets_run(view: str) -> None:
    written = run_snippet(controls.code(view, settings(), "notebook", 'l\'"œil" {0}\n', "petit"))
    expected = {"start": "bits", "length": "150 ", "streams": "(64, 60)"}
    assert expected.get(view, "(64, 60) (64, 60)") in written


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["one", "many"])
def test_both_ways_out_run(variant: str) -> None:
    pytest.importorskip("keras")
    written = run_snippet(controls.code("variants", settings(12, "5", 8), variant, "", "petit"))
    symbols = len(material(EMBEDDED).vocabulary)
    assert f"(8, {'12, ' if variant == 'many' else ''}{symbols})" in written


def test_what_was_tried_ticks_itself(open_page: Open) -> None:
    at = open_page("windows", view="batch")
    at = at.pills(key="windows.drawer").set_value("try").run()
    assert not at.checkbox(key="windows.try.order").value
    at = at.segmented_control(key="windows.order").set_value("text").run()
    at = at.run()
    assert at.checkbox(key="windows.try.order").value
    assert not at.checkbox(key="windows.try.buffer").value
