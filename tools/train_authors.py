"""Train and measure the two networks of “Molière ou Corneille ?”, one an author.

    export MOLIERE_CORPUS=moliere.csv MOLIERE_THREADS=1 OMP_NUM_THREADS=1
    python -m tools.train_authors FOLDER --corneille PLAYS --racine PLAYS

PLAYS are TEI files or folders of them. Both networks have the same settings and read as many
characters, to the last cue, of comedies in verse. FOLDER keeps the runs: the same command goes on
from the last epoch of whichever was interrupted. What ships goes into
`moliere_core/assets/authors`; `--measure` trains nothing. It prints the tables of the card.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from moliere_core.config import ModelConfig, RunConfig, TrainingConfig
from moliere_core.corpus import EMBEDDED, Corpus, load_corpus
from moliere_core.games import authorship
from moliere_core.games.authorship import (
    AUTHORS,
    CORNEILLE,
    HELD_OUT,
    LINES,
    MOLIERE,
    TRAINED,
    WEIGHED,
    Group,
    Measures,
)
from moliere_core.runs.run import Run
from moliere_core.system.storage import write_atomically
from moliere_core.training.session import EpochEnded, Event, train

RACINE = "racine"
MODEL = ModelConfig(embedding_dim=32, units=256, dropout=0.2)
TRAINING = TrainingConfig(
    epochs=16,
    learning_rate=4e-3,
    weight_averaging=0.998,
    fresh_starts=0.05,
    min_char_freq=3,
    seed=1,
)
LENGTHS = (1, 2, 4, 8, 16, 32)  # lines of a passage
MOST, MOST_OTHERS, MOST_LENGTHS = 80, 15, 30  # passages of a play, spread over it


def folded(corpus: Corpus) -> Corpus:
    """Cues as the networks read them; those of which nothing is left are dropped."""
    frame = corpus.frame.copy()
    frame["cue"] = ["\n".join(authorship.folded_lines(cue)) for cue in frame["cue"]]
    return Corpus(frame[frame["cue"] != ""], corpus.source)


def texts(author: str, plays: Corpus, chars: int) -> Corpus:
    """What an author's network is trained on, cut to so many characters, and what is held out."""
    frame = folded(plays.select([*TRAINED[author], *HELD_OUT[author]])).frame
    train = frame[frame["play_name"].isin(TRAINED[author])]
    ends = train["cue"].str.len().add(1).cumsum()
    held = frame[frame["play_name"].isin(HELD_OUT[author])]
    kept = train[ends <= chars + 1].index.union(held.index)
    return Corpus(frame.loc[kept], author)


def train_both(corpora: Mapping[str, Corpus], folder: Path) -> None:
    """Train both on equal amounts, and ship their last weights."""
    chars = min(len(folded(corpora[a].select(TRAINED[a])).text()) for a in AUTHORS)
    for author in AUTHORS:
        config = RunConfig(MODEL, TRAINING, TRAINED[author], HELD_OUT[author])
        corpus = texts(author, corpora[author], chars)
        run = train(config, corpus, folder / author, _tell, dtype="float16", snapshot_at=())
        ship(run, authorship.FOLDER / author)


