"""The numbers of the Corpus page, on texts that can be counted by hand and on the real plays."""

from __future__ import annotations

import os
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from moliere_core.corpus import EMBEDDED, load_corpus
from moliere_core.corpus.corpus import COLUMNS, Corpus
from moliere_core.errors import CorpusError
from moliere_core.exploration import (
    Part,
    Selection,
    WordIndex,
    characters,
    concordance,
    diversity,
    frequency,
    keyness,
    names,
    network,
    overview,
    speech,
    stopwords,
    zipf,
)
from moliere_core.exploration.voices import voices
from moliere_core.exploration.words import located, words_of

ROWS = [
    (
        "avare",
        "L'Avare",
        "Acte I",
        "Scène 1",
        "Harpagon",
        "prose",
        "Mon argent ! Mon cher argent !",
    ),
    ("avare", "L'Avare", "Acte I", "Scène 1", "La Flèche", "prose", "Quel argent, Harpagon ?"),
    ("avare", "L'Avare", "Acte I", "Scène 2", "Harpagon", "prose", "L'argent qu'on m'a pris."),
    ("avare", "L'Avare", "Acte I", "Scène 2", "Harpagon et la flèche", "prose", "Au voleur !"),
    ("avare", "L'Avare", "Acte I", "Scène 2", "Tous", "prose", "Où donc ?"),
    ("ecole", "", "Acte I", "Scène 1", "Agnès", "verse", "Le petit chat est mort.\nLe chat !"),
    ("ecole", "", "Acte I", "Scène 1", "Arnolphe", "verse", "Agnès, mon cœur, mon argent..."),
]


def indexed(*rows: tuple[str, ...]) -> WordIndex:
    told = ["play_name", "title", "act", "scene", "speaker", "form", "cue"]
    frame = pd.DataFrame(list(rows or ROWS), columns=told, dtype=str)
    frame = frame.reindex(columns=list(COLUMNS), fill_value="")
    return WordIndex.build(Corpus(frame, "test"))


def said(*cues: str) -> Part:
    """A part with nothing but plays' names and cues."""
    return indexed(*(("a", "", "", "", "", "", cue) for cue in cues)).part()


@pytest.fixture
def index() -> WordIndex:
    return indexed()


@pytest.fixture(scope="module")
def pastiches() -> WordIndex:
    return WordIndex.build(load_corpus(EMBEDDED))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'amour, aujourd'hui !", ["l'", "amour", "aujourd'hui"]),
        ("Dites-le-moi, peut-être", ["dites-le-moi", "peut-être"]),
        (
            "Qu'est-ce que c'est ? - va-t'en",
            ["qu'", "est-ce", "que", "c'", "est", "va-t'", "en"],
        ),
        ("'mot' 1668 2e n° 1 cœur ÉTÉ", ["mot", "e", "n", "cœur", "été"]),
        ("d'aujourd'hui, prud'homie, m'_x", ["d'", "aujourd'hui", "prud'", "homie", "m", "x"]),
        ("", []),
    ],
)
def test_the_rule_for_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words
    written, starts = located(text)
    assert [word.lower() for word in written] == words
    assert all(text.startswith(word, at) for word, at in zip(written, starts, strict=True))


def test_an_index_says_where_every_word_is(index: WordIndex) -> None:
    assert [index.types[i] for i in index.ids] == words_of(index.text)
    for number, (start, end, cue) in enumerate(
        zip(index.starts, index.ends, index.cues, strict=True)
    ):
        word = index.text[start:end]
        assert word.lower() == index.types[index.ids[number]]
        assert index.capital[number] == word[0].isupper()
        inside = slice(index.cue_starts[cue], index.cue_starts[cue + 1] - 1)
        assert index.text[inside] == index.corpus.frame["cue"].iloc[cue]
        assert inside.start <= start < end <= inside.stop
    assert list(index.types).index("cher") < list(index.types).index("cœur")  # œ sorts as oe
    assert index.speakers[0] == "Harpagon"


