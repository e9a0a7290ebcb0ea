"""Tokens: what is let in, and everything that is not."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from api.identity import KEY_FILE, mint_token, open_verifier, signing_key
from schemas.errors import SettingsError, TransientError, UnauthenticatedError
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.settings import AuthSettings, Settings

LEA = Caller(PersonId("s-lea"), Role.STUDENT, "Léa")
KEY = "k" * 48


def settings_of(tmp_path: Path, **auth: str) -> Settings:
    return Settings(data_dir=tmp_path, auth=AuthSettings(**auth))


def claims(**changed: Any) -> dict[str, Any]:
    soon = datetime.now(UTC) + timedelta(minutes=5)
    return {"sub": "m-claire", "role": "mentor", "name": "Claire", "exp": soon} | changed


def test_a_minted_token_names_its_caller_and_its_end(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)

    session = open_verifier(settings).verify(mint_token(settings, LEA, 60))

    assert session.caller == LEA
    assert 50 < (session.expires_at - datetime.now(UTC)).total_seconds() <= 60


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)

    assert signing_key(settings) == signing_key(settings)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_many_first_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(signing_key(settings_of(tmp_path))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"auth\.key"):
        open_verifier(settings_of(tmp_path, key="short"))


def test_an_expired_token_says_to_sign_in_again(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)

    with pytest.raises(UnauthenticatedError, match="expired"):
        open_verifier(settings).verify(mint_token(settings, LEA, -1))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        jwt.encode(claims(), "x" * 40, algorithm="HS256"),
        jwt.encode(claims(), None, algorithm="none"),
        jwt.encode(claims(), KEY, algorithm="HS384"),
        jwt.encode(claims(role="root"), KEY, algorithm="HS256"),
        jwt.encode({"sub": "m-claire", "role": "mentor"}, KEY, algorithm="HS256"),
        jwt.encode({"role": "admin", "exp": 4_000_000_000}, KEY, algorithm="HS256"),
    ],
    ids=["empty", "word", "dots", "wrong key", "alg none", "other alg", "role", "no exp", "no sub"],
)
def test_a_token_that_does_not_hold_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        open_verifier(settings_of(tmp_path, key=KEY)).verify(token)


@pytest.mark.parametrize("changed", [{}, {"aud": "other"}, {"aud": "cordee", "iss": "evil"}])
def test_a_token_for_somebody_else_is_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    settings = settings_of(tmp_path, key=KEY, audience="cordee", issuer="school")

    with pytest.raises(UnauthenticatedError):
        open_verifier(settings).verify(jwt.encode(claims(**changed), KEY, algorithm="HS256"))


def test_own_tokens_carry_the_audience_and_issuer_that_are_expected(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, key=KEY, audience="cordee", issuer="school")

    assert open_verifier(settings).verify(mint_token(settings, LEA, 60)).caller == LEA


class Provider:
    """An identity provider: a real HTTP server with one signing key that can be changed."""

    def __init__(self) -> None:
        self.n_fetched = 0
        self.rotate("first")

    def rotate(self, kid: str) -> None:
        self.kid = kid
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.public_pem = self._private.public_key()

    def jwks(self) -> bytes:
        self.n_fetched += 1
        key = RSAAlgorithm.to_jwk(self.public_pem, as_dict=True)
        return json.dumps({"keys": [key | {"kid": self.kid, "use": "sig"}]}).encode()

    def token(self, **changed: Any) -> str:
        return jwt.encode(
            claims(**changed), self._private, algorithm="RS256", headers={"kid": self.kid}
        )


@contextmanager
def serving(provider: Provider) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(provider.jwks())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/jwks"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_provider_keys_are_fetched_once_and_again_after_a_rotation(tmp_path: Path) -> None:
    provider = Provider()
    with serving(provider) as url:
        verifier = open_verifier(settings_of(tmp_path, jwks_url=url), jwks_cooldown_s=0)
        before = [verifier.verify(provider.token()).caller.person_id for _ in range(3)]
        n_before = provider.n_fetched
        old = provider.token()
        provider.rotate("second")
        after = verifier.verify(provider.token()).caller

    assert before == ["m-claire"] * 3
    assert (n_before, provider.n_fetched) == (1, 2)
    assert after.role is Role.MENTOR
    with pytest.raises((UnauthenticatedError, TransientError)):
        verifier.verify(old)


def test_forged_key_ids_do_not_make_us_ask_the_provider_again(tmp_path: Path) -> None:
    provider = Provider()
    with serving(provider) as url:
        verifier = open_verifier(settings_of(tmp_path, jwks_url=url))
        verifier.verify(provider.token())
        provider.kid = "forged"
        for _ in range(3):
            with pytest.raises(UnauthenticatedError):
                verifier.verify(provider.token())

    assert provider.n_fetched == 1


def test_a_public_key_never_passes_for_the_shared_one(tmp_path: Path) -> None:
    provider = Provider()
    with serving(provider) as url:
        verifier = open_verifier(settings_of(tmp_path, jwks_url=url))
        modulus = json.loads(provider.jwks())["keys"][0]["n"]
        forged = jwt.encode(claims(), modulus, algorithm="HS256", headers={"kid": provider.kid})

        with pytest.raises(UnauthenticatedError):
            verifier.verify(forged)


def test_a_provider_that_does_not_answer_is_our_trouble_not_the_caller_s(tmp_path: Path) -> None:
    provider = Provider()
    with serving(provider) as url:
        pass
    verifier = open_verifier(settings_of(tmp_path, jwks_url=url))

    with pytest.raises(TransientError):
        verifier.verify(provider.token())
