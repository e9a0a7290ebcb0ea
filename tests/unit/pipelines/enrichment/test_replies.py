"""Which sentences ask, and which turns of a conversation answer them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipelines.enrichment.asking import asking_spans
from pipelines.enrichment.replies import MAX_TITLE_CHARS, find_replies
from schemas.content import Body, Speaker, Transcript, Utterance, UtteranceFlag
from schemas.document import DocumentKind, Participant, ParticipantRole
from schemas.ids import PersonId, TagId
from schemas.reply import Reply
from schemas.span import MessageSpan, TimeSpan

LEA = Participant(PersonId("s-lea"), "Léa Martin", ParticipantRole.STUDENT)
TOM = Participant(PersonId("s-tom"), "Tom Roux", ParticipantRole.STUDENT)
MENTOR = Participant(PersonId("m-zoe"), "Zoé Petit", ParticipantRole.MENTOR)
EVERYBODY = (LEA, TOM, MENTOR)


def messages(*said: tuple[Participant, str]) -> Transcript:
    return Transcript(
        tuple(Utterance(n, text, speaker_id=who.id) for n, (who, text) in enumerate(said))
    )


def replies(content: Transcript | Body, people: Sequence[Participant] = EVERYBODY) -> list[Reply]:
    return list(find_replies(content, DocumentKind.EXCHANGE, people, lambda _: None))


def pairs(content: Transcript) -> list[tuple[int, list[int]]]:
    found = replies(content)
    return [
        (
            reply.question.start_message,
            [each.start_message for each in reply.answers if isinstance(each, MessageSpan)],
        )
        for reply in found
        if isinstance(reply.question, MessageSpan)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Je facture combien ?",
        "ok mais je leur dis quoi en 5 lignes",
        "la trésorerie je vois pas comment l'inventer",
        "Je ne connais pas la différence avec les arrhes.",
        "du coup je me demande si je ferme jusqu'en mars",
        "je peux mettre un savon à 5 € ? tout le monde me le dit",
        "On a le droit ??",
        "tout le monde fait une promo, si je fais rien j'ai l'air de quoi",
        "J’aimerais savoir si c’est obligatoire.",
        "Which licence do I need?",
    ],
)
def test_what_asks_is_told_with_and_without_a_question_mark(text: str) -> None:
    assert asking_spans(text)


@pytest.mark.parametrize(
    "text",
    [
        "22 € avant les charges ???",
        "Demandez-leur : « Que fait votre enfant le mercredi ? »",
        'on me dit "tu fais quoi ?" et je rougis',
        "Le marché de samedi, c'était n'importe quoi",
        "J'ai fini à 18 h hier, je savais pas quoi faire de ma soirée",
        "quand quelqu'un me demande ce que je fais je réponds un peu de sophro",
        "Payé ce matin, merci !!",
        "???",
        "",
    ],
)
def test_outcries_quotations_and_tales_ask_nothing(text: str) -> None:
    assert asking_spans(text) == []


def test_a_question_is_answered_by_the_mentor_who_speaks_next() -> None:
    found = pairs(
        messages(
            (LEA, "Je facture combien ?"),
            (MENTOR, "Partez de votre coût et ajoutez une marge."),
            (LEA, "merci ! et la TVA ?"),
            (MENTOR, "Sous le seuil, vous n'en facturez pas."),
        )
    )
    assert found == [(0, [1]), (2, [3])]


def test_who_only_asks_back_has_not_answered() -> None:
    found = pairs(
        messages(
            (LEA, "Vous validez ma promo ?"),
            (MENTOR, "Bonjour Léa. D'où vient ce chiffre ?"),
            (LEA, "de mon tableur"),
            (MENTOR, "Le calcul est juste, mais il oublie l'envoi."),
        )
    )
    assert found == [(0, [3])]


def test_an_answer_that_asks_back_goes_on_after_the_reply() -> None:
    found = pairs(
        messages(
            (LEA, "Je lance dans deux semaines, vous en pensez quoi ?"),
            (MENTOR, "Vous allez lancer devant personne. Combien de contacts avez-vous ?"),
            (LEA, "une quarantaine"),
            (MENTOR, "Alors attendez d'en avoir deux cents."),
            (LEA, "d'accord, merci"),
            (MENTOR, "Tenez-moi au courant de la suite."),
        )
    )
    assert found == [(0, [1, 3])]


def test_in_a_thread_who_is_called_by_name_is_answered() -> None:
    found = pairs(
        messages(
            (LEA, "La RC à 11 € suffit ?"),
            (TOM, "et moi je risque quoi ?"),
            (MENTOR, "Bonjour. Léa, pour vous c'est obligatoire, et 11 € ne suffisent pas."),
            (MENTOR, "Tom, rien ne vous oblige, mais votre risque a un nom."),
        )
    )
    assert found == [(0, [2]), (1, [3])]


def test_guesses_of_others_are_no_answers_where_a_mentor_is() -> None:
    found = pairs(
        messages(
            (LEA, "Le compte pro est obligatoire ?"),
            (TOM, "oui obligatoire dès le premier jour, mon banquier l'a dit"),
            (MENTOR, "Seulement au-dessus de dix mille euros deux ans de suite."),
        )
    )
    assert found == [(0, [2])]


def test_without_a_mentor_anybody_else_answers_but_not_the_asker() -> None:
    content = messages(
        (LEA, "Quelqu'un connaît un bon graveur ?"),
        (LEA, "je précise : pour du bois massif"),
        (TOM, "Oui, celui de la rue du Four est très bien."),
    )
    [reply] = replies(content, (LEA, TOM))
    assert (reply.asker_id, reply.answerer_id) == (LEA.id, TOM.id)
    assert reply.answers == (MessageSpan(2, 3),)


def test_a_question_that_nobody_answers_is_no_reply() -> None:
    assert pairs(messages((LEA, "Et la CFE ?"), (LEA, "personne ?"))) == []


def test_speech_is_joined_to_turns_and_keeps_its_times() -> None:
    said = [
        (LEA, "Bonjour.", 0),
        (LEA, "S'il m'en reste, je fais quoi ?", 1_000),
        (MENTOR, "Préparez vingt-cinq paniers.", 4_000),
        (MENTOR, "Et prenez des réservations.", 6_000),
    ]
    content = Transcript(
        tuple(
            Utterance(n, text, speaker_id=who.id, span=TimeSpan(start, start + 900))
            for n, (who, text, start) in enumerate(said)
        )
    )
    [reply] = replies(content)
    assert reply.question == TimeSpan(0, 1_900)
    assert reply.answers == (TimeSpan(4_000, 6_900),)
    assert reply.title == "S'il m'en reste, je fais quoi ?"


def test_doubtful_speech_neither_asks_nor_answers() -> None:
    content = Transcript((
        Utterance(0, "Je fais quoi ?", LEA.id, TimeSpan(0, 900), flags=(UtteranceFlag.REPETITION,)),
        Utterance(1, "Partez de votre coût de revient.", MENTOR.id, TimeSpan(1_000, 1_900)),
    ))
    assert replies(content) == []


def test_a_short_question_takes_along_what_was_said_before_and_a_long_one_is_cut() -> None:
    short, long = replies(
        messages(
            (LEA, "D'accord pour les prochaines factures. et pour celle-là ?"),
            (MENTOR, "Appelez la comptabilité dès aujourd'hui."),
            (LEA, f"Est-ce que {'vraiment ' * 40}je dois ?"),
            (MENTOR, "Oui, et avant la fin du mois."),
        )
    )
    assert short.title == "D'accord pour les prochaines factures. et pour celle-là ?"
    assert len(long.title) <= MAX_TITLE_CHARS + 1
    assert long.title.endswith("vraiment…")


def test_the_topic_is_told_from_question_and_answer() -> None:
    content = messages((LEA, "Et la TVA ?"), (MENTOR, "Sous le seuil, vous n'en facturez pas."))
    seen: list[str] = []

    def topic_of(text: str) -> TagId:
        seen.append(text)
        return TagId("topic.vat")

    [reply] = find_replies(content, DocumentKind.THREAD, EVERYBODY, topic_of)
    assert reply.topic == "topic.vat"
    assert seen == ["Et la TVA ? Sous le seuil, vous n'en facturez pas."]


@pytest.mark.parametrize("kind", [DocumentKind.COURSE, DocumentKind.REPLAY, DocumentKind.SHEET])
def test_lessons_and_talks_have_no_replies(kind: DocumentKind) -> None:
    content = messages((LEA, "Je facture combien ?"), (MENTOR, "Partez de votre coût."))
    assert find_replies(content, kind, EVERYBODY, lambda _: None) == ()


def test_texts_and_unknown_voices_are_read_without_a_name() -> None:
    assert replies(Body(())) == []
    nobody = Transcript(
        (
            Utterance(0, "On fait comment ?", span=TimeSpan(0, 900)),
            Utterance(1, "On part du coût de revient.", span=TimeSpan(1_000, 1_900)),
        ),
        (Speaker(PersonId("x"), ""),),
    )
    assert replies(nobody, ()) == []  # one voice: nobody tells who asks from who answers
