"""The committed search box: built from the sources beside it, small, and text stays text."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Final

from api.pages.assets import WEB_DIR

SOURCES_DIR: Final = WEB_DIR.parent / "component"
BUNDLE: Final = WEB_DIR / "cordee-search.js"
MAX_GZIP_BYTES: Final = 30_000


def _is_source(path: Path) -> bool:
    return path.suffix in {".ts", ".css", ".mjs"} or path.name in {"package.json", "tsconfig.json"}


def _fingerprint() -> str:
    """Name the state of the sources as api/component/build.mjs does."""
    digest = hashlib.sha256()
    for path in sorted(filter(_is_source, SOURCES_DIR.iterdir()), key=lambda path: path.name):
        digest.update(f"{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def test_the_committed_file_was_built_from_these_sources() -> None:
    stated = re.search(r"sha256:([0-9a-f]{64})", BUNDLE.read_text(encoding="utf-8"))

    assert stated is not None
    assert stated[1] == _fingerprint(), "run `make component` and commit api/web/cordee-search.js"


def test_the_committed_file_is_small() -> None:
    size = len(gzip.compress(BUNDLE.read_bytes(), compresslevel=9, mtime=0))
    print(f"cordee-search.js: {size} bytes gzipped")  # noqa: T201 - docs/component.md quotes it

    assert size <= MAX_GZIP_BYTES


def test_the_search_box_turns_no_text_into_markup_or_code() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES_DIR.glob("*.ts"))
    sinks = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|Function\("

    assert len(code) > 10_000
    assert re.findall(sinks, code) == []


def test_the_search_box_asks_nobody_but_the_api() -> None:
    """No address of another site stands in it: what it needs is in the one file."""
    code = BUNDLE.read_text(encoding="utf-8")

    assert set(re.findall(r"https?://[\w./-]+", code)) == {"http://www.w3.org/2000/svg"}
    assert re.findall(r"\bimport\b", code) == []


def test_what_is_committed_names_no_registry() -> None:
    lock = json.loads((SOURCES_DIR / "package-lock.json").read_text(encoding="utf-8"))

    assert [name for name, each in lock["packages"].items() if "resolved" in each] == []
    assert all("integrity" in each for name, each in lock["packages"].items() if name)


def test_every_tool_of_the_build_is_pinned() -> None:
    package = json.loads((SOURCES_DIR / "package.json").read_text(encoding="utf-8"))

    assert "dependencies" not in package
    assert [v for v in package["devDependencies"].values() if not re.fullmatch(r"[\d.]+", v)] == []


def test_both_languages_of_the_search_box_leave_the_same_gaps() -> None:
    """The compiler holds the keys together; nothing else holds the placeholders."""
    text = (SOURCES_DIR / "strings.ts").read_text(encoding="utf-8")
    french, english = (
        {
            key: sorted(re.findall(r"\{(\w+)\}", message))
            for key, message in re.findall(r'^  "?([\w.-]+)"?: (.+),$', part, flags=re.MULTILINE)
        }
        for part in text.split("const EN", maxsplit=1)
    )

    assert len(french) > 40
    assert french == english


def test_every_message_of_the_search_box_is_used() -> None:
    strings = (SOURCES_DIR / "strings.ts").read_text(encoding="utf-8").split("const EN")[0]
    keys = re.findall(r'^  "?([\w.-]+)"?: ["{]', strings, flags=re.MULTILINE)
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in SOURCES_DIR.glob("*.ts")
        if path.name != "strings.ts"
    )
    built = ("group.", "kind.", "visibility.", "all.", "found.", "start.", "empty.", "offline.")
    built += ("unreachable.", "expired.", "failed.")

    assert [key for key in keys if f'"{key}"' not in code and not key.startswith(built)] == []
