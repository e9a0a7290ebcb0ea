"""Whatever is typed or asked for becomes a query that the index takes."""

from __future__ import annotations

from datetime import UTC
from typing import Final

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.entries import an_entry
from indexer.analysis.lexicon import Lexicon
from indexer.lexical import fields, translate
from indexer.retrieval.parser import parse
from indexer.retrieval.spelling import Speller
from indexer.retrieval.understanding import lexical_query, understand
from indexer.synonyms import Synonyms
from schemas.document import DocumentKind
from schemas.ids import DocumentId, PersonId, TagId
from schemas.query import Filter
from schemas.synonym import SynonymGroup

SYNONYMS: Final = Synonyms([
    SynonymGroup("turnover", ("chiffre d'affaires",), abbreviations=("CA",)),
    SynonymGroup("crowd", ("crowdfunding", "financement participatif")),
])
SPELLER: Final = Speller({"facture": 9, "devis": 7}, Lexicon({"facture": 9, "devis": 7}))
PIECES: Final = (
    *('"', "«", "»", "“", "”", "-", " ", ":", ",", "'", "?", "*", "^", "~", "\\", "(", "["),
    *("kind:", "mentor:", "tag:", "cours", "CA", "factrue", "crowdfunding", "plan", "le", "AND"),
)
ANY_TEXT: Final = st.text(st.characters(categories=None), max_size=200)
ANY_SYNTAX: Final = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=30).map("".join)
SOME_VALUES: Final = st.frozensets(ANY_TEXT, max_size=3)
ANY_FILTER: Final = st.builds(
    Filter,
    audiences=SOME_VALUES,
    kinds=st.frozensets(st.sampled_from(DocumentKind)),
    tags=st.frozensets(ANY_TEXT.map(TagId), max_size=3),
    speakers=st.frozensets(ANY_TEXT.map(PersonId), max_size=3),
    mentors=st.frozensets(ANY_TEXT.map(PersonId), max_size=3),
    documents=st.frozensets(ANY_TEXT.map(DocumentId), max_size=3),
    since=st.none() | st.datetimes(timezones=st.just(UTC)),
    until=st.none() | st.datetimes(timezones=st.just(UTC)),
)


@pytest.fixture(scope="module")
def index() -> tantivy.Index:
    """An index in memory that holds two passages."""
    found = tantivy.Index(fields.build_schema())
    fields.register_tokenizers(found)
    writer = found.writer(15_000_000, 1)
    for at, text in ((1_000, "Le chiffre d'affaires."), (2_000, "Une facture, un devis.")):
        writer.add_document(fields.to_tantivy(an_entry(at, text), b""))
    writer.commit()
    found.reload()
    return found


def ask(index: tantivy.Index, clauses: translate.Clauses) -> None:
    index.searcher().search(tantivy.Query.boolean_query(clauses), limit=5)


@settings(deadline=None)  # shared cores: time says nothing
@given(text=ANY_TEXT | ANY_SYNTAX)
def test_no_text_is_refused(index: tantivy.Index, text: str) -> None:
    schema = index.schema
    wanted = understand(parse(text), speller=SPELLER, synonyms=SYNONYMS).lexical

    ask(index, translate.any_word(schema, wanted))
    ask(index, translate.any_term(schema, fields.GRAMS, wanted.grams))
    ask(index, translate.phrases(schema, wanted))
    ask(index, translate.one_bit_each(schema, [group for group in wanted.words if group][:20]))
    ask(index, translate.by_few(translate.any_word(schema, lexical_query(text))))


@settings(deadline=None)
@given(where=ANY_FILTER)
def test_no_filter_is_refused(index: tantivy.Index, where: Filter) -> None:
    ask(index, translate.admitted(index.schema, where))
    required = translate.conditions(index.schema, where)
    ask(index, [(tantivy.Occur.Must, translate.all_of(required, None))])
