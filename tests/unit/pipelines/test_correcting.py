"""Corrected turns: their text is the person's, their times are the recording's."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.builders import a_body, a_correction, a_transcript
from pipelines.correcting import align, carried, unfit, with_corrections, words_of
from schemas.content import Transcript, Utterance, UtteranceFlag, Word
from schemas.ids import Revision
from schemas.span import TimeSpan

HEARD = "La TVA est un impopayé par le client"
"""Each word takes 300 ms, from 0 on."""
SPAN = TimeSpan(0, 2_400)
unhurried = settings(deadline=None, max_examples=80)  # shared cores: time says nothing
texts = st.lists(st.sampled_from(["tva", "client", "impôt", "le", "payé", "?"]), max_size=9)


def heard_words(text: str = HEARD) -> tuple[Word, ...]:
    return tuple(Word(w, n * 300, n * 300 + 300, 0.5) for n, w in enumerate(text.split()))


def times(words: tuple[Word, ...]) -> list[tuple[str, int, int]]:
    return [(word.text, word.start_ms, word.end_ms) for word in words]


def test_words_that_were_heard_keep_their_times() -> None:
    aligned = align(heard_words(), words_of("La T.V.A. est un impopayé par le client"), SPAN)

    assert [w[1:] for w in times(aligned)] == [w[1:] for w in times(heard_words())]


def test_new_words_share_the_time_of_those_they_replace() -> None:
    aligned = align(heard_words(), words_of("La TVA est un impôt payé par le client"), SPAN)

    assert times(aligned)[3:7] == [
        ("un", 900, 1200),
        ("impôt", 1200, 1366),  # five letters of nine
        ("payé", 1366, 1500),
        ("par", 1500, 1800),
    ]


def test_a_word_left_out_takes_its_time_along() -> None:
    aligned = align(heard_words(), words_of("La TVA est payée par le client"), SPAN)

    assert times(aligned)[2:5] == [("est", 600, 900), ("payée", 900, 1500), ("par", 1500, 1800)]


def test_a_word_that_was_missed_is_said_in_the_silence_where_it_was() -> None:
    heard = (Word("oui", 0, 300, 0.5), Word("merci", 1000, 1300, 0.5))

    aligned = align(heard, ["oui", "bien", "merci"], TimeSpan(0, 1300))

    assert times(aligned) == [("oui", 0, 300), ("bien", 300, 1000), ("merci", 1000, 1300)]


def test_a_word_missed_between_two_without_a_pause_shares_the_time_of_the_one_before() -> None:
    heard = (Word("oui", 0, 300, 0.5), Word("merci", 300, 600, 0.5))

    aligned = align(heard, ["oui", "non", "merci"], TimeSpan(0, 600))

    assert times(aligned) == [("oui", 0, 150), ("non", 150, 300), ("merci", 300, 600)]


def test_a_mark_alone_belongs_to_the_word_before_it() -> None:
    assert words_of("Combien coûte un impôt ? Rien !") == [
        "Combien",
        "coûte",
        "un",
        "impôt ?",
        "Rien !",
    ]


def test_a_text_without_word_times_stays_without() -> None:
    assert align((), ["un", "impôt"], SPAN) == ()


@unhurried
@given(texts, texts)
def test_every_word_has_a_place_within_the_turn_and_none_starts_before_the_last(
    heard: list[str], wanted: list[str]
) -> None:
    words = heard_words(" ".join(heard))
    span = TimeSpan(0, 300 * len(words))

    aligned = align(words, wanted, span)

    assert [w.text for w in aligned] == (wanted if words else [])
    assert all(span.start_ms <= w.start_ms <= w.end_ms <= span.end_ms for w in aligned)
    assert all(one.start_ms <= other.start_ms for one, other in pairwise(aligned))


def a_talk() -> Transcript:
    return a_transcript(["Bonjour à tous.", HEARD, "Voilà pour le principe."])


def test_a_corrected_turn_takes_the_place_of_what_was_heard() -> None:
    talk = a_talk()
    correction = a_correction(talk.utterances[1], "La TVA est un impôt payé par le client")

    corrected = with_corrections(talk, [correction])

    assert isinstance(corrected, Transcript)
    first, second, third = corrected.utterances
    assert (first, third) == (talk.utterances[0], talk.utterances[2])
    assert second.text == "La TVA est un impôt payé par le client"
    assert (second.span, second.speaker_id) == (talk.utterances[1].span, first.speaker_id)
    assert second.confidence is None
    assert " ".join(word.text for word in second.words) == second.text


def test_a_doubtful_turn_that_a_person_has_read_is_doubtful_no_more() -> None:
    talk = a_talk()
    doubtful = msgspec.structs.replace(talk.utterances[1], flags=(UtteranceFlag.LOW_CONFIDENCE,))
    content = Transcript((talk.utterances[0], doubtful))

    corrected = with_corrections(content, [a_correction(doubtful, "La TVA")])

    assert isinstance(corrected, Transcript)
    assert corrected.utterances[1].flags == ()


def test_applying_twice_is_applying_once_and_the_latest_text_stands() -> None:
    talk = a_talk()
    first = a_correction(talk.utterances[1], "La TVA est un impôt")
    latest = msgspec.structs.replace(first, text="La TVA est une taxe")
    once = with_corrections(talk, [first])

    assert with_corrections(once, [first]) == once
    assert with_corrections(once, [latest]) == with_corrections(talk, [latest])


def test_taking_a_correction_back_brings_back_what_was_heard() -> None:
    talk = a_talk()
    correction = a_correction(talk.utterances[1], "La TVA est un impôt")
    back = msgspec.structs.replace(correction, text=correction.heard.text)

    assert with_corrections(with_corrections(talk, [correction]), [back]) == talk


def test_a_turn_is_known_by_its_place_and_not_by_its_number() -> None:
    talk = a_talk()
    correction = a_correction(talk.utterances[1], "La TVA est un impôt")
    early = Utterance(0, "Générique", span=TimeSpan(0, 1))
    later = Transcript((
        early,
        *(msgspec.structs.replace(u, ordinal=u.ordinal + 1) for u in talk.utterances),
    ))

    corrected = with_corrections(later, [correction])

    assert isinstance(corrected, Transcript)
    assert [(u.ordinal, u.text) for u in corrected.utterances][2] == (2, "La TVA est un impôt")


def test_a_correction_of_a_turn_that_is_not_there_does_nothing_and_is_named() -> None:
    talk = a_talk()
    moved = msgspec.structs.replace(talk.utterances[1], span=TimeSpan(7, 8))
    stray = a_correction(moved, "La TVA")

    assert with_corrections(talk, [stray]) == talk
    assert unfit(talk, [stray]) == [stray]
    assert with_corrections(a_body(), [stray]) == a_body()


def a_mended_turn() -> Utterance:
    words = (Word("l'URSSAF", 0, 600, 0.5, heard="l'Ursafe"), Word("paie", 600, 900, 0.5))
    return Utterance(0, "l'URSSAF paie", span=TimeSpan(0, 900), words=words)


def test_what_a_person_says_wins_over_the_glossary() -> None:
    turn = a_mended_turn()

    (said,) = corrected_turns(turn, "l'Ursafe paie")

    assert said.text == "l'Ursafe paie"
    assert said.heard is None
    assert [(w.start_ms, w.end_ms) for w in said.words] == [(0, 600), (600, 900)]


def test_taking_a_correction_back_leaves_the_mended_turn() -> None:
    turn = a_mended_turn()

    (said,) = corrected_turns(turn, turn.text)

    assert said == turn
    assert said.heard == "l'Ursafe paie"


def corrected_turns(turn: Utterance, text: str) -> tuple[Utterance, ...]:
    content = with_corrections(Transcript((turn,)), [a_correction(turn, text)])
    assert isinstance(content, Transcript)
    return content.utterances


def test_a_correction_is_carried_to_the_turn_that_says_nearly_the_same_at_that_time() -> None:
    talk = a_talk()
    correction = a_correction(talk.utterances[1], "La TVA est un impôt payé par le client")
    again = msgspec.structs.replace(
        talk.utterances[1], text=talk.utterances[1].text.replace("e", "é", 1), speaker_id=None
    )
    heard = Transcript((talk.utterances[0], again, talk.utterances[2]))

    (moved,) = carried(heard, [correction], Revision("f" * 64))

    assert (moved.heard, moved.text, moved.revision) == (again, correction.text, "f" * 64)
    assert carried(Transcript(talk.utterances[:1]), [correction], Revision("f" * 64)) == []


def test_a_correction_taken_back_later_is_not_carried_over() -> None:
    talk = a_talk()
    change = a_correction(talk.utterances[1], "La TVA est un impôt payé par le client")
    taken_back = msgspec.structs.replace(
        change, text=change.heard.text, corrected_at=change.corrected_at + timedelta(days=1)
    )
    again = msgspec.structs.replace(
        taken_back, text="La TVA est un impôt", corrected_at=change.corrected_at + timedelta(days=2)
    )

    assert carried(talk, [taken_back, change], Revision("f" * 64)) == []
    assert [c.text for c in carried(talk, [again, taken_back, change], Revision("f" * 64))] == [
        "La TVA est un impôt"
    ]
