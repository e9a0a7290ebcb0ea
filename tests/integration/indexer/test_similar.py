"""Documents like one, on a real catalog and real indexes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

import msgspec
import pytest

from indexer.retrieval.similar import similar_documents
from schemas.document import Document, DocumentKind, Visibility
from schemas.errors import InvalidInputError
from schemas.ids import DocumentId
from tests.integration.indexer.conftest import School

EVERYBODY = frozenset({"everyone"})


def alike(school: School, document: Document, **options: object) -> list[str]:
    """Return the titles of documents like this one."""
    asked = {"audiences": EVERYBODY, "vectors_of": school.catalog.passages.vectors_of} | options
    found = similar_documents(document, engine=school.handle.engine, **asked)  # type: ignore[arg-type]
    return [each.document.title for each in found]


def publish_few(school: School) -> Document:
    first = school.publish("s:1", ["four à pain et levain", "pain du matin"], title="Le fournil")
    school.publish("s:2", ["levain et pain de seigle, four à bois"], title="Cuire au bois")
    school.publish("s:3", ["contrat de bail et loyer du local"], title="Louer un local")
    school.publish("s:4", ["le local et son loyer"], title="Le fournil de quartier")
    return first


def test_what_means_the_same_and_what_shares_words_of_the_title_come_first(
    school: School,
) -> None:
    document = publish_few(school)

    found = alike(school, document)

    assert set(found[:2]) == {"Cuire au bois", "Le fournil de quartier"}
    assert found[2:] == ["Louer un local"]


def test_a_document_is_not_like_itself_and_the_limit_holds(school: School) -> None:
    document = publish_few(school)

    assert "Le fournil" not in alike(school, document)
    assert len(alike(school, document, limit=2)) == 2


def test_only_kinds_asked_for_are_found(school: School) -> None:
    document = publish_few(school)
    school.publish("s:5", ["pain et levain"], title="Un pain raté", kind=DocumentKind.THREAD)

    assert alike(school, document, kinds=frozenset({DocumentKind.THREAD})) == ["Un pain raté"]


def test_a_document_that_the_audiences_may_not_see_is_not_found(school: School) -> None:
    document = publish_few(school)
    school.publish("s:6", ["four, pain, levain"], title="Secret", visibility=Visibility.MENTORS)

    assert "Secret" not in alike(school, document)
    assert "Secret" in alike(school, document, audiences=frozenset({"everyone", "mentors"}))


def test_what_says_the_same_is_there_once_and_never_beside_itself(school: School) -> None:
    dough = "pétrir le pain au levain, le laisser lever deux heures, puis allumer le four à bois"
    rye = "le seigle au levain lève trois heures dans un four à bois tiède avant de cuire"
    document = school.publish("s:1", [dough], title="Le fournil")
    school.publish("s:2", [dough], title="Pétrir (2026)")
    school.publish("s:3", [rye], title="Cuire au bois")
    school.publish("s:4", [rye], title="Cuire au feu de bois")

    assert alike(school, document) in (["Cuire au bois"], ["Cuire au feu de bois"])


def test_without_vectors_the_words_of_the_title_decide(school: School) -> None:
    document = publish_few(school)

    found = alike(school, document, vectors_of=lambda *_: {})

    assert found == ["Le fournil de quartier"]


def test_a_document_that_left_the_index_is_like_nothing_unknown(school: School) -> None:
    document = school.publish("s:only", ["tout seul ici"], title="Seul")

    assert alike(school, document) == []


@pytest.mark.parametrize("limit", [0, 21])
def test_a_limit_out_of_bounds_is_refused(school: School, limit: int) -> None:
    document = publish_few(school)

    with pytest.raises(InvalidInputError, match="20"):
        alike(school, document, limit=limit)


def test_what_is_hidden_takes_no_place_of_what_is_not(school: School) -> None:
    document = school.publish("s:1", ["four à pain et levain"], title="Le fournil")
    for n in range(4):
        text = f"four à pain et levain, cas {n}"
        title = f"Fournil caché {n}"
        school.publish(f"h:{n}", [text], title=title, visibility=Visibility.MENTORS)
    school.publish("s:9", ["un pain dans le local"], title="Visible")

    assert alike(school, document, limit=1) == ["Visible"]


def test_the_catalog_has_the_last_word_on_who_sees_what_is_alike(school: School) -> None:
    document = publish_few(school)
    known = school.handle.engine.reader.get_documents

    class Hiding:
        """The catalog after a change that the indexes have not followed yet."""

        def get_documents(self, ids: Collection[DocumentId]) -> dict[DocumentId, Document]:
            return {
                i: msgspec.structs.replace(each, visibility=Visibility.MENTORS)
                for i, each in known(ids).items()
            }

    engine = msgspec.structs.replace(school.handle.engine, reader=cast("Any", Hiding()))
    found = similar_documents(
        document, EVERYBODY, engine, vectors_of=school.catalog.passages.vectors_of
    )

    assert found == []