@pytest.mark.parametrize(
    ("selection", "rows"),
    [
        (Selection(), [0, 1, 2, 3, 4, 5, 6]),
        (Selection(play="avare"), [0, 1, 2, 3, 4]),
        (Selection(form="verse"), [5, 6]),
        (Selection(speaker="Harpagon"), [0, 2]),
        (Selection(play="ecole", form="verse", speaker="Agnès"), [5]),
        (Selection(play="ecole", speaker="Harpagon"), []),
        (Selection(play="scapin"), []),
    ],
)
def test_a_selection_keeps_its_cues_and_their_words(
    index: WordIndex, selection: Selection, rows: list[int]
) -> None:
    part = index.part(selection)
    assert part.rows.tolist() == rows
    assert part.text == "\n".join(ROWS[row][-1] for row in rows)
    assert [index.types[i] for i in part.ids] == words_of(part.text)


def test_every_function_takes_an_empty_part_and_a_corpus_of_cues_alone() -> None:
    for part in (indexed().part(Selection(play="none")), said("Ah ! ah ?", "Oui."), said("...")):
        summary = overview.summary(part)
        assert summary.words == len(part.words)
        assert summary.speakers is None
        assert summary.verse_share is None
        assert len(overview.plays(part)) == summary.plays
        assert frequency.top_words(part, 3)["count"].sum() == len(part.words)
        hits = frequency.find(part, "ah")
        assert frequency.trend(hits)["count"].sum() == len(hits)
        assert len(frequency.dispersion(hits).where) == len(hits)
        for order in ("text", "left", "right", "speaker"):
            assert len(concordance.lines(hits, concordance.ordered(hits, order))) == len(hits)
        assert keyness.keywords(part, part.index.part(), 5, min_count=1).empty
        assert speech.shares(part).empty
        assert zipf.zipf(part).slope is None
        assert len(diversity.by_play(part)) == summary.plays
        assert diversity.by_form(part).empty
        assert characters.alphabet(part.text).table["count"].sum() == len(part.text)


def test_summary_and_table_of_plays(index: WordIndex) -> None:
    summary = overview.summary(index.part())
    assert (summary.plays, summary.cues, summary.speakers) == (2, 7, 4)  # Tous is nobody
    assert summary.words == len(words_of(index.text)) == 31
    assert summary.types == len(set(words_of(index.text)))
    assert summary.hapaxes == sum(words_of(index.text).count(w) == 1 for w in index.types)
    assert summary.verse_share == pytest.approx(12 / 31)
    assert summary.chars == len(index.text)
    assert summary.utf8_bytes == len(index.text.encode())
    assert summary.alphabet == len(set(index.text))
    table = overview.plays(index.part()).set_index("play")
    assert table["title"].tolist() == ["L'Avare", "ecole"]
    assert table["words"].tolist() == [19, 12]
    assert table["verse_share"].tolist() == [0, 1]
    assert table["speakers"].tolist() == [2, 2]
    assert table["chars"].sum() == len(index.text) - 6
    assert table.loc["ecole", "types"] == len({*words_of(ROWS[5][-1] + " " + ROWS[6][-1])})


def test_what_a_part_lacks_is_not_counted_in_it(index: WordIndex) -> None:
    ecole = overview.summary(index.part(Selection(play="ecole")))
    said_there = words_of(" ".join(row[-1] for row in ROWS[5:]))
    assert ecole.hapaxes == sum(said_there.count(word) == 1 for word in set(said_there))
    untold = ("c", *[""] * 5, "un deux trois")
    assert overview.summary(indexed(*ROWS, untold).part()).verse_share == pytest.approx(12 / 31)


