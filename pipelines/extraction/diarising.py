"""Who speaks when in a mix of two voices: told by their sound, sentence by sentence."""

from __future__ import annotations

import itertools
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
import numpy as np

from pipelines.extraction.convert import SAMPLE_RATE
from pipelines.extraction.turns import Piece, ends_sentence, in_time_order, join_turns
from pipelines.ports import VoiceEncoder
from schemas.content import Speaker, Transcript, Utterance
from schemas.span import TimeSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.extraction.channels import Samples

_PER_MS: Final = SAMPLE_RATE // 1000
_FULL_SCALE: Final = np.float32(32_768)
_CLIP_MS: Final = 1_600
_STEP_MS: Final = 800
_PAUSE_MS: Final = 300
"""A shorter one parts no speakers: the stop before a p or a t can be half as long."""
_BATCH: Final = 512  # clips in memory at once: 50 MB
_MIN_CLIPS: Final = 6  # 5 s of speech: of less, nobody can tell
_MIN_SHARE: Final = 0.04
_ONE_VOICE: Final = 0.75
"""Cosine of the middles of two groups above which they are one voice in two moods. Of the demo's
recordings, halves of one voice have .94 and more, two voices .60 and less."""
_TRIES: Final = 5


class _Stretch(NamedTuple):
    """Words of one breath: a sentence, or what stands between two pauses."""

    piece: Piece
    span: TimeSpan


def tell_apart(
    transcript: Transcript, mono: Path, encoder: VoiceEncoder, speakers: Sequence[Speaker]
) -> Transcript | None:
    """Return the transcript with its turns parted between two voices.

    Args:
        transcript: Recognised from the recording, with word times.
        mono: 16 kHz WAV of one channel.
        encoder: What tells voices by their sound.
        speakers: The two, in the order in which they will be heard first.

    Returns:
        ``None`` where there is one voice only, or too little to tell.
    """
    stretches = [s for u in transcript.utterances for s in _stretches(u)]
    owners, vectors = _encoded(mono, stretches, encoder)
    middles = _two_voices(vectors)
    if middles is None:
        return None
    nearer = vectors @ (middles[1] - middles[0])
    votes = np.bincount(owners, weights=nearer, minlength=len(stretches))
    voices = (votes > 0).astype(int)
    voices ^= voices[0]  # whoever is heard first is the first
    pieces = [
        msgspec.structs.replace(stretch.piece, speaker_id=speakers[voice].id)
        for stretch, voice in zip(stretches, voices, strict=True)
    ]
    turns = in_time_order([join_turns(pieces)])
    return msgspec.structs.replace(transcript, utterances=turns, speakers=tuple(speakers))


def _stretches(utterance: Utterance) -> Iterator[_Stretch]:
    words = utterance.words
    cuts = [
        n
        for n, (word, following) in enumerate(itertools.pairwise(words), start=1)
        if ends_sentence(word.text) or following.start_ms - word.end_ms >= _PAUSE_MS
    ]
    for start, end in itertools.pairwise([0, *cuts, len(words)]):
        own = words[start:end]
        if own:
            span = TimeSpan(own[0].start_ms, max(own[-1].end_ms, own[0].start_ms + 1))
            yield _Stretch(Piece(own, flags=utterance.flags), span)


def _encoded(
    mono: Path, stretches: Sequence[_Stretch], encoder: VoiceEncoder
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return which stretch each clip is of, and the vectors of the clips."""
    owners, vectors = [], []
    with wave.open(str(mono), "rb") as sound:
        clips = _clips(sound, stretches)
        while batch := list(itertools.islice(clips, _BATCH)):
            owners += [owner for owner, _ in batch]
            vectors.append(encoder.encode([clip for _, clip in batch]))
    rows = np.concatenate(vectors) if vectors else np.zeros((0, 1), np.float32)
    return np.array(owners, dtype=np.int64), rows


def _clips(sound: wave.Wave_read, stretches: Sequence[_Stretch]) -> Iterator[tuple[int, Samples]]:
    """Yield clips of each stretch, and of nothing beside it, with the stretch's number."""
    n_frames = sound.getnframes()
    for n, (_, span) in enumerate(stretches):
        last_ms = max(span.start_ms, span.end_ms - _CLIP_MS)
        for at_ms in range(span.start_ms, last_ms + 1, _STEP_MS):
            end_ms = min(at_ms + _CLIP_MS, span.end_ms)
            sound.setpos(min(at_ms * _PER_MS, n_frames))
            data = np.frombuffer(sound.readframes((end_ms - at_ms) * _PER_MS), "<i2")
            if data.any():
                yield n, data.astype(np.float32) / _FULL_SCALE


def _two_voices(vectors: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return the middles of two groups of vectors, shape (2, d), norm 1, if they are two voices."""
    if len(vectors) < _MIN_CLIPS:
        return None
    from scipy.cluster.vq import kmeans2

    def spread(found: tuple[NDArray[np.float32], NDArray[np.int32]]) -> float:
        return float(np.square(vectors - found[0][found[1]]).sum())

    tries = (kmeans2(vectors, 2, minit="++", rng=np.random.default_rng(n)) for n in range(_TRIES))
    middles, groups = min(tries, key=spread)
    shares = np.bincount(groups, minlength=2) / len(vectors)
    norms = np.linalg.norm(middles, axis=1, keepdims=True)
    if shares.min() < _MIN_SHARE or not norms.all():
        return None
    middles = (middles / norms).astype(np.float32)
    return middles if float(middles[0] @ middles[1]) < _ONE_VOICE else None
