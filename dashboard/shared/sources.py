"""Which corpus the application reads: to choose it, to give a file, to fetch it, and what it is.

`chosen()` is the identifier that the address holds (`?corpus=`), for `cached.corpus`; a page that
lets the class change it calls `select()`, one line, or `panel()`, which has everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared import cached, fields, i18n, naming, provenance, state, widgets
from dashboard.shared.i18n import _
from moliere_core.config import RunConfig
from moliere_core.corpus import EMBEDDED, MESSAGES, Corpus, library
from moliere_core.errors import CorpusError, MoliereError, writable
from moliere_core.system.machine import is_public

UPLOAD_BYTES, PUBLIC_UPLOAD_BYTES = 10_000_000, 4_000_000  # the plays of Molière take 3.4 MB
MOST_PASTED = 4_000_000  # characters: a browser sends them again with each click

_MINE = "sources.mine"  # identifiers of the files that this session gave, or was given a link to
_READ = "sources.read"  # identifiers of the corpora that this session has waited for
_WANTED = "sources.wanted"  # what to fetch in this run
_ADDRESS = "sources.address"
_TREATED = "sources.treated"  # the file of the uploader that has been read
_TEXT, _NAME = "sources.text", "sources.name"  # what is pasted, and what it is to be called
_PASTED = "sources.pasted"  # whether a click asks for the pasted text in this run
_REFUSED = "sources.refused"  # why the corpus of the address is not what is read
_OUTCOME = "sources.outcome"  # the corpus that was added last, or why it was not


def _parse(text: str) -> str:
    if text in (EMBEDDED, MESSAGES, naming.SERVER) or library.is_identifier(text):
        return text
    raise ValueError(text)


CORPUS: fields.Field[str] = fields.Field("corpus", "corpus", "", _parse)


def chosen() -> str:
    """The identifier of the corpus, one that can be read; call it after `panel` or `select`."""
    return _readable(state.value(CORPUS))[0]


def unread_play(corpus: Corpus) -> str:
    """A play that the shipped models have not read, where the corpus has one; else its first."""
    return next((play for play in RunConfig().validation if play in corpus.plays), corpus.plays[0])


def available() -> list[str]:
    """The corpora that this session may choose."""
    return [*naming.sources(), *_mine()]


def select(complaints: DeltaGenerator | None = None, examples: Sequence[str] = ()) -> str:
    """The corpus, chosen in one line.

    Args:
        examples: corpora that this page offers beside those of all pages.
        complaints: where to say that the one of the address cannot be read; here by default.
    """
    wanted = state.restore(CORPUS)
    found, error = _readable(wanted)
    if found != wanted:
        state.change(CORPUS, found)
    if error is not None:
        st.session_state[_REFUSED] = error  # said until another is chosen
    if found not in available():  # a file that came by a link, or an example of another page
        _mine().append(found)
    options = list(dict.fromkeys([*available(), *examples]))
    identifier = st.selectbox(
        _("Corpus"),
        options,
        format_func=naming.source,
        key=CORPUS.key,
        on_change=_forgive,
        help=_("Les pastiches sont écrits pour cette application ; ce n’est pas Molière."),
    )
    refused = st.session_state.get(_REFUSED)
    if refused is not None:
        with complaints or st.container():
            _complain(refused, str(identifier))
    return state.keep(CORPUS, str(identifier))


def _complain(error: MoliereError, identifier: str) -> None:
    st.error(
        _("{reason}. En attendant, le corpus lu est : {corpus}.").format(
            reason=widgets.plain(i18n.sentence(error)),
            corpus=widgets.plain(naming.source(identifier)),
        )
    )


def _forgive() -> None:
    st.session_state[_REFUSED] = st.session_state[_OUTCOME] = None


def panel() -> str:
    """The corpus: chosen, or given as a file, or fetched; where it comes from, and its defects."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="sources"):
        choice = st.container()
        add()
        about = st.popover(_("D’où vient-il ?"), icon=":material/info:", key="sources.about")
    below = st.container()
    with choice:
        identifier = select(below)
    corpus = cached.corpus(identifier)
    with about:
        _about(identifier, corpus)
    below.caption(provenance.one_line(identifier, corpus))
    return identifier


