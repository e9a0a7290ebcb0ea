"""What stands for what, and what is no name."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.anonymising.finder import Cast, find
from schemas.document import Participant, ParticipantRole
from schemas.ids import PersonId
from schemas.sharing import FindingKind, FindingReason

LEA = Participant(PersonId("s-lea"), "Léa Trémorvan", ParticipantRole.STUDENT)
CLAIRE = Participant(PersonId("m-claire"), "Claire Roudanec", ParticipantRole.MENTOR)
CAST = Cast((LEA, CLAIRE), ("Terres d'Iroise",))


def hidden(*turns: str, cast: Cast = CAST) -> list[str]:
    """Return the turns as readers of a copy see them."""
    texts = dict(enumerate(turns))
    for one in reversed(find(texts, cast)):
        text = texts[one.place.turn]
        texts[one.place.turn] = text[: one.place.start] + one.placeholder + text[one.place.end :]
    return list(texts.values())


def test_the_same_person_has_the_same_placeholder_in_every_turn() -> None:
    said = hidden(
        "Bonjour Claire, Sophie Marchal me demande un acompte.",
        "Bonjour Léa, et Thomas Weber ? Mme Marchal exagère.",
        "Sophie n'exagère pas, dit Thomas. Lea",
    )

    assert said == [
        "Bonjour [mentor], [personne 1] me demande un acompte.",
        "Bonjour [élève], et [personne 2] ? [personne 1] exagère.",
        "[personne 1] n'exagère pas, dit [personne 2]. [élève]",
    ]


def test_two_telephones_are_told_apart_and_one_has_no_number() -> None:
    one = hidden("Le 06 12 34 56 78, oui le 06.12.34.56.78.")
    two = hidden("Le 06 12 34 56 78 ou le 07 12 34 56 78.")

    assert one == ["Le [téléphone], oui le [téléphone]."]
    assert two == ["Le [téléphone 1] ou le [téléphone 2]."]


def test_somebody_of_the_family_is_another_person() -> None:
    assert hidden("Mon frère Ronan Trémorvan garde la boutique de Léa.") == [
        "Mon frère [personne 1] garde la boutique de [élève]."
    ]


def test_a_name_that_is_a_word_stays_a_word() -> None:
    text = "Une eau claire, une réponse claire : la TVA n'est pas due."

    assert hidden(text) == [text]


def test_amounts_dates_and_public_sites_stay() -> None:
    text = (
        "Le 12 mars 2026 à 14 h 30, versez 1 250,00 € (dossier 20260112) sur service-public.fr, "
        "taux 21,2 %, 77 700 € au plus."
    )

    assert hidden(text) == [text]


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("SIRET 732 829 320 00074", FindingKind.SIRET, FindingReason.CHECKED),
        ("mon siret 732 829 320 00075", FindingKind.SIRET, FindingReason.PATTERN),
        ("FR76 3000 6000 0112 3456 7890 189", FindingKind.IBAN, FindingReason.CHECKED),
        ("2 91 03 29 232 045 20", FindingKind.NIR, FindingReason.CHECKED),
        ("zéro six douze trente-quatre cinquante-six soixante-dix-huit", FindingKind.PHONE,
         FindingReason.SPOKEN),
        ("zéro sept quatre-vingt-dix-sept soixante et onze zéro un dix", FindingKind.PHONE,
         FindingReason.SPOKEN),
    ],
)  # fmt: skip
def test_numbers_are_told_by_their_check_digits_and_said_aloud(
    text: str, kind: FindingKind, reason: FindingReason
) -> None:
    found = find({0: text}, CAST)

    assert [(one.kind, one.reason) for one in found] == [(kind, reason)]


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("aéL.@ 0612-'\nClairTRÉmovn€+"), max_size=80))
def test_any_text_is_read_and_no_character_is_found_twice(text: str) -> None:
    found = find({0: text}, CAST)

    spans = [(one.place.start, one.place.end) for one in found]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[one.place.start : one.place.end] == one.text for one in found)
