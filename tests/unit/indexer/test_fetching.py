"""What is fetched by its address, from a real server of this machine, and what never is."""

from __future__ import annotations

import gzip
import ipaddress
import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from indexer.addresses import Address, is_public
from indexer.fetching import Fetcher
from schemas.errors import (
    AddressRefusedError,
    LimitExceededError,
    NotFetchedError,
    TransientError,
)
from schemas.settings import IngestionSettings, Settings

PRIVATE = IngestionSettings(fetch_private=True, max_upload_bytes=100_000, min_free_bytes=0)


PAGES: dict[str, tuple[int, bytes, dict[str, str]]] = {
    "/fiche.pdf": (200, b"%PDF-1.7 ...", {"Content-Type": "application/pdf"}),
    "/named": (
        200,
        b"# Prix",
        {"Content-Disposition": 'attachment; filename="../../Prix 2026.md"'},
    ),
    "/again": (302, b"", {"Location": "/fiche.pdf"}),
    "/inside": (302, b"", {"Location": "http://169.254.169.254/latest/meta-data"}),
    "/file": (302, b"", {"Location": "file:///etc/passwd"}),
    "/nowhere": (302, b"", {"Location": "http://[::1"}),
    "/round": (302, b"", {"Location": "/round"}),
    "/bomb": (200, gzip.compress(bytes(5_000_000)), {"Content-Encoding": "gzip"}),
    "/large": (200, bytes(200_000), {}),
    "/cut": (200, b"half", {"Content-Length": "1000", "Connection": "close"}),
    "/flaky": (200, b"# Enfin", {}),
}


class Site(BaseHTTPRequestHandler):
    """A small site; ``failures`` says how often ``/flaky`` fails first."""

    failures: ClassVar[list[int]] = [0]
    hosts: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.hosts.append(self.headers["Host"])
        if self.path == "/flaky" and self.failures[0] > 0:
            self.failures[0] -= 1
            self.answer(503, b"", {})
        elif self.path == "/drip":
            self.drip()
        else:
            self.answer(*PAGES.get(self.path, (404, b"", {})))

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        with suppress(ConnectionError):
            for _ in range(30):
                self.wfile.write(b".")
                time.sleep(0.1)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served() as number:
        yield number


def fetcher(tmp_path: Path, ingestion: IngestionSettings = PRIVATE, **given: object) -> Fetcher:
    settings = Settings(data_dir=tmp_path, ingestion=ingestion)
    return Fetcher(settings, pause=lambda _s: None, **given)  # type: ignore[arg-type]


def test_a_document_is_fetched_under_its_name(tmp_path: Path, port: int) -> None:
    fetched = fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}/fiche.pdf#page=2", tmp_path)

    assert fetched.path.read_bytes() == b"%PDF-1.7 ..."
    assert (fetched.filename, fetched.url) == ("fiche.pdf", f"http://127.0.0.1:{port}/fiche.pdf")


def test_a_name_that_the_site_gives_cannot_lead_elsewhere(tmp_path: Path, port: int) -> None:
    fetched = fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}/named", tmp_path)

    assert fetched.filename == "Prix 2026.md"
    assert fetched.path.parent == tmp_path


def test_how_much_has_come_is_told(tmp_path: Path, port: int) -> None:
    roomy = msgspec.structs.replace(PRIVATE, max_upload_bytes=1_000_000)
    shares: list[float] = []

    fetcher(tmp_path, roomy).fetch(f"http://127.0.0.1:{port}/large", tmp_path, shares.append)

    assert len(shares) > 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_redirect_is_followed(tmp_path: Path, port: int) -> None:
    assert fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}/again", tmp_path).filename == (
        "fiche.pdf"
    )


def test_the_connection_goes_to_the_address_that_was_checked(tmp_path: Path, port: int) -> None:
    asked: list[str] = []

    def once(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    fetcher(tmp_path, resolve=once).fetch(f"http://ecole.invalid:{port}/fiche.pdf", tmp_path)

    assert asked == ["ecole.invalid"]
    assert Site.hosts[-1] == f"ecole.invalid:{port}"


def test_a_name_with_accents_is_asked_for_as_the_network_writes_it(
    tmp_path: Path, port: int
) -> None:
    site = fetcher(tmp_path, resolve=lambda *_: ["127.0.0.1"])

    site.fetch(f"http://école.invalid:{port}/fiche.pdf", tmp_path)

    assert Site.hosts[-1] == f"xn--cole-9oa.invalid:{port}"


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.7"], ["::ffff:169.254.169.254"]]
)
def test_a_name_that_leads_inside_is_refused(tmp_path: Path, addresses: list[str]) -> None:
    strict = fetcher(tmp_path, IngestionSettings(), resolve=lambda *_: addresses)

    with pytest.raises(AddressRefusedError, match="private network"):
        strict.fetch("https://exemple.fr/fiche.pdf", tmp_path)


