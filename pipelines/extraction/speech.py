"""faster-whisper behind the Transcriber port: the only module that knows Whisper.

Audio is read in blocks that end in a silence, so that memory does not grow with the recording
and a block that goes wrong cannot take the next one with it (default settings lost 298 s of
speech after a silence). The model is loaded when the first speech is heard.
"""

from __future__ import annotations

import os
import threading
import wave
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from indexer.models.cores import prefer_wide_registers
from indexer.models.manifest import model_dir
from pipelines.extraction.channels import frame_levels, gate
from pipelines.extraction.clips import Clip, clips_of
from pipelines.extraction.convert import SAMPLE_RATE
from pipelines.extraction.doubts import doubts_of, flag_texts
from pipelines.extraction.glossary import GlossaryTerm
from pipelines.extraction.timing import (
    clamp,
    cut_point_ms,
    find_holes,
    is_stretched,
    merge_spans,
    within,
)
from pipelines.extraction.turns import Piece, ends_sentence, in_time_order, join_turns
from pipelines.ports import Progress
from schemas.content import Speaker, Transcript, UtteranceFlag, Word
from schemas.errors import TransientError
from schemas.ids import PersonId
from schemas.settings import Settings
from schemas.span import TimeSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.extraction.channels import Samples

_BLOCK_S: Final = 600  # of one or two channels; shorter with more, so that memory stays the same
_SILENCE_DB: Final = -60.0  # a block nowhere louder holds no speech: the detector is not asked
_PER_MS: Final = SAMPLE_RATE // 1000
_FULL_SCALE: Final = np.float32(32_768)
_SETTINGS: Final[dict[str, Any]] = {"beam_size": 5, "word_timestamps": True}
_AGAIN: Final[dict[str, Any]] = {
    "vad_filter": True,
    "condition_on_previous_text": False,
    "temperature": [0.0, 0.2, 0.4],
}
"""What the second look adds: what Whisper doubts it tries once more, less sure of itself."""
_BATCH: Final = 4
"""Clips heard together; 8 are no faster on two cores and take 600 MB more."""
_TIGHT_SPEECH: Final[dict[str, Any]] = {"speech_pad_ms": 30, "min_silence_duration_ms": 300}
"""The second pass of voice detection, whose edges words are clamped to: tight around every pause
that a listener notices."""


_SECOND_LOOK_MS: Final = 2_500
"""Detected speech without a word for this long is transcribed once more by itself: people say
two or three words a second, and Whisper now and then skips a sentence with full confidence."""
_MAX_HOTWORDS: Final = 40
"""80 terms cost 1.8 to 3 times the CPU of none and make Whisper skip more; 40 find as much."""
_MARGIN_MS: Final = 500
_SEEK_MS: Final = 10  # Whisper counts its place in hundredths of a second
_HOLE_MS: Final = 5_000  # what is still silent after the second look is reported from this length


class _Heard(NamedTuple):
    word: Word
    flags: tuple[UtteranceFlag, ...]


def open_transcriber(settings: Settings, glossary: Sequence[GlossaryTerm]) -> WhisperTranscriber:
    """Return a transcriber of the configured speech model; nothing is loaded yet.

    Args:
        settings: Names the model, the language and the number of threads.
        glossary: Terms to listen for, most important first; the first 40 are used.
    """
    return WhisperTranscriber(
        lambda: model_dir(settings, settings.models.speech),
        language=settings.ingestion.language,
        glossary=[entry.term for entry in glossary],
        threads=settings.models.threads or len(os.sched_getaffinity(0)),
    )