def test_top_words_with_and_without_stop_words(index: WordIndex) -> None:
    top = frequency.top_words(index.part(), 2)
    assert top["word"].tolist() == ["argent", "mon"]
    assert top["count"].tolist() == [5, 4]
    assert top["rate"].iloc[0] == pytest.approx(5 / 31 * 10_000)
    left = frequency.top_words(index.part(), 99, stopwords.mask(index))
    assert {"argent", "voleur", "cœur", "harpagon"} <= set(left["word"])
    assert not {"mon", "le", "qu'", "où", "au", "l'"} & set(left["word"])


def test_stop_words_are_function_words() -> None:
    known = stopwords.stop_words()
    assert {"le", "vous", "qu'", "estoit", "moy", "est", "luy"} <= known
    assert not {"amour", "parole", "mot", "père", "argent", "nom", "pièce"} & known
    part = said("Est-ce moi-même ? Peut-être un cœur. Moi-cœur.")
    left_out = dict(zip(part.index.types, stopwords.mask(part.index), strict=True))
    assert left_out["est-ce"]
    assert left_out["moi-même"]
    assert not left_out["moi-cœur"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("l*", 2),  # * stands for letters, so that l' is not found
        ("argent", 5),
        ("Argent", 5),
        ("mon argent", 2),
        ("mon * argent", 1),
        ("l'argent", 1),
        ("qu'", 1),
        ("ar*", 6),
        ("argent quel", 0),  # not across cues
        ("rien", 0),
    ],
)
def test_queries(query: str, found: int) -> None:
    rows = [*ROWS, ("z", "", "", "", "", "", "Arnaud")] if query == "ar*" else ROWS
    assert len(frequency.find(indexed(*rows).part(), query)) == found


@pytest.mark.parametrize("query", ["", "  ", "!?", "1668", "'", "*"])
def test_a_query_without_words_is_refused(index: WordIndex, query: str) -> None:
    with pytest.raises(CorpusError, match="no word"):
        frequency.find(index.part(), query)


def test_suggestions(index: WordIndex) -> None:
    assert frequency.suggestions(index, "coeur") == ["cœur"]
    assert frequency.suggestions(index, "argant")[0] == "argent"
    assert frequency.suggestions(index, "mon argant") == []


def test_trend_and_dispersion(index: WordIndex) -> None:
    hits = frequency.find(index.part(), "argent")
    trend = frequency.trend(hits)
    assert trend["count"].tolist() == [4, 1]
    assert trend["rate"].tolist() == pytest.approx([4 / 19 * 10_000, 1 / 12 * 10_000])
    found = frequency.dispersion(hits)
    assert found.plays.tolist() == [0, 0, 0, 0, 1]
    words = words_of("\n".join(row[-1] for row in ROWS[:5]))
    expected = [i / (len(words) - 1) for i, word in enumerate(words) if word == "argent"]
    assert found.where.tolist() == pytest.approx([*expected, 1.0])


def test_plays_may_be_mixed_in_a_file() -> None:
    cues = [("a", "x b"), ("z", "c c c"), ("a", "d x"), ("z", "x")]
    part = indexed(*((play, "", "", "", "", "", cue) for play, cue in cues)).part()
    assert part.place_in_play.tolist() == [0, 1, 0, 1, 2, 2, 3, 3]
    spread = frequency.dispersion(frequency.find(part, "x"))
    assert spread.where.tolist() == [0.0, 1.0, 1.0]
    assert [[part.index.types[i] for i in ids] for ids in part.by_play()] == [
        ["x", "b", "d", "x"],
        ["c", "c", "c", "x"],
    ]
    assert overview.plays(part)["types"].tolist() == [3, 2]
    assert diversity.by_play(part)["types"].tolist() == [3, 2]


def test_acts_begin_where_their_words_do(index: WordIndex) -> None:
    rows = [("p", "", act, "", "", "", cue) for act, cue in (("1", "a b"), ("1", "c"), ("2", "d"))]
    assert frequency.acts(indexed(*rows).part()) == [("1", 0.0), ("2", 0.75)]
    assert frequency.acts(index.part()) == []
    assert frequency.acts(said("Ah !")) == []


