"""The bytes of a character, and why a subword vocabulary is built on them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.characters import controls, results
from dashboard.characters.wording import name
from dashboard.shared import components, i18n, tokens
from dashboard.shared.i18n import _
from moliere_core.text.tokenisation import Token, utf8_bytes
from moliere_core.text.vocabulary import Vocabulary

EXAMPLES = ("a", "é", "Ç", "œ", "€", "漢", "🎭")


def show(sentence: str, source: str) -> None:
    """The character, its code point, its bytes bit by bit, and the tokens that hold them."""
    with st.container(key="characters-byte", horizontal=True, vertical_alignment="center"):
        with st.container(width=90):
            char = controls.CHAR.ask()
        st.markdown(_("← tapez un caractère, ou cliquez sur un de ceux-ci, ou de votre phrase :"))
    vocabulary = results.pruning(source, 1).vocabulary
    pieces = tokens.pieces(char)
    data = payload(char, sentence, vocabulary, pieces)
    components.characters(data, "characters.bytes", pick=controls.pick_char)
    st.markdown(_why(char, vocabulary, pieces))


def payload(
    char: str, sentence: str, vocabulary: Vocabulary, pieces: list[Token]
) -> dict[str, Any]:
    """What is known of a character: see characters.js."""
    special = [c for c in dict.fromkeys(sentence) if ord(c) > 127]
    found = utf8_bytes(char)
    return {
        "view": "bytes",
        "char": char,
        "name": f"U+{ord(char):04X} · {name(char)}",
        "number": i18n.number(ord(char)),
        "choices": list(dict.fromkeys([*EXAMPLES, *special]))[:18],
        "bytes": [
            {
                "value": byte.value,
                "hex": f"{byte.value:02X}",
                "marker": byte.marker,
                "payload": byte.payload,
                "letter": byte.letter,
            }
            for byte in found
        ],
        "joined": "".join(byte.payload for byte in found),
        "tokens": [{"id": p.id, "hex": p.data.hex(" ").upper()} for p in pieces],
        "labels": {
            "code": _("point de code"),
            "bytes": i18n.ngettext("octet", "octets", len(found)),
            "letters": _("dans les fichiers de GPT-2"),
            "joined": _("bits utiles, mis bout à bout"),
            "alphabet": _("indice dans l’alphabet"),
            "index": _index(char, vocabulary),
            "tokens": _("tokens de mini-gpt"),
        },
    }


def _index(char: str, vocabulary: Vocabulary) -> str:
    return str(vocabulary.index[char]) if char in vocabulary.index else _("0, inconnu")


def _why(char: str, vocabulary: Vocabulary, pieces: list[Token]) -> str:
    if char in vocabulary.index:
        first = _(
            "L’alphabet du corpus a {count} caractères ; Unicode en prévoit {most}. On ne peut "
            "pas donner un indice à chacun."
        )
    else:
        first = _(
            "Ce caractère n’est pas parmi les {count} de l’alphabet : le LSTM le lit comme "
            "« inconnu ». Unicode en prévoit {most}."
        )
    rest = i18n.ngettext(
        "Mais tout texte n’est fait que de **256 octets** : un vocabulaire de sous-mots part "
        "d’eux, et ne connaît pas l’inconnu. Ici, {n} token suffit.",
        "Mais tout texte n’est fait que de **256 octets** : un vocabulaire de sous-mots part "
        "d’eux, et ne connaît pas l’inconnu. Ici, il faut {n} tokens.",
        len(pieces),
    ).format(n=len(pieces))
    return first.format(count=len(vocabulary) - 1, most=i18n.number(0x110000)) + " " + rest
