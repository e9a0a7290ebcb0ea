from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from indexer.taxonomy import load_taxonomy
from schemas.errors import InvalidInputError, SettingsError
from schemas.ids import TagId
from schemas.tag import TagFacet

TAG = """
[[tags]]
id = "{id}"
facet = "{facet}"
label = "{label}"
label_en = "{label}"
aliases = ["{alias}"]
"""


def a_file(tmp_path: Path, *tags: dict[str, str]) -> Path:
    path = tmp_path / "school.toml"
    defaults = {"id": "topic.prices", "facet": "topic", "label": "Prix", "alias": "tarif"}
    text = "encoder_threshold = 3.0\n" + "".join(TAG.format(**(defaults | tag)) for tag in tags)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_taxonomy_covers_every_facet_with_at_least_sixty_tags() -> None:
    tags = load_taxonomy(None).tags
    per_facet = Counter(tag.facet for tag in tags)
    assert len(tags) >= 60
    assert min(per_facet[facet] for facet in TagFacet) >= 8


def test_every_shipped_tag_has_both_labels_aliases_and_a_description() -> None:
    for tag in load_taxonomy(None).tags:
        assert tag.label
        assert tag.label_en
        assert len(tag.aliases) >= 5, tag.id
        assert len(tag.description) >= 40, tag.id
        assert (tag.hard is not None) == (tag.facet is TagFacet.SKILL), tag.id


@pytest.mark.parametrize(
    "name",
    ["topic.pricing", "pricing", "Fixer ses prix", "fixer ses prix", " Fixer mes tarifs "],
)
def test_a_tag_is_found_by_any_of_its_names(name: str) -> None:
    tag = load_taxonomy(None).resolve(name)
    assert tag is not None
    assert tag.id == "topic.pricing"


def test_a_name_of_two_tags_or_of_none_resolves_to_nothing() -> None:
    taxonomy = load_taxonomy(None)
    assert taxonomy.resolve("étude de marché") is None  # a topic and an alias of a stage
    assert taxonomy.resolve("astrologie") is None


def test_unknown_names_are_refused_with_where_they_were_said() -> None:
    taxonomy = load_taxonomy(None)
    taxonomy.require(["topic.pricing", "Fixer ses prix"], said_in="tag")

    with pytest.raises(InvalidInputError, match=r"^tag: there is no tag 'licorne', 'fée'\.$"):
        taxonomy.require(["topic.pricing", "licorne", "fée"], said_in="tag")


def test_a_tag_that_left_the_file_keeps_its_id_as_label(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(a_file(tmp_path, {}))
    assert taxonomy.label(TagId("topic.prices")) == "Prix"
    assert taxonomy.label(TagId("topic.gone")) == "topic.gone"
    assert taxonomy.facet_of(TagId("topic.gone")) is None


@pytest.mark.parametrize(
    ("second", "complaint"),
    [
        ({"alias": "prix"}, r"topic\.prices: the id is there twice"),
        ({"id": "topic.costs"}, r"topic\.costs: alias 'tarif' also belongs to topic\.prices"),
        ({"id": "topic.costs", "alias": "TARIF"}, r"also belongs to topic\.prices"),
        ({"id": "mood.sad", "facet": "mood"}, r"mood\.sad: .*'mood'"),
        ({"id": "Topic Costs", "alias": "x"}, r"tag Topic Costs: an id has"),
    ],
)
def test_a_wrong_tag_is_named(tmp_path: Path, second: dict[str, str], complaint: str) -> None:
    path = a_file(tmp_path, {}, second)
    with pytest.raises(SettingsError, match=complaint):
        load_taxonomy(path)


def test_an_unknown_field_of_a_tag_is_named(tmp_path: Path) -> None:
    path = a_file(tmp_path, {})
    path.write_text(path.read_text(encoding="utf-8") + "colour = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"topic\.prices: unknown field 'colour'"):
        load_taxonomy(path)


def test_two_facets_may_share_an_alias(tmp_path: Path) -> None:
    other = {"id": "stage.prices", "facet": "stage"}
    assert len(load_taxonomy(a_file(tmp_path, {}, other)).tags) == 2


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml"):
        load_taxonomy(tmp_path / "absent.toml")