def test_the_deviation_weighs_plays_by_their_words() -> None:
    even = ("ah oh oh oh oh oh oh oh oh oh " * 20).strip()
    short, long = ("a", *[""] * 5, even), ("b", *[""] * 5, " ".join([even] * 9))
    hits = frequency.find(indexed(short, long).part(), "ah")
    assert frequency.dispersion(hits).deviation == pytest.approx(0)


def test_the_deviation_tells_even_from_bunched() -> None:
    even = said(*["ah oh oh oh oh oh oh oh oh oh"] * 20)
    bunched = said("ah " * 20 + "oh " * 180)
    assert frequency.dispersion(frequency.find(even, "ah")).deviation == pytest.approx(0)
    deviation = frequency.dispersion(frequency.find(bunched, "ah")).deviation
    assert deviation == pytest.approx(0.9)
    assert frequency.dispersion(frequency.find(even, "zut")).deviation is None


def test_lines_of_a_concordance(index: WordIndex) -> None:
    hits = frequency.find(index.part(), "chat")
    lines = concordance.lines(hits, hits.places)
    assert lines[["left", "match", "right"]].to_numpy().tolist() == [
        ["Le petit ", "chat", " est mort. / Le chat !"],
        ["Le petit chat est mort. / Le ", "chat", " !"],
    ]
    assert set(lines["speaker"]) == {"Agnès"}
    assert set(lines["act"] + lines["scene"] + lines["title"]) == {"Acte IScène 1ecole"}
    assert lines["row"].tolist() == [5, 5]
    short = concordance.lines(hits, hits.places, context_chars=8)
    assert short["left"].tolist() == ["… petit ", "… Le "]
    assert short["right"].tolist() == [" est …", " !"]
    # A word that just fits is not cut.
    exact = concordance.lines(hits, hits.places[:1], context_chars=6)
    assert exact["left"].tolist() == ["… petit "]
    assert concordance.lines(hits, hits.places[:1], 10)["right"].tolist() == [" est mort. …"]


def test_a_concordance_is_sorted_by_the_words_around(index: WordIndex) -> None:
    part = said("b x e", "x", "a x d", "é x c", "a b x", "e x c a")
    hits = frequency.find(part, "x")

    def cues(order: concordance.Order) -> list[int]:
        return part.index.cues[concordance.ordered(hits, order)].tolist()

    assert cues("text") == [0, 1, 2, 3, 4, 5]
    assert cues("left") == [1, 2, 0, 4, 5, 3]
    assert cues("right") == [1, 4, 3, 5, 2, 0]
    everything = frequency.find(index.part(), "*a*")
    named = index.corpus.frame["speaker"].to_numpy()
    by_speaker = named[index.cues[concordance.ordered(everything, "speaker")]]
    assert sorted(set(by_speaker)) == [a for a, b in pairwise([*by_speaker, ""]) if a != b]


def test_log_likelihood_is_dunnings() -> None:
    # Rayson and Garside's table: 2 (a ln(a/E1) + b ln(b/E2)), by hand for 10 of 1,000, 4 of 2,000.
    a, b = np.array([10.0]), np.array([4.0])
    expected = 2 * (10 * np.log(10 / (14 / 3)) + 4 * np.log(4 / (28 / 3)))
    assert keyness.log_likelihood(a, b, 1000, 2000) == pytest.approx(expected)
    assert keyness.log_ratio(a, b, 1000, 2000) == pytest.approx(np.log2(5))
    same = keyness.log_likelihood(np.array([3.0, 0.0]), np.array([6.0, 0.0]), 1000, 2000)
    assert same == pytest.approx([0, 0], abs=1e-9)
    assert keyness.log_ratio(np.array([4.0]), np.array([0.0]), 1000, 1000) == pytest.approx(3)


