"""WebVTT and SRT as Zoom, Teams and editors write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction.subtitles import subtitles_to_transcript
from schemas.content import Transcript
from schemas.errors import DamagedFileError, NoTextError
from schemas.naming import speaker_id_for
from schemas.span import TimeSpan

ZOOM = """WEBVTT

1
00:00:01.000 --> 00:00:04.000
Marie Exemple: Bonjour à tous.

2
00:00:05.000 --> 00:00:08.000
Karim Modèle: Bonjour Marie.
"""
TEAMS = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Marie Exemple>Bonjour &amp; bienvenue.</v>

00:00:05.000 --> 00:00:08.000
<v Karim Modèle>Merci <i>beaucoup</i>.</v>
"""


def read(text: str) -> Transcript:
    return subtitles_to_transcript(text, "a.vtt")[0]


def turns(text: str) -> list[tuple[str, str]]:
    transcript = read(text)
    names = {s.id: s.name for s in transcript.speakers}
    return [(names.get(u.speaker_id or "", ""), u.text) for u in transcript.utterances]


def cue(start: str, end: str, text: str = "Bonjour.") -> str:
    return f"WEBVTT\n\n{start} --> {end}\n{text}\n"


def test_zoom_names_are_speakers() -> None:
    assert turns(ZOOM) == [("Marie Exemple", "Bonjour à tous."), ("Karim Modèle", "Bonjour Marie.")]


def test_teams_voices_are_speakers_and_entities_are_text() -> None:
    assert turns(TEAMS) == [
        ("Marie Exemple", "Bonjour & bienvenue."),
        ("Karim Modèle", "Merci beaucoup."),
    ]


def test_a_lone_prefix_is_text_and_no_speaker() -> None:
    plain = "\n\n".join(f"00:0{n}.000 --> 00:0{n}.900\nPhrase {n}." for n in range(4))
    text = f"WEBVTT\n\n{plain}\n\n00:09.000 --> 00:10.000\nAttention : ça glisse.\n"
    assert {who for who, _ in turns(text)} == {""}


def test_srt_has_decimal_commas_and_crlf_is_read_before() -> None:
    transcript = read("1\n00:00:01,500 --> 00:00:02,750\nBonjour.\n")
    assert transcript.utterances[0].span == TimeSpan(1500, 2750)


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("00:01.000", "00:02.000", TimeSpan(1000, 2000)),
        ("01:00:01.000", "01:00:02.000 align:start position:10%", TimeSpan(3601000, 3602000)),
        ("00:00:05.000", "00:00:03.000", TimeSpan(5000, 5500)),
        ("-00:00:05.000", "00:00:03.000", TimeSpan(0, 3000)),
        ("0:0:1.5", "0:0:2.5", TimeSpan(1500, 2500)),
    ],
)
def test_times_are_read_however_they_are_written(start: str, end: str, span: TimeSpan) -> None:
    assert read(cue(start, end)).utterances[0].span == span


def test_times_that_had_to_be_repaired_are_warned_about() -> None:
    _, warnings = subtitles_to_transcript(cue("00:05.000", "00:03.000"), "a.vtt")
    assert warnings == ("The cue at 5.0 s ends before it starts.",)


def test_overlapping_cues_are_kept_in_order_of_their_start() -> None:
    text = "WEBVTT\n\n00:03.000 --> 00:09.000\nDeux.\n\n00:01.000 --> 00:05.000\nUn.\n"
    assert read(text).utterances[0].text == "Un. Deux."


def test_two_voices_of_one_cue_share_its_time() -> None:
    both = read(cue("00:00.000", "00:10.000", "<v A>abcde</v><v B>fghij</v>")).utterances
    assert [u.span for u in both] == [TimeSpan(0, 5000), TimeSpan(5000, 10000)]


def test_the_cues_of_a_sentence_are_joined() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nUn prix\n\n00:02.000 --> 00:03.000\nse calcule.\n"
    assert [u.text for u in read(text).utterances] == ["Un prix se calcule."]


