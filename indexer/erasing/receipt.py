"""What an erasure proves afterwards: a signed receipt that does not say who was erased."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from indexer.key_file import key_in
from schemas.errors import DamagedFileError
from schemas.ids import PersonId

SIGNING_KEY_FILE: Final = "erasure-signing.key"
HASHING_KEY_FILE: Final = "erasure-hashing.key"


class Erasure(msgspec.Struct, frozen=True):
    """What was erased. Holds no name and no id: who has the id and the key can tell whose it is."""

    id: str
    person: str
    """Keyed hash of the person's id."""
    erased_at: datetime
    version: str
    """Of Cordée."""
    rows: dict[str, int]
    """Deleted, or told apart from the person, by table."""
    documents_removed: tuple[str, ...]
    documents_rewritten: tuple[str, ...]
    documents_still_named: tuple[str, ...]
    blobs_removed: tuple[str, ...]
    """SHA-256 of every file that was deleted."""
    stores: tuple[str, ...]
    """What was made anew or deleted as a whole: indexes, learned state, free pages."""


class Receipt(msgspec.Struct, frozen=True):
    """An erasure with its Ed25519 signature."""

    erasure: Erasure
    public_key: str
    signature: str


def person_hash(data_dir: Path, person_id: PersonId) -> str:
    """Return the hash of a person's id under the key of this installation."""
    key = key_in(data_dir / HASHING_KEY_FILE).encode()
    return hmac.new(key, person_id.encode(), hashlib.sha256).hexdigest()


def sign(data_dir: Path, erasure: Erasure) -> Receipt:
    """Return the erasure signed with the key of this installation, made at its first use."""
    key = _signing_key(data_dir / SIGNING_KEY_FILE)
    public = key.public_key().public_bytes_raw()
    return Receipt(erasure, _text(public), _text(key.sign(_signed(erasure))))


def verify(receipt: Receipt, *, public_key: str | None = None) -> None:
    """Check that a receipt is what was signed.

    Args:
        receipt: To be checked.
        public_key: That it must be signed with; without one, that which it names.

    Raises:
        DamagedFileError: If it was changed, or signed by somebody else.
    """
    if public_key is not None and public_key != receipt.public_key:
        raise DamagedFileError("The receipt was signed by another installation.")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(receipt.public_key))
        key.verify(base64.b64decode(receipt.signature), _signed(receipt.erasure))
    except (InvalidSignature, ValueError) as error:
        raise DamagedFileError("The receipt was changed after it was signed.") from error


def public_key_of(data_dir: Path) -> str:
    """Return the public key of this installation."""
    return _text(_signing_key(data_dir / SIGNING_KEY_FILE).public_key().public_bytes_raw())


def _signed(erasure: Erasure) -> bytes:
    return msgspec.json.encode(erasure, order="deterministic")


def _signing_key(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(made)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise DamagedFileError(f"{path} holds no Ed25519 key.")
    return key


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")