def test_keywords_leave_names_out_and_do_not_count_a_part_twice(index: WordIndex) -> None:
    found = keyness.keywords(index.part(Selection(play="avare")), index.part(), 40, min_count=1)
    rows = found.set_index("word")
    assert rows.loc[["argent"], ["count", "rest_count"]].to_numpy().tolist() == [[4, 1]]
    assert rows.loc["argent", "log_ratio"] == pytest.approx(np.log2(4 / 19 / (1 / 12)))
    assert found.loc[found["log_ratio"] > 0, "g2"].is_monotonic_decreasing
    assert found.loc[found["log_ratio"] < 0, "g2"].is_monotonic_decreasing
    assert (found["log_ratio"] > 0).is_monotonic_decreasing
    assert not {"harpagon", "agnès", "arnolphe"} & set(found["word"])
    table = keyness.play_keywords(index, 3, min_count=1)
    assert table["play"].tolist() == ["avare", "ecole"]
    assert keyness.keywords(index.part(), index.part(), 5).empty
    least = keyness.keywords(index.part(Selection(play="avare")), index.part(), 40, min_count=5)
    assert least["word"].tolist() == ["argent"]  # which occurs just five times


def test_keywords_of_a_play_are_more_than_chance() -> None:
    often = ("a", *[""] * 5, "sel " * 8 + "pain " * 200)
    rarely = ("b", *[""] * 5, "sel " * 4 + "pain " * 200 + "miel " * 30)
    table = keyness.play_keywords(indexed(often, rarely), 3).set_index("play")
    assert table["words"].tolist() == [(), ("miel",)]  # twice as much salt may be chance


def test_keywords_leave_out_the_letters_of_a_lesson_of_spelling() -> None:
    lesson = ("a", "", "", "", "", "", "U, R, o : la voix U, u, r ; il y a la voix, à Paris.")
    index = indexed(lesson, ("b", "", "", "", "", "", "Que n'est-il temps de partir."))
    found = keyness.keywords(index.part(Selection(play="a")), index.part(), 40, min_count=1)
    assert {"a", "à", "y", "voix"} <= set(found["word"])
    assert not {"u", "r", "o"} & set(found["word"])
    [first, _second] = keyness.play_keywords(index, 40, min_count=1)["words"]
    assert not {"u", "r", "o"} & set(first)


def test_names_are_capitals_of_the_speakers(index: WordIndex) -> None:
    first = {index.types[i] for i in np.flatnonzero(names.mask(index, np.array([0], np.int32)))}
    assert first == {"harpagon"}
    row = ("m", "", "", "", "Le Médecin", "", "Le Médecin n'est pas un médecin.")
    assert not names.mask(indexed(row), np.array([0], np.int32)).any()


@pytest.mark.parametrize(
    ("label", "people"),
    [
        ("Agnès", ["Agnès"]),
        ("Horace et agnès", ["Horace", "Agnès"]),
        ("Horace, Agnès", ["Horace", "Agnès"]),
        ("Cathos et Magdelon", ["Cathos et Magdelon"]),  # who never speak alone
        ("Horace et Chrysalde", ["Horace et Chrysalde"]),  # of whom one never does
        ("Tous", []),
        ("Toutes deux ensemble", []),
        ("Les trois voix ensemble", []),
        ("Toussaint", ["Toussaint"]),
        ("", []),
    ],
)
def test_who_speaks_under_a_label(label: str, people: list[str]) -> None:
    assert voices(label, ["Agnès", "Horace", label]) == people


def test_a_network_joins_those_who_speak_in_one_scene() -> None:
    def cue(scene: str, speaker: str) -> tuple[str, ...]:
        return ("p", "", "Acte I", scene, speaker, "", "Ah !")

    found = network.co_presence(
        indexed(cue("1", "A"), cue("1", "B"), cue("2", "A et B"), cue("2", "C"), cue("3", "D")), "p"
    )
    assert found.names == ("A", "B", "C", "D")
    assert found.edges.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert found.weights.tolist() == [2, 1, 1]
    assert found.density == pytest.approx(0.5)
    assert found.degrees.tolist() == [2, 2, 2, 0]
    assert found.present.tolist() == [2, 2, 1, 1]
    assert found.words.tolist() == [1, 1, 1, 1]
    assert found.scenes == 3


