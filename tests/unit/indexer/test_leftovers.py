"""Every field of ``MediaFiles`` is a blob, several, or says something about one."""

from __future__ import annotations

import msgspec

from fixtures.builders import a_blob_key
from indexer.erasing.leftovers import files_of
from schemas.document import MediaFiles


def test_every_file_and_nothing_else_is_referred_to() -> None:
    names = MediaFiles.__struct_fields__
    media = msgspec.convert(
        {name: [a_blob_key(name)] if name == "pages" else a_blob_key(name) for name in names}
        | {"thumbnail_grid": None},
        MediaFiles,
    )

    expected = {a_blob_key(name) for name in names if not name.endswith(("_type", "_as", "_grid"))}
    assert set(files_of(media)) == expected
    assert list(files_of(MediaFiles())) == []
