"""Which addresses documents may be fetched from: none that lead into our own network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from schemas.errors import AddressRefusedError, TransientError
from schemas.settings import IngestionSettings

MAX_URL_CHARS: Final = 2_000
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64: Final = ipaddress.ip_network("64:ff9b:1::/48")
_OLD_COMPATIBLE: Final = ipaddress.ip_network("::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Looks a host's name up: name and port to addresses as text; raises ``OSError``."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Look a name up as the operating system does."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


def checked_url(url: str, settings: IngestionSettings) -> SplitResult:
    """Take an address apart, if its form allows fetching from it.

    Raises:
        AddressRefusedError: If it is not http or https, holds a name and password, has no host
            or another port than the settings allow.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as exc:
        raise AddressRefusedError("This is no address of a document.") from exc
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise AddressRefusedError("Only addresses that begin with http:// or https:// are fetched.")
    if len(url) > MAX_URL_CHARS or any(c.isspace() or not c.isprintable() for c in url.strip()):
        raise AddressRefusedError("This address is too long, or holds spaces.")
    if parts.username is not None or parts.password is not None:
        raise AddressRefusedError("An address with a name or a password in it is not fetched.")
    wanted = port or _DEFAULT_PORTS[parts.scheme]
    if not settings.fetch_private and wanted not in settings.fetch_ports:
        raise AddressRefusedError(f"Port {wanted} is not one that documents are fetched from.")
    return parts


def checked_address(
    parts: SplitResult, resolve: Resolve, is_allowed: Callable[[Address], bool]
) -> tuple[str, int]:
    """Look the host up once and return the one address to connect to, and the port.

    Every address that the name stands for is looked at: one private among them refuses them all.
    Who connects to what is returned here, and not to the name, cannot be sent elsewhere by a
    second answer of the name's server.

    Raises:
        AddressRefusedError: If one leads into a private network, to this machine or to nobody.
        TransientError: If the name is not known.
    """
    host = parts.hostname or ""
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    try:
        found = [ipaddress.ip_address(text.partition("%")[0]) for text in resolve(host, port)]
    except (OSError, UnicodeError) as exc:
        raise TransientError(f"There is no site {host}, or its name cannot be looked up.") from exc
    if not found:
        raise TransientError(f"There is no site {host}.")
    if not all(is_allowed(address) for address in found):
        raise AddressRefusedError(f"{host} is in a private network: nothing is fetched from there.")
    return str(found[0]), port


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open network, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _LOCAL_NAT64:
            return False
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64 or address in _OLD_COMPATIBLE:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None and not is_public(inner):
            return False
        if address.teredo is not None or address.is_site_local:
            return False
        if address in _NAT64 or address.ipv4_mapped is not None:
            return True  # judged by the address inside
    return address.is_global and not address.is_multicast and not address.is_reserved