class WhisperTranscriber:
    """Transcribes with one model, which is loaded once and may be used by several threads."""

    def __init__(
        self,
        find_model: Callable[[], Path],
        *,
        language: str,
        glossary: Sequence[str],
        threads: int,
    ) -> None:
        self._find_model = find_model
        self._language = language
        self._hotwords = ", ".join(list(dict.fromkeys(glossary))[:_MAX_HOTWORDS]) or None
        self._threads = threads
        self._lock = threading.Lock()
        self._model: Any = None

    def transcribe(
        self, wav: Path, *, speakers: Sequence[Speaker], progress: Progress
    ) -> Transcript:
        """See ``pipelines.ports.Transcriber``."""
        with wave.open(str(wav), "rb") as sound:
            n_channels = sound.getnchannels()
            voices: list[list[Piece]] = [[] for _ in range(n_channels)]
            speech: list[TimeSpan] = []
            on_time = _rising(progress, sound.getnframes() // _PER_MS)
            for start_ms, tracks, spoken in _iter_blocks(sound):
                for n, (track, spans) in enumerate(zip(tracks, spoken, strict=True)):
                    who = speakers[n].id if n < len(speakers) else None
                    heard = self._recognise(track, spans, _shifted(on_time, start_ms))
                    voices[n] += _iter_pieces(heard, start_ms, who)
                    speech += [_moved(span, start_ms) for span in spans]
                on_time(start_ms + len(tracks[0]) // _PER_MS)
        utterances = in_time_order(join_turns(flag_texts(pieces)) for pieces in voices)
        sure = [w for u in utterances if not u.flags for w in u.words]
        return Transcript(
            utterances=utterances,
            speakers=tuple(dict.fromkeys(speakers)),
            holes=tuple(find_holes(sure, merge_spans(speech), min_ms=_HOLE_MS)),
        )

    def _recognise(
        self,
        track: Samples,
        speech: Sequence[TimeSpan],
        on_time: Callable[[int], None],
    ) -> list[_Heard]:
        """Return the words of one block of one voice, those first skipped included."""
        if not speech:
            return []
        heard = list(self._listen(track, speech, on_time))
        sure = [h.word for h in heard if not h.flags and not is_stretched(h.word)]
        for hole in find_holes(sure, speech, min_ms=_SECOND_LOOK_MS):
            found = [h for h in self._listen_again(track, speech, hole) if within(h.word, hole)]
            if found:
                heard = [h for h in heard if not _is_replaced(h, hole)] + found
        return sorted(heard, key=lambda h: h.word.start_ms)

    def _listen(
        self, track: Samples, speech: Sequence[TimeSpan], on_time: Callable[[int], None]
    ) -> Iterator[_Heard]:
        """Hear all the speech of a track, several clips at a time."""
        model = self._loaded()
        from faster_whisper import BatchedInferencePipeline

        clips = clips_of(track, speech)
        starts = [0, *accumulate(clip.duration_ms for clip in clips)]
        with _vendor_errors():
            stretches, _ = BatchedInferencePipeline(model).transcribe(
                np.concatenate([clip.samples(track) for clip in clips]),
                language=self._language,
                hotwords=self._hotwords,
                batch_size=_BATCH,
                clip_timestamps=[{"start": a / 1000, "end": b / 1000} for a, b in pairwise(starts)],
                **_SETTINGS,
            )
            for stretch in stretches:
                n = bisect_right(starts, stretch.seek * _SEEK_MS + _SEEK_MS - 1) - 1
                on_clip = (_later(word, -starts[n]) for word in _to_words(stretch.words or ()))
                words = [_on_track(word, clips[n]) for word in on_clip]
                yield from _as_heard(words, speech, stretch)
                on_time(clips[n].parts[-1].end_ms)

    def _listen_again(
        self, track: Samples, speech: Sequence[TimeSpan], hole: TimeSpan
    ) -> Iterator[_Heard]:
        """Hear a stretch by itself; only what is beyond doubt counts.

        Without hotwords: with them it skipped 30 s of a 109 s video, twice out of twice.
        """
        model = self._loaded()
        first_ms = max(0, hole.start_ms - _MARGIN_MS)
        clip = track[first_ms * _PER_MS : (hole.end_ms + _MARGIN_MS) * _PER_MS]
        with _vendor_errors():
            found, _ = model.transcribe(clip, language=self._language, **_SETTINGS, **_AGAIN)
            for stretch in found:
                words = [_later(word, first_ms) for word in _to_words(stretch.words or ())]
                yield from (h for h in _as_heard(words, speech, stretch) if not h.flags)

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                prefer_wide_registers()
                from faster_whisper import WhisperModel

                path = self._find_model()
                with _vendor_errors():
                    self._model = WhisperModel(
                        str(path), device="cpu", compute_type="int8", cpu_threads=self._threads
                    )
            return self._model


def _iter_blocks(
    sound: wave.Wave_read,
) -> Iterator[tuple[int, list[Samples], list[list[TimeSpan]]]]:
    """Yield (start in ms, one track per channel, speech per track from the block's start)."""
    n_frames, at = sound.getnframes(), 0
    while at < n_frames:
        sound.setpos(at)
        tracks = _tracks(sound, _BLOCK_S * SAMPLE_RATE * 2 // max(2, sound.getnchannels()))
        speech = [_detect_speech(track) for track in tracks]
        n_read = len(tracks[0])
        if at + n_read < n_frames:
            cut_ms = cut_point_ms([s for own in speech for s in own], n_read // _PER_MS)
            n_read = cut_ms * _PER_MS
            tracks = [track[:n_read] for track in tracks]
            speech = [_before(own, cut_ms) for own in speech]
        yield at // _PER_MS, tracks, speech
        at += n_read


def _tracks(sound: wave.Wave_read, n_frames: int) -> list[Samples]:
    """Read the next samples, each channel gated by the others where there are several."""
    data = np.frombuffer(sound.readframes(n_frames), dtype="<i2")
    channels = data.reshape(-1, sound.getnchannels()).astype(np.float32) / _FULL_SCALE
    tracks = list(channels.T)
    if len(tracks) == 1:
        return tracks
    return [gate(own, *tracks[:n], *tracks[n + 1 :]) for n, own in enumerate(tracks)]


def _detect_speech(track: NDArray[np.float32]) -> list[TimeSpan]:
    if frame_levels(track).max() < _SILENCE_DB:
        return []
    prefer_wide_registers()
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    found = get_speech_timestamps(track, VadOptions(**_TIGHT_SPEECH))
    return [TimeSpan(s["start"] // _PER_MS, s["end"] // _PER_MS) for s in found]


def _before(speech: Iterable[TimeSpan], cut_ms: int) -> list[TimeSpan]:
    return [TimeSpan(s.start_ms, min(s.end_ms, cut_ms)) for s in speech if s.start_ms < cut_ms]


def _to_words(found: Iterable[Any]) -> list[Word]:
    """Return words that stand alone: what Whisper parts without a space is joined again.

    French puts a space before ``?`` and ``!``; a mark that stands alone joins the word before.
    """
    words: list[Word] = []
    for part in found:
        text = part.word.strip()
        if not text:
            continue
        start_ms, end_ms = round(part.start * 1000), round(part.end * 1000)
        word = Word(text, start_ms, max(start_ms, end_ms), float(part.probability))
        lone_mark = not any(c.isalnum() for c in text)
        if words and (lone_mark or not part.word[0].isspace()):
            space = " " if part.word[0].isspace() else ""
            words[-1] = _joined(words[-1], word, space)
        else:
            words.append(word)
    return words


def _as_heard(words: Sequence[Word], speech: Sequence[TimeSpan], stretch: Any) -> Iterator[_Heard]:
    """Yield words of the track at the times of its speech, with Whisper's doubts about them."""
    flags = doubts_of(
        log_probability=stretch.avg_logprob,
        no_speech=stretch.no_speech_prob,
        compression=stretch.compression_ratio,
    )
    yield from (_Heard(word, flags) for word in clamp(words, speech))


def _on_track(word: Word, clip: Clip) -> Word:
    span = clip.on_track(TimeSpan(word.start_ms, word.end_ms))
    return Word(word.text, span.start_ms, span.end_ms, word.probability)


def _joined(first: Word, second: Word, space: str) -> Word:
    return Word(
        text=f"{first.text}{space}{second.text}",
        start_ms=first.start_ms,
        end_ms=max(first.end_ms, second.end_ms),
        probability=min(first.probability, second.probability),
    )


def _iter_pieces(
    heard: Sequence[_Heard], start_ms: int, speaker_id: PersonId | None
) -> Iterator[Piece]:
    """Yield one piece per sentence, on the time of the whole recording."""
    words: list[Word] = []
    for n, (word, flags) in enumerate(heard, start=1):
        words.append(_later(word, start_ms))
        is_last = n == len(heard) or heard[n].flags != flags
        if is_last or ends_sentence(word.text):
            yield Piece(tuple(words), speaker_id, flags)
            words = []


def _is_replaced(heard: _Heard, hole: TimeSpan) -> bool:
    """Tell whether a word was no word of the hole: stretched over it, or doubted."""
    return (is_stretched(heard.word) or bool(heard.flags)) and within(heard.word, hole)


def _later(word: Word, by_ms: int) -> Word:
    return Word(word.text, word.start_ms + by_ms, word.end_ms + by_ms, word.probability)


def _moved(span: TimeSpan, by_ms: int) -> TimeSpan:
    return TimeSpan(span.start_ms + by_ms, span.end_ms + by_ms)


def _shifted(on_time: Callable[[int], None], by_ms: int) -> Callable[[int], None]:
    return lambda at_ms: on_time(by_ms + at_ms)


def _rising(progress: Progress, total_ms: int) -> Callable[[int], None]:
    """Report audio time as a share that never falls, whatever order the channels come in."""
    reached = 0.0

    def on_time(at_ms: int) -> None:
        nonlocal reached
        reached = max(reached, min(1.0, at_ms / max(1, total_ms)))
        progress(reached)

    return on_time


@contextmanager
def _vendor_errors() -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as exc:
        raise TransientError(f"The speech model failed: {exc}.") from exc