def ship(run: Run, folder: Path) -> None:
    """Copy a trained run: settings, history without the times of a busy machine, last weights."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    shipped = Run.create(folder, run.id, run.config, run.vocabulary, run.corpus, run.held_out)
    times = ("seconds", "chars_per_second")
    shipped.save_history([{k: v for k, v in r.items() if k not in times} for r in run.history])
    last = run.snapshot().path
    write_atomically(folder / last.name, last.read_bytes())


def measure(corpora: Mapping[str, Corpus], networks: Sequence[authorship.Reader]) -> Measures:
    """Passages of plays that neither network has read, by author, kind and length."""

    held = {
        author: corpora[author].select([p for p in HELD_OUT[author] if p not in WEIGHED[author]])
        for author in AUTHORS
    }
    gaps = [
        [authorship.read(passage, networks).gap for passage in cut(weighed, LINES)]
        for weighed in (corpora[author].select(WEIGHED[author]) for author in AUTHORS)
    ]
    zero = round(float(np.mean([np.mean(found) for found in gaps])), 4)
    print("zero", zero, [round(float(np.mean(found)), 4) for found in gaps], flush=True)

    def group(name: str, passages: Iterable[str], lines: int = LINES) -> Group:
        readings = [authorship.read(passage, networks, zero) for passage in passages]
        found = Group.of(name, lines, readings)
        print(name, lines, found.passages, f"{found.share:.3f}", flush=True)
        return found

    corneille, racine = corpora[CORNEILLE], corpora[RACINE]
    others = {
        "corneille-tragedies": corneille.without((*TRAINED[CORNEILLE], *HELD_OUT[CORNEILLE])),
        "racine-plaideurs": racine.select(["plaideurs"]),
        "racine-tragedies": racine.without(["plaideurs"]),
        "pastiches": load_corpus(EMBEDDED),
    }
    groups = (
        *(group(author, cut(held[author], LINES)) for author in AUTHORS),
        *(group(f"{author}-names", cut(held[author], LINES, named=False)) for author in AUTHORS),
        *(group(name, cut(corpus, LINES, MOST_OTHERS)) for name, corpus in others.items()),
    )
    lengths = tuple(
        group(author, cut(held[author], lines, MOST_LENGTHS), lines)
        for lines in LENGTHS
        for author in AUTHORS
    )
    return Measures(zero, groups, lengths)


def cut(corpus: Corpus, lines: int, most: int = MOST, named: bool = True) -> Iterator[str]:
    """Passages of each play, spread over it.

    Args:
        corpus: whose verse is cut, where it says what is verse.
        lines: of a passage.
        most: passages of a play.
        named: whether lines that name somebody of the play stay.
    """
    for _name, play in corpus.frame.groupby("play_name", sort=False):
        verse = play[play["form"] == "verse"]
        text = "\n".join(verse["cue"])
        if not named:
            people = {word for name in play["speaker"] for word in _words(name)}
            kept = [line for line in text.splitlines() if not people & _words(line)]
            text = "\n".join(kept)
        found = authorship.passages(text, lines)
        places = np.unique(np.linspace(0, len(found) - 1, min(most, len(found))).astype(int))
        yield from (found[place] for place in places)


def _words(text: str) -> set[str]:
    """The words of a text that may be somebody's name."""
    return {word for word in authorship.folded(text).replace("'", " ").split() if len(word) > 3}


def tables(found: Measures) -> str:
    """Markdown: the groups, and how often the author is named by the number of lines."""
    rows = [
        "| passages of 12 lines | number | to Molière | 95 % | bits | Corneille's | difference |",
        "| --- " * 7 + "|",
    ]
    for one in found.groups:
        low, high = one.interval
        rows.append(
            f"| {one.name} | {one.passages} | {one.share:.1%} | {low:.1%} to {high:.1%} "
            f"| {one.bits[0]:.3f} | {one.bits[1]:.3f} "
            f"| {one.bits[1] - one.bits[0]:+.3f} ± {one.margin:.3f} |"
        )
    rows += ["", "| lines | right | ± |", "| --- | --- | --- |"]
    for lines in LENGTHS:
        right, margin = found.right(lines)
        rows.append(f"| {lines} | {right:.1%} | {margin:.1%} |")
    return "\n".join(rows)


def _tell(event: Event) -> None:
    if isinstance(event, EpochEnded):
        record = event.record
        print(record["epoch"], f"{record['validation_bits_per_char']:.3f}", flush=True)


def main() -> None:
    """Train what is not there, measure, print the tables of the card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--corneille", type=Path, required=True, help="TEI files of Corneille")
    parser.add_argument("--racine", type=Path, required=True, help="TEI files of Racine")
    parser.add_argument("--measure", action="store_true", help="train nothing")
    args = parser.parse_args()
    corpora = {
        MOLIERE: load_corpus(),
        CORNEILLE: load_corpus(args.corneille),
        RACINE: load_corpus(args.racine),
    }
    if not args.measure:
        train_both(corpora, args.folder)
    found = measure(corpora, [authorship.load(author) for author in AUTHORS])
    document = json.dumps(found.to_json(), indent=1) + "\n"
    write_atomically(authorship.MEASURES, document.encode())
    print(tables(found))


if __name__ == "__main__":
    main()
