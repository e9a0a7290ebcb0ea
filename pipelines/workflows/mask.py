"""Make the copy of a recording that those get from whom minutes of it are hidden."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec
import structlog

from indexer.catalog.restrictions import needs_mask
from pipelines.bootstrap import Pipeline
from pipelines.extraction.mute import mute
from schemas.document import Document
from schemas.errors import DamagedFileError
from schemas.hiding import mask_of, minutes_of, without_mask

_log = structlog.get_logger(__name__)


def mask_media(pipeline: Pipeline, document: Document) -> None:
    """Make the copy that is due, or drop the one that is not. Idempotent.

    Until it is there, whoever may not have the hidden minutes gets no recording at all. So it
    stays where the recording cannot be decoded: that is noted, and not tried again.

    Raises:
        TransientError: If the disk is full.
    """
    playable = document.media.playable
    if not needs_mask(document) or playable is None:
        return
    due, media = mask_of(document), without_mask(document.media)
    if due is not None:
        spans = minutes_of(document)
        media = msgspec.structs.replace(media, masked_as=due)
        with (
            pipeline.blobs.local_path(playable) as source,
            tempfile.TemporaryDirectory(prefix="cordee-mask-") as folder,
        ):
            try:
                made = mute(source, Path(folder), document.filename, spans=spans)
            except DamagedFileError as error:
                _log.warning("mask.failed", document_id=document.id, reason=str(error))
            else:
                key = pipeline.blobs.put(made.path)
                media = msgspec.structs.replace(media, masked=key, masked_type=made.mime_type)
    if pipeline.catalog.restrictions.set_mask(document, media):
        _log.info("mask.made", document_id=document.id, n_spans=len(minutes_of(document)))
