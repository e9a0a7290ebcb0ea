"""The saved chat of a Zoom meeting."""

from __future__ import annotations

import pytest

from pipelines.extraction.room_chat import RoomChat, read_room_chat

CHAT = """10:02:33 From Marie Exemple to Everyone:
\tLe lien du modèle :
\thttps://exemple.fr/modele
10:03:10 From Karim Modèle to Marie Exemple (Direct Message):
\tJe suis perdu
10:04:00 From Karim Modèle to Everyone:
\tMerci !
"""


def messages(chat: RoomChat | None) -> list[tuple[str, str]]:
    assert chat is not None
    names = {s.id: s.name for s in chat.transcript.speakers}
    return [(names[u.speaker_id or ""], u.text) for u in chat.transcript.utterances]  # type: ignore[index] # a name


def test_messages_to_all_are_a_conversation_and_private_ones_stay_private() -> None:
    chat = read_room_chat(CHAT.split("\n"))
    assert messages(chat) == [
        ("Marie Exemple", "Le lien du modèle :\nhttps://exemple.fr/modele"),
        ("Karim Modèle", "Merci !"),
    ]
    assert chat is not None
    assert chat.warnings == ("Messages to one person only were left out: 1.",)


@pytest.mark.parametrize(
    "line",
    [
        "00:01:02\t Marie Exemple : Bonjour".replace("\t ", "\t From  "),
        "10:02:33 De Marie Exemple à Tout le monde: Bonjour",
        "10:02:33 From Marie Exemple to Everyone: Bonjour",
    ],
)
def test_older_and_french_layouts_are_read(line: str) -> None:
    assert messages(read_room_chat([line])) == [("Marie Exemple", "Bonjour")]


@pytest.mark.parametrize("name", ["Toussaint Modèle", "Tousignant", "Everyonette"])
def test_a_name_that_begins_as_everybody_does_is_one_person(name: str) -> None:
    lines = ["10:00:00 From A to Everyone: Bonjour", f"10:00:09 From A to {name}: Entre nous"]

    assert messages(read_room_chat(lines)) == [("A", "Bonjour")]


def test_a_text_is_no_chat() -> None:
    assert read_room_chat(["Le marché ouvre à", "10:02:33 de la nuit : froid"]) is None