def add() -> None:
    """The drawer by which a corpus comes: a file, a text, from the network; before `select`."""
    with st.popover(_("Ajouter"), icon=":material/add:", key="sources.add"):
        outcome = st.container(key="sources.outcome")
        _give()
        _paste()
        _offer()
        with outcome:
            _fetch_wanted()
            _tell()


def _readable(identifier: str) -> tuple[str, MoliereError | None]:
    """The identifier, or one to fall back on and why the first cannot be read."""
    fallback = naming.SERVER if naming.SERVER in naming.sources() else EMBEDDED
    if not identifier or (identifier == naming.SERVER and identifier != fallback):
        identifier = fallback
    read: set[str] = st.session_state.setdefault(_READ, set())
    try:
        reading = st.spinner(_("Lecture du corpus…"), show_time=True)
        with nullcontext() if identifier in read else reading:
            cached.corpus(identifier)
        read.add(identifier)
    except MoliereError as error:
        if identifier in _mine():
            _mine().remove(identifier)
        return EMBEDDED, error
    return identifier, None


def _mine() -> list[str]:
    mine: list[str] = st.session_state.setdefault(_MINE, [])
    return mine


# A file


def _give() -> None:
    """The uploader; a new file is read, kept under an identifier of its own, and chosen."""
    limit = _limit()
    given = st.file_uploader(
        _(
            "Un fichier à vous, de {size} Mo au plus : CSV, TEI, texte, ou un .zip de ceux-là"
        ).format(size=limit // provenance.MEGABYTE),
        key="sources.file",
        max_upload_size=limit // provenance.MEGABYTE,
    )
    if given is None or st.session_state.get(_TREATED) == given.file_id:
        return
    with st.spinner(_("Lecture du fichier…"), show_time=True):
        _attempt(lambda: library.keep_upload(given.getvalue(), given.name, limit))
    st.session_state[_TREATED] = given.file_id


def _limit() -> int:
    """How many bytes somebody may give."""
    return PUBLIC_UPLOAD_BYTES if is_public() else UPLOAD_BYTES


def _paste() -> None:
    """A box for a text and its name, which is then read and kept as a file is."""
    if st.session_state.pop(_PASTED, False):
        name = " ".join(str(st.session_state.get(_NAME) or "").split()) or _("texte collé")
        text = writable(str(st.session_state.get(_TEXT) or ""))
        with st.spinner(_("Lecture du texte…"), show_time=True):
            done = _attempt(lambda: _kept(text, name))
        if done:
            st.session_state[_TEXT] = st.session_state[_NAME] = ""
    st.text_area(
        _("Ou collez un texte ici"),
        key=_TEXT,
        max_chars=MOST_PASTED,
        height=100,
        placeholder=_("Un sonnet, une scène, vos propres répliques…"),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            _("Son nom"),
            key=_NAME,
            max_chars=60,
            placeholder=_("son nom, par exemple Phèdre"),
            label_visibility="collapsed",
        )
        st.button(
            _("Lire ce texte"),
            key="sources.paste",
            icon=":material/content_paste_go:",
            on_click=_want_pasted,
        )


def _kept(text: str, name: str) -> library.Entry:
    """What was pasted, read and kept; MoliereError where it cannot be."""
    if not text.strip():
        raise CorpusError(_("la case est vide, collez-y d’abord un texte"))
    return library.keep_upload(text.encode(), f"{name}.txt", _limit())


def _want_pasted() -> None:
    st.session_state[_PASTED] = True


def _attempt(action: Callable[[], library.Entry]) -> bool:
    """Choose the corpus that an action brings, or note why there is none; whether there is one."""
    _forgive()
    try:
        entry = action()
    except MoliereError as error:
        st.session_state[_OUTCOME] = error
        return False
    if not entry.url and entry.id not in _mine():
        _mine().append(entry.id)
    state.change(CORPUS, entry.id)
    st.session_state[_OUTCOME] = entry.id
    return True


def _tell() -> None:
    """What became of the last file, text or address, where it was asked for."""
    outcome = st.session_state.get(_OUTCOME)
    if isinstance(outcome, MoliereError):
        reason = widgets.plain(i18n.sentence(outcome))
        st.error(_("Rien n’a été ajouté : {reason}.").format(reason=reason))
    elif outcome is not None:
        count = len(cached.corpus(outcome).frame)
        told = i18n.ngettext(
            "C’est lu et choisi : {corpus}, {count} réplique.",
            "C’est lu et choisi : {corpus}, {count} répliques.",
            count,
        )
        corpus = widgets.plain(naming.source(outcome))
        st.success(told.format(corpus=corpus, count=i18n.number(count)))


# From the network


def _offer() -> None:
    """A button for each corpus that can be fetched, and a field for any other address."""
    st.caption(_("Ou depuis Internet ; rien n’est téléchargé sans un clic :"))
    with st.container(horizontal=True, key="sources.known"):
        for name, label in (
            (library.COURSE, _("Le CSV du cours")),
            (library.TEI, _("L’édition TEI")),
            (library.CORNEILLE, _("Corneille, pour comparer")),
        ):
            there = library.entry(name) is not None
            st.button(
                label,
                key=f"sources.fetch.{name}",
                icon=":material/check:" if there else ":material/download:",
                disabled=there,
                help=library.ADDRESSES[name],
                on_click=_want,
                args=(name,),
            )
    if is_public():  # a stranger's address would be called from inside the server's network
        return
    with st.container(horizontal=True, key="sources.other"):
        st.text_input(
            _("Une adresse"), key=_ADDRESS, placeholder="https://…", label_visibility="collapsed"
        )
        st.button(
            _("Récupérer"),
            key="sources.fetch",
            icon=":material/download:",
            on_click=_want_address,
        )


def _want(name: str) -> None:
    st.session_state[_WANTED] = name


def _want_address() -> None:
    _want((st.session_state.get(_ADDRESS) or "").strip())


def _fetch_wanted() -> None:
    """Fetch what a click has asked for, with a bar that says how far it is."""
    wanted = st.session_state.pop(_WANTED, None)
    if wanted is None or (is_public() and wanted not in library.ADDRESSES):
        return
    place = st.empty()
    show = _bar(place, wanted)
    show(0, None)
    _attempt(lambda: library.fetch(wanted, show))
    place.empty()


def _bar(place: DeltaGenerator, wanted: str) -> Callable[[int, int | None], None]:
    def show(done: int, total: int | None) -> None:
        if not done and total is None:
            text = _("Connexion…")
        elif done == total:
            text = _("Lecture du corpus…")
        elif library.is_edition(wanted):
            text = _("{done} pièces sur {total}").format(done=done, total=total)
        elif total is None:
            text = _("{done} Mo").format(done=_megabytes(done))
        else:
            text = _("{done} Mo sur {total}").format(done=_megabytes(done), total=_megabytes(total))
        place.progress(min(done / total, 1.0) if total else 0.0, text=text)

    return show


def _megabytes(size: int) -> str:
    return i18n.number(size / provenance.MEGABYTE, 1)


# What it is


def _about(identifier: str, corpus: Corpus) -> None:
    st.markdown(provenance.sentence(identifier))
    entry = library.entry(identifier)
    if entry is not None:
        st.caption(provenance.copy(entry))
    for defect in provenance.defects(corpus):
        st.markdown(f"- {widgets.plain(defect)}")
    if entry is not None and (identifier in _mine() or not is_public()):
        st.button(
            _("Supprimer cette copie"),
            key="sources.remove",
            icon=":material/delete:",
            on_click=_remove,
            args=(identifier,),
        )


def _remove(identifier: str) -> None:
    _forgive()
    try:
        library.remove(identifier)
    except MoliereError as error:
        st.session_state[_REFUSED] = error
        return
    cached.forget_corpus(identifier)
    st.session_state[_OUTCOME] = None
    if identifier in _mine():
        _mine().remove(identifier)
    state.change(CORPUS, "")
