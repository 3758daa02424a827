"""The corrected cell of the Corpus page."""

from __future__ import annotations

from dataclasses import fields

from dashboard.shared.i18n import _
from dashboard.shared.naming import SERVER
from moliere_core.exploration import Selection

# What each view computes: modules of moliere_core.exploration, and lines.
_VIEWS: dict[str, tuple[tuple[str, ...], str]] = {
    "raw": (
        (),
        "print(len(part.rows), list(part.frame.columns), part.frame['play_name'].nunique())\n"
        "print(part.frame.head(10))\n"
        "print(part.text[:500])\n",
    ),
    "figures": (
        ("overview",),
        "print(overview.summary(part))\nprint(overview.plays(part))\n",
    ),
    "words": (
        ("frequency", "stopwords"),
        "print(frequency.top_words(part, 15, stopwords.mask(index)))\n",
    ),
    "word": (
        ("frequency",),
        "hits = frequency.find(part, WORD)\n"
        "print(frequency.trend(hits))\n"
        "print(frequency.dispersion(hits).deviation)\n",
    ),
    "lines": (
        ("concordance", "frequency"),
        "hits = frequency.find(part, WORD)\n"
        "places = concordance.ordered(hits, 'right')\n"
        "print(concordance.lines(hits, places[:20]))\n",
    ),
    "voices": (
        ("network", "speech"),
        "print(speech.shares(part).head(15))\nprint(network.co_presence(index, PLAY).density)\n",
    ),
    "keywords": (
        ("keyness",),
        "print(keyness.keywords(part, index.part(), 10))\nprint(keyness.play_keywords(index, 6))\n",
    ),
    "variety": (
        ("diversity", "zipf"),
        "print(zipf.zipf(part).slope)\nprint(diversity.by_play(part))\n",
    ),
    "letters": (
        ("characters",),
        "found = characters.alphabet(part.text)\n"
        "print(found.table.head(20))\n"
        "print(found.uniform_bits, found.entropy_bits)\n",
    ),
}


def code(source: str, play: str, selection: Selection, view: str, word: str) -> str:
    """Read a corpus as the course does, then compute what the view on screen shows.

    Args:
        source: identifier of the corpus.
        play: one that the corpus has.
        selection: the part that is looked at.
        view: one of `fields.VIEWS`.
        word: that is looked for.
    """
    course = _("le cours : pd.read_csv(url), puis df.head(10) et text[:500]")
    here = _("ici : tous les mots numérotés une fois, puis des masques")
    modules, lines = _VIEWS[view]
    names = sorted((*modules, "Selection", "WordIndex"), key=str.lower)
    chosen = ", ".join(
        f"{field.name}={value!r}"
        for field in fields(selection)
        if (value := getattr(selection, field.name))
    )
    read = "load_corpus()" if source == SERVER else f"load_corpus({source!r})"
    return f"""\
from moliere_core.corpus import load_corpus
from moliere_core.exploration import {", ".join(names)}

# {course}
# {here}
corpus = {read}
index = WordIndex.build(corpus)
part = index.part(Selection({chosen}))
{lines.replace("WORD", repr(word)).replace("PLAY", repr(selection.play or play))}"""
