import os
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from moliere_core.corpus import load_corpus
from moliere_core.corpus.left_out import Leavings
from moliere_core.corpus.markup import MAX_DEPTH
from moliere_core.corpus.tei import SUNG, read_tei
from moliere_core.errors import CorpusError

DRACOR = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="fre0001" xml:lang="fr">
 <teiHeader>
  <fileDesc>
   <titleStmt>
    <title type="main">La Fille du roi</title><title type="sub">Tragédie</title>
    <author><persName><forename>Jean</forename> <surname>Dupré</surname></persName>
     <idno type="wikidata">Q1</idno></author>
   </titleStmt>
   <sourceDesc><bibl type="digitalSource"><bibl type="originalSource">
    <date type="print" when="1677">1677</date><date type="premiere" when="1676-11-03"/>
   </bibl></bibl></sourceDesc>
  </fileDesc>
  <profileDesc>
   <particDesc><listPerson>
    <person xml:id="fille"><persName>La Fille</persName></person>
    <person xml:id="nourrice"><persName>Œnone</persName></person>
    <personGrp xml:id="choeur"><name>LE CHŒUR</name></personGrp>
   </listPerson></particDesc>
   <textClass><classCode scheme="http://www.wikidata.org/entity/">Q80930</classCode></textClass>
  </profileDesc>
 </teiHeader>
 <text>
  <front>
   <div type="dedication"><head>Au roi</head><lg><l>Sire, ces vers sont à genoux.</l></lg></div>
   <div type="prologue"><sp who="#choeur"><lg><l>Écoutez, mortels.</l></lg></sp></div>
  </front>
  <body>
   <div type="act"><head>ACTE I</head>
    <div type="scene"><head>Scène première</head><stage>La Fille, Œnone.</stage>
     <sp who="#fille"><speaker>LA FILLE.</speaker>
      <stage>à part</stage>
      <l n="1" part="I">Je pars,</l></sp>
     <sp who="#nourrice"><speaker>ŒNONE</speaker>
      <l part="F">et moi je reste<note>Vers faux.</note>!</l>
      <p>Quoi ?  <stage>(Elle pleure.)</stage>
         Déjà ?</p></sp>
     <sp who="#fille #nourrice"><speaker>TOUTES DEUX</speaker><ab>Adieu.</ab></sp>
    </div>
    <div type="scene">
     <sp who="#choeur"><l>Il <choice><sic>ets</sic><corr>est</corr></choice> parti.</l></sp>
     <lg><l>Sur l'onde,</l><l>sur l'onde.</l></lg>
    </div>
   </div>
   <div type="act" n="2"><div type="scene" n="4"><sp who="#nourrice"><p>Fin.</p></sp></div></div>
  </body>
 </text>
