"""Bridge: from the LSTM to large language models, with the same prompt and the same alphabet."""

import streamlit as st

from dashboard import lesson, widgets
from dashboard.bridge import alphabet, choosing, fields, snippet, writing
from dashboard.i18n import _
from dashboard.widgets import slider

drawer = lesson.heading("bridge", _("Du LSTM aux LLM"))

with st.container(horizontal=True, vertical_alignment="center"):
    prompt = widgets.prompt(labelled=False)
    view = widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {"same": _("Même début"), "alphabet": _("Même alphabet")},
        visible=False,
    )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        references = choosing.models()
        temperature = slider(fields.TEMPERATURE, _("Température"), 0.0, 2.0)
        config = widgets.filters("bridge", temperature)
        chars = widgets.integer(fields.LENGTH, _("Nombre de caractères"), 20, 600)
        seed = widgets.seed()
choosing.framework()
chosen = alphabet.chosen(prompt)
if view == "same":
    writing.columns(references, prompt, config, seed, chars)
    st.caption(writing.legend())
else:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        alphabet.tools(references, prompt, chosen, seed)
    alphabet.board(references, prompt, chosen)
    st.caption(alphabet.legend())
choosing.downloads(references)
text = prompt + chosen if view == "alphabet" else prompt
drawer.finish(
    snippet.code(references, view, text, config, seed, chars),
    snippet.tried(references, view, prompt, len(chosen)),
)
