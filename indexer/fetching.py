"""Documents fetched by their address: checked at each step, streamed to disk, tried again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from email.message import Message
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

import httpx
import msgspec

from indexer.addresses import Address, Resolve, checked_address, checked_url, is_public, resolve
from indexer.intake import clean_filename
from indexer.room import check_room
from schemas.errors import (
    AddressRefusedError,
    LimitExceededError,
    NotFetchedError,
    TransientError,
)
from schemas.settings import Settings

MAX_REDIRECTS: Final = 5
CONNECT_S: Final = 10.0
READ_S: Final = 30.0
PAUSES_S: Final = (1.0, 4.0)
"""Before the second and the third try, where a failure may pass."""
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAY_PASS: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_OK: Final = 200
_EXTENSIONS: Final = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "text/vtt": ".vtt",
    "application/json": ".json",
    "video/mp4": ".mp4",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}
"""A hint for the name only: what bytes are is told from the bytes."""

Progress = Callable[[float], None]


def _unseen(_share: float) -> None:
    """Nobody looks on."""


class Fetched(msgspec.Struct, frozen=True):
    """A document's bytes, on disk."""

    path: Path
    filename: str
    url: str
    """Where it was asked for, without what follows a ``#``: the document's lasting name."""


class Fetcher:
    """Fetches documents for one installation; safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve = resolve,
        is_allowed: Callable[[Address], bool] = is_public,
        pause: Callable[[float], None] = time.sleep,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        """Fetch nothing yet; names are looked up by ``resolve``, pauses are made by ``pause``."""
        self._settings = settings
        self._limits = settings.ingestion
        self._resolve = resolve
        self._is_allowed = (lambda _: True) if self._limits.fetch_private else is_allowed
        self._pause = pause
        self._elapsed = elapsed

    def check(self, url: str) -> None:
        """Refuse at once what can be refused before anything is fetched.

        A site that cannot be found just now is none of that: it may come back.

        Raises:
            AddressRefusedError: If the address, or where its name leads, is not fetched from.
        """
        parts = checked_url(url, self._limits)
        with suppress(TransientError):
            checked_address(parts, self._resolve, self._is_allowed)

    def fetch(self, url: str, directory: Path, progress: Progress = _unseen) -> Fetched:
        """Fetch one document into a directory.

        Args:
            url: ``http`` or ``https``; up to five redirects are followed, each checked like it.
            directory: Where the file is written, under a name of ours.
            progress: Told the share, 0 to 1, that has come, now and then; 0 where the site does
                not say how much there is. What it raises ends the fetching.

        Raises:
            AddressRefusedError: If it, or where it leads, is not to be fetched from.
            NotFetchedError: If the site says that there is no such document, or not for us.
            LimitExceededError: If it is larger than an upload may be, unpacked.
            StorageFullError: If there is no room for it.
            TransientError: If the site does not answer in time, after three tries.
        """
        checked_url(url, self._limits)
        ends_at = self._elapsed() + self._limits.fetch_timeout_s
        for pause_s in (*PAUSES_S, None):
            try:
                return self._try(url.strip(), directory / "fetched", ends_at, progress)
            except TransientError as error:
                if pause_s is None or type(error) is not TransientError:
                    raise
                if self._elapsed() + pause_s >= ends_at:
                    raise
                self._pause(pause_s)
        raise AssertionError("unreachable: the last try returns or raises")

    def _try(self, url: str, path: Path, ends_at: float, progress: Progress) -> Fetched:
        where = url
        for _ in range(MAX_REDIRECTS + 1):
            with self._answer(where, ends_at) as answer:
                if answer.status_code in _REDIRECTS and "location" in answer.headers:
                    where = _joined(where, answer.headers["location"])
                    continue
                _require_ok(answer, where)
                self._write(answer, path, ends_at, progress)
                return Fetched(path, _filename(answer, where), url.partition("#")[0])
        raise NotFetchedError(f"{url} leads from one address to the next and never arrives.")

    @contextmanager
    def _answer(self, url: str, ends_at: float) -> Iterator[httpx.Response]:
        parts = checked_url(url, self._limits)
        address, port = checked_address(parts, self._resolve, self._is_allowed)
        host = parts.hostname or ""
        left_s = self._left_s(ends_at)
        timeout = httpx.Timeout(min(READ_S, left_s), connect=min(CONNECT_S, left_s))
        try:
            asked = httpx.URL(url)
            request = httpx.Request(
                "GET",
                # To the address that was checked, under the name that was asked for: certificates
                # are those of the name, and no second look-up can lead elsewhere.
                asked.copy_with(host=address, port=port, fragment=None),
                headers={
                    "Host": asked.netloc.decode(),
                    "Accept-Encoding": "identity",
                    "User-Agent": "Cordee/1",
                },
                extensions={
                    "timeout": timeout.as_dict(),
                    "sni_hostname": host.encode("idna").decode(),
                },
            )
            # No proxy of the environment: it would do the looking up again, elsewhere. And no
            # client: it reads where a redirect leads before we do, and fails on what it cannot.
            with (
                httpx.HTTPTransport(trust_env=False) as transport,
                closing(transport.handle_request(request)) as answer,
            ):
                yield answer
        except (httpx.InvalidURL, UnicodeError) as exc:
            raise AddressRefusedError("This is no address of a document.") from exc
        except httpx.HTTPError as exc:
            raise TransientError(f"{host} does not answer ({type(exc).__name__}).") from exc

    def _write(
        self, answer: httpx.Response, path: Path, ends_at: float, progress: Progress
    ) -> None:
        limit = self._limits.max_upload_bytes
        announced = int(answer.headers.get("content-length", "0") or 0)
        if announced > limit:
            raise LimitExceededError(f"The document has {announced} bytes; at most {limit} are.")
        check_room(self._settings, announced)
        n_bytes = 0
        with path.open("wb") as file:
            # Unpacked, where the site packs anyway; each piece as it arrives, since waiting for
            # whole ones would let a slow drip outlast the time allowed.
            for piece in answer.iter_bytes():
                n_bytes += len(piece)
                if n_bytes > limit:
                    raise LimitExceededError(f"The document has more than {limit} bytes.")
                self._left_s(ends_at)
                check_room(self._settings, 0)
                file.write(piece)
                progress(min(1.0, n_bytes / announced) if announced else 0.0)

    def _left_s(self, ends_at: float) -> float:
        left_s = ends_at - self._elapsed()
        if left_s <= 0:
            raise TransientError("The document did not arrive in the time allowed.")
        return left_s


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as exc:
        raise AddressRefusedError(f"{url} leads to what is no address of a document.") from exc


def name_in(url: str) -> str:
    """Return the name that an address gives its document."""
    return clean_filename(unquote(urlsplit(url).path.rpartition("/")[2]))


def _require_ok(answer: httpx.Response, url: str) -> None:
    status = answer.status_code
    if status in _MAY_PASS:
        raise TransientError(f"{url} answers {status}.")
    if status != _OK:
        raise NotFetchedError(f"{url} does not give the document: it answers {status}.")


def _filename(answer: httpx.Response, url: str) -> str:
    said = Message()
    said["content-disposition"] = answer.headers.get("content-disposition", "")
    given = said.get_filename()
    clean = clean_filename(given) if given else name_in(url)
    if not re.search(r"\.\w{1,10}$", clean):
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        clean += _EXTENSIONS.get(kind, "")
    return clean
