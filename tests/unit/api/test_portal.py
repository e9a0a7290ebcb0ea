import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.controllers.portal import WEB_DIR, portal_routes

SCRIPTS = sorted(WEB_DIR.rglob("*.js"))


@pytest.fixture
def client() -> Iterator[TestClient[Litestar]]:
    with TestClient(Litestar(portal_routes, openapi_config=None)) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/documents/d-0123456789abcdef0123"])
def test_every_address_of_the_portal_serves_the_shell(
    client: TestClient[Litestar], path: str
) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<main id="main"' in answer.text


def test_every_file_that_the_shell_names_is_served(client: TestClient[Litestar]) -> None:
    named = re.findall(r'"(/assets/[^"]+)"', client.get("/").text)

    assert len(named) >= 5
    assert {client.get(path).status_code for path in named} == {200}


def test_a_file_that_has_not_changed_is_not_sent_again(client: TestClient[Litestar]) -> None:
    first = client.get("/assets/app.js")

    second = client.get("/assets/app.js", headers={"If-None-Match": first.headers["etag"]})

    assert (second.status_code, second.content) == (304, b"")


def test_another_etag_gets_the_file(client: TestClient[Litestar]) -> None:
    assert client.get("/assets/app.js", headers={"If-None-Match": '"old"'}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/nothing.js", "/assets/locales"]
)
def test_only_the_portals_own_files_are_served(client: TestClient[Litestar], path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_policy_allows_neither_inline_nor_foreign_code(client: TestClient[Litestar]) -> None:
    policy = client.get("/").headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(WEB_DIR)))
def test_no_script_turns_text_into_markup(path: Path) -> None:
    code = path.read_text(encoding="utf-8")

    assert (
        re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", code) == []
    )


def test_both_catalogues_say_the_same_things() -> None:
    french, english = (_catalogue(language) for language in ("fr", "en"))

    assert french.keys() == english.keys()
    assert {key for key in french if french[key] != english[key]} == set()


def test_every_message_that_the_page_asks_for_exists() -> None:
    known = _catalogue("fr").keys()
    shell = (WEB_DIR / "index.html").read_text(encoding="utf-8")
    asked = set(re.findall(r'data-i18n(?:-label|-placeholder)?="([^"]+)"', shell))
    for path in SCRIPTS:
        asked |= set(re.findall(r'\bt\("([a-z][\w.-]*)"', path.read_text(encoding="utf-8")))

    assert len(asked) > 50
    assert asked - known == set()


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


def _catalogue(language: str) -> dict[str, frozenset[str]]:
    """Return, per message, the names that its text leaves to be filled in."""
    text = (WEB_DIR / "locales" / f"{language}.js").read_text(encoding="utf-8")
    entries = re.findall(r'^  "([\w.-]+)": (.+),$', text, flags=re.MULTILINE)
    return {key: frozenset(re.findall(r"\{(\w+)\}", value)) for key, value in entries}


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
