"""What ingestion needs from the outside, as small Protocols in our own types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from indexer.ports import BlobStore
from schemas.content import Speaker, Transcript
from schemas.settings import IngestionSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipelines.extraction.channels import Samples

Progress = Callable[[float], None]
"""Receives the share of the work that is done, 0 to 1, never falling."""


Mend = Callable[[Transcript], Transcript]
"""Replaces misheard terms of a transcript and keeps beside them what was heard."""


def as_heard(transcript: Transcript) -> Transcript:
    """Mend nothing: speech of a language whose sounds are not known."""
    return transcript


class Transcriber(Protocol):
    """Turns recorded speech into turns with word times."""

    def transcribe(
        self, wav: Path, *, speakers: Sequence[Speaker], progress: Progress
    ) -> Transcript:
        """Transcribe 16 kHz 16-bit PCM with one channel, or with one speaker per channel.

        Args:
            wav: One channel, or several that differ (left is channel 0).
            speakers: Who speaks in each channel, in their order, and somebody may in two; empty
                when that is not known.
            progress: Called as audio time passes.

        Returns:
            Turns in order of their first word; doubtful ones are kept with a flag. No turns when
            no speech was detected.
        """


class VoiceEncoder(Protocol):
    """Tells voices by their sound."""

    def encode(self, clips: Sequence[Samples]) -> NDArray[np.float32]:
        """Return a vector for each clip of speech of 1.6 s or less.

        Args:
            clips: Samples at 16 kHz, -1 to 1; none is empty or silent.

        Returns:
            Array of shape (n, d), float32, rows of L2 norm 1, in input order: nearer to each
            other where one voice speaks.
        """


class ExtractionDeps(msgspec.Struct, frozen=True):
    """The bundle that extraction works with."""

    settings: IngestionSettings
    blobs: BlobStore
    """Receives derived media: playable file, poster, page pictures."""
    transcriber: Transcriber
    progress: Progress
    mend: Mend = as_heard
    """Looks through every transcript that was recognised here."""
    voice_encoder: VoiceEncoder | None = None
    """Tells the voices of a call in one mix apart; ``None`` leaves them one."""
