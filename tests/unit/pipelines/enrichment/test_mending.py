"""Misheard terms of the glossary: what is mended, and what must stay as it was heard."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.lexicon import load_lexicon
from pipelines.enrichment.heard import french_uses
from pipelines.enrichment.mending import Mender
from pipelines.extraction.glossary import GlossaryTerm, load_glossary
from schemas.content import Speaker, Transcript, Utterance, UtteranceFlag, Word
from schemas.ids import PersonId
from schemas.span import TimeSpan

MENDER = Mender(load_glossary(), french_uses(load_lexicon()))


def a_turn(text: str, flags: tuple[UtteranceFlag, ...] = ()) -> Utterance:
    words = tuple(Word(w, 400 * n, 400 * n + 300, 0.9) for n, w in enumerate(text.split()))
    return Utterance(
        ordinal=0,
        text=" ".join(w.text for w in words),
        span=TimeSpan(0, words[-1].end_ms if words else 0),
        words=words,
        flags=flags,
    )


def mended(text: str) -> str:
    return MENDER.mend(Transcript((a_turn(text),))).utterances[0].text


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("je déclare à l'Ursafe", "je déclare à l'URSSAF"),
        ("je déclare à lursaf.", "je déclare à l'URSSAF."),
        ("les cotisations Urssaff", "les cotisations URSSAF"),
        ("mon numéro ciré, je crois", "mon numéro SIRET, je crois"),
        ("le numéro sirène de la société", "le numéro SIREN de la société"),
        ("on m'a demandé mon cirette", "on m'a demandé mon SIRET"),
        ("une campagne hue lulu", "une campagne Ulule"),
        ("une campagne sur U lule", "une campagne sur Ulule"),
        ("un extrait de cas bis récent", "un extrait de Kbis récent"),
        ("il faut un K bis", "il faut un Kbis"),
        ("votre cabis, s'il vous plaît", "votre Kbis, s'il vous plaît"),
        ("le site de la knil.", "le site de la CNIL."),
        ("envoyé un devie à la mairie", "envoyé un devis à la mairie"),
        ("Devie accepté", "Devis accepté"),
        ("des accomptes de 30 %", "des acomptes de 30 %"),
        ("un pacte d'associer, non ?", "un pacte d'associés, non ?"),
        ("le syndrome de l'imposter", "le syndrome de l'imposteur"),
        ("du cop général des impôts", "du code général des impôts"),
        ("une étude de marcher sérieuse", "une étude de marché sérieuse"),
        ("la tévéa sur mes ventes", "la TVA sur mes ventes"),
        ("une niousletter, une newslaiter", "une niousletter, une newsletter"),
        ("ma tresauréri est à zéro", "ma trésorerie est à zéro"),
        ("une boutique chopifaille", "une boutique Shopify"),
    ],
)
def test_a_misheard_term_is_written_as_the_glossary_writes_it(heard: str, meant: str) -> None:
    assert mended(heard) == meant


@pytest.mark.parametrize(
    "text",
    [
        "le de vie, la réponse au premier message",
        "dans ce de vie ?",
        "un ciré jaune et des bottes",
        "la sirène chante",
        "la France travaille beaucoup",
        "parce qu'on tôt ou tard",
        "et si vous voulez, quand va arriver le colis",
        "il faut marcher et s'associer",
        "dans ce cas, bis repetita",
        "un compte de 30 % à la signature",
        "des statues tout fait",
        "en micro entreprise, un expert comptable",
        "le siret, l'urssaf et la tva",
        "mentions légales, business plans, prêts d'honneur, chiffre d'affaire",
        "les seuils de rentabilité et les études de marchés",
        "j'ai rencontré Paul Ciret hier",
        "un pitch, une facture, un conte",
        "la Devie est une rivière",
        "this device shows the status",
        "hue cocotte",
        "si ré bémol",
        "le seul de rentabilité",
        "à la compta, le comte a raconté",
    ],
)
def test_what_may_be_meant_stays(text: str) -> None:
    assert mended(text) == text


def test_what_was_heard_is_kept_with_its_time() -> None:
    turn = MENDER.mend(Transcript((a_turn("sur hue lulu, oui"),))).utterances[0]

    assert turn.words[1] == Word("Ulule,", 400, 1100, 0.9, heard="hue lulu,")
    assert turn.heard == "sur hue lulu, oui"
    assert turn.span == TimeSpan(0, 1500)


def test_a_turn_without_misheard_terms_is_the_same_and_was_heard_so() -> None:
    turn = a_turn("un devis pour la mairie")

    assert MENDER.mend(Transcript((turn,))).utterances[0] is turn
    assert turn.heard is None


def test_the_names_of_who_speaks_are_not_terms() -> None:
    speakers = (Speaker(PersonId("s-1"), "Lou Knil"),)
    transcript = Transcript((a_turn("bonjour knil"),), speakers)

    assert MENDER.mend(transcript) == transcript


def test_a_doubtful_turn_and_a_message_stay() -> None:
    doubtful = a_turn("la knil", flags=(UtteranceFlag.REPETITION,))
    message = Utterance(0, "la knil")

    assert MENDER.mend(Transcript((doubtful, message))).utterances == (doubtful, message)


def test_what_the_school_says_a_term_is_heard_as_needs_no_proof() -> None:
    mender = Mender([GlossaryTerm("Malt", ("malte", "mal te"))], lambda _: 10_000)

    turn = mender.mend(Transcript((a_turn("sur Malte ou mal te"),))).utterances[0]

    assert turn.text == "sur Malt ou Malt"


def test_words_stored_before_there_was_mending_are_read() -> None:
    stored = b'{"text":"oui","start_ms":0,"end_ms":300,"probability":0.9}'

    word = msgspec.json.decode(stored, type=Word)

    assert word == Word("oui", 0, 300, 0.9)
    assert msgspec.json.encode(word) == stored


@given(
    st.lists(
        st.one_of(
            st.sampled_from([
                "l'Ursafe",
                "numéro",
                "ciré",
                "hue",
                "lulu,",
                "U",
                "lule",
                "cas",
                "bis",
                "devie.",
            ]),
            st.text(min_size=1, max_size=12).map(lambda t: "".join(t.split()) or "x"),
        ),
        max_size=12,
    )
)
def test_times_never_run_backwards_and_what_was_heard_is_whole(parts: list[str]) -> None:
    before = a_turn(" ".join(parts))

    after = MENDER.mend(Transcript((before,))).utterances[0]

    assert all(a.end_ms <= b.start_ms for a, b in pairwise(after.words))
    assert (after.heard or after.text) == before.text
    assert after.text == " ".join(word.text for word in after.words)
    assert MENDER.mend(Transcript((after,))).utterances[0] == after