def test_a_layout_is_the_same_each_time_and_keeps_nodes_apart() -> None:
    edges = np.array([[0, i] for i in range(1, 30)])
    weights = np.ones(29, np.int64)
    positions = network.layout(30, edges, weights)
    assert np.array_equal(positions, network.layout(30, edges, weights))
    assert np.abs(positions).max() == pytest.approx(1)
    gaps = np.linalg.norm(positions[:, None] - positions[None], axis=-1) + np.eye(30) * 9
    assert gaps.min() > 0.2
    assert network.layout(1, np.zeros((0, 2), np.int64), np.zeros(0, np.int64)).shape == (1, 2)


@pytest.mark.parametrize(
    ("play", "message"), [("b", "there is no play"), ("a", "does not say the scene")]
)
def test_a_network_needs_scenes(play: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message):
        network.co_presence(said("Ah !").index, play)


def test_shares_of_speech(index: WordIndex) -> None:
    table = speech.shares(index.part())
    assert table["speaker"].iloc[0] == "Harpagon"
    assert table["words"].iloc[0] == 12
    assert table["share"].iloc[0] == pytest.approx(12 / 19)
    assert table.groupby("play")["share"].sum().tolist() == pytest.approx([1, 1])
    assert table["words_per_cue"].iloc[0] == 6


@pytest.mark.parametrize("window", [1, 7, 60])
def test_mattr_is_the_mean_over_all_windows(window: int) -> None:
    ids = np.random.default_rng(3).zipf(1.4, 60) % 25
    expected = np.mean(
        [len(set(ids[i : i + window])) / window for i in range(len(ids) - window + 1)]
    )
    assert diversity.mattr(ids, window) == pytest.approx(expected)
    assert diversity.mattr(ids[: window - 1], window) is None


def test_numbers_beyond_sixteen_bits_stay_apart() -> None:
    assert diversity.mattr(np.array([0, 2**16] * 300), 2) == 1


def test_zipf_finds_the_slope_of_a_law() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = [a + b + c for a in letters for b in letters for c in letters][:2000]
    cue = " ".join(" ".join([w] * round(40_000 / rank)) for rank, w in enumerate(words, 1))
    found = zipf.zipf(said(cue))
    assert found.slope == pytest.approx(-1, abs=0.01)
    assert found.fit == (10, 1000)
    assert found.fitted(np.array([100])) == pytest.approx(400, rel=0.02)
    assert found.counts[0] == 40_000
    thin = found.thinned(40)
    assert (thin.ranks[0], thin.ranks[-1], thin.words[0]) == (1, 2000, "aaa")
    assert 30 < len(thin.ranks) <= 40
    assert [found.words[rank - 1] for rank in thin.ranks] == list(thin.words)
    assert found.counts[thin.ranks - 1].tolist() == thin.counts.tolist()
    ranks = np.arange(10, 1001)
    slope, intercept = np.polyfit(np.log(ranks), np.log(found.counts[9:1000]), 1)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept))
    few = zipf.zipf(said(" ".join(words[:58])))
    assert (few.slope, few.fit) == (None, (10, 58))
    assert zipf.zipf(said(" ".join(words[:59]))).slope == pytest.approx(0)


def test_alphabet() -> None:
    found = characters.alphabet("aab\nÉ,1 a€")
    assert found.table["char"].iloc[0] == "a"
    assert found.table["count"].tolist() == [3, *[1] * 7]
    kinds = dict(zip(found.table["char"], found.table["kind"], strict=True))
    assert kinds == {
        "a": "lower",
        "b": "lower",
        "\n": "space",
        " ": "space",
        "É": "upper",
        ",": "punctuation",
        "1": "digit",
        "€": "other",
    }
    assert found.uniform_bits == 3
    assert characters.alphabet("abab").entropy_bits == pytest.approx(1)
    assert found.table["cumulative"].iloc[-1] == pytest.approx(1)


