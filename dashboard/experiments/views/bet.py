"""What the class expects: raised hands and a reason, before anything is shown."""

from __future__ import annotations

import streamlit as st

from dashboard.experiments import controls, results, wording
from dashboard.shared import hands, state, votes, widgets
from dashboard.shared.i18n import _
from dashboard.shared.votes import Live
from moliere_core import classroom
from moliere_core.training.experiments import Plan


def revealed(plan: Plan) -> bool:
    """Whether the results of a plan are on screen."""
    return plan.name in state.value(controls.REVEALED)


def ask(plan: Plan) -> None:
    """Count the hands, note the reason, and open the results."""
    live = votes.ask(question(plan))
    if live is None:
        st.markdown(_("**Le pari de la classe : combien de mains pour chacune ?**"))
        for place, variant in zip(st.columns(len(plan.variants)), plan, strict=True):
            with place:
                controls.votes(plan, variant.name).ask()
    else:
        live.show("experiments.live")
    controls.reason(plan).ask()
    st.button(
        _("Voir les résultats"),
        key="experiments.reveal",
        type="primary",
        icon=":material/visibility:",
        on_click=_reveal,
        args=(plan, live),
    )
    st.caption(wording.equal(plan))


def told(plan: Plan) -> None:
    """What the class had said, and what was measured."""
    votes.ask(question(plan), new=False)  # it stays on the telephones
    raised = counted(plan)
    reason = state.value(controls.reason(plan))
    best = winner(plan)
    asked, names = question(plan), [variant.name for variant in plan]
    right = names.index(best) if best else None
    hands.voted(asked, list(raised.values()), right)
    parts = []
    if any(raised.values()):
        most = max(raised.values())
        favourites = [v for v in plan if raised[v.name] == most]
        most_named = ", ".join(wording.variant_name(plan, v) for v in favourites)
        parts.append(
            _("La classe avait dit : **{names}** ({votes} sur {all})").format(
                names=widgets.plain(most_named), votes=most, all=sum(raised.values())
            )
        )
    if reason:
        parts.append(_("« {reason} »").format(reason=widgets.plain(reason)))
    if parts and best is not None:
        name = wording.variant_name(plan, plan.variant(best))
        parts.append(_("mesuré : **{name}**").format(name=widgets.plain(name)))
    if parts:
        st.markdown(" · ".join(parts))


def question(plan: Plan) -> classroom.Question:
    """What the telephones are asked."""
    names = [wording.variant_name(plan, variant) for variant in plan]
    return classroom.choice(f"experiments.{plan.name}", wording.question(plan), names)


def counted(plan: Plan) -> dict[str, int]:
    """The hands raised for each run."""
    return {v.name: state.value(controls.votes(plan, v.name)) for v in plan}


def winner(plan: Plan) -> str | None:
    """The run that predicts best the text that was asked about."""
    text = wording.winner_text(plan)
    scores = {
        result.variant.name: result.measures.scores[text].bits
        for result in results.shipped(plan.name)
        if text in result.measures.scores
    }
    return min(scores, key=scores.__getitem__) if scores else None


def _reveal(plan: Plan, live: Live | None) -> None:
    if live is not None:
        names, best = [variant.name for variant in plan], winner(plan)
        live.reveal(names.index(best) if best else None)
        for name, raised in zip(names, live.tally.by_option, strict=True):
            state.change(controls.votes(plan, name), raised)
    state.change(controls.REVEALED, (*state.value(controls.REVEALED), plan.name))
