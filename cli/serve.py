"""`cordee serve` and `cordee up`: the API process, and the API process with a worker beside it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import msgspec
import typer
import uvicorn

from api.app import create_app
from api.services import open_services
from cli import context, render
from cli.server import ServerAddress
from cli.supervise import supervised
from indexer.erasing.pending import ensure_none_pending
from schemas.errors import ConflictError
from schemas.settings import ServerSettings, Settings

SERVER_FILE: Final = "server.json"
_DRAIN_S: Final = 5
"""Running requests get this long when the server stops; event streams would stay for ever."""
_EVERY_ADDRESS: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, not chosen
_BACKLOG: Final = 512

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]


def serve(data_dir: context.DataDir = None, host: Host = None, port: Port = None) -> None:
    """Serve searches, documents and the portal; ingestion needs `cordee work` beside it."""
    settings = _listening(context.load(data_dir), host, port)
    with _ended_by_signals():
        run_server(settings, beside=nullcontext)


def up(
    data_dir: context.DataDir = None,
    host: Host = None,
    port: Port = None,
    *,
    demo: Annotated[
        bool, typer.Option("--demo", help="Offer personas without a password.")
    ] = False,
) -> None:
    """Serve, with one worker beside it that is started again when it dies."""
    settings = _listening(context.load(data_dir), host, port)
    if demo:
        settings = msgspec.structs.replace(settings, demo=True)
    command = [
        *(sys.executable, "-m", "cli.app", "work"),
        *("--data-dir", str(settings.data_dir), "--parent", str(os.getpid())),
    ]
    with _ended_by_signals():
        run_server(settings, beside=lambda: supervised(command))


def run_server(settings: Settings, *, beside: Callable[[], AbstractContextManager[None]]) -> None:
    """Serve until a signal ends it; ``beside`` runs for as long.

    ``server.json`` in the data directory names the address for exactly as long as requests are
    answered there.

    Raises:
        ConflictError: If the port is taken, another process owns the index directory, or people
            who were erased are in the data again.
    """
    with (
        _listener(settings.server) as listener,
        open_services(settings) as services,
        beside(),
    ):
        ensure_none_pending(settings, services.catalog)  # the owner of the indexes: erasures ask
        services.handle.warm_up()
        address = ServerAddress(url=_url(settings.server.host, listener), pid=os.getpid())
        config = uvicorn.Config(
            create_app(settings, services=services),
            log_config=None,
            access_log=False,  # our own line says more, and never holds a query string
            server_header=False,
            lifespan="on",
            timeout_graceful_shutdown=_DRAIN_S,
        )
        _Announcing(config, settings.data_dir / SERVER_FILE, address).run([listener])


class _Announcing(uvicorn.Server):
    """Says where it answers once it does, and takes that back before it stops."""

    def __init__(self, config: uvicorn.Config, file: Path, address: ServerAddress) -> None:
        super().__init__(config)
        self._file = file
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        part = self._file.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(self._address))
        part.replace(self._file)
        render.say(f"Cordée answers at [bold]{self._address.url}[/bold]")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._file.unlink(missing_ok=True)
        await super().shutdown(sockets)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGINT into an orderly end, whatever the process is doing."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(number, end) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextmanager
def _listener(server: ServerSettings) -> Iterator[socket.socket]:
    """Listen before anything is opened: a taken port shows at once."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    try:
        listener = socket.create_server((server.host, server.port), family=family, backlog=_BACKLOG)
    except OSError as exc:
        place = f"{server.host}:{server.port}"
        raise ConflictError(f"Cannot listen on {place}: {exc.strerror or exc}.") from exc
    with listener:
        # Connections inherit it. asyncio sets it only on sockets that name their protocol, which
        # this one does not; without it each answer waited 40 ms for a delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _url(host: str, listener: socket.socket) -> str:
    port: int = listener.getsockname()[1]
    shown = "127.0.0.1" if host in _EVERY_ADDRESS else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _listening(settings: Settings, host: str | None, port: int | None) -> Settings:
    server = settings.server
    chosen = msgspec.structs.replace(
        server,
        host=server.host if host is None else host,
        port=server.port if port is None else port,
    )
    return msgspec.structs.replace(settings, server=chosen)
