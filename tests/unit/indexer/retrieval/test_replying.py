"""Which question a passage of a conversation belongs to."""

from __future__ import annotations

from indexer.retrieval.replying import reply_of
from indexer.retrieval.snippets import query_terms
from schemas.reply import Reply
from schemas.span import MessageSpan, PageSpan


def a_reply(ordinal: int, title: str, question: int, *answers: int) -> Reply:
    return Reply(
        ordinal=ordinal,
        title=title,
        question=MessageSpan(question, question + 1),
        answers=tuple(MessageSpan(n, n + 1) for n in answers),
        asker_id=None,
        answerer_id=None,
    )


PRICE = a_reply(0, "Je facture combien mes bols ?", 0, 1)
VAT = a_reply(1, "Et la TVA ?", 2, 3)


def chosen(start: int, end: int, q: str) -> Reply | None:
    return reply_of(MessageSpan(start, end), (PRICE, VAT), query_terms(q).terms)


def test_a_passage_belongs_to_the_question_that_has_the_words_of_the_query() -> None:
    assert chosen(0, 4, "tva") == VAT
    assert chosen(0, 4, "prix des bols") == PRICE


def test_without_common_words_it_belongs_to_the_question_that_it_answers() -> None:
    assert chosen(1, 3, "marge") == PRICE  # it answers the first and only puts the second


def test_a_passage_without_question_and_answer_belongs_to_none() -> None:
    assert chosen(4, 6, "tva") is None
    assert reply_of(PageSpan(0, 9), (PRICE, VAT), ()) is None


def test_what_is_shown_below_a_question_answers_it() -> None:
    shown = MessageSpan(1, 2)  # of a passage that also puts the other question, in these words

    found = reply_of(MessageSpan(0, 4), (PRICE, VAT), query_terms("tva").terms, turn=shown)

    assert found == PRICE
