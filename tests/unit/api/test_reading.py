import msgspec
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from api.pages.reading import lines_of, marked_blocks
from api.pages.rendering import marked, spoken
from api.pages.texts import texts_of
from schemas.content import BlockRole
from schemas.span import CharSpan
from schemas.wire import SearchPassage, SnippetView, UtteranceView, WordView
from schemas.wire_body import BlockView

SENTENCES = "Commencez par le prix. Ensuite vient la marge. Comptez enfin le temps passé."


def _turn(text: str, *, start_ms: int, end_ms: int, ordinal: int = 0) -> UtteranceView:
    words, n = text.split(), len(text.split())
    times = [round(start_ms + (end_ms - start_ms) * i / n) for i in range(n + 1)]
    return UtteranceView(
        ordinal=ordinal,
        text=text,
        speaker_id="m-claire",
        start_ms=start_ms,
        end_ms=end_ms,
        sent_at=None,
        confidence=0.9,
        flags=(),
        words=tuple(map(WordView, words, times, times[1:])),
    )


def _message(ordinal: int, text: str, speaker: str) -> UtteranceView:
    return UtteranceView(
        ordinal=ordinal,
        text=text,
        speaker_id=speaker,
        start_ms=None,
        end_ms=None,
        sent_at=None,
        confidence=None,
        flags=(),
        words=(),
    )


def _passage(text: str = "", **place: int) -> SearchPassage:
    return SearchPassage(
        passage_id="1",
        snippet=SnippetView(text, ()),
        heading="",
        speakers=(),
        score=1,
        url="/",
        **place,
    )


def test_a_long_turn_is_cut_at_its_sentences_and_loses_no_word() -> None:
    lines = lines_of([_turn(SENTENCES, start_ms=1000, end_ms=21_000)], (), "")

    assert [line.text for line in lines] == [
        "Commencez par le prix.",
        "Ensuite vient la marge.",
        "Comptez enfin le temps passé.",
    ]
    assert [line.is_new_speaker for line in lines] == [True, False, False]
    assert lines[0].start_ms == 1000
    assert [line.start_ms for line in lines] == sorted(line.start_ms or 0 for line in lines)


def test_a_short_turn_stays_one_line() -> None:
    assert len(lines_of([_turn(SENTENCES, start_ms=0, end_ms=8000)], (), "")) == 1


def test_the_words_of_the_query_are_marked_in_another_form_too() -> None:
    (line,) = lines_of([_turn("Les marges se calculent.", start_ms=0, end_ms=3000)], (), "marge")

    assert [line.text[span.start : span.end] for span in line.marks] == ["marges"]


def test_lines_within_a_found_passage_are_matched() -> None:
    lines = lines_of(
        [_turn(SENTENCES, start_ms=0, end_ms=20_000)], [_passage(start_ms=9000, end_ms=10_000)], ""
    )

    assert [line.is_matched for line in lines] == [False, True, False]


def test_the_line_of_the_second_that_is_asked_for_is_current() -> None:
    turns = [
        _turn("Bonjour.", start_ms=1000, end_ms=2000),
        _turn("Au revoir.", start_ms=5000, end_ms=6000, ordinal=1),
    ]

    def current(at_s: float | None) -> list[bool]:
        return [line.is_current for line in lines_of(turns, (), "", at_s=at_s)]

    assert current(4.9) == [True, False]
    assert current(5) == [False, True]
    assert current(0.2) == current(None) == [False, False]


def test_messages_of_a_found_passage_are_matched() -> None:
    messages = [_message(0, "Bonjour", "s-lea"), _message(1, "La remise ?", "s-lea")]

    lines = lines_of(messages, [_passage(message=1, last_message=3)], "")

    assert [line.is_matched for line in lines] == [False, True]


def test_blocks_of_a_page_are_matched_by_the_passage_s_own_words() -> None:
    texts = [
        "Un prix se calcule avant de se négocier.",
        "Tout autre chose, sans aucun rapport ici.",
    ]
    blocks = [BlockView(i, text, BlockRole.PARAGRAPH, 0, 2) for i, text in enumerate(texts)]

    found = marked_blocks(blocks, [_passage(texts[0], page=2, last_page=2)], "prix")

    assert [block.is_matched for block in found] == [True, False]
    assert [len(block.marks) for block in found] == [1, 0]


@given(st.text(max_size=40), st.lists(st.integers(0, 40), max_size=6, unique=True).map(sorted))
def test_marks_change_nothing_but_add_marks(text: str, cuts: list[int]) -> None:
    within = [cut for cut in cuts if cut <= len(text)]
    spans = [CharSpan(a, b) for a, b in zip(within[::2], within[1::2], strict=False)]

    html = marked(text, spans)

    assert isinstance(html, Markup)
    assert html.count("<mark>") == html.count("</mark>") == len(spans)
    assert (
        html.replace("<mark>", "").replace("</mark>", "").unescape()
        == Markup.escape(text).unescape()
    )


def test_markup_in_a_text_is_text_within_marks_and_around_them() -> None:
    html = marked("<b>prix</b> & <i>", [CharSpan(0, 3), CharSpan(3, 7)])

    assert html == "<mark>&lt;b&gt;</mark><mark>prix</mark>&lt;/b&gt; &amp; &lt;i&gt;"


def _mended_turn() -> UtteranceView:
    turn = _turn("Déclarez à « l'URSSAF », puis <b>au URSSAF.", start_ms=0, end_ms=3000)
    words = tuple(
        msgspec.structs.replace(word, heard=heard)
        for word, heard in zip(
            turn.words, [None, None, None, "l'Ursafe", *[None] * 3, "ur saf."], strict=True
        )
    )
    return msgspec.structs.replace(turn, words=words)


def test_a_line_shows_which_words_the_glossary_mended_and_what_was_heard() -> None:
    (line,) = lines_of([_mended_turn()], (), "déclarez urssaf")

    html = spoken(line, texts_of("fr", "Europe/Paris"))

    told = "entendu : « l&#39;Ursafe »"
    assert (
        '<mark>Déclarez</mark> à « <span class="mended" role="button" tabindex="0"'
        f' data-heard="{told}" aria-description="{told}">'
        "l&#39;<mark>URSSAF</mark></span> », puis &lt;b&gt;au " in html
    )
    assert [mending.heard for mending in line.mended] == ["l'Ursafe", "ur saf"]


def test_each_line_of_a_long_turn_has_the_mended_words_of_its_own() -> None:
    turn = _turn(SENTENCES, start_ms=0, end_ms=20_000)
    words = (*turn.words[:-1], msgspec.structs.replace(turn.words[-1], heard="passez."))

    lines = lines_of([msgspec.structs.replace(turn, words=words)], (), "")

    assert [len(line.mended) for line in lines] == [0, 0, 1]
    (mending,) = lines[2].mended
    assert lines[2].text[mending.start : mending.end] == "passé"
