"""What is set and clicked on the Next character page: its settings; step, play, undo, typing."""

from __future__ import annotations

import streamlit as st

from dashboard.probabilities.results import NextCharacter
from dashboard.shared import cached, components, fields, missing, snippets, state, widgets
from dashboard.shared.chain import Chain
from dashboard.shared.controls import Control, Given, Whole
from dashboard.shared.i18n import _
from moliere_core.config import SamplingConfig
from moliere_core.errors import N_

CHOICES, CHOICES_BESIDE = "probabilities.choices", "probabilities.choices.beside"  # keys of boards

_PLAYING, _DRAWN = "probabilities.playing", "probabilities.drawn"


class SecondModel(Control[str]):
    """Another model, or the same at another epoch, to be shown on the right."""

    def _widget(self, value: str, given: Given, reference: str) -> str:
        """A reference, "" for none; `reference` is that of the model on the left."""
        known = [name for name in cached.models() if name != reference]
        if value and value not in known and not cached.opens(value):
            state.change(self, "")
            missing.note(self, self.told, value, "")
            value = ""
        options = ["", *known] if value in ("", *known) else ["", *known, value]
        chosen = st.selectbox(
            options=options,
            format_func=lambda name: name or _("aucun autre modèle"),
            accept_new_options=True,
            **given,
        )
        return str(chosen or "").strip()


TEMPERATURE = widgets.temperature("probabilities", default=1.0, high=3.0)
BESIDE = SecondModel(
    "probabilities.beside",
    "beside",
    "",
    N_("À côté"),
    str,
    help=N_("Un second modèle, ou le même à une autre époque : petit@1"),
)
BARS = Whole("probabilities.bars", "bars", 8, N_("Nombre de barres"), 3, 120)
# Of forty natural prompts, the one after which petit hesitates most (4.4 bits, as between 20
# characters) among those where a bar stands out: above 20 %. The lesson says so.
HESITATES = "Vous êtes un "
EXAMPLES = {
    HESITATES: N_("Il hésite"),
    "Quand l'Amour à vos yeux offre un choi": N_("La question du cours"),
    "Je vous prie de croi": N_("Deux lettres"),
    "Monsieur, je ": N_("Quel verbe ?"),
}
CHOSEN: fields.Field[str] = fields.Field("probabilities.chosen", "chosen", "", fields.clip)


def stop() -> None:
    """Play no longer."""
    st.session_state[_PLAYING] = False


_CHAIN = Chain("probabilities", CHOSEN, stop)


def open_page() -> None:
    """What is shown to somebody who has asked for nothing yet: where the model hesitates."""
    state.open_with({fields.PROMPT: HESITATES}, (fields.MODEL, fields.SEED, CHOSEN, BESIDE))


def examples() -> None:
    """Prompts, a click away."""
    with st.popover(_("Exemples"), key="probabilities.examples"):
        for number, (prompt, label) in enumerate(EXAMPLES.items()):
            st.button(
                f"{_(label)} · *{prompt.strip()}…*",
                key=f"probabilities.example.{number}",
                type="tertiary",
                on_click=_start_from,
                args=(prompt,),
            )


def _start_from(prompt: str) -> None:
    state.change(fields.PROMPT, prompt)


def chosen(reference: str, prompt: str) -> str:
    """The characters chosen so far; another prompt or model starts again."""
    return _CHAIN.chosen((reference, prompt), cached.model(reference).vocabulary.index)


def playing() -> bool:
    """Whether the board goes on by itself."""
    return bool(st.session_state[_PLAYING])


def step(following: NextCharacter) -> None:
    """One step alone, where nothing else is to be pressed; key S."""
    st.session_state[_DRAWN] = following.drawn
    chain = "".join(char for char, _probability, _rank in following.chain)
    _CHAIN.step_button(chain, _step, _("Tirer le caractère suivant selon les barres"))


def buttons(following: NextCharacter, playable: bool) -> None:
    """Step, play or stop, undo; keys S, P and U.

    Args:
        following: the choice that is shown.
        playable: whether the view has the board that asks for the next draw.
    """
    st.session_state[_DRAWN] = following.drawn
    if not playable:
        stop()
    playing = st.session_state.setdefault(_PLAYING, False)
    chain = "".join(char for char, _probability, _rank in following.chain)
    _CHAIN.step_button(chain, _step, _("Tirer le caractère suivant selon les barres"))
    st.button(
        _("Pause") if playing else _("Jouer"),
        key="probabilities.play",
        icon=":material/pause:" if playing else ":material/play_arrow:",
        shortcut="P",
        on_click=_play,
        disabled=_CHAIN.full(chain) or not playable,
    )
    _CHAIN.undo_button(chain)


def typed(reference: str) -> None:
    """A character chosen on the keyboard."""
    _CHAIN.typed(cached.model(reference).vocabulary.index)
    if refused := _CHAIN.refused():
        st.warning(
            _("Ce modèle n’a jamais lu « {char} » : il ne peut pas l’écrire.").format(
                char=widgets.plain(refused)
            )
        )


def pick() -> None:
    """A bar was clicked, or the player asks for the next draw."""
    take(components.picked(CHOICES))


def pick_beside() -> None:
    """The same on the board of the second model."""
    take(components.picked(CHOICES_BESIDE))


def take(char: str | None) -> None:
    """Go on with a character, or with the one drawn for ""."""
    if char == "" and st.session_state.get(_PLAYING):
        _step()
    elif char:
        stop()
        _CHAIN.append(char)


def _step() -> None:
    """Take the character that the seed draws."""
    _CHAIN.append(st.session_state[_DRAWN])


def _play() -> None:
    st.session_state[_PLAYING] = not st.session_state[_PLAYING]


def code(reference: str, text: str, config: SamplingConfig, bars: int) -> str:
    """The distribution of the character after `text`, before and after the settings."""
    return snippets.filled(
        "probabilities", model=reference, text=text, config=snippets.config(config), bars=bars
    )
