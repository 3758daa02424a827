"""What the class writes down before a training starts, to be seen on its curves."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import i18n, state
from dashboard.shared.i18n import _
from dashboard.training import fields
from dashboard.training.figures import Guesses


def ask() -> None:
    """The two bets, typed as people write numbers: with a comma or with a point."""
    st.markdown(_("**Le pari de la classe**"))
    left, right = st.columns(2)
    with left:
        loss = _bet(
            fields.LOSS_GUESS,
            _("Perte au départ"),
            _(
                "Avant d’avoir rien lu, le réseau donne la même chance à chaque symbole de son "
                "alphabet : quelle perte cela fait-il, en nats ?"
            ),
        )
    with right:
        bits = _bet(
            fields.BITS_GUESS,
            _("Bits à la fin"),
            _("Combien de bits par caractère lui faudra-t-il, sur un texte jamais lu ?"),
        )
    if any(typed and fields.amount(typed) is None for typed in (loss, bits)):
        st.caption(
            ":material/warning: "
            + _("Un pari est un nombre entre 0 et {highest}, par exemple {example}.").format(
                highest=fields.HIGHEST_BET, example=i18n.number(2.5, 1)
            )
        )


def kept() -> Guesses:
    """What it wrote down; nothing where that was no number."""
    loss, bits = (fields.amount(state.value(f)) for f in (fields.LOSS_GUESS, fields.BITS_GUESS))
    return Guesses(loss, bits)


def _bet(field: state.Field[str], label: str, help: str) -> str:
    state.restore(field)
    typed = st.text_input(
        label, key=field.key, max_chars=fields.BET_CHARS, help=help, placeholder="?"
    )
    return state.keep(field, (typed or "").strip())
