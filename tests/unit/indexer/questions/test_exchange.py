"""An answered question is an exchange like any other."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from fixtures.builders import A_MOMENT, a_question
from indexer.questions.exchange import exchange_id, exchange_json, options_of, source_of
from pipelines.extraction.exchange import Exchange, Thread, exchange_to_transcript, read_exchange
from schemas.document import DocumentKind, Visibility
from schemas.identity import Role
from schemas.ids import PersonId, document_id_for
from schemas.question import Question, Step, StepKind

QUESTION = a_question(details="Je vends des bols.\n\nDeux tailles.")


def answer(question: Question, text: str, mentor: str = "m-claire", hours: int = 1) -> Step:
    at = A_MOMENT + timedelta(hours=hours)
    return Step(question.id, StepKind.ANSWERED, at, PersonId(mentor), mentor.title(), text=text)


def test_question_and_answer_are_its_messages() -> None:
    content = exchange_json(QUESTION, [answer(QUESTION, "Partez du coût.\n\nPuis ajoutez.")])

    exchange = read_exchange(content.decode(), "a-1.json")
    turns = exchange_to_transcript(exchange).utterances

    assert isinstance(exchange, Exchange)
    assert (exchange.student.id, exchange.mentor.id) == ("s-17", "m-claire")
    assert exchange.title == QUESTION.text
    assert exchange.visibility is Visibility.PARTICIPANTS
    assert [turn.text for turn in turns] == [
        "Comment fixer mes prix au marché de Noël ?\nJe vends des bols.\nDeux tailles.",
        "Partez du coût.\nPuis ajoutez.",
    ]


def test_what_the_asker_adds_and_a_second_answer_follow() -> None:
    first = answer(QUESTION, "Partez du coût.")
    more = Step(
        QUESTION.id,
        StepKind.REOPENED,
        A_MOMENT + timedelta(hours=2),
        QUESTION.asker_id,
        text="Et pour les soldes ?",
    )
    steps = [first, more, answer(QUESTION, "Jamais sous le coût.", hours=3)]

    exchange = read_exchange(exchange_json(QUESTION, steps).decode(), "a-1.json")

    assert [message.sender for message in exchange.messages] == [
        "s-17",
        "m-claire",
        "s-17",
        "m-claire",
    ]


def test_with_two_mentors_or_a_mentor_who_asks_it_is_written_as_a_thread() -> None:
    two = [answer(QUESTION, "Partez du coût."), answer(QUESTION, "Ou du marché.", "m-youssef", 2)]
    of_a_mentor = msgspec.structs.replace(
        QUESTION, asker_id=PersonId("m-4"), asker_role=Role.MENTOR, visibility=Visibility.MENTORS
    )
    own = [answer(of_a_mentor, "Partez du coût.")]

    threads = [
        read_exchange(exchange_json(QUESTION, two).decode(), "a-1.json"),
        read_exchange(exchange_json(of_a_mentor, own).decode(), "a-1.json"),
    ]

    assert all(isinstance(thread, Thread) for thread in threads)
    assert [[p.role.value for p in thread.participants] for thread in threads] == [
        ["student", "mentor", "mentor"],
        ["mentor", "mentor"],
    ]
    assert options_of(QUESTION).kind is DocumentKind.EXCHANGE


def test_the_same_history_gives_the_same_bytes_under_the_same_name() -> None:
    steps = [answer(QUESTION, "Partez du coût.")]

    assert exchange_json(QUESTION, steps) == exchange_json(QUESTION, steps)
    assert exchange_id(QUESTION.id) == document_id_for(source_of(QUESTION.id))
