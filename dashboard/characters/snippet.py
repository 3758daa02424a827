"""The corrected cell of the Characters page."""

from __future__ import annotations

from dashboard.shared.i18n import _
from moliere_core.corpus import EMBEDDED


def code(sentence: str, source: str, min_char_freq: int) -> str:
    """An alphabet, a sentence as integers and back, and the same sentence as tokens."""
    embedded = '"embedded"' if source == EMBEDDED else ""
    course = _("le cours : sorted(set(text)), et un caractère jamais vu arrête tout (KeyError)")
    here = _("ici : l’indice 0 est celui de l’inconnu, les autres suivent l’ordre alphabétique")
    tokens = _("les mêmes caractères, regroupés en tokens")
    return f"""\
from moliere_core.corpus import load_corpus
from moliere_core.text.tokenisation import load_tokenizer
from moliere_core.text.vocabulary import Vocabulary

text = load_corpus({embedded}).text()
# {course}
# {here}
vocabulary = Vocabulary.from_text(text, min_char_freq={min_char_freq})
print(len(vocabulary), "".join(vocabulary.chars))

sentence = {sentence!r}
ids = vocabulary.encode(sentence)
print(ids)
print(vocabulary.decode(ids), vocabulary.decode(ids) == sentence)

# {tokens}
pieces = load_tokenizer().pieces(sentence)
print([(piece.id, piece.data.decode(errors="replace")) for piece in pieces])
print(len(sentence), len(pieces))
"""
