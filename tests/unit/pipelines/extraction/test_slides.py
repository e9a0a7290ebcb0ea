"""From lines that were read on a screen to slides: what stays, what goes, what is one."""

from __future__ import annotations

from pipelines.extraction.ocr import PictureWord
from pipelines.extraction.slides import Seen, lines_of, to_slides
from schemas.span import TimeSpan

FOOT = ("Vendre au marché", "Inès Castelbran")


def seen(start_s: int, *lines: str) -> Seen:
    return Seen(lines, TimeSpan(start_s * 1000, start_s * 1000 + 10_000))


def words(line: int, text: str, confidence: float = 0.9) -> list[PictureWord]:
    return [PictureWord(each, 0, 0, 9, 9, confidence, line, 20.0) for each in text.split()]


def texts(*shown: Seen) -> list[str]:
    return [slide.text for slide in to_slides(shown)]


def test_a_slide_has_its_lines_and_its_time() -> None:
    (slide,) = to_slides([seen(20, "Les seuils", "Services : 37 500 €")])
    assert slide.text == "Les seuils\nServices : 37 500 €"
    assert slide.span == TimeSpan(20_000, 30_000)


def test_points_that_appear_one_after_the_other_are_one_slide() -> None:
    first = seen(0, "Trouver un local", "La rue", "Le bail")
    second = seen(10, "Trouver un 1ocal", "La rue", "Le bail", "Les travaux")
    (slide,) = to_slides([first, second])
    assert slide.text.endswith("Les travaux")
    assert slide.span == TimeSpan(0, 20_000)


def test_a_slide_that_holds_the_words_of_another_is_another() -> None:
    assert len(texts(seen(0, "Vendre au marché"), seen(10, "Le principe", "Vendre au marché"))) == 2


def test_a_slide_that_comes_back_is_told_once() -> None:
    one, two = ("Prévoir la trésorerie",), ("Négocier son bail commercial",)
    assert texts(seen(0, *one), seen(10, *two), seen(20, *one)) == [*one, *two]


def test_what_stands_on_most_slides_is_kept_on_the_first_alone() -> None:
    found = texts(
        seen(0, "Les prix de vente", *FOOT),
        seen(10, "Le loyer commercial", *FOOT),
        seen(20, "Les charges sociales", *FOOT),
    )
    assert found == [
        "Les prix de vente\nVendre au marché\nInès Castelbran",
        "Le loyer commercial",
        "Les charges sociales",
    ]


def test_a_few_letters_are_no_slide() -> None:
    assert texts(seen(0, "ZORBEC"), seen(10, "12", "= |")) == []


def test_doubtful_words_bullets_and_page_numbers_are_left_out() -> None:
    read = [
        *words(0, "• Fixer ses prix"),
        *words(1, "e Écouter ses clients"),
        *words(2, "e-mail et téléphone"),
        *words(3, "xq#", confidence=0.2),
        *words(4, "3/11"),
        *words(5, "« Je suis timide »"),
        *words(6, "37 500 €"),
    ]
    assert lines_of(read) == (
        "Fixer ses prix",
        "Écouter ses clients",
        "e-mail et téléphone",
        "« Je suis timide »",
        "37 500 €",
    )
