"""Sentences cut into the tokens of the tokenizers that are on this machine."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from dashboard.shared import following, i18n
from dashboard.shared.i18n import _
from moliere_core.pretrained import cutting
from moliere_core.pretrained.tokenizer import Cut
from moliere_core.system.work import Work
from moliere_core.text.tokenisation import (
    SHIPPED_TOKENIZER,
    Segment,
    SubwordTokenizer,
    Token,
    load_tokenizer,
    segments,
)

GPT2 = "hf:gpt2"
MOST_MERGES = 1791  # of the shipped tokenizer


@st.cache_data(show_spinner=False, ttl=5)
def tokenizers() -> list[str]:
    """Tokenizers on this machine; looked up again every five seconds."""
    return cutting.tokenizers()


@st.cache_resource(show_spinner=False, max_entries=1)
def tokenizer() -> SubwordTokenizer:
    """The shipped tokenizer, opened once for all sessions."""
    return load_tokenizer()


def cut(reference: str, text: str) -> Cut | None:
    """A text in the tokens of a model; None while a large vocabulary is being read.

    Raises:
        ModelError: the tokenizer cannot be read.
    """
    work = _cut(reference, text)
    if work.lost():
        _cut.clear(reference, text)  # asked again the next time
    return None if work.cancelled() else work.found()


@st.cache_resource(show_spinner=False, max_entries=256)
def _cut(reference: str, text: str) -> Work[Cut]:
    found = cutting.cut(reference, text)
    return found if isinstance(found, Work) else Work.of(found)


@st.cache_data(show_spinner=False, max_entries=256)
def pieces(text: str) -> list[Token]:
    """The tokens of a text, by the shipped tokenizer."""
    return tokenizer().pieces(text)


@st.cache_data(show_spinner=False, max_entries=512)
def pieces_after(text: str, merges: int) -> list[Token]:
    """The tokens of a text if the shipped tokenizer's training had stopped after so many merges."""
    return tokenizer().pieces_after(text, merges)


def wait(asked: list[tuple[str, str]]) -> None:
    """Say which vocabularies are being read, and come back once they are."""
    if asked:
        works = [(reference, _cut(reference, text)) for reference, text in asked]
        show = partial(_say_what_is_read, works)
        following.follow([work for _name, work in works], show, following.OFTEN, pending=True)


def _say_what_is_read(works: list[tuple[str, Work[Cut]]]) -> None:
    pending = (reference for reference, work in works if not work.done())
    names = ", ".join(dict.fromkeys(reference.removeprefix("hf:") for reference in pending))
    st.caption(_("Je lis le vocabulaire de {models}…").format(models=names))


def say_what_is_missing(on_disk: list[str]) -> None:
    """How GPT-2's tokens are had, where they are not here."""
    if GPT2 not in on_disk:
        st.caption(
            _(
                "Les tokens de GPT-2 s’ajoutent ici dès que le modèle est sur ce serveur : "
                "`moliere models fetch gpt2`."
            )
        )


def row(
    reference: str, sentence: str, merges: int, average: float | None = None
) -> dict[str, Any] | None:
    """A sentence cut into tokens, after so many merges of the shipped tokenizer's training.

    None while a large vocabulary is being read.
    """
    complete = True
    if reference == SHIPPED_TOKENIZER:
        complete = merges == MOST_MERGES
        parts = pieces(sentence) if complete else pieces_after(sentence, merges)
        size = tokenizer().vocab_size if complete else 256 + merges
    else:
        found = cut(reference, sentence)
        if found is None:
            return None
        parts, size = list(found.pieces), found.size
    return {
        "title": _title(reference),
        "note": _("{count} tokens au vocabulaire").format(count=i18n.number(size)),
        "figures": _figures(sentence, parts, average if complete else None),
        "segments": [_segment(segment) for segment in segments(parts)],
    }


def _title(reference: str) -> str:
    if reference == SHIPPED_TOKENIZER:
        return _("BPE de Molière")
    return _("BPE de {model}").format(model=reference.removeprefix("hf:"))


def _figures(sentence: str, pieces: list[Token], average: float | None) -> str:
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
