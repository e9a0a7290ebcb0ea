"""The tantivy schema: which fields there are, how each is cut into terms, what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import tantivy

from indexer.analysis.analyzer import build_text_analyzer, forms, grams
from indexer.analysis.normalize import fold, normalize, titled
from indexer.ports import PassageCard
from indexer.retrieval.duplicates import signature_of
from schemas.identity import EVERYONE
from schemas.passage import IndexEntry

PASSAGE: Final = "passage"
DOCUMENT: Final = "document"
ORDINAL: Final = "ordinal"
WORDS: Final = "words"
GRAMS: Final = "grams"
FORMS: Final = "forms"
"""Words as they are written, folded, not stemmed: what is being typed is the start of one."""
AUDIENCES: Final = "audiences"
RESTRICTED: Final = "restricted"
"""Marks what not everybody may see: few passages, so leaving those out costs a search nothing."""
KIND: Final = "kind"
TAGS: Final = "tags"
SPEAKERS: Final = "speakers"
MENTORS: Final = "mentors"
CREATED_AT: Final = "created_at"
TITLE_ENDS: Final = "title_ends"
CARD: Final = "card"

MARK: Final = "1"
TITLE_SEPARATOR: Final = "\x1f"  # unit separator: fold() keeps it and no title holds it
TITLE_START: Final = "\x02"  # start of text: before the whole title, which starts as typed
_MAX_TITLE_ENDS: Final = 12  # words of a title that a completion may start at
_MAX_TITLE_CHARS: Final = 200  # a term of tantivy may have 65 530 bytes; no title needs them

_FRENCH: Final = "cordee_fr"
_GRAM: Final = "cordee_grams"


def build_schema() -> tantivy.Schema:
    """Return the schema; a change here needs a new ``INDEX_FORMAT`` in ``generations``."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(PASSAGE, indexed=True, fast=True)
    builder.add_unsigned_field(ORDINAL, indexed=True)
    builder.add_integer_field(CREATED_AT, indexed=True, fast=True)
    builder.add_text_field(WORDS, tokenizer_name=_FRENCH, index_option="position")
    builder.add_text_field(GRAMS, tokenizer_name=_GRAM, index_option="freq")
    builder.add_text_field(FORMS, tokenizer_name=_GRAM, index_option="freq")
    for name in (DOCUMENT, AUDIENCES, RESTRICTED, KIND, TAGS, SPEAKERS, MENTORS, TITLE_ENDS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(CARD, stored=True)
    return builder.build()


def register_tokenizers(index: tantivy.Index) -> None:
    """Teach an opened index the tokenizers that its schema names; tantivy does not store them."""
    index.register_tokenizer(_FRENCH, build_text_analyzer())
    whitespace = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_GRAM, whitespace)


def signature(entries: Sequence[IndexEntry]) -> bytes:
    """Return what near-duplicates of a document are told by, from all its passages."""
    texts = [entry.passage.text for entry in sorted(entries, key=lambda e: e.passage.ordinal)]
    return signature_of(entries[0].title, texts) if entries else b""


def to_tantivy(entry: IndexEntry, signature: bytes) -> tantivy.Document:
    """Return the row of one passage.

    The title stands before every passage, in both text fields.
    """
    passage = entry.passage
    text = titled(entry.title, passage.text)
    row = tantivy.Document()
    # Plain ``Document(passage=3)`` makes a signed value, which panics the writer thread.
    row.add_unsigned(PASSAGE, passage.id)
    row.add_unsigned(ORDINAL, passage.ordinal)
    row.add_integer(CREATED_AT, entry.created_at_s)
    row.add_text(WORDS, normalize(text))
    row.add_text(GRAMS, " ".join(grams(text)))
    row.add_text(FORMS, " ".join(forms(text)))
    row.add_text(DOCUMENT, passage.document_id)
    row.add_text(KIND, entry.kind)
    for name, values in (
        (AUDIENCES, passage.audiences),
        (TAGS, entry.tags),
        (SPEAKERS, passage.speaker_ids),
        (MENTORS, entry.mentor_ids),
    ):
        for value in values:
            row.add_text(name, value)
    if EVERYONE not in passage.audiences:
        row.add_text(RESTRICTED, MARK)
    if passage.ordinal == 0:
        for term in title_ends(entry.title, passage.document_id):
            row.add_text(TITLE_ENDS, term)
    row.add_bytes(CARD, msgspec.msgpack.encode((passage.id, card_of(entry, signature))))
    return row


def card_of(entry: IndexEntry, signature: bytes) -> PassageCard:
    """Return the attributes that facets and grouping read."""
    return PassageCard(
        document_id=entry.passage.document_id,
        kind=entry.kind,
        language=entry.passage.language,
        created_at_s=entry.created_at_s,
        tags=entry.tags,
        speaker_ids=entry.passage.speaker_ids,
        mentor_ids=entry.mentor_ids,
        signature=signature,
    )


def title_ends(title: str, document_id: str) -> list[str]:
    """Return one term for every word of the title: from there to its end, then what to show.

    Looking terms up by prefix then finds completions in the middle of titles too; the first term
    is there once more, behind a mark, to find those at the start alone.
    """
    shown = title.replace(TITLE_SEPARATOR, " ")[:_MAX_TITLE_CHARS]
    words = fold(shown).replace("'", " ").split()
    tail = f"{TITLE_SEPARATOR}{shown}{TITLE_SEPARATOR}{document_id}"
    ends = [" ".join(words[i:]) + tail for i in range(min(len(words), _MAX_TITLE_ENDS))]
    return [*ends, *(TITLE_START + end for end in ends[:1])]
