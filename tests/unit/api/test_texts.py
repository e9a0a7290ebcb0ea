import json
import re
from collections import Counter
from datetime import UTC, datetime

import pytest

from api.pages.texts import LANGUAGES, LOCALES_DIR, clock, texts_of

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("language", "n", "expected"),
    [
        ("fr", 0, "0 document"),
        ("fr", 1, "1 document"),
        ("fr", 2, "2 documents"),
        ("en", 0, "0 documents"),
        ("en", 1, "1 document"),
    ],
)
def test_a_plural_is_the_one_of_its_language(language: str, n: int, expected: str) -> None:
    assert texts_of(language, PARIS)("results.count", n=n) == expected


def test_numbers_days_and_lists_are_written_as_the_language_writes_them() -> None:
    french, english = texts_of("fr", PARIS), texts_of("en", PARIS)
    moment = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert french.number(1234.56, 1) == "1\u202f234,6"
    assert english.number(1234.56, 1) == "1,234.6"
    assert french.day(moment) == "3 mars 2026"  # already the next day in Paris
    assert french.time_of_day(moment) == "00:30"
    assert french.names(["Léa", "Hugo", "Sofia"]) == "Léa, Hugo et Sofia"
    assert english.names(["Léa", "Hugo", "Sofia"]) == "Léa, Hugo, and Sofia"


def test_of_many_names_the_first_are_told_and_how_many_others() -> None:
    french = texts_of("fr", PARIS)

    assert french.few_names("ABC", 3) == "A, B et C"
    assert french.few_names("ABCDE", 3) == "A, B et 3 autres"


@pytest.mark.parametrize(
    ("time_ms", "length", "place"),
    [
        (0, "0\u00a0s", "0:00"),
        (59_400, "59\u00a0s", "0:59"),
        (119_700, "2\u00a0min", "1:59"),
        (3_900_000, "1\u00a0h\u00a005", "1:05:00"),
    ],
)
def test_lengths_are_for_people_and_places_are_exact(time_ms: int, length: str, place: str) -> None:
    assert texts_of("fr", PARIS).duration(time_ms) == length
    assert clock(time_ms) == place


def test_a_value_is_never_read_as_a_placeholder() -> None:
    assert texts_of("fr", PARIS)("results.for", q="{n} {q}").endswith("{n} {q}\u00a0»")


def test_a_message_that_is_missing_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        texts_of("fr", PARIS)("nothing.at.all")


@pytest.mark.parametrize(
    ("n_bytes", "french", "english"),
    [
        (0, "0 o", "0 byte"),
        (1023, "1 023 o", "1,023 byte"),
        (2 * 1024**3, "2 Go", "2 GB"),
        (1_600_000, "1,5 Mo", "1.5 MB"),
        (80 * 1024**4, "80 To", "80 TB"),
    ],
)
def test_a_size_has_few_digits_and_the_unit_of_its_language(
    n_bytes: int, french: str, english: str
) -> None:
    sizes = [texts_of(language, PARIS).size(n_bytes) for language in ("fr", "en")]

    assert [re.sub(r"\s", " ", size) for size in sizes] == [french, english]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_stands_twice(language: str) -> None:
    pairs = json.loads((LOCALES_DIR / f"{language}.json").read_text(), object_pairs_hook=list)
    assert [key for key, n in Counter(key for key, _ in pairs).items() if n > 1] == []
