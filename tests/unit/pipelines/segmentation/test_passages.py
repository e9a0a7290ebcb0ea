"""Properties of segmentation over any content, and the choices that examples show best."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.builders import a_body, a_transcript
from pipelines.segmentation.passages import segment
from schemas.content import (
    Block,
    BlockRole,
    Body,
    Content,
    Slide,
    Transcript,
    Utterance,
    UtteranceFlag,
)
from schemas.ids import DocumentId, PersonId, Revision
from schemas.passage import Passage
from schemas.span import BlockSpan, MessageSpan, PageSpan, TimeSpan

BUDGET, OVERLAP = 12, 4
unhurried = settings(deadline=None, max_examples=60)  # shared cores: time says nothing
words = st.text("abcdeéà", min_size=1, max_size=8)
sentences = st.builds(
    lambda own, mark: " ".join(own).capitalize() + mark,
    st.lists(words, min_size=1, max_size=20),
    st.sampled_from([".", " ?", " !", ""]),
)
paragraphs = st.lists(sentences, min_size=1, max_size=4).map(" ".join)
bodies = st.lists(st.tuples(paragraphs, st.sampled_from(BlockRole)), max_size=12).map(
    lambda parts: Body(tuple(Block(n, text, role) for n, (text, role) in enumerate(parts)))
)
messages = st.lists(st.tuples(paragraphs, st.sampled_from(["s-1", "m-1"])), max_size=12).map(
    lambda parts: Transcript(
        tuple(Utterance(n, text, PersonId(who)) for n, (text, who) in enumerate(parts))
    )
)
speech = st.lists(paragraphs, max_size=8).map(a_transcript)


def count_words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def cut(content: Content, *, title: str = "", budget: int = BUDGET) -> list[Passage]:
    return segment(
        content,
        document_id=DocumentId("d-1"),
        revision=Revision("r-1"),
        title=title,
        audiences={"mentors", "everyone"},
        language_of=lambda _: "fr",
        count_tokens=count_words,
        budget=budget,
        overlap=OVERLAP,
    )


def all_words(content: Content) -> list[str]:
    parts = content.utterances if isinstance(content, Transcript) else content.blocks
    return [word for part in parts for word in part.text.split()]


def without_overlap(passages: Sequence[Passage]) -> list[str]:
    """Join the passages' words, dropping from each what it repeats of the one before."""
    joined: list[str] = []
    for passage in passages:
        own = passage.text.split()
        shared = max(n for n in range(OVERLAP + 1) if n <= len(own) and joined[-n:][:n] == own[:n])
        joined += own[shared:]
    return joined


def numbered(content: Content) -> Content:
    """Make every word unique, so that repeated words cannot pass for overlap."""
    count = iter(range(10_000))

    def mark(text: str) -> str:
        return re.sub(r"\w+", lambda m: f"{m.group().capitalize()}x{next(count)}", text)

    if isinstance(content, Transcript):
        return a_transcript([mark(u.text) for u in content.utterances])
    return Body(tuple(Block(b.ordinal, mark(b.text), b.role) for b in content.blocks))


@unhurried
@given(st.one_of(bodies, speech).map(numbered))
def test_passages_cover_the_content_in_order_without_a_gap(content: Content) -> None:
    assert without_overlap(cut(content)) == all_words(content)


@unhurried
@given(st.one_of(bodies, messages, speech))
def test_no_passage_exceeds_the_budget(content: Content) -> None:
    assert all(n <= BUDGET for n in count_words([p.text for p in cut(content)]))


@unhurried
@given(st.one_of(bodies, messages, speech))
def test_cutting_twice_gives_the_same_ids_in_order(content: Content) -> None:
    first = cut(content)
    assert [p.id for p in first] == [p.id for p in cut(content)]
    assert [p.ordinal for p in first] == list(range(len(first)))
    assert len({p.id for p in first}) == len(first)


@unhurried
@given(speech)
def test_every_word_of_speech_is_anchored_where_it_is_said(content: Transcript) -> None:
    moments = {(w.start_ms, w.end_ms): w.text for u in content.utterances for w in u.words}
    for passage in cut(content):
        assert isinstance(passage.locator, TimeSpan)
        assert passage.locator.start_ms == passage.anchors[0].start_ms
        assert passage.locator.end_ms == passage.anchors[-1].end_ms
        for anchor in passage.anchors:
            said = moments[anchor.start_ms, anchor.end_ms]
            assert passage.text[anchor.offset :].startswith(said)


@unhurried
@given(messages)
def test_message_locators_lie_inside_the_exchange(content: Transcript) -> None:
    for passage in cut(content):
        span = passage.locator
        assert isinstance(span, MessageSpan)
        assert 0 <= span.start_message < span.end_message <= len(content.utterances)


