"""Chapters: where topics change, and what each part is called."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.chapters import joined, measure
from pipelines.extraction.chapters import SHORTEST_MS, find_chapters
from schemas.content import Transcript, Utterance, UtteranceFlag, Word
from schemas.span import TimeSpan

VAT = "La TVA se déclare chaque trimestre. Le taux de la TVA figure sur la facture. "
LEASE = "Le loyer du local dépend du bail commercial. Relisez le bail commercial avant de signer. "
SENTENCE_MS = 5_000


def test_a_border_lies_where_the_topic_changes_and_titles_say_what_it_is_about() -> None:
    found = find_chapters(spoken(VAT * 15 + LEASE * 15), 300_000)
    assert [c.span for c in found] == [TimeSpan(0, 150_000), TimeSpan(150_000, 300_000)]
    assert "tva" in found[0].title.lower()
    assert "bail commercial" in found[1].title.lower()


def test_one_topic_is_one_chapter_and_needs_no_list() -> None:
    assert find_chapters(spoken(VAT * 30), 300_000) == ()


def test_a_short_recording_gets_none() -> None:
    assert find_chapters(spoken(VAT * 10 + LEASE * 10), 200_000) == ()


def test_doubtful_turns_and_messages_make_no_chapter() -> None:
    doubtful = Utterance(
        0,
        "Bonjour.",
        span=TimeSpan(0, 9),
        words=(Word("Bonjour.", 0, 9, 1.0),),
        flags=(UtteranceFlag.REPETITION,),
    )
    assert find_chapters(Transcript((doubtful, Utterance(1, "Bonjour."))), 300_000) == ()


def test_chapters_cover_the_recording_without_gaps_and_none_is_too_short() -> None:
    transcript, _, length_ms = joined(3)
    found = find_chapters(transcript, length_ms)
    assert found[0].span.start_ms == 0
    assert found[-1].span.end_ms == length_ms
    for chapter, after in pairwise(found):
        assert chapter.span.end_ms == after.span.start_ms
    assert all(c.span.duration_ms >= SHORTEST_MS for c in found)


def test_borders_fall_on_joints_of_recordings_more_often_than_even_ones() -> None:
    figures = [measure(*joined(seed)) for seed in (0, 1, 2)]
    ours = sum(f["ours"]["p_k"] for f in figures) / 3
    even = sum(f["even"]["p_k"] for f in figures) / 3
    assert ours < even - 0.1


def spoken(text: str) -> Transcript:
    """Return one utterance per sentence, each of five seconds."""
    sentences = [f"{s.strip()}." for s in text.split(". ") if s.strip(" .")]
    return Transcript(tuple(said(s, n) for n, s in enumerate(sentences)))


def said(text: str, n: int) -> Utterance:
    """Return the ``n``-th sentence with its words spread over its time."""
    texts, start = text.split(), n * SENTENCE_MS
    each = SENTENCE_MS // len(texts)
    words = tuple(
        Word(t, start + i * each, start + (i + 1) * each, 1.0) for i, t in enumerate(texts)
    )
    return Utterance(n, text, span=TimeSpan(start, start + SENTENCE_MS), words=words)
