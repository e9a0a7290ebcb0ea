from schemas.document import Participant, ParticipantRole, Visibility
from schemas.identity import Caller, Role, audiences_of
from schemas.ids import PersonId

LEA = Participant(PersonId("s-lea"), "Léa", ParticipantRole.STUDENT)
CLAIRE = Participant(PersonId("m-claire"), "Claire", ParticipantRole.MENTOR)
VOICE = Participant(PersonId("s-karim"), "Karim", ParticipantRole.SPEAKER)


def _sees(person: str, role: Role, visibility: Visibility) -> bool:
    caller = Caller(PersonId(person), role)
    return bool(caller.audiences & audiences_of(visibility, [LEA, CLAIRE, VOICE]))


def test_a_private_exchange_is_seen_by_its_participants_and_mentors_only() -> None:
    seen = {
        who: _sees(who, role, Visibility.PARTICIPANTS)
        for who, role in [
            ("s-lea", Role.STUDENT),
            ("m-claire", Role.MENTOR),
            ("m-youssef", Role.MENTOR),
            ("root", Role.ADMIN),
            ("s-ana", Role.STUDENT),
        ]
    }

    assert seen == {
        "s-lea": True,
        "m-claire": True,
        "m-youssef": True,
        "root": True,
        "s-ana": False,
    }


def test_a_name_heard_in_a_recording_opens_no_door() -> None:
    assert not _sees("s-karim", Role.STUDENT, Visibility.PARTICIPANTS)


def test_mentor_content_is_closed_to_students_who_took_part() -> None:
    assert not _sees("s-lea", Role.STUDENT, Visibility.MENTORS)


def test_shared_content_is_seen_by_every_student() -> None:
    assert _sees("s-ana", Role.STUDENT, Visibility.STUDENTS)


def test_a_person_called_like_a_group_does_not_join_it() -> None:
    assert not Caller(PersonId("mentors"), Role.STUDENT).audiences & {"mentors"}