def test_the_embedded_plays_fill_every_view(pastiches: WordIndex) -> None:
    summary = overview.summary(pastiches.part())
    assert summary.plays == 3
    assert summary.speakers is not None
    assert 0 < (summary.verse_share or 0) < 1
    for play in pastiches.corpus.plays:
        assert 0 < network.co_presence(pastiches, play).density <= 1
    assert keyness.play_keywords(pastiches, 3)["words"].str.len().min() == 3
    assert zipf.zipf(pastiches.part()).slope == pytest.approx(-1.0, abs=0.3)


# Reference values, on the plays that MOLIERE_CORPUS has.

REAL = os.environ.get("MOLIERE_CORPUS")
needs_plays = pytest.mark.skipif(not REAL, reason="MOLIERE_CORPUS names no corpus")


@pytest.fixture(scope="module")
def plays() -> WordIndex:
    return WordIndex.build(load_corpus())


@needs_plays
def test_moliere_in_figures(plays: WordIndex) -> None:
    summary = overview.summary(plays.part())
    if summary.plays != 30:
        pytest.skip("counted on the thirty plays of the development file")
    # All 32 plays have 369,850 words, 16,878 distinct, 7,880 of them once.
    assert (summary.words, summary.types, summary.hapaxes) == (343_152, 16_342, 7_669)
    slope = zipf.zipf(plays.part()).slope
    assert slope is not None
    assert slope == pytest.approx(-1.20, abs=0.01)


@needs_plays
@pytest.mark.parametrize(("form", "expected"), [("verse", 0.518), ("prose", 0.473)])
def test_verse_is_more_varied_than_prose(plays: WordIndex, form: str, expected: float) -> None:
    table = diversity.by_form(plays.part()).set_index("form")
    assert table["mattr"][form] == pytest.approx(expected, abs=0.0005)


@needs_plays
@pytest.mark.parametrize(
    ("play", "speaker", "expected"),
    [
        ("misanthrope", "Alceste", 39.5),
        ("misanthrope", "Célimène", 18.7),
        ("tartuffe", "Tartuffe", 14.7),
        ("fourberies-de-scapin", "Scapin", 43.0),
        ("avare", "Harpagon", 29.2),
    ],
)
def test_who_speaks_most(plays: WordIndex, play: str, speaker: str, expected: float) -> None:
    table = speech.shares(plays.part(Selection(play=play))).set_index("speaker")
    assert 100 * table["share"][speaker] == pytest.approx(expected, abs=0.06)


@needs_plays
@pytest.mark.parametrize(
    ("play", "nodes", "edges", "density"),
    [("misanthrope", 11, 36, 0.65), ("tartuffe", 11, 44, 0.80)],
)
def test_who_meets_whom(
    plays: WordIndex, play: str, nodes: int, edges: int, density: float
) -> None:
    found = network.co_presence(plays, play)
    assert (len(found.names), len(found.edges)) == (nodes, edges)
    assert round(found.density, 2) == density


@needs_plays
def test_the_word_of_the_miser(plays: WordIndex) -> None:
    part = plays.part(Selection(play="avare"))
    assert keyness.keywords(part, plays.part(), 1)["word"].iloc[0] == "argent"
    table = keyness.play_keywords(plays, 1).set_index("play")
    assert table.loc["avare", "words"] == ("argent",)


def test_a_query_of_many_stars_and_a_word_without_end() -> None:
    """It was looked for in all places at once: hours for a word of a thousand letters."""
    part = said("a" * 5_000, "abacab", "l'ami", "ami")
    assert len(frequency.find(part, "*a" * 40 + "*b")) == 0
    assert len(frequency.find(part, "*a*a*b")) == 1
    assert len(frequency.find(part, "a*a")) == 1
    assert frequency.suggestions(part.index, "b" * 5_000) == []
