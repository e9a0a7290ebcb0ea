"""`cordee feedback rebuild`: does the log still give what the server has learned?"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from cli import context, render
from indexer.catalog.catalog import Catalog
from indexer.dense.query_encoder import open_query_encoder
from indexer.feedback.live import SNAPSHOT_FILE, LiveFeedback
from indexer.feedback.pseudonyms import open_pseudonyms
from indexer.feedback.reader import FeedbackReader
from indexer.ports import QueryEncoder
from schemas.errors import PermanentError
from schemas.feedback import LogPosition
from schemas.settings import Settings


class Rebuilt(msgspec.Struct, frozen=True):
    """What reading the whole log came to."""

    position: LogPosition
    digest: str
    kept_digest: str
    """Of the state that the server had kept, brought up to date."""
    intents: int
    seconds: float


def rebuild(
    data_dir: context.DataDir = None,
    *,
    forget: Annotated[
        bool, typer.Option("--forget", help="Delete the kept state: the next start reads the log.")
    ] = False,
    as_json: context.AsJson = False,
) -> None:
    """Learn everything anew from the log, and compare it with what was kept.

    The same log gives the same state, so the two fingerprints are the same; they differ after
    documents or people were deleted, whose lines are gone, and then ``--forget`` helps.
    """
    settings = context.load(data_dir)
    with context.catalog_of(settings) as catalog:
        found = _rebuild(settings, catalog)
    if forget:
        (settings.data_dir / SNAPSHOT_FILE).unlink(missing_ok=True)
    if as_json:
        context.print_json(found)
    else:
        render.say(f"{found.intents} intents with evidence, in {found.seconds:.1f} s.")
        render.say(f"replayed {found.digest}")
        render.say(f"kept     {found.kept_digest}")
    if found.digest != found.kept_digest and not forget:
        raise PermanentError("The kept state differs from the log: run again with --forget.")


def _rebuild(settings: Settings, catalog: Catalog) -> Rebuilt:
    name = settings.models.encoder

    @cache
    def encoder() -> QueryEncoder:
        return open_query_encoder(settings, name)

    reader = FeedbackReader(
        catalog.feedback,
        catalog.judgments,
        pseudonym_of=open_pseudonyms(settings).of,
        # Rarely needed: the log has the vectors.
        encode=lambda text: (name, encoder().encode_query(text)),
    )

    def learn(directory: Path | None) -> LiveFeedback:
        return LiveFeedback(
            reader,
            encoder=lambda: name,
            clock=lambda: datetime.now(UTC),
            directory=directory,
        )

    started = time.perf_counter()
    fresh, kept = learn(None), learn(settings.data_dir)
    view = fresh.catch_up()
    seconds = time.perf_counter() - started
    return Rebuilt(view.position, fresh.digest(), kept.digest(), len(view.experience), seconds)
