"""What the values of facets are called."""

from __future__ import annotations

from indexer.retrieval.facets import name_facets
from indexer.taxonomy import load_taxonomy
from schemas.content import Speaker
from schemas.hit import FacetCount
from schemas.ids import PersonId

CAMILLE = PersonId("m-camille")
VOICE = "voice:d-1:left"


def test_voices_that_nobody_named_are_no_values_to_choose() -> None:
    counts = {"speaker": [(VOICE, 3), (CAMILLE, 1)], "mentor": [(CAMILLE, 1)]}
    people = {CAMILLE: Speaker(CAMILLE, "Camille R.")}
    named = name_facets(counts, load_taxonomy(None), people)
    assert named["speaker"] == (FacetCount(CAMILLE, "Camille R.", 1),)
    assert named["mentor"] == (FacetCount(CAMILLE, "Camille R.", 1),)
    assert "speaker" not in name_facets({"speaker": [(VOICE, 3)]}, load_taxonomy(None), people)
