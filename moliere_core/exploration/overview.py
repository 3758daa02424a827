"""A corpus in a few figures, and its plays in a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from moliere_core.exploration.index import Bools, Part
from moliere_core.exploration.voices import voices

VERSE = "verse"


@dataclass(frozen=True)
class Summary:
    """Counts of a part of a corpus.

    Attributes:
        plays: that have a cue in it.
        cues: répliques.
        speakers: characters, those of one name in two plays being two; None where nobody is named.
        words: all of them.
        types: distinct ones.
        hapaxes: words that occur once.
        verse_share: share of the words that is in verse, among those whose form is known; None
            where none is.
        chars: of its text, line breaks between cues included.
        utf8_bytes: size of that text as a file.
        alphabet: distinct characters.
    """

    plays: int
    cues: int
    speakers: int | None
    words: int
    types: int
    hapaxes: int
    verse_share: float | None
    chars: int
    utf8_bytes: int
    alphabet: int


def summary(part: Part) -> Summary:
    """Count a part of a corpus."""
    table, text = plays(part), part.text
    known, verse = _forms(part)
    words = part.index.words_of_cue[part.rows]
    named = table["speakers"].dropna()
    return Summary(
        plays=len(table),
        cues=len(part.rows),
        speakers=int(named.sum()) if len(named) else None,
        words=len(part.words),
        types=int((part.counts > 0).sum()),
        hapaxes=int((part.counts == 1).sum()),
        verse_share=float(words[verse].sum() / words[known].sum()) if words[known].any() else None,
        chars=len(text),
        utf8_bytes=len(text.encode("utf-8", "surrogatepass")),
        alphabet=len(set(text)),
    )


def plays(part: Part) -> pd.DataFrame:
    """One row a play, in the order of the corpus.

    Returns:
        Columns `play` (slug), `title`, `cues`, `speakers`, `words`, `types`, `chars` (of its cues,
        without the line breaks between them) and `verse_share` of the words whose form is known;
        missing where the corpus does not say.
    """
    index, here = part.index, part.plays
    play_of_cue = index.play_of_cue[part.rows]

    def total(amounts: NDArray[np.integer]) -> NDArray[np.int64]:
        sums = np.bincount(play_of_cue, amounts, minlength=len(index.corpus.plays))
        return sums[here].astype(np.int64)

    words = index.words_of_cue[part.rows]
    known, verse = _forms(part)
    known_words = total(words * known)
    return pd.DataFrame(
        {
            "play": [index.corpus.plays[i] for i in here],
            "title": part.titles(here),
            "cues": total(np.ones_like(words)),
            "speakers": _speakers(part),
            "words": total(words),
            "types": _types(part),
            "chars": total(np.diff(index.cue_starts)[part.rows] - 1),
            "verse_share": np.where(
                known_words > 0, total(words * verse) / np.maximum(known_words, 1), np.nan
            ),
        }
    )


def _types(part: Part) -> NDArray[np.int64]:
    """(plays of the part,) how many distinct words each has."""
    return np.array([np.count_nonzero(np.bincount(ids)) for ids in part.by_play()], np.int64)


def _speakers(part: Part) -> NDArray[np.float64]:
    """(plays of the part,) how many characters speak; not a number where nobody is named."""
    index = part.index
    casts: dict[int, list[str]] = {int(play): [] for play in part.plays}
    pairs = np.stack([index.play_of_cue[part.rows], index.speaker_of_cue[part.rows]])
    for play, speaker in np.unique(pairs, axis=1).T.tolist():
        if speaker >= 0:
            casts[play].append(index.speakers[speaker])
    people = [{voice for label in cast for voice in voices(label, cast)} for cast in casts.values()]
    named = [
        float(len(found)) if cast else np.nan
        for found, cast in zip(people, casts.values(), strict=True)
    ]
    return np.array(named, dtype=np.float64)


def _forms(part: Part) -> tuple[Bools, Bools]:
    """(cues,) whether a cue's form is known, and whether it is verse."""
    codes = part.index.form_of_cue[part.rows]
    verse = part.index.forms.index(VERSE) if VERSE in part.index.forms else -2
    return codes >= 0, codes == verse
