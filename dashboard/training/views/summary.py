"""What the settings of a training amount to: its parameters, and where they are."""

from __future__ import annotations

import streamlit as st

from dashboard.shared import i18n, naming
from dashboard.shared.i18n import _
from moliere_core.config import ModelConfig, RunConfig
from moliere_core.networks.architecture import layer_plans
from moliere_core.networks.summary import summary as keras_summary


def show(config: RunConfig, symbols: int) -> None:
    """How many parameters, and where they are.

    Args:
        config: all the settings.
        symbols: size of the alphabet, the unknown symbol included.
    """
    model = config.model
    st.markdown(
        _("**{count} paramètres**").format(
            count=i18n.number(model.parameter_count(symbols)),
        )
    )
    rows = "".join(
        f"<tr><td>{name}</td><td>{formula}</td><td>{i18n.number(count)}</td></tr>"
        for name, formula, count in composition(model, symbols)
    )
    st.html(f'<table class="sums">{rows}</table>')
    if st.button(
        "model.summary()", key="training.summary", type="tertiary", icon=":material/list:"
    ):
        _keras_summary(config, symbols)


def _keras_summary(config: RunConfig, symbols: int) -> None:
    """The same as Keras prints it, over the page."""
    training = config.training
    streams = training.shift is None  # a network that carries its state has a fixed batch
    text = keras_summary(
        config.model,
        symbols,
        training.batch_size if streams else None,
        training.seq_length,
    )

    @st.dialog(_("Le réseau, tel que Keras le décrit"), width="large")
    def dialog() -> None:
        st.code(text, language=None)
        st.caption(
            _(
                "Une ligne par couche : la forme de ce qui en sort (passages lus ensemble, "
                "longueur, largeur), et ses paramètres. None : une taille laissée libre."
            )
        )

    dialog()


def composition(model: ModelConfig, symbols: int) -> list[tuple[str, str, int]]:
    """The parameters of each layer, as in Keras' `model.summary()`, and the product they make."""
    return [
        (naming.layer(plan, model.layers), naming.product(plan), plan.parameters)
        for plan in layer_plans(model, symbols)
    ]