</TEI>"""


def table(text: str, name: str = "piece.xml") -> pd.DataFrame:
    return pd.DataFrame(read_tei(text.encode(), name))


def play(body: str, header: str = "", language: str = 'xml:lang="fr"') -> str:
    return f"<TEI {language}><teiHeader>{header}</teiHeader><text><body>{body}</body></text></TEI>"


def cues(body: str) -> list[str]:
    return table(play(body))["cue"].tolist()


def test_a_play_as_dracor_has_it() -> None:
    found = table(DRACOR)
    assert found["cue"].tolist() == [
        "Écoutez, mortels.",
        "Je pars,",
        "et moi je reste !\nQuoi ? Déjà ?",
        "Adieu.",
        "Il est parti.",
        "Sur l'onde,\nsur l'onde.",
        "Fin.",
    ]
    assert found["act"].tolist() == ["Prologue", "1", "1", "1", "1", "1", "2"]
    assert found["scene"].tolist() == ["", "1", "1", "1", "2", "2", "4"]
    assert found["form"].tolist() == [
        "verse", "verse", "mixed", "prose", "verse", "verse", "prose"
    ]  # fmt: skip
    assert found["speaker"].tolist() == [
        "Le Chœur", "La Fille", "Œnone", "Toutes Deux", "Le Chœur", SUNG, "Œnone"
    ]  # fmt: skip
    assert found["who"].tolist() == [
        "choeur", "fille", "nourrice", "fille nourrice", "choeur", "", "nourrice"
    ]  # fmt: skip
    described = found[["play_name", "title", "author", "year", "genre"]].drop_duplicates()
    [facts] = described.to_dict("records")
    assert facts == {
        "play_name": "fille-du-roi",
        "title": "La Fille du roi",
        "author": "Jean Dupré",
        "year": "1676",
        "genre": "Tragédie",
    }


@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        ("Orgon, <hi rend='i'>à Tartuffe</hi>", "Orgon"),
        ("Orgon <hi rend='i'>Il sort.</hi>", "Orgon"),
        ("ORGON.", "Orgon"),
        ("orgon", "Orgon"),
        ("<hi rend='i'>Récit de </hi>l’Aurore", "Récit de l'Aurore"),
        ("Molière, bas, aux actrices", "Molière"),
        ("Dorine (à part)", "Dorine"),
        ("Dorine <stage>à part</stage>", "Dorine"),
        ("MADAME DE SOTENVILLE", "Madame de Sotenville"),
        ("ALCESTE [à part]", "Alceste"),
        ("ALCESTE, [à part]", "Alceste"),
        ("ALCESTE <emph>à part</emph>", "Alceste"),
        ("ALCESTE <hi rend='italics'>bas</hi>", "Alceste"),
        ("ALCESTE <hi rend='small italic'>bas</hi>", "Alceste"),
        ("ALCESTE <hi style='font-style:italic'>bas</hi>", "Alceste"),
        ("ALCESTE <hi style='font-size: 9pt; font-style: italic'>bas</hi>", "Alceste"),
        ("ALCESTE <hi rendition='#i'>bas</hi>, à Orgon", "Alceste"),
        ("ALCESTE <hi rendition='simple:italic'>bas</hi>", "Alceste"),
        ("LA <hi rend='italic'>COMTESSE</hi>", "La Comtesse"),
        ("M. <emph>JOURDAIN</emph>", "M. Jourdain"),
        ("A<hi rend='smallcaps'>lceste</hi>", "Alceste"),
        ("<hi rend='i'>Alceste</hi> <hi rend='i'>à part</hi>", "Alceste"),
        ("<emph>ALCESTE</emph>, <emph>ORGON</emph>", "Alceste, Orgon"),
        ("ALC[ESTE]", "Alc[Este]"),
        ("[Alceste]", "[Alceste]"),
        ("ALCESTE. Seul", "Alceste"),
        ("ORGON. Il sort.", "Orgon"),
        ("LE ROI. Entre Hamlet.", "Le Roi"),
        ("Orgon. lit la lettre", "Orgon"),
        ("ALCESTE. — À part.", "Alceste"),
    ],
)
def test_directions_inside_a_speaker_are_taken_off(speaker: str, name: str) -> None:
    found = table(play(f"<sp><speaker>{speaker}</speaker><p>Oui.</p></sp>"))
    assert found["speaker"].tolist() == [name]


@pytest.mark.parametrize("who", ["", "who='#a'"])
@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        ("D. JUAN", "D. Juan"),
        ("D. JUAN.", "D. Juan"),
        ("D.JUAN", "D.Juan"),
        ("MME. JOURDAIN", "Mme. Jourdain"),
        ("MR. X", "Mr. X"),
        ("DR. MIRACLE, bas", "Dr. Miracle"),
        ("MLLE. MARS", "Mlle. Mars"),
        ("ST. JEAN", "St. Jean"),
        ("G. DANDIN.", "G. Dandin"),
        ("J.-B. POQUELIN", "J.-B. Poquelin"),
        ("PREM. BERGER", "Prem. Berger"),
        ("MRS. WARREN", "Mrs. Warren"),
        ("Mrs. ALVING", "Mrs. ALVING"),
        ("1er. VALET", "1er. VALET"),
        ("2e. GARDE", "2e. GARDE"),
        ("2. garde", "2. garde"),
        ("Mgr. X", "Mgr. X"),
        ("Melle. X", "Melle. X"),
        ("Sr. X", "Sr. X"),
        ("Serg. de Ville", "Serg. de Ville"),
        ("CHEV. Danceny", "CHEV. Danceny"),
        ("PREMIER. BERGER", "Premier. Berger"),
        ("MME. DE SOTENVILLE", "Mme. de Sotenville"),
        ("M. D'ORBESSON. À part", "M. D'Orbesson"),
        ("Mr. Constant", "Mr. Constant"),
    ],
)
def test_a_point_inside_a_name_is_that_of_an_abbreviation(
    speaker: str, name: str, who: str
) -> None:
    found = table(play(f"<sp {who}><speaker>{speaker}</speaker><p>Oui.</p></sp>"))
    assert found["speaker"].tolist() == [name]


@pytest.mark.parametrize(
    ("speaker", "name"),
    [
        ("ALCIDE. BÉLISE.", "Alcide, Bélise"),
        ("ORGON. DAMIS.", "Orgon, Damis"),
        ("M. JOURDAIN. MME. JOURDAIN.", "M. Jourdain, Mme. Jourdain"),
        ("D. JUAN, D. CARLOS", "D. Juan, D. Carlos"),
    ],
)
def test_a_point_is_between_two_names_where_two_speak(speaker: str, name: str) -> None:
    found = table(play(f"<sp who='#a #b'><speaker>{speaker}</speaker><p>Oui.</p></sp>"))
    assert found["speaker"].tolist() == [name]


def test_a_voice_has_one_name_the_most_frequent() -> None:
    names = ["DAMIS", "Damis", "Damis", "Le Fils"]
    body = "".join(f"<sp who='d'><speaker>{n}</speaker><p>Oui.</p></sp>" for n in names)
    assert table(play(body))["speaker"].tolist() == ["Damis"] * 4


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<p>(à Orgon) Venez.</p>", "Venez."),
        ("<p>Venez. (Il sort.) Ah\u00a0!</p>", "Venez. Ah !"),
        ("<p>(en riant) Ah !</p>", "Ah !"),
        (
            "<p>Signor (avec la permission de la Signore), je vous dirai.</p>",
            "Signor (avec la permission de la Signore), je vous dirai.",
        ),
        ("<l>(Car vous l'êtes, Seigneur),</l>", "(Car vous l'êtes, Seigneur),"),
        ("<l>(Ignorant votre chasse)</l>", "(Ignorant votre chasse)"),
        ("<p>Un coeur\u00a0: l’ami… quoi?</p>", "Un cœur : l'ami... quoi ?"),
        ("<p>\r\n  Deux\r\n  lignes<lb/>ici.</p>", "Deux lignes ici."),
        ("<p>Il chante : <l>La, la.</l> Joli ?</p>", "Il chante :\nLa, la.\nJoli ?"),
        ("<p>Un <hi>mot</hi> et <sic>un</sic> autre.</p>", "Un mot et un autre."),
        ("<lg><head>Air</head><l>La.</l></lg>", "La."),
        ("<p/><l> </l><p>Rien.</p>", "Rien."),
    ],
)
def test_what_is_spoken(said: str, text: str) -> None:
    assert cues(f"<sp><speaker>A</speaker>{said}</sp>") == [text]


@pytest.mark.parametrize(
    ("document", "cue"),
    [
        ("<TEI xml:lang='en'><text>{}</text></TEI>", "Là? Oui!"),
        ("<TEI><text>{}</text></TEI>", "Là? Oui!"),  # any language
        ("<TEI xml:lang=''><text xml:lang='und'>{}</text></TEI>", "Là? Oui!"),
        ("<TEI xml:lang='fr'><text xml:lang='de'>{}</text></TEI>", "Là? Oui!"),
        ("<TEI xml:lang='fr-FR'><text>{}</text></TEI>", "Là ? Oui !"),
        ("<TEI xml:lang='fre'><text>{}</text></TEI>", "Là ? Oui !"),
        ("<TEI><text xml:lang='FRA'>{}</text></TEI>", "Là ? Oui !"),
        ("<TEI><text>{}</text></TEI>".replace("{}", "<body xml:lang='fr'>{}</body>"), "Là ? Oui !"),
        (
            "<TEI><teiHeader><profileDesc><langUsage><language ident='fr'/></langUsage>"
            "</profileDesc></teiHeader><text>{}</text></TEI>",
            "Là ? Oui !",
        ),
    ],
)
def test_punctuation_is_spaced_where_the_play_is_known_to_be_french(
    document: str, cue: str
) -> None:
    speech = "<sp><p>Là? Oui!</p></sp>"
    if "<body" not in document:
        speech = f"<body>{speech}</body>"
    assert table(document.format(speech))["cue"].tolist() == [cue]


def test_a_speech_may_have_a_language_of_its_own() -> None:
    body = "<sp xml:lang='en'><p>Who?</p><p xml:lang='fr'>Qui?</p></sp><sp><p>Quoi?</p></sp>"
    assert cues(body) == ["Who?\nQui ?", "Quoi ?"]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<l>(S'il faut nommer ainsi ma faiblesse)</l>", "(S'il faut nommer ainsi ma faiblesse)"),
        ("<p>Bon. (Elle est jolie, celle-là.) Va.</p>", "Bon. (Elle est jolie, celle-là.) Va."),
        ("<l>(Au nom de nos amours)</l>", "(Au nom de nos amours)"),
        ("<l>(À ce que l'on m'a dit)</l>", "(À ce que l'on m'a dit)"),
        ("<l>(Seul recours d'un ingrat)</l>", "(Seul recours d'un ingrat)"),
        ("<p>Ah (bas) ! Non (il sort", "Ah (bas) ! Non (il sort"),
        ("<l>(À ce que l'on m'a dit.)</l>", "(À ce que l'on m'a dit.)"),
        ("<p>(Bas étage.) Oui.</p>", "(Bas étage.) Oui."),
        ("<p>Oui. (Bas, à Damis.) Non.</p>", "Oui. Non."),
        ("<p>(À part.) Oui. (Haut.) Non.</p>", "Oui. Non."),
        ("<p>(À Orgon.) Oui. (Bas, à part.) Non. (en riant.)</p>", "Oui. Non."),
        ("<p>(à part) Oui. (Bas, à Damis) Non.</p>", "Oui. Non."),
    ],
)
def test_parentheses_are_spoken_unless_they_say_what_directions_say(said: str, text: str) -> None:
    assert cues(f"<sp>{said}{'' if said.endswith('>') else '</p>'}</sp>") == [text]


def test_where_directions_are_marked_every_parenthesis_is_spoken() -> None:
    body = "<sp><p>(à part) Oui.</p><stage>Il sort.</stage></sp>"
    assert cues(body) == ["(à part) Oui."]


def test_what_is_left_out_is_counted_with_an_example() -> None:
    left = Leavings()
    body = """<head>Acte I</head><sp><p>(à part) Oui. <note>Sic.</note></p></sp>
      <p>Au <hi>feu</hi> !</p><sp><p>(Il sort.) <app><lem>Non</lem><rdg>Si</rdg></app></p></sp>"""
    front = "<text><front><div><p>Au lecteur.</p></div></front>"
    read_tei(play(body).replace("<text>", front).encode(), "a.xml", left=left)
    found = {kind.what: (kind.count, kind.example) for kind in left.all()}
    assert found == {
        "parentheses taken for directions": (2, "(à part)"),
        "headings and the like": (1, "Acte I"),
        "notes": (1, "Sic."),
        "text beside the speeches": (1, "Au feu !"),
        "variants and corrected forms": (1, "Si"),
        "prefaces, casts and appendices": (1, "Au lecteur."),
    }
    [first, *_] = left.all()
    assert "(2), such as “(à part)”" in str(first.sentence())


def test_a_direction_beside_a_name_is_left_out_and_counted() -> None:
    left = Leavings()
    speech = "<sp><speaker>ORGON <stage>à Tartuffe</stage></speaker><p>Oui.</p></sp>"
    read_tei(play(f"<div>{speech * 2}</div>").encode(), "a", left=left)
    [kind] = left.all()
    assert (kind.what, kind.count, kind.example) == ("stage directions", 2, "à Tartuffe")


def test_a_parenthesis_behind_a_name_is_left_out_and_counted() -> None:
    left = Leavings()
    speech = "<sp><speaker>ALCIDE (bas, à Orgon)</speaker><p>Oui.</p></sp>"
    marked = "<sp><speaker>ALCIDE (<stage>bas</stage>)</speaker><p>Oui.</p></sp>"
    found = read_tei(play(f"<div>{speech * 2}{marked}</div>").encode(), "a", left=left)
    assert found["speaker"] == ["Alcide"] * 3
    parentheses, directions = left.all()
    assert (parentheses.what, parentheses.count) == ("parentheses taken for directions", 2)
    assert parentheses.example == "(bas, à Orgon)"
    assert (directions.what, directions.count) == ("stage directions", 1)


@pytest.mark.parametrize(
    ("speaker", "kind", "example"),
    [
        ("ALCIDE [bas]", "parentheses taken for directions", "[bas]"),
        ("ALCIDE <emph>bas</emph>, à Orgon", "stage directions", "bas, à Orgon"),
        ("ALCIDE <hi rend='i'>bas <stage>Il sort.</stage></hi>", "stage directions", "Il sort."),
    ],
)
def test_a_direction_set_apart_behind_a_name_is_counted(
    speaker: str, kind: str, example: str
) -> None:
    left = Leavings()
    speeches = f"<sp><speaker>{speaker}</speaker><p>Oui.</p></sp><sp><p>Non.</p></sp>"
    read_tei(play(f"<div>{speeches}</div>").encode(), "a", left=left)
    [found] = left.all()
    assert (found.what, found.example) == (kind, example)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<p>vite<stage>elle sort</stage>Adieu</p>", "vite Adieu"),
        ("<l>Je pars<stage>à part</stage>demain</l>", "Je pars demain"),
        ("<l><seg>Je pars</seg><caesura/><seg>demain</seg></l>", "Je pars demain"),
        ("<l>Je pars <caesura/> demain</l>", "Je pars demain"),
        ("<l>Je pars<stage>a</stage><caesura/><stage>b</stage>demain</l>", "Je pars demain"),
        ("<p>Oui <stage>bas</stage> non<stage>bas</stage> si</p>", "Oui non si"),
        ("<p>Ah<stage>bas</stage>, oui<stage>bas</stage>.</p>", "Ah, oui."),
        ("<p>Ah <stage>bas</stage>, oui <stage>bas</stage>. Non</p>", "Ah, oui. Non"),
        ("<p>Ah<stage>bas</stage>! Quoi <stage>bas</stage>?</p>", "Ah ! Quoi ?"),
        ("<p>Ah <stage>bas</stage>... (<stage>bas</stage>)</p>", "Ah ... ()"),
        ("<p>l'<stage>bas</stage>ami, dit<stage>bas</stage>-il</p>", "l'ami, dit-il"),
        ("<p>Un châ<stage>bas</stage><lb break='no'/>teau</p>", "Un château"),
        ("<p>un m<note>Sic.</note>ot cou<fw>12</fw>pé</p>", "un mot coupé"),
    ],
)
def test_what_stood_around_a_direction_is_neither_glued_nor_torn(said: str, text: str) -> None:
    assert cues(f"<sp><speaker>A</speaker>{said}</sp>") == [text]


def test_the_cells_of_a_table_stand_apart() -> None:
    rows = "<row><cell>un</cell><cell>deux</cell></row><row><cell>trois</cell></row>"
    said = f"<p>Voici : <table>{rows}</table>quatre</p>"
    assert cues(f"<sp><speaker>A</speaker>{said}</sp>") == ["Voici : un deux trois quatre"]


def test_nothing_is_said_to_be_left_out_of_a_play_that_is_whole() -> None:
    left = Leavings()
    read_tei(play("<div><sp><speaker>A</speaker><p>Oui.</p></sp></div>").encode(), "a", left=left)
    assert left.all() == ()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("le châ<lb break='no'/>teau", "le château"),
        ("la mai-<lb break='no'/>\n  son", "la maison"),
        ("la mai- <pb break='no'/><lb break='no'/> son", "la maison"),
        ("un cha<pb n='3' break='no'/>peau", "un chapeau"),
        ("un<lb/>deux<pb/>trois<milestone/>quatre", "un deux trois quatre"),
        ("<app><lem>mourir</lem><rdg>périr</rdg><rdg>partir</rdg></app>", "mourir"),
        ("<app><rdg>périr</rdg><rdg>partir</rdg></app>", "périr"),
        ("<app><rdg>périr</rdg><lem>mourir</lem></app>", "mourir"),
        ("<choice><orig>estoit</orig><reg>était</reg></choice>", "était"),
        ("<choice><abbr>M.</abbr><expan>Monsieur</expan></choice>", "Monsieur"),
        ("<choice><sic>ets</sic></choice>", "ets"),
        ("<choice><corr>un</corr><corr>deux</corr></choice>", "un"),
        ("<subst><del>laid</del><add>beau</add></subst> <del>non</del>", "beau"),
    ],
)
def test_one_form_of_each_word_is_said_and_whole(said: str, text: str) -> None:
    assert cues(f"<sp><p>{said}</p></sp>") == [text]


def test_variants_may_be_whole_speeches() -> None:
    body = "<app><lem><sp><p>Un.</p></sp></lem><rdg><sp><p>Deux.</p></sp></rdg></app>"
    assert cues(body) == ["Un."]


@pytest.mark.parametrize(
    ("speech", "name"),
    [
        ("<sp><speaker>ALCIDE, BÉLISE</speaker>{}</sp>", "Alcide, Bélise"),
        ("<sp><speaker>BÉLISE, ET ALCIDE</speaker>{}</sp>", "Bélise et Alcide"),
        ("<sp><speaker>ALCIDE</speaker><speaker>BÉLISE</speaker>{}</sp>", "Alcide, Bélise"),
        ("<sp><speaker>ALCIDE</speaker>{}<speaker>Alcide</speaker>{}</sp>", "Alcide"),
        ("<sp><speaker>Alcide, Orgon, bas</speaker>{}</sp>", "Alcide, Orgon"),
        ("<sp><speaker>ALCIDE, À PART</speaker>{}</sp>", "Alcide"),
        ("<sp><speaker>ALCIDE, EN SORTANT</speaker>{}</sp>", "Alcide"),
        ("<sp><speaker>M. Jourdain</speaker>{}</sp>", "M. Jourdain"),
        ("<sp who='#a #c'><speaker>Alcide, Cléon</speaker>{}</sp>", "Alcide, Cléon"),
        ("<sp who='#a'><speaker>Alcide, Cléon</speaker>{}</sp>", "Alcide"),
        ("<sp who='#c #d'><speaker>Cléon et Dorine, ensemble</speaker>{}</sp>", "Cléon et Dorine"),
        ("<sp who='#c #d'><speaker>Les gardes, l’épée à la main</speaker>{}</sp>", "Les gardes"),
        ("<sp who='#a #b'><speaker>ALCIDE</speaker>{}</sp>", "Alcide, Bélise"),
        ("<sp who='#a #b'><speaker>TOUS DEUX</speaker>{}</sp>", "Tous Deux"),
    ],
)
def test_all_who_speak_are_named(speech: str, name: str) -> None:
    header = (
        "<profileDesc><particDesc><person xml:id='a'><persName>Alcide</persName></person>"
        "<person xml:id='b'><persName>Bélise</persName></person></particDesc></profileDesc>"
    )
    body = "<sp><speaker>Orgon</speaker><p>Quoi ?</p></sp>" + speech.replace("{}", "<p>Oui.</p>")
    assert table(play(body, header))["speaker"].tolist() == ["Orgon", name]


def test_a_play_in_the_play_is_cues_of_its_own() -> None:
    inner = "<floatingText><body><sp><speaker>B</speaker><l>La, la.</l></sp></body></floatingText>"
    body = f"<sp><speaker>A</speaker><p>Écoutez. {inner} Bien.</p></sp>{inner.replace('B', 'C')}"
    found = table(play(body))
    assert found["speaker"].tolist() == ["A", "B", "A", "C"]
    assert found["cue"].tolist() == ["Écoutez.", "La, la.", "Bien.", "La, la."]


def test_names_that_are_endless_are_cut() -> None:
    """One of a megabyte beside each of a hundred thousand cues would be a hundred gigabytes."""
    speech = f"<sp><speaker>{'A' * 10_000}</speaker><p>Oui.</p></sp>"
    header = f"<fileDesc><titleStmt><title>{'b' * 10_000}</title></titleStmt></fileDesc>"
    [row] = table(play(speech, header)).to_dict("records")
    assert all(len(str(cell)) <= 200 for cell in row.values())


def test_divisions_without_a_type_are_told_by_their_heading_or_their_depth() -> None:
    sp = "<sp><p>Oui.</p></sp>"
    body = (
        f"<div1><head>Acte Premier</head><div2>{sp}</div2><div2>{sp}</div2></div1>"
        f"<div1><head>Premier Intermède</head>{sp}</div1>"
        f"<div1><div2><head>Scène III</head>{sp}</div2></div1>"
    )
    found = table(play(body))
    assert found["act"].tolist() == ["1", "1", "Intermède 1", "2"]
    assert found["scene"].tolist() == ["1", "2", "", "1"]


@pytest.mark.parametrize(
    ("acts", "scenes", "expected"),
    [
        ('n="II"', ['n="IV"', ""], [("2", "4"), ("2", "5")]),
        ('n="ii."', ['n="3"', "", 'n="IX"', ""], [("2", s) for s in ("3", "4", "9", "10")]),
        ('n="b"', ['n="mil"', 'n=""'], [("1", "1"), ("1", "2")]),
    ],
)
def test_divisions_have_the_numbers_that_they_state(
    acts: str, scenes: list[str], expected: list[tuple[str, str]]
) -> None:
    inner = "".join(f'<div type="scene" {n}><sp><p>Oui.</p></sp></div>' for n in scenes)
    body = f'<div type="act" {acts}>{inner}</div>'
    body += '<div type="act"><div type="scene"><sp><p>Oui.</p></sp></div></div>'
    found = table(play(body))
    last = str(int(expected[0][0]) + 1)
    pairs = list(zip(found["act"], found["scene"], strict=True))
    assert pairs == [*expected, (last, "1")]


def test_roman_numbers() -> None:
    romans = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XIV", "XIX", "XXXVIII"]
    for roman, number in zip(romans, [*range(1, 11), 14, 19, 38], strict=True):
        found = table(play(f"<div type='act' n='{roman}'><sp><p>Oui.</p></sp></div>"))
        assert found["act"].tolist() == [str(number)]


def test_a_cast_is_no_act() -> None:
    text = play("<div type='act'><sp><p>Oui.</p></sp></div>").replace(
        "<text>", "<text><front><div><head>Acteurs</head><p>Un roi.</p></div></front>"
    )
    assert table(text)["act"].tolist() == ["1"]


def test_an_interlude_inside_an_act_ends_with_it() -> None:
    sp = "<sp><p>Oui.</p></sp>"
    body = f"<div type='act'><div type='scene'>{sp}</div><div type='interlude'>{sp}</div>"
    body += f"<div type='scene'>{sp}</div></div>"
    found = table(play(body))
    assert found["act"].tolist() == ["1", "Intermède 1", "1"]
    assert found["scene"].tolist() == ["1", "", "2"]


def test_a_play_of_one_act_without_any_act() -> None:
    found = table(play("<div type='scene'><sp><p>Oui.</p></sp></div>"))
    assert (found["act"][0], found["scene"][0]) == ("1", "1")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("L’École des maris", "ecole-des-maris"),
        ("Le Tartuffe, ou L’Imposteur", "tartuffe"),
        ("Sganarelle ou Le Cocu imaginaire", "sganarelle"),
        ("Phèdre et Hippolyte", "phedre-et-hippolyte"),
        ("Le Cœur simple", "coeur-simple"),
        ("", "piece"),
    ],
)
def test_a_play_is_named_after_its_title(title: str, name: str) -> None:
    header = f"<fileDesc><titleStmt><title>{title}</title></titleStmt></fileDesc>"
    assert table(play("<sp><p>Oui.</p></sp>", header))["play_name"].tolist() == [name]


def test_a_header_in_the_style_of_theatre_classique() -> None:
    header = """<fileDesc><titleStmt><title type="main">LA VEUVE (1634)</title>
      <author key="isni:0">CORNEILLE, Pierre (1606-1684)</author></titleStmt>
      <publicationStmt><availability><licence><ab>CC BY NC SA 3.0</ab></licence></availability>
      </publicationStmt><sourceDesc><bibl><date>1634</date>
      <date type="premiere" when="1632-01-01">En 1632.</date><date type="written"/></bibl>
      </sourceDesc></fileDesc><profileDesc><textClass><keywords>
      <term type="genreTitle">Comédie</term><term type="genreTitle">vers</term>
      </keywords></textClass></profileDesc>"""
    notes: list[CorpusError] = []
    document = play("<sp><l>Oui.<note>Variante.</note></l></sp>", header)
    [row] = pd.DataFrame(read_tei(document.encode(), "a.xml", notes)).to_dict("records")
    assert row["play_name"] == "veuve"
    assert (row["title"], row["author"]) == ("La Veuve", "Pierre Corneille")
    assert (row["year"], row["genre"], row["cue"]) == ("1632", "Comédie", "Oui.")
    assert [str(note) for note in notes] == ["the TEI states its licence: CC BY NC SA 3.0"]
    read_tei(document.encode(), "b.xml", notes)
    assert len(notes) == 1


def test_the_plays_of_the_edition_have_the_names_of_the_project() -> None:
    body = play("<sp><p>Oui.</p></sp>")
    assert table(body, "moliere_domgarciedenavarre.xml")["play_name"][0] == "dom-garcie"


def test_several_plays_in_one_document() -> None:
    one = play("<sp><p>Oui.</p></sp>")
    found = table(f"<teiCorpus>{one}{one.replace('Oui', 'Non')}</teiCorpus>")
    assert found["cue"].tolist() == ["Oui.", "Non."]
    assert found["play_name"].nunique() == 2


def test_all_the_texts_of_a_document_are_read() -> None:
    act = "<body><div type='act'><sp><p>{}</p></sp></div></body>"
    texts = [f"<text>{act}</text>".replace("{}", said) for said in ("Oui?", "Non?")]
    texts[1] = texts[1].replace("<text>", "<text xml:lang='de'>")
    for inside in ("{}", "<text><group>{}</group></text>"):
        found = table(f"<TEI xml:lang='fr'>{inside.replace('{}', ''.join(texts))}</TEI>")
        assert found["cue"].tolist() == ["Oui ?", "Non?"]
        assert found["act"].tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('<!DOCTYPE TEI [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>{tei}', "declares entities"),
        ('<!DOCTYPE TEI [<!ENTITY a SYSTEM "file:///etc/passwd">]>{tei}', "declares entities"),
        ('<!DOCTYPE TEI [<!ENTITY % a SYSTEM "http://127.0.0.1:1/x"> %a;]>{tei}', "entities"),
        ("<TEI><text>", "not well-formed"),
        ("<TEI>" + "<p>" * MAX_DEPTH + "</p>" * MAX_DEPTH + "</TEI>", "one inside the other"),
        ('<!DOCTYPE TEI [<!ENTITY nbsp "lol">]>{tei}', "declares entities"),
        ("<?xml version='1.0' encoding='utf8'?><TEI><text>é", "not well-formed"),
        ("<html><p/></html>", "its root is <html>"),
        ("<TEI/>", "no cue"),
        ("<?xml version='1.0' encoding='klingon'?><TEI/>", "not well-formed"),
    ],
)
def test_what_is_refused(document: str, message: str) -> None:
    tei = play("<sp><p>&a;</p></sp>")
    with pytest.raises(CorpusError, match=message):
        table(document.replace("{tei}", tei))


def test_too_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("moliere_core.corpus.markup.MAX_ELEMENTS", 50)
    with pytest.raises(CorpusError, match="more than 50 elements"):
        cues("<sp>" + "<p>a</p>" * 60 + "</sp>")


def test_declared_attributes_do_not_multiply() -> None:
    """Half a megabyte took 9 GB: a value declared once was given to each of 100,000 elements."""
    document = f'<!DOCTYPE TEI [<!ATTLIST l who CDATA "{"#a" * 5_000}">]>'
    document += play("<sp>" + "<l>a</l>" * 2_000 + "</sp>")
    tracemalloc.start()
    try:
        assert table(document)["cue"].tolist() == ["\n".join("a" * 2_000)]
        assert tracemalloc.get_traced_memory()[1] < 10_000_000  # 20 MB of values alone
    finally:
        tracemalloc.stop()


def test_an_author_full_of_parentheses_is_read_at_once() -> None:
    """Each of them was looked for to the end of the name: an hour for 400,000 characters."""

    def author(text: str) -> str:
        header = f"<fileDesc><titleStmt><author>{text}</author></titleStmt></fileDesc>"
        [found] = table(play("<sp><p>Oui</p></sp>", header))["author"]
        return str(found)

    assert author("(a" * 200_000).startswith("(a(a")
    assert author("Molière (1622-1673)") == "Molière"


def test_an_empty_line_before_the_declaration() -> None:
    assert set(table("\n<?xml version='1.0'?>" + play("<sp><p>Oui</p></sp>"))["cue"]) == {"Oui"}


def test_a_dtd_is_not_fetched_and_its_usual_entities_are_known() -> None:
    document = '<!DOCTYPE TEI SYSTEM "http://127.0.0.1:1/tei.dtd">'
    document += play("<sp><p>&eacute;t&eacute;&unknown;</p></sp>")
    assert table(document)["cue"].tolist() == ["été"]


@pytest.mark.parametrize("doctype", ["", '<!DOCTYPE TEI SYSTEM "tei.dtd">'])
def test_the_entities_of_html_are_known_and_others_are_counted(doctype: str) -> None:
    left = Leavings()
    said = "Ah&nbsp;! tr&egrave;s&hyphen;bien, &ccaron;a&lb0;&rdq;"
    document = doctype + play(f"<sp><p>{said}</p></sp>")
    found = read_tei(document.encode(), "a", left=left)
    assert found["cue"] == ["Ah ! très\N{HYPHEN}bien, \N{LATIN SMALL LETTER C WITH CARON}a"]
    [kind] = left.all()
    assert (kind.what, kind.count) == ("unknown entities", 2)
    assert kind.example == "&lb0;"


DECLARED = "<?xml version='1.0' encoding='{}'?>"


@pytest.mark.parametrize(
    ("declaration", "encoding", "guessed"),
    [
        (DECLARED.format("utf8"), "utf-8", False),
        (DECLARED.format("UTF-8"), "utf-16", False),
        (DECLARED.format("utf-16"), "utf-8-sig", False),
        (DECLARED.format("iso-8859-1"), "utf-8-sig", False),
        (DECLARED.format("UTF-8"), "utf-32", False),
        (DECLARED.format("UTF-8"), "utf-16-le", True),
        (DECLARED.format("us-ascii"), "utf-8", False),
        (DECLARED.format("UTF-8"), "latin-1", True),
        ("<?xml version='1.0' standalone='yes'?>", "utf-8", False),
        ("", "latin-1", True),
        ("", "utf-16", False),
    ],
)
def test_an_encoding_that_is_not_the_one_declared(
    declaration: str, encoding: str, guessed: bool
) -> None:
    left, notes = Leavings(), list[CorpusError]()
    document = declaration + play("<sp><p>&ccedil;a a été&unknown;</p></sp>")
    found = read_tei(document.encode(encoding), "a.xml", notes, left)
    assert found["cue"] == ["ça a été"]
    assert [note.template.startswith("{name} is not in UTF-8") for note in notes] == [
        True
    ] * guessed
    assert [kind.count for kind in left.all()] == [1]


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_encodings_are_the_ones_declared(encoding: str) -> None:
    document = f"<?xml version='1.0' encoding='{encoding}'?>" + play("<sp><p>été</p></sp>")
    assert read_tei(document.encode(encoding), "a.xml")["cue"] == ["été"]


CSV = Path(os.environ.get("MOLIERE_CORPUS", ""))


@pytest.mark.skipif(
    not (CSV.parent / "tei").is_dir(), reason="no TEI files beside the file of MOLIERE_CORPUS"
)
def test_the_tei_files_give_the_same_table_as_the_csv() -> None:
    """Every column the same, but for one name: a cue of two voices, half of it in italics."""
    csv = load_corpus(CSV)
    for path in sorted((CSV.parent / "tei").glob("*.xml")):
        corpus = load_corpus(path)
        [name] = corpus.plays
        expected = csv.select([name]).frame.reset_index(drop=True)
        assert corpus.frame["cue"].tolist() == expected["cue"].tolist()
        for column in ("title", "year", "genre", "act", "scene", "form", "who"):
            assert corpus.frame[column].tolist() == expected[column].tolist(), (name, column)
        pairs = zip(corpus.frame["speaker"], expected["speaker"], strict=True)
        differing = [pair for pair in pairs if pair[0] != pair[1]]
        assert differing in ([], [("Toutes deux", "Toutes deux ensemble")])


def test_a_long_play_is_not_a_deep_one_and_two_prologues_are_told_apart() -> None:
    lines = "".join(f"<sp><l>Vers {n}.</l></sp>" for n in range(MAX_DEPTH))
    prologue = f'<div type="prologue">{lines}</div>'
    found = read_tei(play(prologue + prologue).encode(), "deux.xml")
    assert list(dict.fromkeys(found["act"])) == ["Prologue", "Prologue 2"]
    assert found["cue"].count("Vers 0.") == 2
