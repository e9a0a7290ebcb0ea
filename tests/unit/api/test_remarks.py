"""What the pipeline remarks is said in the reader's language; each remark here is a real one."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from api.pages.remarks import remark
from api.pages.texts import LANGUAGES, Texts, texts_of
from fixtures.builders import A_MOMENT, a_submission, a_transcript
from pipelines.extraction.archive import MACROS_IGNORED
from pipelines.extraction.channels import Channels
from pipelines.extraction.meeting import COARSE_TIMES, NO_TIMES
from pipelines.extraction.sound import voice_warnings
from pipelines.extraction.subtitles import subtitles_to_transcript
from pipelines.publishing import describe
from pipelines.reused import REUSED_WARNING
from pipelines.workflows.carrying import STRAY_NAMES_WARNING, STRAY_WARNING
from pipelines.workflows.receiving import KNOWN_WARNING
from pipelines.workflows.steps import DUPLICATE_WARNING, SUPERSEDED_WARNING
from schemas.content import Extraction
from schemas.document import MediaKind

ODD_SUBTITLES = (
    "WEBVTT\n\n00:09.000 --> 00:08.000\nÀ l’envers.\n\n00:01.000 --> 00:02.000\nPlus tôt.\n"
)


def real_remarks() -> list[str]:
    transcript, odd_times = subtitles_to_transcript(ODD_SUBTITLES, "odd.vtt")
    unsaid = describe(a_submission(), Extraction(MediaKind.AUDIO, transcript), received_at=A_MOMENT)
    return [
        *odd_times,
        *unsaid.warnings,
        SUPERSEDED_WARNING,
        STRAY_WARNING.format(2),
        STRAY_NAMES_WARNING.format(2),
        REUSED_WARNING.format(id="s-17", known="Camille Exemple", name="Jean Modèle"),
        DUPLICATE_WARNING.format("d-1"),
        KNOWN_WARNING,
        "Speech was heard from 12 s to 95 s and next to no words were recognised: have a look.",
        "Tag 'l’été' is not in the taxonomy; it was left out.",
        "The recording 'appel.m4a' that “ex.json” names did not come along.",
        *(
            warning
            for channels in Channels
            for content in (transcript, a_transcript())
            for warning in voice_warnings(channels, content)
        ),
        "One recording of the 2 that “ex.json” names came along: speakers could not be told apart.",
        "The recordings 'lea.m4a' and 'marc.m4a' carry the same sound: speakers could not be told.",
        "The recording 'autre.m4a' came along and “ex.json” does not name it: it was left out.",
        "No poster could be made: the film is black.",
        "No thumbnails could be made: the film has no key frame.",
        "The picture of this video is in a form (codec) that cannot be read.",
        "No text was found on page 2, 3 and others.",
        "Read from pictures (OCR), so words may be wrong: page 1–3, 7.",
        "Not read for lack of OCR: page 2. Reading text in pictures (OCR) needs Tesseract.",
        "Not read, since reading the picture (OCR) failed: page 3.",
        "What stands on the screen was not read: Reading text in pictures (OCR) needs Tesseract.",
        "What stands on the screen was not read: “v.mp4” cannot be decoded: no frame.",
        "The PDF contains scripts: they were ignored.",
        MACROS_IGNORED,
        NO_TIMES,
        COARSE_TIMES,
        "Messages to one person only were left out: 3.",
        "The file lacks posts of the topic: 2. Export it with ?print=true.",
    ]


@pytest.fixture(params=LANGUAGES)
def t(request: pytest.FixtureRequest) -> Texts:
    return texts_of(request.param, "Europe/Paris")


def test_every_remark_of_the_pipeline_is_known(t: Texts) -> None:
    remarks = real_remarks()

    assert len(remarks) >= 10
    assert [each for each in remarks if remark(each, t) == each] == []


def test_places_in_a_recording_read_as_a_clock_shows_them() -> None:
    heard = "Speech was heard from 12 s to 95 s and next to no words were recognised."

    said = remark(heard, texts_of("fr", "Europe/Paris"))

    assert said.startswith("De 0:12 à 1:35, quelqu’un parle")


def test_a_remark_that_nobody_knows_is_shown_as_it_is() -> None:
    texts = Texts("fr", {}, ZoneInfo("Europe/Paris"))

    assert remark("Something new.", texts) == "Something new."
