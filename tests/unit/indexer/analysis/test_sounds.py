"""Which words sound alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis.sounds import sound_key, sound_keys

unhurried = settings(deadline=None)  # shared cores: time says nothing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("oto", "auto"),
        ("fakturassion", "facturation"),
        ("sindrome", "syndrome"),
        ("kotisation", "cotisation"),
        ("fotographe", "photographe"),
        ("demarer", "demarrer"),
        ("facturer", "facture"),
    ],
)
def test_spellings_of_one_sound_share_a_key(one: str, other: str) -> None:
    assert sound_key(one) == sound_key(other)


@pytest.mark.parametrize(("one", "other"), [("banque", "marque"), ("chat", "rat"), ("a", "e")])
def test_words_that_sound_unlike_have_other_keys(one: str, other: str) -> None:
    assert sound_key(one) != sound_key(other)


@unhurried
@given(st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1), min_size=1))
def test_many_words_get_the_keys_that_each_gets_alone(words: list[str]) -> None:
    assert sound_keys(words) == [sound_key(word) for word in words]
