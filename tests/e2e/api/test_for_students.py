"""What the service does for one student: a lift for the own sector, and what to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from api.guards import SESSION_COOKIE
from fixtures.builders import a_judgment, a_profile
from schemas.document import Document, DocumentKind, Visibility
from schemas.identity import Caller, Role
from schemas.ids import PersonId, TagId
from tests.e2e.api.school import (
    ADMIN,
    CLAIRE,
    KARIM,
    LEA,
    YOUSSEF,
    School,
    exchange_of,
    open_school,
)

N_SHEETS: Final = 24


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """A school of its own: profiles move what every search finds, and nothing else shall."""
    with open_school(tmp_path_factory.mktemp("students")) as opened:
        opened.services.handle.feedback.stop()
        yield opened


@pytest.fixture(scope="module")
def sheets(school: School) -> list[Document]:
    """Sheets that say nearly the same; every third is of the arts, the others of food."""
    for who in (LEA, CLAIRE):
        school.services.catalog.profiles.put(
            a_profile(who.person_id, project="Terres", sectors=("sector.arts",), stage="stage.idea")
        )
    found = []
    for n in range(N_SHEETS):
        text = f"Tenir sa caisse, le cas numéro {n} vu de près, avec un exemple."
        found.append(school.publish(f"caisse:{n}", text, kind=DocumentKind.SHEET))
        if n % 3 == 0:
            school.services.catalog.documents.set_person_tags(
                found[-1].id, [TagId("sector.arts")], PersonId("m-claire")
            )
    position = school.services.catalog.changes.last_position()
    assert school.services.handle.wait_for(position, 10)
    return found


def hits(school: School, who: Caller, **params: Any) -> list[dict[str, Any]]:
    found = school.get(who, "/v1/search", q="tenir sa caisse", **params)["hits"]
    assert isinstance(found, list)
    return found


# Two mentors see the same documents: scores are told from all that one may see.
def test_what_is_of_the_own_sector_is_lifted_and_says_so(
    school: School, sheets: list[Document]
) -> None:
    of_the_arts = {sheet.id for sheet in sheets[::3]}

    ids = {sheet.id for sheet in sheets}
    mine = {
        h["document_id"]: h for h in hits(school, CLAIRE, per_page=50) if h["document_id"] in ids
    }
    theirs = {hit["document_id"]: hit for hit in hits(school, YOUSSEF, per_page=50)}

    assert set(mine) == ids
    for id_, hit in mine.items():
        codes = {each["code"] for each in hit["explanation"]["grounds"]}
        gain = hit["explanation"]["personal"] or 0
        assert ("sector" in codes) == (gain > 0) == (id_ in of_the_arts)
        assert hit["score"] == pytest.approx(theirs[id_]["score"] + gain)
        assert theirs[id_]["explanation"]["personal"] is None
    ranks = {id_: (mine[id_]["rank"], theirs[id_]["rank"]) for id_ in of_the_arts}
    assert all(after <= before for after, before in ranks.values())


def test_a_lifted_ranking_is_the_same_on_every_page(school: School, sheets: list[Document]) -> None:
    whole = [hit["document_id"] for hit in hits(school, CLAIRE, per_page=50)]

    pages = [hits(school, CLAIRE, per_page=7, page=page) for page in range(1, 9)]

    assert [hit["document_id"] for page in pages for hit in page] == whole


def test_the_lift_is_off_where_the_request_says_so_and_moves_no_confidence(
    school: School, sheets: list[Document]
) -> None:
    ids = {sheet.id for sheet in sheets}
    off = hits(school, CLAIRE, per_page=50, personal=False)
    theirs = hits(school, YOUSSEF, per_page=50)
    answers = [school.get(who, "/v1/search", q="tenir sa caisse") for who in (CLAIRE, YOUSSEF)]

    assert [(h["document_id"], h["score"]) for h in off if h["document_id"] in ids] == [
        (h["document_id"], h["score"]) for h in theirs if h["document_id"] in ids
    ]
    assert answers[0]["confidence"] == answers[1]["confidence"]


def test_the_page_has_a_switch_that_stays_in_its_links(
    school: School, sheets: list[Document]
) -> None:
    on, off, without = (
        open_page(school, who, path)
        for who, path in (
            (LEA, "/?q=caisse"),
            (LEA, "/?q=caisse&personal=false"),
            (KARIM, "/?q=caisse"),
        )
    )

    assert "projet Terres" in on
    assert 'href="/?q=caisse&amp;personal=false"' in on
    assert "pour votre secteur" in on
    assert 'href="/?q=caisse"' in off
    assert "pour votre secteur" not in off
    assert 'name="personal" value="false"' in off
    assert "for-project" not in without


NOUR: Final = Caller(PersonId("s-nour"), Role.STUDENT, "Nour")
IDRIS: Final = Caller(PersonId("s-idris"), Role.STUDENT, "Idris")
PATH: Final = "/v1/recommendations"


@pytest.fixture(scope="module")
def bees(school: School) -> dict[str, Document]:
    """A student who keeps bees, and documents on what she wants."""
    profile = a_profile(
        NOUR.person_id,
        project="Miel de Nour",
        goals=("Vendre le miel de ruche",),
        sectors=("sector.agriculture",),
    )
    school.services.catalog.profiles.put(profile)
    return {
        "sell": school.publish("bees:sell", "Vendre le miel de ruche au marché."),
        "store": school.publish("bees:store", "Garder le miel de ruche au sec."),
        "mentors": school.publish(
            "bees:mentors", "Entre mentors : le miel de ruche.", visibility=Visibility.MENTORS
        ),
        "private": exchange_of(school, "bees:private", "Le miel de ruche de Léa."),
    }


def listed(school: School, who: Caller, **params: Any) -> dict[str, list[dict[str, Any]]]:
    """Return why by document id, in order."""
    answer = school.get(who, PATH, **params)
    return {each["document"]["id"]: each["why"] for each in answer["recommendations"]}


def test_a_profile_s_goal_brings_what_helps_with_it_and_says_so(
    school: School, bees: dict[str, Document]
) -> None:
    found = listed(school, NOUR)

    assert next(iter(found)) == bees["sell"].id
    assert found[bees["sell"].id][0] == {
        "code": "goal",
        "words": ["Vendre le miel de ruche"],
        "n_people": None,
    }
    assert school.get(NOUR, PATH)["basis"] == "profile"


def test_one_goal_may_be_asked_for_alone(school: School, bees: dict[str, Document]) -> None:
    answer = school.get(KARIM, PATH, goal="Garder le miel de ruche au sec")
    nothing = school.get(KARIM, PATH, goal="?!")

    first = answer["recommendations"][0]
    assert first["document"]["id"] == bees["store"].id
    assert first["why"][0]["code"] == "goal"
    assert first["why"][0]["words"] == ["Garder le miel de ruche au sec"]
    assert nothing["recommendations"] == []


def test_what_was_read_judged_or_kept_is_not_recommended_again(
    school: School, bees: dict[str, Document]
) -> None:
    catalog = school.services.catalog
    before = listed(school, NOUR)
    catalog.saved.add(NOUR.person_id, bees["sell"].id, school.services.clock())
    catalog.judgments.record(a_judgment(bees["store"], person_id=NOUR.person_id))

    after = listed(school, NOUR)
    asked = listed(school, NOUR, q="vendre le miel de ruche")

    assert {bees["sell"].id, bees["store"].id} <= set(before)
    assert not {bees["sell"].id, bees["store"].id} & set(after)
    assert bees["sell"].id in asked  # everything was asked for
    catalog.saved.remove(NOUR.person_id, bees["sell"].id)


def test_a_mentor_sees_a_student_s_list_and_no_student_another_s(
    school: School, bees: dict[str, Document]
) -> None:
    own = listed(school, NOUR)
    params = {"person_id": NOUR.person_id}

    assert listed(school, CLAIRE, **params) == own
    assert listed(school, NOUR, **params) == own
    for who, person_id in ((KARIM, NOUR.person_id), (CLAIRE, "s-nobody"), (KARIM, "s-nobody")):
        answer = school.client.get(
            PATH, params={"person_id": person_id}, headers=school.headers(who)
        )
        assert answer.status_code == 404
    assert bees["mentors"].id not in own
    assert bees["private"].id not in own


def test_what_is_recommended_is_what_one_may_see(school: School, bees: dict[str, Document]) -> None:
    seen = {
        who.person_id: set(listed(school, who, q="le miel de ruche", limit=50))
        for who in (LEA, KARIM, CLAIRE, ADMIN)
    }

    assert bees["private"].id in seen["s-lea"] & seen["m-claire"] & seen["admin"]
    assert bees["mentors"].id in seen["m-claire"] & seen["admin"]
    assert not {bees["private"].id, bees["mentors"].id} & seen["s-karim"]
    assert bees["mentors"].id not in seen["s-lea"]


def test_who_says_nothing_of_a_project_gets_what_helped_many_and_what_is_new(
    school: School, bees: dict[str, Document], sheets: list[Document]
) -> None:
    for n in range(6):
        judgment = a_judgment(sheets[5], person_id=PersonId(f"s-fan-{n}"))
        school.services.catalog.judgments.record(judgment)
    for n in range(4):  # too few to be told
        judgment = a_judgment(sheets[7], person_id=PersonId(f"s-few-{n}"))
        school.services.catalog.judgments.record(judgment)
    school.services.catalog.profiles.put(a_profile(IDRIS.person_id))

    answers = [school.get(who, PATH, limit=50) for who in (IDRIS, KARIM)]

    for answer in answers:
        why = {each["document"]["id"]: each["why"] for each in answer["recommendations"]}
        codes = [reasons[0]["code"] for reasons in why.values()]
        assert answer["basis"] == "everyone"
        assert why[sheets[5].id] == [{"code": "popular", "words": [], "n_people": 6}]
        assert why.get(sheets[7].id, [{"code": "recent"}])[0]["code"] == "recent"
        assert set(codes) == {"popular", "recent"}
        assert codes == sorted(codes)  # what helped many comes first


def test_what_people_of_the_same_sector_found_useful_comes_higher(
    school: School, bees: dict[str, Document]
) -> None:
    store = school.publish("bees:wax", "Fondre la cire de ruche et la vendre.")
    profiles, judgments = school.services.catalog.profiles, school.services.catalog.judgments
    for n in range(6):
        person = PersonId(f"s-bee-{n}")
        profiles.put(a_profile(person, sectors=("sector.agriculture",)))
        judgments.record(a_judgment(store, person_id=person))

    why = {each["code"]: each for each in listed(school, NOUR)[store.id]}

    assert why["similar"]["n_people"] == 6


def test_kinds_limits_and_misspelled_parameters(
    school: School, bees: dict[str, Document], sheets: list[Document]
) -> None:
    ones = school.get(NOUR, PATH, q="caisse ou ruche", kind="sheet", limit=3)["recommendations"]
    refused = [
        school.client.get(PATH, params=params, headers=school.headers(NOUR)).status_code
        for params in ({"limit": 0}, {"limit": 51}, {"gaol": "x"}, {"q": "x" * 1001})
    ]

    assert len(ones) == 3
    assert {each["document"]["kind"] for each in ones} == {"sheet"}
    assert refused == [400, 400, 400, 400]


def test_the_first_page_says_why(school: School, bees: dict[str, Document]) -> None:
    page = open_page(school, NOUR, "/")

    shelf = page.partition('class="shelf for-me"')[2].partition("</section>")[0]
    assert "objectif\u00a0: Vendre le miel de ruche" in shelf


def open_page(school: School, who: Caller, path: str) -> str:
    cookie = f"{SESSION_COOKIE}={school.token(who)}"
    answer = school.client.get(path, headers={"Cookie": cookie, "Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text
