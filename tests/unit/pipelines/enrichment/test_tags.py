from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from indexer.taxonomy import Taxonomy, load_taxonomy
from pipelines.enrichment.tags import CAPS, Tagger
from schemas.tag import TagAssigner, TagFacet

TAXONOMY = load_taxonomy(None)
D = 512


def vector_of(text: str) -> NDArray[np.float32]:
    """A unit vector drawn by the text: two texts are almost at right angles."""
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    vector = np.random.default_rng(seed).normal(size=D)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


class HashEncoder:
    """Gives every text a direction of its own."""

    name = "hash"

    def encode_query(self, text: str) -> NDArray[np.float32]:
        return vector_of(text)


TAGGER = Tagger(TAXONOMY, HashEncoder())
NEUTRAL = vector_of("about nothing in the taxonomy")


def like(tag_id: str) -> NDArray[np.float32]:
    """The vector of a passage that means exactly this tag."""
    tag = TAXONOMY.by_id[tag_id]  # type: ignore[index]
    return vector_of(f"{tag.label} : {tag.description}")


def neutral(n: int) -> NDArray[np.float32]:
    return np.tile(NEUTRAL, (n, 1))


def test_a_passage_close_to_a_tag_gets_it_from_the_encoder() -> None:
    tags, _ = TAGGER.assign("", ["rien de nommé"], like("topic.pricing")[None])
    assert [(tag.tag_id, tag.assigner) for tag in tags] == [("topic.pricing", TagAssigner.ENCODER)]
    assert 0.9 < tags[0].confidence <= 1


def test_a_named_tag_needs_less_closeness_than_an_unnamed_one() -> None:
    vector = 0.12 * like("topic.gdpr") + 0.99 * NEUTRAL
    vectors = (vector / np.linalg.norm(vector))[None].astype(np.float32)
    unnamed, _ = TAGGER.assign("", ["une loi"], vectors)
    named, _ = TAGGER.assign("", ["la loi RGPD"], vectors)
    assert "topic.gdpr" not in {tag.tag_id for tag in unnamed}
    assert ("topic.gdpr", TagAssigner.ALIAS) in {(tag.tag_id, tag.assigner) for tag in named}


def test_one_remark_in_a_long_course_is_no_subject() -> None:
    texts = ["rien"] * 19 + ["la loi RGPD"]
    vectors = np.vstack([neutral(19), like("topic.gdpr")])
    assert TAGGER.assign("", texts, vectors)[0] == ()


def test_declared_tags_come_first_from_a_person_and_are_sure() -> None:
    tags, warnings = TAGGER.assign("", ["rien"], like("topic.vat")[None], ["pricing", "pricing"])
    assert warnings == ()
    assert [(tag.tag_id, tag.assigner) for tag in tags] == [
        ("topic.pricing", TagAssigner.PERSON),
        ("topic.vat", TagAssigner.ENCODER),
    ]
    assert tags[0].confidence == 1


def test_a_declared_tag_that_the_machine_finds_too_stays_the_persons() -> None:
    tags, _ = TAGGER.assign("", ["rien"], like("topic.vat")[None], ["TVA"])
    assert [(tag.tag_id, tag.assigner) for tag in tags] == [("topic.vat", TagAssigner.PERSON)]


def test_an_unknown_declared_tag_is_a_warning_that_names_it() -> None:
    tags, warnings = TAGGER.assign("", ["rien"], neutral(1), ["astrologie"])
    assert tags == ()
    assert len(warnings) == 1
    assert "'astrologie'" in warnings[0]


def test_no_facet_gets_more_than_its_cap() -> None:
    sectors = [tag for tag in TAXONOMY.tags if tag.facet is TagFacet.SECTOR][:5]
    vectors = np.stack([like(tag.id) for tag in sectors])
    tags, _ = TAGGER.assign("", ["rien"] * 5, vectors)
    assert len(tags) == CAPS[TagFacet.SECTOR]


def test_a_document_without_passages_gets_declared_tags_only() -> None:
    tags, _ = TAGGER.assign("La TVA", [], np.empty((0, D), np.float32), ["topic.vat"])
    assert [tag.assigner for tag in tags] == [TagAssigner.PERSON]


def test_machine_tags_fall_in_confidence_and_ties_in_id_order() -> None:
    texts = ["rien", "la tva", "rien"]
    vectors = np.stack([like("topic.vat"), like("skill.photo"), like("topic.gdpr")])
    tags, _ = TAGGER.assign("", texts, vectors)
    assert [tag.tag_id for tag in tags] == [
        tag.tag_id for tag in sorted(tags, key=lambda tag: (-tag.confidence, tag.tag_id))
    ]
    assert len(tags) == 3


def test_a_higher_threshold_of_the_taxonomy_assigns_less() -> None:
    strict = Tagger(Taxonomy(TAXONOMY.tags, encoder_threshold=50.0), HashEncoder())
    assert strict.assign("", ["rien"], like("topic.vat")[None])[0] == ()
