"""Characters against byte-pair tokens, on one sentence and on the whole corpus."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.characters import cached, controls, fields
from dashboard.shared import components, following, i18n, widgets
from dashboard.shared.i18n import _
from moliere_core.errors import MoliereError
from moliere_core.text.tokenisation import SHIPPED_TOKENIZER, Piece, Segment, segments

GPT2 = "hf:gpt2"
MOST_CHIPS = 14
PERIOD = 0.5


def show(sentence: str, source: str) -> None:
    """The same sentence in characters, in our tokens and in those of every model on disk."""
    merges = controls.merges()
    on_disk = cached.tokenizers()
    rows, waiting = [_characters(sentence)], []
    for reference in on_disk:
        try:
            with st.spinner(_("Je découpe tout le corpus en tokens…")):
                average = cached.chars_per_token(reference, source)
            found = row(reference, sentence, merges, average)
        except MoliereError as error:  # a download that was cut short: the others are shown
            widgets.problem(error)
        else:
            rows += [found] if found else []
            waiting += [] if found else [(reference, sentence)]
    components.characters(payload(rows, merges), "characters.tokens", lambda: None)
    wait(waiting)
    say_what_is_missing(on_disk)


def wait(asked: list[tuple[str, str]]) -> None:
    """Say which vocabularies are being read, and come back once they are."""
    if asked:
        works = [cached.reading(*one) for one in asked]
        following.follow(works, lambda: _say(asked), PERIOD, pending=True)


def _say(asked: list[tuple[str, str]]) -> None:
    names = (
        name.removeprefix("hf:") for name, text in asked if not cached.reading(name, text).done()
    )
    told = _("Je lis le vocabulaire de {models}…")
    st.caption(told.format(models=", ".join(dict.fromkeys(names))))


def say_what_is_missing(on_disk: list[str]) -> None:
    """How GPT-2's tokens are had, where they are not here."""
    if GPT2 not in on_disk:
        st.caption(
            _(
                "Les tokens de GPT-2 s’ajoutent ici dès que le modèle est sur ce serveur : "
                "`moliere models fetch gpt2`."
            )
        )


def payload(rows: list[dict[str, Any]], merges: int) -> dict[str, Any]:
    """Rows of segments, then what the merges have learned: see characters.js."""
    learned = cached.tokenizer().learned[:merges]
    words = [data.decode(errors="replace") for data in learned]
    longest = sorted(words, key=lambda word: -len(word))
    chips = [
        {"title": _("Les premières fusions apprises"), "items": words[:MOST_CHIPS]},
        {"title": _("Les plus longs tokens"), "items": longest[: MOST_CHIPS - 4]},
    ]
    return {"view": "tokens", "rows": rows, "chips": chips if words else []}


def _characters(sentence: str) -> dict[str, Any]:
    parts = [{"text": char, "ids": []} for char in sentence]
    figures = i18n.ngettext("{n} caractère", "{n} caractères", len(sentence))
    return {
        "title": _("Par caractère"),
        "note": _("ce que lit le LSTM"),
        "figures": figures.format(n=i18n.number(len(sentence))),
        "segments": parts,
    }


def row(
    reference: str, sentence: str, merges: int, average: float | None = None
) -> dict[str, Any] | None:
    """A sentence cut into tokens, after so many merges of the shipped tokenizer's training.

    None while a large vocabulary is being read.
    """
    complete = True
    if reference == SHIPPED_TOKENIZER:
        complete = merges == fields.MOST_MERGES
        pieces = cached.pieces(sentence) if complete else cached.pieces_after(sentence, merges)
        size = cached.tokenizer().vocab_size if complete else 256 + merges
    else:
        found = cached.cut(reference, sentence)
        if found is None:
            return None
        pieces, size = list(found.pieces), found.size
    return {
        "title": _title(reference),
        "note": _("{count} tokens au vocabulaire").format(count=i18n.number(size)),
        "figures": _figures(sentence, pieces, average if complete else None),
        "segments": [_segment(segment) for segment in segments(pieces)],
    }


def _title(reference: str) -> str:
    if reference == SHIPPED_TOKENIZER:
        return _("BPE de Molière")
    return _("BPE de {model}").format(model=reference.removeprefix("hf:"))


def _figures(sentence: str, pieces: list[Piece], average: float | None) -> str:
    parts = [
        i18n.ngettext("{n} token", "{n} tokens", len(pieces)).format(n=i18n.number(len(pieces)))
    ]
    if pieces:
        each = len(sentence) / len(pieces)
        # 1.5 is singular in French and plural in English, as 0 is.
        number = 1 if each == 1 else 2 if each >= 2 else 0
        said = i18n.ngettext("{each} caractère par token", "{each} caractères par token", number)
        parts.append(said.format(each=i18n.number(each, 2)))
    if average is not None:
        parts.append(_("{average} sur tout le corpus").format(average=i18n.number(average, 2)))
    return " · ".join(parts)


def _segment(segment: Segment) -> dict[str, Any]:
    return {"text": segment.text, "ids": [piece.id for piece in segment.pieces]}
