"""A pseudonym is the same for one person, and nothing can be read from it."""

from pathlib import Path

import msgspec
import pytest

from indexer.feedback.pseudonyms import Pseudonyms, open_pseudonyms, phrasing_id
from schemas.errors import SettingsError
from schemas.ids import PersonId
from schemas.settings import FeedbackSettings, Settings

CAMILLE, DOMINIQUE = PersonId("s-17"), PersonId("m-4")


def test_a_person_keeps_the_pseudonym(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    first = open_pseudonyms(settings).of(CAMILLE)

    assert open_pseudonyms(settings).of(CAMILLE) == first
    assert open_pseudonyms(settings).of(DOMINIQUE) != first


def test_the_key_makes_the_pseudonym() -> None:
    assert Pseudonyms("a" * 32).of(CAMILLE) != Pseudonyms("b" * 32).of(CAMILLE)
    assert CAMILLE not in Pseudonyms("a" * 32).of(CAMILLE)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    settings = msgspec.structs.replace(
        Settings(data_dir=tmp_path), feedback=FeedbackSettings(key="short")
    )

    with pytest.raises(SettingsError, match="32 characters"):
        open_pseudonyms(settings)


def test_queries_that_count_as_the_same_share_their_phrasing() -> None:
    assert phrasing_id("Fixer ses PRIX ?") == phrasing_id("fixer  ses prix")
    assert phrasing_id("fixer ses prix") != phrasing_id("fixer son prix")
