"""Index the training plays, and measure real plays by the index: `python -m tools.index_passages`.

    MOLIERE_CORPUS=moliere.csv python -m tools.index_passages [FOLDER]

Writes, for `moliere_core.judging`, `passages.npz` (fingerprints with play, act, scene and speaker),
`grams.npz` (hashes of one run of characters in eight), `yardstick.json` (what the two plays held
out score, exactly and by the hashes) and `card.json`. No text is in any of them. It takes half a
minute and gives the same files every time.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from moliere_core.config import RunConfig
from moliere_core.corpus import Corpus, load_corpus
from moliere_core.exploration import lexicon
from moliere_core.exploration.words import words_of
from moliere_core.judging import french, judgement
from moliere_core.judging.alexandrines import lines_of
from moliere_core.judging.judgement import Spread, Yardstick, judge, pieces, spread
from moliere_core.judging.novelty import EVERY, SeenGrams
from moliere_core.judging.passages import PassageIndex
from moliere_core.judging.sources import CARD, GRAMS, PASSAGES, Reading, Sources
from moliere_core.judging.wordhood import LONG
from moliere_core.measures.axis import VALIDATION
from moliere_core.text import syllables
from moliere_core.text.normalise import normalise
from moliere_core.text.syllables import ALEXANDRINE

HASHED = ("new_8", "new_12", "new_20", "longest")  # what the hashes tell otherwise than the text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=PASSAGES.parent)
    folder = parser.parse_args().folder
    corpus = load_corpus()
    train = corpus.without(RunConfig().validation)
    index = PassageIndex.from_corpus(train)
    text = index.text or ""
    grams = SeenGrams.from_text(text)
    index.save(folder / PASSAGES.name)
    grams.thinned(EVERY).save(folder / GRAMS.name)
    words = lexicon.shipped()
    exact = Sources((Reading(index, grams, words),))
    hashed = Sources(
        (
            Reading(
                PassageIndex.load(folder / PASSAGES.name),
                SeenGrams.load(folder / GRAMS.name),
                words,
            ),
        )
    )
    found = Yardstick(
        _measured(corpus, exact),
        _hashed(_measured(corpus, hashed)),
        _prose(corpus),
        _french(corpus),
    )
    (folder / judgement.YARDSTICK.name).write_text(_document(found.to_json()), encoding="utf-8")
    card = {"corpus": corpus.digest, "chars": len(text), "fingerprints": len(index.hashes)}
    (folder / CARD.name).write_text(_document(card), encoding="utf-8")
    print(card)


def _measured(corpus: Corpus, read: Sources) -> dict[str, dict[str, Spread]]:
    """The figures of the pieces of the plays held out, by the names of `judgement.PARTS`."""
    judged = {
        part: [judge(piece, read).figures for piece in pieces(_text(corpus, play))]
        for part, play in VALIDATION.items()
    }
    judged["all"] = [one for part in VALIDATION for one in judged[part]]
    parts = {part: spread(judged[part]) for part in judgement.PARTS}
    # A piece cuts lines, and those that speakers share: of verse the whole play is told.
    lines = lines_of(corpus.select([VALIDATION["verse"]]))
    whole = judge("\n".join(lines), read, lines).figures
    for name in ("alexandrines", "chance"):
        value = getattr(whole, name)
        parts["verse"][name] = replace(parts["verse"][name], mean=value)
    return parts


def _hashed(parts: dict[str, dict[str, Spread]]) -> dict[str, dict[str, Spread]]:
    return {part: {name: found[name] for name in HASHED} for part, found in parts.items()}


def _prose(corpus: Corpus) -> float:
    """The share of prose cut between words, where an alexandrine would end, that reads as one."""
    lines = lines_of(corpus.select([VALIDATION["verse"]]))
    length = round(sum(map(len, lines)) / len(lines))
    cut, row = [], ""
    for word in _text(corpus, VALIDATION["prose"]).split():
        row = f"{row} {word}".strip()
        if len(row) >= length:
            cut.append(row)
            row = ""
    return sum(ALEXANDRINE in syllables.count(line).readings for line in cut) / len(cut)


def _french(corpus: Corpus) -> float:
    """The share of the long words of the plays held out that are in the list of today's French."""
    words = [word.lower() for play in VALIDATION.values() for word in words_of(_text(corpus, play))]
    long = [word for word in words if len(word) >= LONG]
    return sum(french.knows(word) for word in long) / len(long)


def _text(corpus: Corpus, play: str) -> str:
    return normalise(corpus.select([play]).text())


def _document(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    main()