@unhurried
@given(bodies)
def test_block_locators_hold_the_text(content: Body) -> None:
    for passage in cut(content):
        span = passage.locator
        assert isinstance(span, BlockSpan)
        covered = " ".join(b.text for b in content.blocks[span.start_block : span.end_block])
        assert " ".join(passage.text.split()) in " ".join(covered.split())


def test_a_passage_never_ends_inside_a_sentence_that_fits() -> None:
    passages = cut(
        a_body(["Un deux trois quatre cinq. Six sept huit neuf dix. Onze douze treize."])
    )
    assert [p.text for p in passages] == [
        "Un deux trois quatre cinq. Six sept huit neuf dix.",
        "Onze douze treize.",
    ]


def test_short_sentences_overlap() -> None:
    passages = cut(
        a_body(["Un deux trois. Quatre cinq six sept. Huit neuf. Dix onze douze treize."])
    )
    assert [p.text for p in passages] == [
        "Un deux trois. Quatre cinq six sept. Huit neuf.",
        "Huit neuf. Dix onze douze treize.",
    ]


def test_a_question_and_its_answer_stay_together() -> None:
    texts = [
        ("s-1", "Bonjour, une question ?"),
        ("m-1", "Oui, bien sur, laquelle ?"),
        ("s-1", "Comment fixer un prix juste ?"),
        ("m-1", "On part du cout, puis du marche."),
    ]
    content = Transcript(tuple(Utterance(n, t, PersonId(w)) for n, (w, t) in enumerate(texts)))
    assert [p.locator for p in cut(content, budget=15)] == [MessageSpan(0, 2), MessageSpan(2, 4)]


def test_flagged_speech_makes_no_passage() -> None:
    doubtful = Utterance(0, "Sous-titres réalisés.", flags=(UtteranceFlag.REPETITION,))
    assert cut(Transcript((doubtful,))) == []


def test_a_heading_begins_a_passage_and_names_it() -> None:
    body = Body((
        Block(0, "Un deux trois quatre cinq six."),
        Block(1, "Le prix", BlockRole.HEADING, level=2),
        Block(2, "Sept huit neuf."),
    ))
    assert [(p.text, p.heading) for p in cut(body)] == [
        ("Un deux trois quatre cinq six.", ""),
        ("Le prix\nSept huit neuf.", "Le prix"),
    ]


def test_the_title_is_not_repeated_as_a_heading() -> None:
    body = Body((Block(0, "Guide", BlockRole.HEADING, level=1), Block(1, "Un deux.")))
    assert cut(body, title="Guide")[0].heading == ""


def test_pages_are_located_by_page() -> None:
    body = Body((Block(0, "Un deux trois.", page=2), Block(1, "Quatre cinq.", page=3)))
    assert cut(body)[0].locator == PageSpan(2, 4)


def test_speakers_stand_in_order_of_first_word_and_audiences_sorted() -> None:
    content = Transcript(
        tuple(Utterance(n, "Oui.", PersonId(w)) for n, w in enumerate(["b", "a", "b"]))
    )
    passage = cut(content)[0]
    assert passage.speaker_ids == ("b", "a")
    assert passage.audiences == ("everyone", "mentors")


def test_messages_and_speech_of_one_exchange_share_no_passage() -> None:
    written = Utterance(0, "Bonjour.", PersonId("s-1"))
    spoken = a_transcript(["Allô oui."]).utterances[0]
    kinds = [type(p.locator) for p in cut(Transcript((written, spoken)))]
    assert kinds == [MessageSpan, TimeSpan]


def test_an_overlap_as_large_as_the_budget_is_our_own_bug() -> None:
    with pytest.raises(ValueError, match="overlap"):
        cut(a_body(), budget=OVERLAP)


def test_a_time_that_stands_every_five_minutes_is_not_refined() -> None:
    five_minutes = TimeSpan(300_000, 600_000)
    turn = Utterance(0, "Le prix se calcule. La marge vient après.", span=five_minutes)
    for passage in cut(Transcript((turn,)), budget=5):
        assert passage.locator == five_minutes


def test_each_slide_is_a_passage_of_its_own_after_what_is_said() -> None:
    said = a_transcript(["Bonjour à tous."])
    slides = (
        Slide("Les prix", TimeSpan(0, 4_000)),
        Slide("Le loyer\nLes charges", TimeSpan(4_000, 9_000)),
    )
    passages = cut(Transcript(said.utterances, slides=slides))
    assert [(p.text, p.on_screen) for p in passages] == [
        ("Bonjour à tous.", False),
        ("Les prix", True),
        ("Le loyer\nLes charges", True),
    ]
    assert passages[2].locator == slides[1].span
    assert not passages[2].anchors
