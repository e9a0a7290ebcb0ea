"""Bearer tokens: who is asking, proven by a signature.

A token is a JWT that carries ``sub`` (person), ``role``, ``name`` and ``exp``. It is signed
either with the key of this installation (HS256) or by an identity provider whose public keys
are published at a URL (RS256, ES256). The algorithm decides the key, never the other way round,
so that a public key can never pass for a shared one; ``none`` belongs to neither list.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
import msgspec

from indexer.catalog.database import Clock, utc_now
from indexer.key_file import key_in
from schemas.errors import SettingsError, TransientError, UnauthenticatedError
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.settings import AuthSettings, Settings

KEY_FILE: Final = "secret.key"
MIN_KEY_CHARS: Final = 32
"""RFC 7518, section 3.2: an HS256 key is no shorter than its hash."""
_OWN_ALGORITHM: Final = "HS256"
_PROVIDER_ALGORITHMS: Final = ("RS256", "ES256")
_PROVIDER_LEEWAY_S: Final = 30  # its clock is not ours
_JWKS_LIFESPAN_S: Final = 300
_JWKS_TIMEOUT_S: Final = 5
JWKS_COOLDOWN_S: Final = 30
"""Least time between two fetches for an unknown key id, or forged ids would flood the provider."""


class Session(msgspec.Struct, frozen=True):
    """A verified token: the caller, and until when it holds."""

    caller: Caller
    expires_at: datetime


class TokenVerifier:
    """Checks tokens against the installation's key and the identity provider's keys.

    Thread-safe. Provider keys are kept for five minutes and fetched at once when a token names
    a key that is not among them, so that a rotation needs no restart.
    """

    def __init__(self, auth: AuthSettings, key: str, *, jwks_cooldown_s: float) -> None:
        """Keep the key; nothing is fetched before the first provider token comes."""
        self._auth = auth
        self._key = key
        self._provider = (
            jwt.PyJWKClient(
                auth.jwks_url,
                lifespan=_JWKS_LIFESPAN_S,
                timeout=_JWKS_TIMEOUT_S,
                cooldown_duration=jwks_cooldown_s,
            )
            if auth.jwks_url
            else None
        )

    def verify(self, token: str) -> Session:
        """Return the session that a token proves.

        Raises:
            UnauthenticatedError: If it is malformed, expired, for another audience or issuer,
                or not signed by a trusted key.
            TransientError: If the identity provider's keys cannot be fetched.
        """
        try:
            algorithm = jwt.get_unverified_header(token).get("alg")
            if algorithm == _OWN_ALGORITHM:
                claims = self._decode(token, self._key, algorithm, leeway_s=0)
            elif algorithm in _PROVIDER_ALGORITHMS and self._provider is not None:
                key = self._provider.get_signing_key_from_jwt(token)
                claims = self._decode(token, key, algorithm, leeway_s=_PROVIDER_LEEWAY_S)
            else:
                raise UnauthenticatedError("The token is signed in a way that is not accepted.")
        except jwt.PyJWKClientConnectionError as exc:
            raise TransientError("The identity provider's keys cannot be fetched now.") from exc
        except jwt.ExpiredSignatureError as exc:
            raise UnauthenticatedError("The token has expired: sign in again.") from exc
        except jwt.PyJWTError as exc:
            raise UnauthenticatedError("The token is not valid here.") from exc
        return _to_session(claims)

    def _decode(self, token: str, key: Any, algorithm: str, *, leeway_s: int) -> dict[str, Any]:
        auth = self._auth
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=auth.audience or None,
            issuer=auth.issuer or None,
            leeway=leeway_s,
            options={"require": ["sub", "exp"], "verify_aud": bool(auth.audience)},
        )


def open_verifier(settings: Settings, *, jwks_cooldown_s: float = JWKS_COOLDOWN_S) -> TokenVerifier:
    """Return the verifier of this installation; makes its key at the first start.

    Raises:
        SettingsError: If the configured key is too short, or the JWKS address is no web address.
    """
    key = signing_key(settings)
    try:
        return TokenVerifier(settings.auth, key, jwks_cooldown_s=jwks_cooldown_s)
    except jwt.PyJWKClientError as exc:
        raise SettingsError(f"Settings: auth.jwks_url: {exc}") from exc


def mint_token(settings: Settings, caller: Caller, ttl_s: float, *, clock: Clock = utc_now) -> str:
    """Sign a token for a caller with the installation's key; it expires after ``ttl_s`` seconds."""
    now = clock()
    claims: dict[str, Any] = {
        "sub": caller.person_id,
        "role": caller.role.value,
        "name": caller.name,
        "iat": now,
        "exp": now + timedelta(seconds=ttl_s),
    }
    if settings.auth.audience:
        claims["aud"] = settings.auth.audience
    if settings.auth.issuer:
        claims["iss"] = settings.auth.issuer
    return jwt.encode(claims, signing_key(settings), algorithm=_OWN_ALGORITHM)


def signing_key(settings: Settings) -> str:
    """Return the installation's key: from the settings, or its file, made when there is none.

    Several machines that serve one catalog need the same ``auth.key`` in their settings.

    Raises:
        SettingsError: If the configured key has fewer than ``MIN_KEY_CHARS`` characters.
    """
    if not settings.auth.key:
        return key_in(settings.data_dir / KEY_FILE)
    if len(settings.auth.key) < MIN_KEY_CHARS:
        raise SettingsError(f"Settings: auth.key needs {MIN_KEY_CHARS} characters or more.")
    return settings.auth.key


def _to_session(claims: dict[str, Any]) -> Session:
    try:
        role = Role(claims.get("role", ""))
    except ValueError as exc:
        raise UnauthenticatedError("The token names no role that exists here.") from exc
    caller = Caller(PersonId(claims["sub"]), role, str(claims.get("name", "")))
    return Session(caller, datetime.fromtimestamp(claims["exp"], UTC))
