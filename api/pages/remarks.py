"""What the pipeline remarked on a document without stopping, in the reader's language.

Workers write remarks into a job as English sentences, which programs and operators read as they
are. A remark that no pattern knows is shown as it was written.
"""

from __future__ import annotations

import re
from typing import Final

from api.pages.texts import Texts, clock

_PATTERNS: Final = tuple(
    (re.compile(pattern, re.DOTALL), key)
    for pattern, key in (
        (r"Speech was heard from (?P<start>\d+) s to (?P<end>\d+) s", "remark.hole"),
        (r"Tag '(?P<tag>.*)' is not in the taxonomy", "remark.tag"),
        (r"Nobody said what kind of document this is", "remark.private"),
        (r"The recording '(?P<name>.*)' that .* did not come along", "remark.recording"),
        (r"[^:]*: two voices were told apart by their sound", "remark.voices.told"),
        (r"The recording has one channel: speakers", "remark.voices.single"),
        (r"Both channels carry the same sound: speakers", "remark.voices.same"),
        (r"One of the two channels is silent: speakers", "remark.voices.silent"),
        (r"The channels of the recording are one mix", "remark.voices.mixed"),
        (r"One recording of the (?P<n>\d+) that .* came along", "remark.voices.one"),
        (
            r"The recordings '(?P<one>.*)' and '(?P<other>.*)' carry the same",
            "remark.voices.copies",
        ),
        (r"The recording '(?P<name>.*)' came along and", "remark.not-asked"),
        (r"No poster could be made", "remark.poster"),
        (r"No thumbnails could be made", "remark.thumbnails"),
        (r"What stands on the screen was not read: .*needs Tesseract", "remark.screen.unread"),
        (r"What stands on the screen was not read", "remark.screen"),
        (r"The picture of this video is in a form", "remark.picture"),
        (r"No text was found on page (?P<pages>[\d, –]+)", "remark.blank"),
        (r"Read from pictures \(OCR\).*: page (?P<pages>[\d, –]+)", "remark.read"),
        (r"Not read for lack of OCR: page (?P<pages>[\d, –]+)", "remark.unread"),
        (r"Not read, since reading .* failed: page (?P<pages>[\d, –]+)", "remark.unreadable"),
        (r"The PDF contains scripts", "remark.scripts"),
        (r"The file contains macros", "remark.macros"),
        (r"The transcript has no times", "remark.no-times"),
        (r"The transcript has a time every few", "remark.coarse"),
        (r"Messages to one person only were left out: (?P<n>\d+)", "remark.private-chat"),
        (r"The file lacks posts of the topic: (?P<n>\d+)", "remark.posts"),
        (r"Some cues have negative times", "remark.negative"),
        (r"The cue at (?P<at>[\d.]+) s ends before", "remark.backwards"),
        (r"Some cues are not in order", "remark.order"),
        (r"Corrected turns that are not heard .*: (?P<n>\d+)", "remark.stray"),
        (r"The id '(?P<id>.*)' is of “(?P<known>.*)” in .* of “(?P<name>.*)” in", "remark.reused"),
        (r"Speakers who were named and are not found .*: (?P<n>\d+)", "remark.unnamed"),
        (r"A newer version of this document", "remark.superseded"),
        (r"The same bytes were published meanwhile", "remark.duplicate"),
        (r"These bytes were here already", "remark.known"),
    )
)
_SECONDS: Final = frozenset({"start", "end", "at"})


def remark(warning: str, t: Texts) -> str:
    """Return a warning of a job as a sentence of this language."""
    for pattern, key in _PATTERNS:
        found = pattern.match(warning)
        if found:
            return t(key, **{name: _shown(name, text) for name, text in found.groupdict().items()})
    return warning


def _shown(name: str, text: str) -> str:
    return clock(round(float(text) * 1000)) if name in _SECONDS else text
