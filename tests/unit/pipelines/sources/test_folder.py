"""Which files of a followed folder are whole, and taken once."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.folder import FollowedFolder, described
from schemas.document import DocumentKind
from schemas.errors import InvalidInputError


class Watch:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "depot"
    path.mkdir()
    return path


def follow(folder: Path, clock: Watch) -> FollowedFolder:
    return FollowedFolder(folder, folder.parent / "memory.json", quiet_s=5, clock=clock)


def names(paths: tuple[Path, ...]) -> list[str]:
    return [path.name for path in paths]


def test_a_file_is_taken_when_it_has_stopped_growing(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "a.md").write_text("un")
    assert names(followed.look().growing) == ["a.md"]
    clock.now = 4
    (folder / "a.md").write_text("un deux")
    assert followed.look().ready == ()
    clock.now = 8
    assert followed.look().ready == ()
    clock.now = 9

    ready = followed.look().ready
    followed.took(ready[0])

    assert names(ready) == ["a.md"]
    assert followed.look() == type(followed.look())((), (), ())


def test_what_is_hidden_unfinished_or_said_of_another_is_passed_over(folder: Path) -> None:
    for name in (".x.md", "a.mp4.part", "b.tmp", "~$c.docx", "d.md~", "e.md", "e.md.meta.json"):
        (folder / name).write_text("{}")
    (folder / ".git").mkdir()
    (folder / ".git" / "f.md").write_text("x")

    assert names(follow(folder, Watch()).look().growing) == ["e.md"]


def test_a_restart_takes_what_came_meanwhile_and_nothing_twice(folder: Path) -> None:
    clock = Watch()
    first = follow(folder, clock)
    (folder / "a.md").write_text("un")
    first.look()
    clock.now = 5
    for path in first.look().ready:
        first.took(path)
    (folder / "b.md").write_text("deux")

    second = follow(folder, clock)
    second.look()
    clock.now = 10

    assert names(second.look().ready) == ["b.md"]


def test_a_changed_file_and_changed_words_about_it_are_taken_again(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "a.md").write_text("un")
    for step in ("new", "changed", "said"):
        if step == "changed":
            (folder / "a.md").write_text("un et deux")
        if step == "said":
            (folder / "a.md.meta.toml").write_text('title = "Un"')
        assert names(followed.look().growing) == ["a.md"], step
        clock.now += 5
        ready = followed.look().ready
        assert names(ready) == ["a.md"], step
        followed.took(ready[0])


def test_a_file_that_goes_is_said_once(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "a.md").write_text("un")
    followed.look()
    clock.now = 5
    followed.took(followed.look().ready[0])
    (folder / "a.md").rename(folder / "b.md")

    gone = followed.look().gone
    followed.forget(gone[0])

    assert names(gone) == ["a.md"]
    assert followed.look().gone == ()


EXCHANGE = '{"kind": "exchange", "media": "call.m4a"}'


def test_a_recording_waits_for_its_exchange_and_comes_with_it(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "call.m4a").write_bytes(b"x")
    (folder / "call.json").write_text(EXCHANGE)
    followed.look()
    clock.now = 5

    ready = followed.look().ready
    followed.took(ready[0])

    assert names(ready) == ["call.json"]
    assert described(ready[0]).media == (folder / "call.m4a",)
    assert followed.look().ready == ()


def test_an_exchange_waits_for_the_last_of_its_recordings(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    files = '[{"file": "lea.m4a"}, {"file": "marc.m4a"}]'
    (folder / "call.json").write_text(f'{{"kind": "exchange", "media": {files}}}')
    (folder / "lea.m4a").write_bytes(b"x")
    followed.look()
    clock.now = 4
    (folder / "marc.m4a").write_bytes(b"x")
    followed.look()
    clock.now = 6
    assert followed.look().ready == ()
    clock.now = 9

    ready = followed.look().ready
    followed.took(ready[0])

    assert names(ready) == ["call.json"]
    assert described(ready[0]).media == (folder / "lea.m4a", folder / "marc.m4a")
    assert followed.look().ready == ()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_recording_that_comes_or_changes_later_sends_its_exchange_again(
    folder: Path, *, restarted: bool
) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "call.json").write_text(EXCHANGE)
    for content in (None, b"a recording", b"a longer recording"):
        if content:
            (folder / "call.m4a").write_bytes(content)
        if restarted:
            followed = follow(folder, clock)
        followed.look()
        clock.now += 5
        ready = followed.look().ready
        assert names(ready) == ["call.json"], content
        followed.took(ready[0])
        assert followed.look().ready == ()


def test_a_recording_waits_for_a_json_that_is_still_written(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "call.m4a").write_bytes(b"x")
    (folder / "note.md").write_text("x")
    followed.look()
    clock.now = 4
    (folder / "call.json").write_text(EXCHANGE[:20])
    followed.look()
    clock.now = 6
    half = followed.look().ready
    (folder / "call.json").write_text(EXCHANGE)
    followed.look()
    clock.now = 11

    assert names(half) == ["note.md"]
    assert names(followed.look().ready) == ["call.json", "note.md"]


def test_only_an_exchange_claims_a_recording(folder: Path) -> None:
    clock = Watch()
    followed = follow(folder, clock)
    (folder / "talk.json").write_text('{"kind": "playlist", "media": "talk.mp3"}')
    (folder / "talk.mp3").write_bytes(b"x")
    followed.look()
    clock.now = 5

    assert names(followed.look().ready) == ["talk.json", "talk.mp3"]


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        (".meta.json", '{"title": "Prix", "kind": "sheet"}'),
        (".meta.toml", 'title="Prix"\nkind="sheet"'),
    ],
)
def test_a_companion_says_what_a_file_is(folder: Path, suffix: str, content: str) -> None:
    (folder / "a.md").write_text("un")
    (folder / f"a.md{suffix}").write_text(content)

    document = described(folder / "a.md")

    assert (document.title, document.kind) == ("Prix", DocumentKind.SHEET)


@pytest.mark.parametrize("content", ["{", '{"colour": "red"}', '{"kind": "poem"}'])
def test_a_companion_that_is_not_understood_is_named(folder: Path, content: str) -> None:
    (folder / "a.md").write_text("un")
    (folder / "a.md.meta.json").write_text(content)

    with pytest.raises(InvalidInputError, match=r"a\.md\.meta\.json"):
        described(folder / "a.md")
