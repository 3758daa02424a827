"""Stage directions that stand in parentheses among the words of a speech, where no markup tells.

A parenthesis of a French play is a direction or an aside, and what it says is all that there is to
go by. Most editions mark directions as such (`stage`): there, nothing is taken away. Elsewhere a
parenthesis must be what directions are, whole: "(à Orgon)", "(Bas, à part.)", "(Il sort.)", "(en
riant)". "(À ce que l'on m'a dit)", "(Il pensait m'avoir dit le meilleur mot du monde.)" are spoken.
"""

from __future__ import annotations

import re

from moliere_core.corpus.left_out import PARENTHESES, Leavings

_NAME = r"[A-ZÀÂÉÈÊÎÔÛŒ][\w'-]*"
_TO_WHOM = (
    rf"(?:à|au|aux) (?:la |l'|part\b|public\b|spectateurs\b)?(?:{_NAME})?(?: et (?:à )?{_NAME})?"
)
_VERBS = (
    "baise|chante|chantent|court|danse|dansent|embrasse|entre|entrent|frappe|lève|lit|montre|"
    "pleure|regarde|rentre|rentrent|revient|rit|rient|salue|sort|sortent|soupire|tousse"
)
_GERUNDS = (
    "chantant|embrassant|lisant|montrant|pleurant|regardant|riant|sortant|soupirant|tremblant"
)
_OBJECT = r"(?:lui |le |la |les |l'|se |s'|en |y )?"
_TAIL = r"(?: [\w' -]{1,40})?"
_DIRECTION = re.compile(
    rf"(?:(?:tout bas|bas|haut|seule?s?)(?:,? {_TO_WHOM})?|{_TO_WHOM}"
    rf"|(?:en )?{_OBJECT}(?:{_GERUNDS}){_TAIL}"
    rf"|(?:ils?|elles?) {_OBJECT}(?:{_VERBS}){_TAIL}) ?\.?"
)
_ENDS = ".!?»"  # of the sentence that a direction follows


def without_directions(text: str, left: Leavings) -> str:
    """One line of a speech without the parentheses that are directions; they are counted.

    Args:
        text: its words, with single spaces between them.
        left: where they are counted.
    """
    if "(" not in text:
        return text
    kept: list[str] = []
    before = ""  # the last character kept that is no space
    at = 0
    while (start := text.find("(", at)) >= 0:
        end = text.find(")", start)
        if end < 0:
            break
        before = text[at:start].rstrip()[-1:] or before
        inner = text[start + 1 : end].strip()
        kept.append(text[at:start])
        if (not before or before in _ENDS) and _DIRECTION.fullmatch(inner[:1].lower() + inner[1:]):
            left.add(PARENTHESES, [text[start : end + 1]])
        else:
            kept.append(text[start : end + 1])
            before = ")"
        at = end + 1
    kept.append(text[at:])
    return " ".join("".join(kept).split())
