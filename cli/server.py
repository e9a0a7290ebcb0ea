"""The live API server of a data directory, seen from the command line.

The index directory has one owner. While `cordee serve` runs, commands that need the index ask it
over HTTP, with a token that this process mints: whoever can read the data directory may.
"""

from __future__ import annotations

import httpx
import msgspec

from api.identity import mint_token
from schemas.errors import CordeeError, InvalidInputError, TransientError
from schemas.identity import Caller, Role
from schemas.ids import PersonId
from schemas.settings import Settings

_TIMEOUT_S = 30.0
_PING_TIMEOUT_S = 2.0
_TOKEN_TTL_S = 300
OPERATOR = Caller(PersonId("cli"), Role.ADMIN, "Command line")
"""Who the command line is when it names nobody."""


class ServerAddress(msgspec.Struct, frozen=True):
    """What `cordee serve` writes to ``server.json``."""

    url: str
    pid: int


class LiveServer:
    """HTTP calls to the server of this data directory, as one caller."""

    def __init__(self, settings: Settings, address: ServerAddress, caller: Caller) -> None:
        """Address the server; nothing is sent yet."""
        token = mint_token(settings, caller, ttl_s=_TOKEN_TTL_S)
        self._client = httpx.Client(
            base_url=address.url,
            timeout=_TIMEOUT_S,
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,  # a proxy of the environment has no business between us two
        )

    @property
    def url(self) -> str:
        """Where the server listens."""
        return str(self._client.base_url)

    def get(self, path: str, params: dict[str, object], *, timeout_s: float = _TIMEOUT_S) -> bytes:
        """Return the body of a successful answer.

        Raises:
            CordeeError: With the problem's ``detail`` when the server refuses.
            TransientError: If the server does not answer.
        """
        try:
            asked = httpx.QueryParams(params)  # type: ignore[arg-type]
            answer = self._client.get(path, params=asked, timeout=timeout_s)
        except httpx.HTTPError as exc:
            raise TransientError(f"The server at {self._client.base_url} does not answer.") from exc
        if answer.is_error:
            raise CordeeError(detail_of(answer))
        return answer.content


def find_server(settings: Settings, caller: Caller = OPERATOR) -> LiveServer | None:
    """Return the live server of this data directory, or ``None`` when none answers."""
    try:
        address = msgspec.json.decode(
            (settings.data_dir / "server.json").read_bytes(), type=ServerAddress
        )
        httpx.get(f"{address.url}/health/live", timeout=_PING_TIMEOUT_S, trust_env=False)
    except (OSError, msgspec.DecodeError, httpx.HTTPError):
        return None
    return LiveServer(settings, address, caller)


def caller_named(text: str) -> Caller:
    """Return who ``role:person`` names; nothing names the operator.

    Raises:
        InvalidInputError: If it is no role and person.
    """
    if not text:
        return OPERATOR
    role, colon, person = text.partition(":")
    if not colon or not person or role not in set(Role):
        raise InvalidInputError(f"--as takes ROLE:PERSON (student:s-lea), not {text!r}.")
    return Caller(PersonId(person), Role(role))


def detail_of(answer: httpx.Response) -> str:
    """Return why the server refused, in its own words where it said so."""
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code}."
