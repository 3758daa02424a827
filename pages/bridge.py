"""Bridge: from the LSTM to large language models, on one prompt, one alphabet and one axis."""

import streamlit as st

from dashboard.bridge import alphabet, cached, choosing, fields, snippet, trying, writing
from dashboard.bridge.axis import view as axis
from dashboard.bridge.discussion import view as discussion
from dashboard.bridge.ladder import view as ladder
from dashboard.shared import lesson, state, widgets
from dashboard.shared.i18n import _
from dashboard.shared.widgets import slider

drawer = lesson.heading("bridge", _("Du LSTM aux LLM"))

with st.container(horizontal=True, vertical_alignment="center"):
    view = widgets.segmented(
        fields.VIEW,
        _("Vue"),
        {
            "same": _("Même début"),
            "alphabet": _("Même alphabet"),
            "ladder": _("L’échelle"),
            "axis": _("Un seul axe"),
            "talk": _("Discussion"),
        },
        visible=False,
    )
    with st.popover(_("Réglages"), icon=":material/tune:"):
        references = choosing.models()
        with st.expander(_("Les modèles qui valent d’être téléchargés")):
            choosing.worth_fetching(references)
        temperature = slider(fields.TEMPERATURE, _("Température"), 0.0, 2.0)
        config = widgets.filters("bridge", temperature)
        chars = widgets.integer(fields.LENGTH, _("Nombre de caractères"), 20, 600)
        seed = widgets.seed()
prompted = view in ("same", "alphabet", "ladder")
prompt = widgets.prompt(labelled=False) if prompted else state.value(state.PROMPT)
chosen = alphabet.chosen(prompt)
model = state.value(state.MODEL)
heard = tuple(reference for reference in references if cached.voice(reference))
if view == "same":
    choosing.downloads(tuple(r for r in references if r not in heard))
    writing.columns(references, prompt, config, seed, chars)
    st.caption(writing.legend())
elif view == "alphabet":
    with st.container(
        key="bridge-tools", horizontal=True, vertical_alignment="center", gap="xsmall"
    ):
        alphabet.tools(references, prompt, chosen, seed)
    alphabet.board(references, prompt, chosen)
    st.caption(alphabet.legend())
elif view == "ladder":
    ladder.show(prompt, config, seed)
elif view == "axis":
    axis.show(model)
else:
    discussion.show(model)
if view in ("alphabet", "axis"):
    choosing.downloads(references)
elif view == "same":
    choosing.downloads(heard)
text = prompt + chosen if view == "alphabet" else prompt
drawer.finish(
    snippet.code(references, view, text, config, seed, chars),
    trying.tried(references, view, prompt, len(chosen)),
)
