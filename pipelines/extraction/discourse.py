"""A topic of a Discourse forum, as its address with ``.json`` gives it, to a thread."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from pipelines.extraction.blocks import clean
from pipelines.extraction.exchange import Instant
from pipelines.extraction.html import html_to_blocks
from schemas.content import Speaker, Transcript, Utterance
from schemas.document import Participant, ParticipantRole
from schemas.errors import DamagedFileError, InvalidExchangeError, NoTextError
from schemas.ids import PersonId

_REGULAR: Final = 1  # post_type; others are notices such as "closed", and whispers of the staff
_IS_TOPIC: Final = re.compile(r'"post_stream"\s*:\s*\{')


class Post(msgspec.Struct, frozen=True):
    """One post; ``cooked`` is its HTML."""

    username: str
    created_at: Instant
    cooked: str
    name: str | None = None
    post_type: int = _REGULAR
    hidden: bool = False
    deleted_at: Instant | None = None


class PostStream(msgspec.Struct, frozen=True):
    """The posts that the file holds, and the ids of all there are."""

    posts: tuple[Post, ...]
    stream: tuple[int, ...] = ()


class Topic(msgspec.Struct, frozen=True):
    """A topic; whatever else Discourse writes is ignored."""

    title: str
    post_stream: PostStream
    archetype: str = "regular"
    created_at: Instant | None = None

    @property
    def is_private(self) -> bool:
        """Whether it is a message to a few people, and no topic of the forum."""
        return self.archetype == "private_message"

    @property
    def shown(self) -> tuple[Post, ...]:
        """The posts that every reader of the forum sees."""
        return tuple(
            post
            for post in self.post_stream.posts
            if post.post_type == _REGULAR and not post.hidden and post.deleted_at is None
        )


_DECODER: Final = msgspec.json.Decoder(Topic)


def is_topic(text: str) -> bool:
    """Tell whether a JSON text looks like a Discourse topic."""
    return bool(_IS_TOPIC.search(text))


def read_topic(text: str, filename: str) -> Topic:
    """Decode a topic.

    Raises:
        DamagedFileError: If this is not JSON; says where it breaks.
        InvalidExchangeError: If a field is missing or wrong; named with its path.
        NoTextError: If no post holds any text.
    """
    try:
        topic = _DECODER.decode(text)
    except msgspec.ValidationError as exc:
        raise InvalidExchangeError(f"“{filename}” is not a valid Discourse topic: {exc}.") from exc
    except msgspec.DecodeError as exc:
        raise DamagedFileError(f"“{filename}” is not valid JSON: {exc}.") from exc
    if not any(_plain(post.cooked) for post in topic.shown):
        raise NoTextError(f"“{filename}” is a topic without any post that has text.")
    return topic


def topic_to_transcript(topic: Topic) -> Transcript:
    """Return one utterance per post with text, in order of time.

    What posts quote of each other is left out, and so are posts of pictures alone.
    """
    posts = sorted(topic.shown, key=lambda p: p.created_at)
    written = [(post, text) for post in posts if (text := _plain(post.cooked))]
    return Transcript(
        utterances=tuple(
            Utterance(
                ordinal=n,
                text=text,
                speaker_id=_id_of(post),
                sent_at=post.created_at,
            )
            for n, (post, text) in enumerate(written)
        ),
        speakers=tuple(Speaker(id=p.id, name=p.name) for p in participants_of(topic)),
    )


def participants_of(topic: Topic) -> tuple[Participant, ...]:
    """Return who wrote, in order of their first post; the file does not say who is a mentor."""
    names = {_id_of(post): post.name or post.username for post in topic.shown}
    return tuple(Participant(i, name, ParticipantRole.SPEAKER) for i, name in names.items())


def topic_warnings(topic: Topic) -> tuple[str, ...]:
    """Return a warning when the file holds only the first posts of a long topic."""
    n_lacking = len(topic.post_stream.stream) - len(topic.post_stream.posts)
    if n_lacking <= 0:
        return ()
    return (f"The file lacks posts of the topic: {n_lacking}. Export it with ?print=true.",)


def _id_of(post: Post) -> PersonId:
    return PersonId(f"discourse:{post.username.lower()}")


def _plain(cooked: str) -> str:
    blocks, _ = html_to_blocks(f"<body>{cooked}</body>")
    lines = (clean(block.text) for block in blocks)
    return "\n".join(line for line in lines if line)
