"""How well a recording is understood, and how near its links are to the words they open at.

Give a recording and the text that is read in it::

    python -m benchmarks.speech course.mp3 course.txt --json

Everything goes through the commands that people type (``ingest``, ``transcript``, ``search``), on
a data directory of its own. Word error is counted without case and punctuation. Links are checked
where the sound itself tells when a word begins: after a pause. Such words are searched, spread
over the recording, and the moment at which the link opens is compared with the end of the pause,
which is found by loudness alone, without the models. A word that is said twice and opens at its
other place is passed over.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain, islice, pairwise, zip_longest
from pathlib import Path
from typing import Any, Final

import imageio_ffmpeg
import jiwer
import numpy as np
from numpy.typing import NDArray

PARTS: Final = 5
RATE: Final = 16_000
FRAME_MS: Final = 10
PAUSE_MS: Final = 200
"""Shorter silences are stops inside a word (the closed lips of a p)."""
QUIET_SHARE: Final = 0.1
"""A frame is quiet below this share of the loudness of speech."""
NEAR_MS: Final = 1_500
"""How far from the transcript's own time the end of its pause is looked for."""
GAP_MS: Final = 100
"""Between two words of a transcript: it gives a part of a pause to the word before it."""
MIN_LETTERS: Final = 4
TRIES: Final = 8
"""Words of a part that are searched, at most."""
STEM_LETTERS: Final = 5
"""Words that share so many first letters may share their stem, and are searched alike."""

Said = tuple[dict[str, Any], int]
"""A word of a transcript, and the millisecond at which the pause before it ends."""


def measure(recording: Path, text: str, data_dir: Path) -> dict[str, Any]:
    """Return word error and the links' distances, of one recording."""
    sent = _cordee(data_dir, "ingest", str(recording), "--wait")["documents"][0]
    if sent["problem"]:
        raise SystemExit(f"{recording}: {sent['problem']['detail']}")
    transcript = _cordee(data_dir, "transcript", sent["document_id"], "--words")
    utterances = [u for u in transcript["utterances"] if not u["flags"]]
    said = plain(" ".join(u["text"] for u in utterances))
    onsets = ends_of_pauses(_loudness(recording))
    words = [word for utterance in utterances for word in utterance["words"]]
    links = _links(data_dir, words, candidates(words, onsets))
    return {
        "recording": recording.name,
        "words": len(plain(text).split()),
        "word_error": round(jiwer.wer(plain(text), said), 4),
        "links": links,
        "furthest_ms": max((abs(link["off_ms"]) for link in links), default=None),
    }


def plain(text: str) -> str:
    """Return the words without case and punctuation."""
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def ends_of_pauses(loudness: NDArray[np.float64]) -> list[int]:
    """Return the milliseconds at which speech sets in after a pause, from loudness per frame."""
    is_quiet = loudness < QUIET_SHARE * np.percentile(loudness, 90)
    found, n_quiet = [], PAUSE_MS  # a recording begins after silence
    for frame, quiet in enumerate(is_quiet):
        if quiet:
            n_quiet += 1
            continue
        if n_quiet * FRAME_MS >= PAUSE_MS:
            found.append(frame * FRAME_MS)
        n_quiet = 0
    return found


def candidates(words: list[dict[str, Any]], onsets: list[int]) -> list[list[Said]]:
    """Return the words of each part of the recording that follow a pause, longest gap first.

    Each comes with the end of the pause that is nearest to the transcript's own time for it.
    """
    parts: list[list[tuple[int, Said]]] = [[] for _ in range(PARTS)]
    for before, word in pairwise(words):
        near = [onset for onset in onsets if abs(onset - word["start_ms"]) <= NEAR_MS]
        gap_ms = word["start_ms"] - before["end_ms"]
        if gap_ms >= GAP_MS and near and len(_spoken(word)) >= MIN_LETTERS:
            onset = min(near, key=lambda each: abs(each - word["start_ms"]))
            part = word["start_ms"] * PARTS // (words[-1]["end_ms"] + 1)
            parts[part].append((gap_ms, (word, onset)))
    return [[said for _, said in sorted(part, key=lambda pair: -pair[0])] for part in parts]


def _links(
    data_dir: Path, words: list[dict[str, Any]], parts: list[list[Said]]
) -> list[dict[str, Any]]:
    """Return one link of each part; where a part has none, others give a second one."""
    found = [_links_of(data_dir, words, part[:TRIES]) for part in parts]
    rounds = chain.from_iterable(zip_longest(*found))
    taken = islice((link for link in rounds if link is not None), PARTS)
    return sorted(taken, key=lambda link: link["said_ms"])


def _links_of(
    data_dir: Path, words: list[dict[str, Any]], part: list[Said]
) -> Iterator[dict[str, Any]]:
    for word, onset_ms in part:
        opens_ms = _opens_at(data_dir, _spoken(word))
        same = [other for other in words if _stem(other) == _stem(word)]
        if min(same, key=lambda other: abs(other["start_ms"] - opens_ms)) is word:
            yield {"word": _spoken(word), "said_ms": onset_ms, "off_ms": opens_ms - onset_ms}


def _spoken(word: dict[str, Any]) -> str:
    return plain(word["text"]).rpartition(" ")[2]  # without what is elided before it


def _stem(word: dict[str, Any]) -> str:
    return _spoken(word)[:STEM_LETTERS]


def _opens_at(data_dir: Path, query: str) -> int:
    """Return the milliseconds at which the link of the first hit opens."""
    hits = _cordee(data_dir, "search", query)["hits"]
    found = re.search(r"[?&]t=([\d.]+)", hits[0]["url"]) if hits else None
    return round(float(found.group(1)) * 1000) if found else -NEAR_MS


def _loudness(recording: Path) -> NDArray[np.float64]:
    """Return the root mean square of each frame of the recording, mixed to one channel."""
    decoded = subprocess.run(  # noqa: S603 - the ffmpeg that our dependency ships
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(recording)),
            *("-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"),
        ],
        capture_output=True,
        check=True,
    ).stdout
    samples = np.frombuffer(decoded, np.int16).astype(np.float64)
    size = RATE * FRAME_MS // 1000
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    return np.asarray(np.sqrt((frames**2).mean(axis=1)))


def _cordee(data_dir: Path, *words: str) -> Any:
    command = [sys.executable, "-m", "cli.app", *words, "--json", "--data-dir", str(data_dir)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603 - ourselves
    if not done.stdout:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def main() -> None:
    """Measure the recording named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speech", description=__doc__)
    parser.add_argument("recording", type=Path)
    parser.add_argument("text", type=Path)
    parser.add_argument("--data-dir", type=Path, help="keep what was ingested here")
    parser.add_argument("--json", action="store_true")
    said = parser.parse_args()
    text = said.text.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="cordee-speech-") as scratch:
        found = measure(said.recording, text, said.data_dir or Path(scratch))
    if said.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    print(f"{found['recording']}: word error {found['word_error']:.2%} of {found['words']} words")
    for link in found["links"]:
        print(f"  {link['word']:20} said {link['said_ms']:>8} ms, opens {link['off_ms']:+5} ms off")


if __name__ == "__main__":
    main()