def test_words_lie_inside_their_cue() -> None:
    words = read(cue("00:01.000", "00:03.000", "un deux trois")).utterances[0].words
    assert (words[0].start_ms, words[-1].end_ms) == (1000, 3000)
    assert [w.start_ms for w in words] == sorted(w.start_ms for w in words)


def test_a_speaker_keeps_one_id_whatever_the_accents() -> None:
    assert speaker_id_for("Chloé Exemple") == speaker_id_for("CHLOE  exemple")


def test_cues_without_any_text_are_refused() -> None:
    with pytest.raises(NoTextError, match="1 cues and none has any text"):
        read("WEBVTT\n\n00:01.000 --> 00:02.000\n<i></i>\n")


def test_a_file_without_any_cue_is_damaged() -> None:
    with pytest.raises(DamagedFileError, match="no readable cue"):
        read("WEBVTT\n\nnothing here\n")


@settings(deadline=None)
@given(st.text("0123456789:.,->\n <>vAb/&;", max_size=120))
def test_no_subtitles_raise_anything_but_our_errors(text: str) -> None:
    try:
        read(f"WEBVTT\n\n{text}")
    except (DamagedFileError, NoTextError):
        return


ROLLING = """WEBVTT

00:00:00.000 --> 00:00:02.000
un prix se<00:00:00.500><c> calcule</c>

00:00:02.000 --> 00:00:02.010
un prix se calcule

00:00:02.010 --> 00:00:04.000
un prix se calcule
avant<00:00:02.500><c> de vendre</c>

00:00:04.000 --> 00:00:04.010
avant de vendre

00:00:04.010 --> 00:00:06.000
avant de vendre
et la marge

00:00:06.000 --> 00:00:06.010
et la marge
"""


def test_captions_that_roll_say_each_line_once() -> None:
    (turn,) = read(ROLLING).utterances
    assert turn.text == "un prix se calcule avant de vendre et la marge"
    assert next(w for w in turn.words if w.text == "avant").start_ms == 2010


def test_a_line_of_a_space_does_not_hide_that_captions_roll() -> None:
    rolling = ROLLING.replace("un prix se calcule\n\n", "un prix se calcule\n \n\n")
    rolling = rolling.replace("avant de vendre\n\n", "avant de vendre\n \n\n")
    assert rolling != ROLLING
    (turn,) = read(rolling).utterances
    assert turn.text == "un prix se calcule avant de vendre et la marge"


def test_somebody_who_says_a_line_twice_says_it_twice() -> None:
    cues = [("0:01", "Oui."), ("0:02", "Oui."), ("0:03", "Le prix."), ("0:04", "La marge.")]
    text = "\n\n".join(f"00:0{at}.000 --> 00:0{at}.900\n{line}" for at, line in cues)
    text = f"WEBVTT\n\n{text}\n"
    assert [u.text for u in read(text).utterances] == ["Oui. Oui. Le prix. La marge."]


def test_sbv_is_read() -> None:
    text = (
        "0:00:01.000,0:00:03.500\nBonjour à tous,\nje suis Marie.\n\n"
        "0:00:04.000,0:00:05.000\nAlors\n"
    )
    (turn,) = read(text).utterances
    assert turn.text == "Bonjour à tous, je suis Marie. Alors"
    assert turn.span == TimeSpan(1000, 5000)


def test_overlapping_cues_keep_their_times_and_words() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:05.000\n<v Marie Exemple>Le prix.\n\n"
        "00:02.000 --> 00:03.000\n<v Karim Modèle>Oui.\n\n"
        "00:02.500 --> 00:06.000\n<v Marie Exemple>La marge.\n"
    )
    assert turns(text) == [
        ("Marie Exemple", "Le prix."),
        ("Karim Modèle", "Oui."),
        ("Marie Exemple", "La marge."),
    ]
    assert [u.span for u in read(text).utterances] == [
        TimeSpan(1000, 5000),
        TimeSpan(2000, 3000),
        TimeSpan(2500, 6000),
    ]
