import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.pages.assets import WEB_DIR, asset_url, serve_asset, serve_favicon

SCRIPTS = sorted(path for path in WEB_DIR.rglob("*.js") if path.name != "cordee-search.js")
"""Built ones have names that mean nothing, and a test of their own."""
TEMPLATES = sorted((WEB_DIR.parent / "pages" / "templates").rglob("*.html"))
PAGES = sorted((WEB_DIR.parent / "pages").glob("*.py"))


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar([serve_asset, serve_favicon], openapi_config=None)) as client:
        yield client


def test_an_asset_under_its_version_is_kept_for_good(client: TestClient[Litestar]) -> None:
    answer = client.get(asset_url("app.js"))

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


def test_an_asset_of_an_older_version_is_served_as_it_is_now(client: TestClient[Litestar]) -> None:
    answer = client.get("/assets/v-000000000000/app.js")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_a_file_that_has_not_changed_is_not_sent_again(client: TestClient[Litestar]) -> None:
    first = client.get("/assets/app.js")

    second = client.get("/assets/app.js", headers={"If-None-Match": first.headers["etag"]})

    assert (second.status_code, second.content) == (304, b"")


def test_another_etag_gets_the_file(client: TestClient[Litestar]) -> None:
    assert client.get("/assets/app.js", headers={"If-None-Match": '"old"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/nothing.js",
        "/assets/locales",
        "/assets/locales/fr.json",
    ],
)
def test_only_what_pages_load_is_served(client: TestClient[Litestar], path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(WEB_DIR)))
def test_no_script_turns_text_into_markup(path: Path) -> None:
    code = path.read_text(encoding="utf-8")

    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", code) == []
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_a_script_a_style_or_unescaped_data(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"\|\s*safe\b|\bstyle=|<style|\son\w+=|javascript:", text) == []
    assert set(re.findall(r"<script[^>]*>", text)) <= {
        tag for tag in re.findall(r"<script[^>]*>", text) if "src=" in tag or "json" in tag
    }


def test_both_catalogues_say_the_same_things() -> None:
    french, english = (_placeholders(language) for language in ("fr", "en"))

    assert french.keys() == english.keys()
    assert {key for key in french if french[key] != english[key]} == set()


def test_every_message_that_is_asked_for_exists() -> None:
    known = _catalogue("fr").keys()
    asked = {
        key
        for path in (*TEMPLATES, *PAGES)
        for key in re.findall(r"""\bt\(["']([a-z][\w.-]*[\w])["']""", path.read_text("utf-8"))
    } | {
        f"js.{key}"
        for path in SCRIPTS
        for key in re.findall(r'\bt\("([a-z][\w.-]*)"', path.read_text(encoding="utf-8"))
    }

    assert len(asked) > 50
    assert asked - known == set()


def test_every_message_is_used() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (*TEMPLATES, *PAGES, *SCRIPTS))
    built = re.findall(
        r"""\bt\(["'`]([a-z][\w.-]*\.)["']\s*~|`([\w.-]+\.)\$\{|f"([\w.]+\.)\{""", code
    )
    prefixes = tuple({prefix for groups in built for prefix in groups if prefix} | {"error."})

    unused = {
        key
        for key in _catalogue("fr")
        if f"{key.removeprefix('js.')}'" not in code
        and f'{key.removeprefix("js.")}"' not in code
        and not key.removeprefix("js.").startswith(prefixes)
    }

    assert unused == set()


def test_every_drawing_that_is_asked_for_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (WEB_DIR / "icons.svg").read_text("utf-8")))
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(r"icon\('([\w-]+)'\)", path.read_text(encoding="utf-8"))
    } | {
        name
        for path in SCRIPTS
        for name in re.findall(r'\bicon\("([\w-]+)"\)', path.read_text(encoding="utf-8"))
    }

    assert len(asked) > 5
    assert asked - drawn == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *(
            (ink, ground)
            for ink in ("ink", "soft", "accent", "pine")
            for ground in ("paper", "card", "tint", "target")
        ),
        ("on-accent", "accent"),
        ("on-accent", "accent-hover"),
        ("on-mark", "mark"),
    ],
)
def test_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    """WCAG 2.2, success criterion 1.4.3: at least 4.5 to 1."""
    colours = _colours(scheme)

    assert _contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_borders_of_controls_can_be_seen(scheme: str) -> None:
    """WCAG 2.2, success criterion 1.4.11: at least 3 to 1."""
    colours = _colours(scheme)

    assert _contrast(colours["edge"], colours["paper"]) >= 3


def _catalogue(language: str) -> dict[str, str | dict[str, str]]:
    text = (WEB_DIR / "locales" / f"{language}.json").read_text(encoding="utf-8")
    catalogue: dict[str, str | dict[str, str]] = json.loads(text)
    return catalogue


def _placeholders(language: str) -> dict[str, frozenset[str]]:
    """Return, per message, the names that its text leaves to be filled in."""
    return {
        key: frozenset(re.findall(r"\{(\w+)\}", json.dumps(message, ensure_ascii=False)))
        for key, message in _catalogue(language).items()
    }


def _colours(scheme: str) -> dict[str, str]:
    text = (WEB_DIR / "styles.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", text, flags=re.DOTALL)
    pairs = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in blocks]
    return pairs[0] if scheme == "light" else pairs[0] | pairs[1]


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("page", "scripts"),
    [
        ("results.html", ("results.js", "vote.js")),
        ("document.html", ("document.js", "recording.js", "transcript.js", "vote.js")),
        ("edit.html", ("edit.js", "tags.js", "turns.js", "problems.js")),
        ("console/add.html", ("console.js", "jobs.js", "overall.js", "problems.js")),
        ("console/jobs.html", ("jobs.js", "overall.js", "problems.js")),
        ("questions/new.html", ("questions.js", "problems.js")),
        ("questions/one.html", ("questions.js", "problems.js")),
    ],
)
def test_a_page_brings_the_words_that_its_scripts_say(page: str, scripts: tuple[str, ...]) -> None:
    template = (WEB_DIR.parent / "pages" / "templates" / page).read_text(encoding="utf-8")
    found = re.search(r"set scripts_say = \[(.*?)\]", template)
    brought = set(re.findall(r"'(\w+)'", found[1])) if found else set()
    code = "\n".join((WEB_DIR / name).read_text(encoding="utf-8") for name in scripts)
    said = set(re.findall(r"""\b(?:t|hasMessage)\(["`](\w+)\.""", code))

    assert said - brought == set()
