"""Pseudonyms: the log knows who did the same thing twice, and nobody by name."""

from __future__ import annotations

import hashlib
from typing import Final

from indexer.analysis.normalize import query_key
from indexer.key_file import key_in
from schemas.errors import SettingsError
from schemas.feedback import PhrasingId, Pseudonym
from schemas.ids import PersonId
from schemas.settings import Settings

KEY_FILE: Final = "pseudonym.key"
MIN_KEY_CHARS: Final = 32
_DIGEST_BYTES: Final = 12  # 96 bits: no two of a million people share one


class Pseudonyms:
    """Turns persons into pseudonyms; without the key nobody can, nor try every known person."""

    def __init__(self, key: str) -> None:
        """Keep the key, of at least ``MIN_KEY_CHARS`` characters."""
        self._key = hashlib.sha256(key.encode()).digest()

    def of(self, person_id: PersonId) -> Pseudonym:
        """Return the pseudonym of a person; always the same one."""
        digest = hashlib.blake2b(person_id.encode(), key=self._key, digest_size=_DIGEST_BYTES)
        return Pseudonym(digest.hexdigest())


def open_pseudonyms(settings: Settings) -> Pseudonyms:
    """Return those of this installation, whose key is made at the first start.

    The key is not the one that signs tokens: that may be changed on any day, and then every
    person would be a new one here.

    Raises:
        SettingsError: If the configured key is too short.
    """
    key = settings.feedback.key
    if key and len(key) < MIN_KEY_CHARS:
        raise SettingsError(f"Settings: feedback.key needs {MIN_KEY_CHARS} characters or more.")
    return Pseudonyms(key or key_in(settings.data_dir / KEY_FILE))


def phrasing_id(text: str) -> PhrasingId:
    """Return under which id a query is known, however it is typed."""
    return PhrasingId(hashlib.sha256(query_key(text).encode()).hexdigest())
