"""The sheet of paper with which a class writes by dice what the screen writes."""

from __future__ import annotations

from dashboard.shared import i18n, paper
from dashboard.shared.i18n import _
from moliere_core.models.dice import SYMBOLS, DiceModel, Share, faces
from moliere_core.text.signs import visible


def sheet(model: DiceModel, title: str, seed: int, found: list[int]) -> bytes:
    """Rules and draws, ranges of dice, the grid of counts; what the draws write stands last.

    Args:
        model: of a play.
        title: of the play.
        seed: of the draws.
        found: the draws.
    """
    head = _("Écrire aux dés : {title}").format(title=title)
    answer = paper.paragraph(shown(model.write(found)), "written")
    lists = (_ranges(symbol, shares) for symbol, shares in model.shares.items())
    return paper.document(
        head,
        _rules()
        + paper.heading(_("Les tirages de la graine {seed}").format(seed=seed))
        + _throws(found)
        + paper.heading(_("Votre texte"))
        + paper.lines(4)
        + paper.leaf(
            _("Quelle lettre, pour quels dés ?"), '<div class="shares">' + "".join(lists) + "</div>"
        )
        + paper.leaf(_("Les comptes"), paper.paragraph(_counted()) + _grid(model))
        + paper.leaf(_("Réponse, à garder pour la fin"), answer),
    )


def shown(text: str) -> str:
    """A text in which a space is seen."""
    return text.replace(" ", visible(" "))


def span(share: Share) -> str:
    """The dice of a symbol: one throw, or from the lowest to the highest."""
    first, last = faces(share.first), faces(share.last)
    return first if first == last else f"{first} – {last}"


def _rules() -> str:
    told = (
        _(
            "Le texte de la pièce a été réduit à 26 lettres et à l’espace, {space} ; on a compté "
            "quelle lettre suit chaque lettre."
        ).format(space=visible(" ")),
        _(
            "1. Vous partez de l’espace. 2. Lancez un dé trois fois, et lisez dans l’ordre : 2, 5, "
            "1 fait 251. Ou prenez les tirages ci-dessous. 3. Dans la liste de la dernière lettre "
            "écrite, cherchez où tombe ce nombre : c’est la lettre suivante. 4. Recommencez."
        ),
        _(
            "Avec les mêmes tirages, toute la classe écrit le même texte, lettre pour lettre, et "
            "l’écran aussi."
        ),
    )
    return "".join(paper.paragraph(text) for text in told)


def _counted() -> str:
    return _(
        "En ligne, la lettre qui précède ; en colonne, celle qui suit. La feuille de dés "
        "partage les 216 lancers de chaque ligne en proportion de ses comptes."
    )


def _throws(found: list[int]) -> str:
    numbers = "".join(f"<span>{faces(throw)}</span> " for throw in found)
    return f'<p class="throws" id="throws">{numbers}</p>'


def _ranges(symbol: str, shares: list[Share]) -> str:
    rows = "".join(f"<dt>{visible(s.symbol)}</dt><dd>{span(s)}</dd>" for s in shares)
    after = paper.escaped(_("après {symbol}").format(symbol=visible(symbol)))
    return f"<section><h3>{after}</h3><dl>{rows}</dl></section>"


def _grid(model: DiceModel) -> str:
    signs = [visible(symbol) for symbol in SYMBOLS]
    rows = [
        [sign, *(str(count) if count else "" for count in row), i18n.number(int(row.sum()))]
        for sign, row in zip(signs, model.counts, strict=True)
    ]
    return paper.table(["", *signs, _("total")], rows, "grid")
