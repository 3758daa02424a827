"""Reading: how surprised a model is by each character of a text, and how soon it knows a word."""

import streamlit as st

from dashboard.reading import cached, components, fields, snippet, texts, view
from dashboard.shared import lesson, widgets
from dashboard.shared.i18n import _

drawer = lesson.heading("reading", _("Lire avec les yeux du modèle"))

with st.container(horizontal=True, vertical_alignment="center"):
    shown = widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {"text": _("Un texte"), "word": _("Combien de lettres ?")},
        visible=False,
    )
    if shown == "text":
        colour = widgets.segmented(
            fields.COLOUR, _("Couleur"), {"bits": _("surprise"), "rank": _("rang")}, visible=False
        )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        reference = widgets.model()
        seed = widgets.seed()
if shown == "word":
    with st.container(horizontal=True, vertical_alignment="bottom"):
        before = widgets.text(fields.BEFORE, _("Ce qui précède"))
        word = widgets.text(fields.WORD, _("Le mot ou la phrase à deviner"))
    widgets.unknown(reference, before + word, underlined=True)
    if not word:
        st.info(_("Donnez au moins une lettre à deviner."))
        st.stop()
    view.word(reference, before, word)
    drawer.finish(snippet.code(reference, before + word), view.tried_word(word))
else:
    origin, chosen = texts.choose(reference, seed)
    if not chosen.text.strip():
        st.info(_("Écrivez ou collez un texte : ses caractères se coloreront."))
        st.stop()
    reading = cached.reading(reference, chosen.text)
    view.figures_line(reading)
    components.reading(view.payload(reading, reference, colour), "reading.text")
    view.summary(reading, reference, chosen.caption)
    view.table(reading, reference)
    drawer.finish(snippet.code(reference, chosen.text), view.tried(origin, colour))