def test_a_redirect_that_leads_inside_is_refused(tmp_path: Path, port: int) -> None:
    guarded = msgspec.structs.replace(PRIVATE, fetch_private=False, fetch_ports=(port, 80))

    def is_allowed(address: Address) -> bool:
        return str(address) == "127.0.0.1" or is_public(address)  # the site stands for a public one

    site = fetcher(tmp_path, guarded, is_allowed=is_allowed)

    assert site.fetch(f"http://127.0.0.1:{port}/again", tmp_path).filename == "fiche.pdf"
    for path, says in (
        ("/inside", "private network"),
        ("/file", "begin with http"),
        ("/nowhere", "leads to what is no address"),
    ):
        with pytest.raises(AddressRefusedError, match=says):
            site.fetch(f"http://127.0.0.1:{port}{path}", tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://exemple.fr/x",
        "file:///etc/passwd",
        "http://",
        "http://moi:secret@exemple.fr/",
        "http://exemple.fr:8080/",
        "http://exemple.fr:99999/",
        "http://exemple.fr/a b",
        "javascript:alert(1)",
        "http://[::1",
        "http://☃☃.fr/",
        "http://999.1.1.1/",
        "http://[::1]x/",
        "http://a..fr/",
    ],
)
def test_an_address_of_another_form_is_refused(tmp_path: Path, url: str) -> None:
    strict = fetcher(tmp_path, IngestionSettings(), resolve=lambda *_: ["93.184.215.14"])

    with pytest.raises(AddressRefusedError):
        strict.fetch(url, tmp_path)


@pytest.mark.parametrize("path", ["/bomb", "/large"])
def test_too_much_is_refused_while_it_comes(tmp_path: Path, port: int, path: str) -> None:
    with pytest.raises(LimitExceededError):
        fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}{path}", tmp_path)

    assert not (tmp_path / "fetched").exists() or (tmp_path / "fetched").stat().st_size <= 100_000


def test_what_may_pass_is_tried_again(tmp_path: Path, port: int) -> None:
    Site.failures[0] = 2

    assert fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}/flaky", tmp_path).path.read_bytes()


def test_what_goes_on_failing_says_so(tmp_path: Path, port: int) -> None:
    Site.failures[0] = 3

    with pytest.raises(TransientError, match="503"):
        fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}/flaky", tmp_path)


def test_an_answer_that_breaks_off_is_no_document(tmp_path: Path, port: int) -> None:
    with pytest.raises(TransientError, match="does not answer"):
        fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}/cut", tmp_path)


def test_a_slow_drip_does_not_outlast_the_time_allowed(tmp_path: Path, port: int) -> None:
    hurried = msgspec.structs.replace(PRIVATE, fetch_timeout_s=0.3)
    began = time.monotonic()

    with pytest.raises(TransientError, match="time allowed"):
        fetcher(tmp_path, hurried).fetch(f"http://127.0.0.1:{port}/drip", tmp_path)

    assert time.monotonic() - began < 2


def test_redirects_do_not_outlast_the_time_allowed(tmp_path: Path, port: int) -> None:
    ticks = itertools.count(step=250.0)
    site = fetcher(tmp_path, elapsed=lambda: next(ticks))

    with pytest.raises(TransientError, match="time allowed"):
        site.fetch(f"http://127.0.0.1:{port}/round", tmp_path)


@pytest.mark.parametrize("path", ["/absent", "/round"])
def test_what_is_not_there_is_said(tmp_path: Path, port: int, path: str) -> None:
    with pytest.raises(NotFetchedError):
        fetcher(tmp_path).fetch(f"http://127.0.0.1:{port}{path}", tmp_path)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address that is refused
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00:ec2::254", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::5db8:d70e", True),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::1", False),
        ("2001::1", False),
    ],
)
def test_only_the_open_network_is_public(*, address: str, expected: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is expected
