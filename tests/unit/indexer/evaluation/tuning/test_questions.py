"""Judged queries for tuning, from a folder and from votes."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from fixtures.builders import a_document, a_judgment, a_search
from indexer.evaluation.judged import id_of
from indexer.evaluation.tuning.questions import Questions, from_folder, from_votes, that_count
from schemas.errors import InvalidInputError
from schemas.feedback import Pseudonym
from schemas.ids import PersonId, QueryId
from schemas.judgment import Judgment, Verdict

GOOD, BAD = a_document("text:good"), a_document("text:bad")


def folder_of(path: Path, *splits: str) -> Path:
    (path / "qrels").mkdir(parents=True)
    (path / "corpus.jsonl").write_text('{"_id": "d", "text": "t"}\n')
    lines = [
        {"_id": f"q{n}", "text": f"question {n}", "metadata": {"intent": f"i{n // 2}"}}
        for n in range(40)
    ]
    (path / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for number, split in enumerate(splits):
        own = [n for n in range(40) if len(splits) == 1 or n % 2 == number]
        rows = "".join(f"q{n}\td\t2\n" for n in own)
        (path / "qrels" / f"{split}.tsv").write_text(f"query-id\tcorpus-id\tscore\n{rows}")
    return path


def groups(questions: Questions) -> tuple[set[str], set[str]]:
    return {q.group for q in questions.learned}, {q.group for q in questions.apart}


def votes(value: Verdict, *people: str, text: str = "prix", of: object = GOOD) -> list[Judgment]:
    return [
        a_judgment(of, person_id=PersonId(who), value=value, query_text=text)  # type: ignore[arg-type]
        for who in people
    ]


def grades(*said: list[Judgment]) -> dict[str, int]:
    every = [vote for part in said for vote in part]
    found = from_votes(every, lambda _: "one intent")
    return {
        document_id: grade
        for asked in (*found.learned, *found.apart)
        for document_id, grade in asked.grades.items()
    }


def test_the_splits_of_a_folder_are_kept_apart(tmp_path: Path) -> None:
    found = from_folder(folder_of(tmp_path / "two", "dev", "test"))

    assert (len(found.learned), len(found.apart)) == (20, 20)
    assert found.learned[0].grades == {id_of("d"): 2}
    assert found.learned[0].group == "i0"


def test_without_splits_no_intent_is_on_both_sides(tmp_path: Path) -> None:
    learned, apart = groups(from_folder(folder_of(tmp_path / "one", "test")))

    assert learned
    assert apart
    assert not learned & apart
    assert len(learned | apart) == 20


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"queries\.jsonl"):
        from_folder(tmp_path)


def test_grades_count_people_and_their_last_word() -> None:
    assert grades(votes(Verdict.USEFUL, "a", "b", "c")) == {GOOD.id: 2}
    assert grades(votes(Verdict.USEFUL, "a", "a", "a")) == {GOOD.id: 1}
    assert grades(votes(Verdict.USEFUL, "a"), votes(Verdict.NOT_USEFUL, "a")) == {GOOD.id: 0}
    assert grades(votes(Verdict.USEFUL, "a"), votes(Verdict.WITHDRAWN, "a")) == {}
    assert grades(
        votes(Verdict.USEFUL, "a", "b", "c"), votes(Verdict.NOT_USEFUL, "d", "e", of=BAD)
    ) == {GOOD.id: 2, BAD.id: 0}
    assert grades(votes(Verdict.USEFUL, "a", "b", "c"), votes(Verdict.NOT_USEFUL, "d", "e")) == {
        GOOD.id: 1
    }


def test_wordings_of_an_intent_share_what_was_said() -> None:
    said = votes(Verdict.USEFUL, "a", "b", text="fixer ses prix")
    said += votes(Verdict.USEFUL, "c", text="quel tarif")
    found = from_votes(said, lambda _: "prices")
    every = [*found.learned, *found.apart]

    assert [asked.text for asked in every] == ["fixer ses prix", "quel tarif"]
    assert {asked.grades[GOOD.id] for asked in every} == {2}


def test_only_what_a_search_showed_to_the_voter_teaches() -> None:
    search = a_search("q-1", GOOD, person=Pseudonym("a"))
    good = a_judgment(GOOD, person_id=PersonId("a"), query_id=search.query_id)
    replace = msgspec.structs.replace
    withdrawn = replace(good, query_id=None, value=Verdict.WITHDRAWN)
    ignored = [
        replace(good, query_id=None),
        replace(good, query_id=QueryId("forged")),
        replace(good, person_id=PersonId("b")),
        replace(good, document_id=BAD.id),
    ]
    found = that_count([good, *ignored, withdrawn], {search.query_id: search}.get, Pseudonym)

    assert list(found) == [good, withdrawn]


def test_what_no_search_led_to_teaches_no_ranking() -> None:
    assert grades(votes(Verdict.USEFUL, "a", text="  ")) == {}
